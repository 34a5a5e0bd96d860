/// Which nodes to launch for jobs that wait: Karpenter's first-fit, pod by pod.
///
/// Pods are tried in the order of CPU, then memory, both descending, then of
/// arrival; GPUs are not in the key. A pod goes to the first node that fits of
/// those that exist or come, else to the open claim with the fewest pods that
/// fits, else to a new claim on the pool of most weight that has a type for it.
/// A claim keeps every type that all its pods fit on, and becomes the cheapest.
///
/// - Complexity: O(p log p + shapes x nodes + p x claims) for p pods.
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

  /// One worker of a waiting job.
  struct Pod {
    var job: Int32
    var shape: Int32
  }

  private struct Claim {
    var candidates: [(offer: Int, room: NodeRoom)]
    var pods = 0
  }

  private var offers: [Offer]
  /// Pools by weight, descending; of equals the first.
  private let pools: [Int]
  private var rooms: [NodeRoom]
  /// By room: a pod was put there.
  private(set) var isUsed: [Bool]
  private var claims: [Claim] = []
  /// By offer: open claims that may become one.
  private var claimed: [Int]
  /// By pool: nodes and GPUs that it may still have.
  private var limits: [(nodes: Int, gpus: Int)]

  /// - Parameters:
  ///   - weights: by pool.
  ///   - rooms: nodes that exist or come, in the order in which pods try them.
  ///   - limits: by pool; empty: there are none.
  init(
    _ offers: [Offer],
    weights: [Int],
    limits: [(nodes: Int, gpus: Int)] = [],
    rooms: [NodeRoom]
  ) {
    self.limits = limits.isEmpty ? weights.map { _ in (.max, .max) } : limits
    self.offers = offers
    self.rooms = rooms
    isUsed = Array(repeating: false, count: rooms.count)
    claimed = Array(repeating: 0, count: offers.count)
    pools = weights.indices.sorted { (-weights[$0], $0) < (-weights[$1], $1) }
  }

  /// Offers to launch, one for each claim, in the order of the claims.
  ///
  /// - Parameters:
  ///   - asks: by shape, as the provisioner sees it.
  ///   - workers: by shape: pods of a job.
  mutating func launches(for jobs: [Pod], asks: (Int) -> Request) -> [Int] {
    let requests = Dictionary(jobs.map { ($0.shape, asks(Int($0.shape))) }) { first, _ in first }
    let keyed = jobs.map { pod -> (cpu: Int32, memory: Int32, pod: Pod) in
      let ask = requests[pod.shape]!
      return (-ask.cpu, -ask.memory, pod)
    }
    let ordered = keyed.sorted { ($0.cpu, $0.memory, $0.pod.job) < ($1.cpu, $1.memory, $1.pod.job) }
    // A shape that did not fit on a node will not fit there later.
    var firstRoom: [Int32: Int] = [:]
    var isHopeless: Set<Int32> = []
    for (_, _, pod) in ordered where !isHopeless.contains(pod.shape) {
      let ask = requests[pod.shape]!
      for _ in 0..<ask.workers where !isHopeless.contains(pod.shape) {
        var place = firstRoom[pod.shape] ?? 0
        while place < rooms.count && !rooms[place].take(ask) { place += 1 }
        firstRoom[pod.shape] = place
        if place < rooms.count { isUsed[place] = true }
        if place < rooms.count || joinsClaim(ask) || opensClaim(ask) { continue }
        isHopeless.insert(pod.shape)
      }
    }
    return claims.map { claim in
      claim.candidates.map(\.offer).min {
        (offers[$0].preference, offers[$0].price, $0) < (offers[$1].preference, offers[$1].price, $1)
      }!
    }
  }

  private mutating func joinsClaim(_ ask: Request) -> Bool {
    for place in claims.indices.sorted(by: { (claims[$0].pods, $0) < (claims[$1].pods, $1) }) {
      var fitting = claims[place].candidates
      fitting = fitting.compactMap { candidate in
        var room = candidate.room
        return room.take(ask) ? (candidate.offer, room) : nil
      }
      if fitting.isEmpty { continue }
      for (offer, _) in claims[place].candidates where !fitting.contains(where: { $0.offer == offer }) {
        claimed[offer] -= 1
      }
      claims[place].candidates = fitting
      claims[place].pods += 1
      return true
    }
    return false
  }

  /// Counts every claim that may still become a type against its stock, and the
  /// largest of its types against the limits of its pool, as Karpenter counts
  /// limits: never too many, perhaps too few until the next look.
  private mutating func opensClaim(_ ask: Request) -> Bool {
    for pool in pools {
      let fitting = offers.indices.compactMap { offer -> (offer: Int, room: NodeRoom)? in
        guard offers[offer].pool == pool, offers[offer].left > claimed[offer] else { return nil }
        guard limits[pool].nodes > 0, offers[offer].gpus <= limits[pool].gpus else { return nil }
        var room = offers[offer].idle
        return room.take(ask) ? (offer, room) : nil
      }
      if fitting.isEmpty { continue }
      for (offer, _) in fitting { claimed[offer] += 1 }
      limits[pool].nodes -= 1
      limits[pool].gpus -= fitting.map { offers[$0.offer].gpus }.max()!
      claims.append(Claim(candidates: fitting, pods: 1))
      return true
    }
    return false
  }
}
