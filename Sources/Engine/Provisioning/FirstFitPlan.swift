/// Nodes for workers one by one, as Karpenter opens claims.
///
/// A worker goes to the open claim with the fewest workers that fits, else to a
/// new claim on the pool of most weight that has a type for it. A claim keeps
/// every type that all its workers fit on, and becomes the cheapest.
struct FirstFitPlan {
  /// Nodes to launch and what they leave out.
  struct Plan {
    /// Offers, one for each node.
    var launches: [Int] = []
    /// By node: what it has left when its workers are there.
    var rooms: [NodeRoom] = []
    /// Workers for which there is no node.
    var unserved = 0

    mutating func launch(_ offer: Int, _ room: NodeRoom) {
      launches.append(offer)
      rooms.append(room)
    }
  }

  private struct Claim {
    var candidates: [(offer: Int, room: NodeRoom)]
    var workers = 1
  }

  private let offers: [ProvisioningPlan.Offer]
  private let requests: [Request]
  /// Pools by weight, descending; of equals the first.
  private let pools: [Int]
  private var claims: [Claim] = []
  /// By request: claims that have not refused it. A claim only fills, so that a
  /// refusal stands.
  private var open: [[Int]]
  /// By offer: open claims that may become one.
  private var claimed: [Int]
  /// By pool: nodes and GPUs that it may still have.
  private var limits: [(nodes: Int, gpus: Int)]
  private var fitting: [(offer: Int, room: NodeRoom)] = []

  init(
    _ offers: [ProvisioningPlan.Offer],
    weights: [Int],
    limits: [(nodes: Int, gpus: Int)],
    requests: [Request]
  ) {
    self.offers = offers
    self.limits = limits
    self.requests = requests
    open = Array(repeating: [], count: requests.count)
    claimed = Array(repeating: 0, count: offers.count)
    pools = weights.indices.sorted { (-weights[$0], $0) < (-weights[$1], $1) }
  }

  mutating func plan(_ batches: [ProvisioningPlan.Batch]) -> Plan {
    var result = Plan()
    var isHopeless = Array(repeating: false, count: requests.count)
    for batch in batches {
      var left = batch.workers
      while left > 0 && !isHopeless[batch.ask] {
        if joinsClaim(batch.ask) || opensClaim(batch.ask) {
          left -= 1
        } else {
          isHopeless[batch.ask] = true
        }
      }
      result.unserved += left
    }
    for claim in claims {
      let chosen = claim.candidates.min {
        let (a, b) = (offers[$0.offer], offers[$1.offer])
        return (a.preference, a.price, $0.offer) < (b.preference, b.price, $1.offer)
      }!
      result.launch(chosen.offer, chosen.room)
    }
    return result
  }

  private mutating func joinsClaim(_ ask: Int) -> Bool {
    while !open[ask].isEmpty {
      var least = 0
      for place in open[ask].indices.dropFirst() {
        let (a, b) = (open[ask][place], open[ask][least])
        if (claims[a].workers, a) < (claims[b].workers, b) { least = place }
      }
      let claim = open[ask][least]
      fitting.removeAll(keepingCapacity: true)
      for candidate in claims[claim].candidates {
        var room = candidate.room
        if room.take(requests[ask]) { fitting.append((candidate.offer, room)) }
      }
      if fitting.isEmpty {
        open[ask].swapAt(least, open[ask].count - 1)
        open[ask].removeLast()
        continue
      }
      if fitting.count < claims[claim].candidates.count {
        for (offer, _) in claims[claim].candidates where !fitting.contains(where: { $0.offer == offer }) {
          claimed[offer] -= 1
        }
      }
      swap(&claims[claim].candidates, &fitting)
      claims[claim].workers += 1
      return true
    }
    return false
  }

  /// Counts every claim that may still become a type against its stock, and the
  /// largest of its types against the limits of its pool, as Karpenter counts
  /// limits: never too many, perhaps too few until the next look.
  private mutating func opensClaim(_ ask: Int) -> Bool {
    for pool in pools where limits[pool].nodes > 0 {
      var candidates: [(offer: Int, room: NodeRoom)] = []
      for (offer, one) in offers.enumerated() where one.pool == pool && one.left > claimed[offer] {
        if one.gpus > limits[pool].gpus { continue }
        var room = one.idle
        if room.take(requests[ask]) { candidates.append((offer, room)) }
      }
      if candidates.isEmpty { continue }
      for (offer, _) in candidates { claimed[offer] += 1 }
      limits[pool].nodes -= 1
      limits[pool].gpus -= candidates.map { offers[$0.offer].gpus }.max()!
      for other in open.indices { open[other].append(claims.count) }
      claims.append(Claim(candidates: candidates))
      return true
    }
    return false
  }
}
