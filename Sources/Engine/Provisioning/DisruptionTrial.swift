/// Where work would go if some nodes were not there: Karpenter's simulation of
/// scheduling before it disrupts nodes.
///
/// Pods are tried in the provisioner's order (CPU, then memory, both
/// descending, then arrival) on the nodes that are up, in the order of the fleet,
/// then on those that come, then on open claims, then on a new claim of the pool
/// of most weight. Work of a chosen node must not need a node that still comes.
///
/// - Complexity: O(p log p + shapes x nodes + p x claims) for p pods.
struct DisruptionTrial {
  /// Nodes of one group that could be launched.
  struct Offer {
    var pool: Int
    /// USD that an hour of one more node costs.
    var price: Double
    /// Of offers that serve the one of lowest preference is taken, then the
    /// cheapest.
    var preference = 0
    var isSpot = false
    /// Groups of equal machines have the same number.
    var type: Int
    var gpus = 0
    var idle: NodeRoom
    var left: Int
  }

  /// A job: all its workers are placed.
  struct Work {
    var job: Int32
    var shape: Int32
    /// It lies on a node that is to go, and did not wait before.
    var isMoved: Bool
  }

  /// What came of it.
  struct Result: Equatable {
    /// All moved work found a place.
    var isWhole = true
    /// By new node: the offers that it may be of.
    var claims: [[Int]] = []
  }

  let offers: [Offer]
  /// Pools by weight, descending; of equals the first.
  let pools: [Int]
  /// By pool: nodes and GPUs that it may still have.
  let limits: [(nodes: Int, gpus: Int)]

  init(_ offers: [Offer], weights: [Int], limits: [(nodes: Int, gpus: Int)]) {
    self.offers = offers
    self.limits = limits
    pools = weights.indices.sorted { (-weights[$0], $0) < (-weights[$1], $1) }
  }

  /// - Parameters:
  ///   - rooms: nodes that are up, then nodes that come.
  ///   - up: so many are up.
  ///   - asks: by shape, as the provisioner sees it.
  func run(_ work: [Work], rooms given: [NodeRoom], up: Int, asks: [Int32: Request]) -> Result {
    var rooms = given
    var claims = Claims(self)
    var result = Result()
    let ordered = work.map { (-asks[$0.shape]!.cpu, -asks[$0.shape]!.memory, $0.job, $0) }
      .sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }
    // A shape that did not fit on a node will not fit there later.
    var first: [Int32: Int] = [:]
    for (_, _, _, one) in ordered {
      let ask = asks[one.shape]!
      for _ in 0..<ask.workers {
        var place = first[one.shape] ?? 0
        while place < rooms.count && !rooms[place].take(ask) { place += 1 }
        first[one.shape] = place
        if place < rooms.count {
          if one.isMoved && place >= up { result.isWhole = false }
        } else if !claims.join(ask) && !claims.open(ask) {
          if one.isMoved { result.isWhole = false }
          break
        }
      }
      if !result.isWhole { return result }
    }
    result.claims = claims.options
    return result
  }

  /// Nodes that would have to be launched.
  struct Claims {
    private struct Claim {
      var candidates: [(offer: Int, room: NodeRoom)]
      var pods = 1
    }

    private let trial: DisruptionTrial
    private var claims: [Claim] = []
    private var claimed: [Int] = []
    private var limits: [(nodes: Int, gpus: Int)] = []

    init(_ trial: DisruptionTrial) { self.trial = trial }

    var count: Int { claims.count }
    /// By node: the offers that it may be of.
    var options: [[Int]] { claims.map { $0.candidates.map(\.offer) } }

    mutating func join(_ ask: Request) -> Bool {
      if claims.isEmpty { return false }
      for place in claims.indices.sorted(by: { (claims[$0].pods, $0) < (claims[$1].pods, $1) }) {
        let fitting = claims[place].candidates.compactMap { candidate in
          var room = candidate.room
          return room.take(ask) ? (offer: candidate.offer, room: room) : nil
        }
        if fitting.isEmpty { continue }
        claims[place].candidates = fitting
        claims[place].pods += 1
        return true
      }
      return false
    }

    mutating func open(_ ask: Request) -> Bool {
      if claims.isEmpty {
        claimed = Array(repeating: 0, count: trial.offers.count)
        limits = trial.limits
      }
      for pool in trial.pools where limits[pool].nodes > 0 {
        let fitting = trial.offers.indices.compactMap { number -> (offer: Int, room: NodeRoom)? in
          let offer = trial.offers[number]
          guard offer.pool == pool, offer.left > claimed[number], offer.gpus <= limits[pool].gpus else {
            return nil
          }
          var room = offer.idle
          return room.take(ask) ? (number, room) : nil
        }
        if fitting.isEmpty { continue }
        for (offer, _) in fitting { claimed[offer] += 1 }
        limits[pool].nodes -= 1
        limits[pool].gpus -= fitting.map { trial.offers[$0.offer].gpus }.max()!
        claims.append(Claim(candidates: fitting))
        return true
      }
      return false
    }
  }
}
