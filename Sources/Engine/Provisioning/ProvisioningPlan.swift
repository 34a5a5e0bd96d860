/// Which nodes to launch for jobs that wait.
///
/// Workers go to the first node that fits of those that exist or come. For the
/// others nodes are launched, as the variant says: see ``AutoNodes/Plan``.
///
/// - Complexity: O(p log p + shapes x nodes + p x claims) for p pods, of claims
///   that still take what is asked; ``CheapestPlan`` says its own.
struct ProvisioningPlan {
  /// Nodes of one type that can be launched.
  struct Offer {
    var pool: Int
    var price: Double
    /// Of offers that serve, the one of lowest preference is taken, then the
    /// cheapest.
    var preference = 0
    var gpus = 0
    var idle: NodeRoom
    /// How many there are.
    var left: Int
  }

  /// One worker of a waiting job, or several alike.
  struct Pod {
    var job: Int32
    var shape: Int32
    /// It never comes, and is planned after all others.
    var isPlaceholder = false
  }

  /// Workers that ask the same, in the order in which they are planned.
  struct Batch {
    /// A position among the distinct requests.
    var ask: Int
    var workers: Int
  }

  private let offers: [Offer]
  private let weights: [Int]
  /// By pool: nodes and GPUs that it may still have.
  private let limits: [(nodes: Int, gpus: Int)]
  private let variant: AutoNodes.Plan
  private var rooms: [NodeRoom]
  /// By room: a pod was put there.
  private(set) var isUsed: [Bool]
  /// By node of the last launches: what it has left when its workers are there.
  private(set) var launched: [NodeRoom] = []

  /// - Parameters:
  ///   - weights: by pool.
  ///   - limits: by pool; empty: there are none.
  ///   - rooms: nodes that exist or come, in the order in which pods try them.
  init(
    _ offers: [Offer],
    weights: [Int],
    limits: [(nodes: Int, gpus: Int)] = [],
    rooms: [NodeRoom],
    variant: AutoNodes.Plan = .karpenter
  ) {
    self.offers = offers
    self.weights = weights
    self.limits = limits.isEmpty ? weights.map { _ in (.max, .max) } : limits
    self.variant = variant
    self.rooms = rooms
    isUsed = Array(repeating: false, count: rooms.count)
  }

  /// Offers to launch, one for each node.
  ///
  /// - Parameter asks: by shape, as the provisioner sees it.
  mutating func launches(for jobs: [Pod], asks: (Int) -> Request) -> [Int] {
    let (requests, batches) = inOrder(jobs, asks)
    let rest = fillRooms(batches, requests)
    launched = []
    if rest.isEmpty { return [] }
    var firstFit = FirstFitPlan(offers, weights: weights, limits: limits, requests: requests)
    var plan = firstFit.plan(rest)
    if variant == .cheapestPlan {
      plan = CheapestPlan(offers, limits: limits, requests: requests, rest).best(orBetter: plan)
    }
    launched = plan.rooms
    return plan.launches
  }

  /// Karpenter sorts by CPU, then memory, both descending, then by arrival; GPUs
  /// are not in its key (provisioning/scheduling/queue.go).
  private func inOrder(_ jobs: [Pod], _ asks: (Int) -> Request) -> (asks: [Request], batches: [Batch]) {
    struct Keyed {
      /// Jobs before placeholders, then by GPUs where the variant does.
      var lead: Int64
      var cpu: Int32
      var memory: Int32
      var job: Int32
      var ask: Int
    }
    var requests: [Request] = []
    var shapes = ShapeNumbers()
    var keyed: [Keyed] = []
    keyed.reserveCapacity(jobs.count)
    for pod in jobs {
      let place = shapes.number(of: pod.shape)
      if place == requests.count { requests.append(asks(Int(pod.shape))) }
      let ask = requests[place]
      keyed.append(
        Keyed(
          lead: (pod.isPlaceholder ? 1 << 40 : 0) - (variant == .gpuFirst ? Int64(ask.takenMilli) : 0),
          cpu: -ask.cpu,
          memory: -ask.memory,
          job: pod.job,
          ask: place
        )
      )
    }
    keyed.sort { ($0.lead, $0.cpu, $0.memory, $0.job) < ($1.lead, $1.cpu, $1.memory, $1.job) }
    var batches: [Batch] = []
    for entry in keyed {
      let workers = Int(requests[entry.ask].workers)
      if batches.last?.ask == entry.ask {
        batches[batches.count - 1].workers += workers
      } else {
        batches.append(Batch(ask: entry.ask, workers: workers))
      }
    }
    return (requests, batches)
  }

  /// Puts workers on nodes that exist or come; returns the others.
  private mutating func fillRooms(_ batches: [Batch], _ requests: [Request]) -> [Batch] {
    guard !rooms.isEmpty else { return batches }
    // A request that did not fit on a node will not fit there later.
    var firstRoom = Array(repeating: 0, count: requests.count)
    var rest: [Batch] = []
    for var batch in batches {
      var place = firstRoom[batch.ask]
      while batch.workers > 0 && place < rooms.count {
        if rooms[place].take(requests[batch.ask]) {
          isUsed[place] = true
          batch.workers -= 1
        } else {
          place += 1
        }
      }
      firstRoom[batch.ask] = place
      if batch.workers > 0 { rest.append(batch) }
    }
    return rest
  }
}

/// Numbers distinct shapes from 0, in the order in which they come. Few are looked
/// up in a list, which takes no hashing.
private struct ShapeNumbers {
  private var list: [Int32] = []
  private var position: [Int32: Int] = [:]

  mutating func number(of shape: Int32) -> Int {
    if list.count <= 16 {
      if let known = list.firstIndex(of: shape) { return known }
    } else if let known = position[shape] {
      return known
    }
    list.append(shape)
    if list.count == 17 {
      for (number, one) in list.enumerated() { position[one] = number }
    } else if list.count > 17 {
      position[shape] = list.count - 1
    }
    return list.count - 1
  }
}

extension AutoNodes {
  /// How the nodes to launch are chosen. Adding one: a case, and what it does in
  /// ``ProvisioningPlan``.
  public enum Plan: String, Hashable, Sendable, CaseIterable {
    /// First-fit, pod by pod, in the order of CPU, then memory, both descending,
    /// then of arrival; GPUs are not in the key.
    case karpenter
    /// The same with GPUs first in the key.
    case gpuFirst
    /// The set of nodes that costs least in all, for the workers that
    /// ``karpenter`` finds no room for on nodes that exist or come.
    case cheapestPlan
  }
}
