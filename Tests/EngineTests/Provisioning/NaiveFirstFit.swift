@testable import Engine

/// Karpenter's first-fit as it is told, pod by pod, looking at everything each
/// time.
struct NaiveFirstFit {
  var offers: [ProvisioningPlan.Offer]
  var weights: [Int]
  var rooms: [NodeRoom]

  /// The offers of the nodes to launch, in the order of their claims.
  mutating func launches(_ pods: [(job: Int, ask: Request)]) -> [Int] {
    var claims: [(candidates: [(offer: Int, room: NodeRoom)], pods: Int)] = []
    let pools = weights.indices.sorted { (-weights[$0], $0) < (-weights[$1], $1) }
    let ordered = pods.sorted {
      (-$0.ask.cpu, -$0.ask.memory, $0.job) < (-$1.ask.cpu, -$1.ask.memory, $1.job)
    }
    next: for (_, ask) in ordered {
      for place in rooms.indices where rooms[place].take(ask) { continue next }
      for place in claims.indices.sorted(by: { (claims[$0].pods, $0) < (claims[$1].pods, $1) }) {
        let fitting = claims[place].candidates.compactMap { candidate -> (offer: Int, room: NodeRoom)? in
          var room = candidate.room
          return room.take(ask) ? (candidate.offer, room) : nil
        }
        if fitting.isEmpty { continue }
        claims[place].candidates = fitting
        claims[place].pods += 1
        continue next
      }
      for pool in pools {
        let fitting = offers.indices.compactMap { offer -> (offer: Int, room: NodeRoom)? in
          let claimed = claims.count { $0.candidates.contains { $0.offer == offer } }
          var room = offers[offer].idle
          return offers[offer].pool == pool && offers[offer].left > claimed && room.take(ask)
            ? (offer, room) : nil
        }
        if fitting.isEmpty { continue }
        claims.append((fitting, 1))
        continue next
      }
    }
    return claims.map { claim in
      claim.candidates.map(\.offer).min { (offers[$0].price, $0) < (offers[$1].price, $1) }!
    }
  }
}
