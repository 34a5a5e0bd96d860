import Engine
import SimulationKernel
import TestSupport
import Workload

/// Ageing priorities and fair shares in place of a random scenario's queue,
/// from draws of their own.
extension RandomScenario {
  static func divided(seed: UInt64) -> SimulationInput {
    var input = plain(seed: seed)
    var draws = SplitMix(seed: seed &* 0xD1B5_4A33 &+ 3)
    if Bool.random(using: &draws) { addGangs(&input, &draws, large: Bool.random(using: &draws)) }
    let blocks = Bool.random(using: &draws)
    if Int.random(in: 0..<5, using: &draws) < 2 {
      let ageing = PriorityAgeing(
        raises: Int32.random(in: 1...3, using: &draws),
        every: SimDuration(nanoseconds: Int64.random(in: 1...20, using: &draws)),
        atMost: Int.random(in: 0..<4, using: &draws) == 0 ? nil : Int32.random(in: 1...4, using: &draws)
      )
      input.queue = .ageing(ageing, headOfLineBlocking: blocks)
    } else {
      var share = FairShare(resource: FairShare.Resource.allCases.randomElement(using: &draws)!)
      for tenant in input.jobs.tenants where Bool.random(using: &draws) {
        share.weights.append(.init(tenant: tenant, weight: Int32.random(in: 1...4, using: &draws)))
      }
      if Bool.random(using: &draws) {
        // A prime, so that roots of 2 meet only where histories do.
        share.halfLife = SimDuration(nanoseconds: [101, 211].randomElement(using: &draws)!)
        share.outlook = SimDuration(nanoseconds: [0, 3, 50, 400].randomElement(using: &draws)!)
      }
      input.queue = .fairShare(share, headOfLineBlocking: blocks)
    }
    return input
  }
}
