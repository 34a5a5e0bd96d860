import Engine
import SimulationKernel
import TestSupport
import Workload

/// Gangs, preemptive queues, pooled GPUs and estimates on top of a random
/// scenario, from draws of their own.
extension RandomScenario {
  /// Policies that look at single GPUs, which a pool does not have.
  private static let namesDevices = ["fgd", "gpu-packing", "gpu-clustering"]

  /// Each seed turns a random subset of the newer features on.
  static func addFeatures(to input: inout SimulationInput, seed: UInt64) {
    var draws = SplitMix(seed: seed &* 0x2545_F491 &+ 5)
    let has = (0..<5).map { _ in Bool.random(using: &draws) }
    if has[0] { addGangs(&input, &draws, large: has[3]) }
    if has[1] { preempt(&input, &draws, dear: has[4]) }
    if has[2] {
      input.jobs.estimate = input.jobs.duration.map { _ in
        SimDuration(nanoseconds: Int64.random(in: 1...40, using: &draws))
      }
    }
    let isPoolable = !input.placement.scores.contains { namesDevices.contains($0.policy) }
    if isPoolable && Int.random(in: 0..<4, using: &draws) == 0 { input.sharing = .pooled }
  }

  /// A scenario of gangs that hold places before they start.
  static func holding(seed: UInt64) -> SimulationInput {
    var result = plain(seed: seed)
    var draws = SplitMix(seed: seed &* 0x6A09_E667 &+ 3)
    let order = JobOrder.allCases.randomElement(using: &draws)!
    result.queue = .ordered(order, headOfLineBlocking: Int.random(in: 0..<4, using: &draws) == 0)
    addGangs(&result, &draws, large: Bool.random(using: &draws))
    // Gangs that hold have no wish for a group of nodes.
    for i in result.jobs.shapes.indices where [.rack, .nvlinkDomain].contains(result.jobs.shapes[i].wish) {
      result.jobs.shapes[i].wish = .consolidated
    }
    let span = { (range: ClosedRange<Int64>) in
      SimDuration(nanoseconds: Int64.random(in: range, using: &draws))
    }
    let timeout = Bool.random(using: &draws) ? nil : span(1...15)
    let holding = GangHolding(timeout: timeout, requeueDelay: span(1...5), longestDelay: span(1...20))
    result.gangs = Bool.random(using: &draws) ? .quota(holding) : .holdAndWait(holding)
    let isPoolable = !result.placement.scores.contains { namesDevices.contains($0.policy) }
    if isPoolable && Int.random(in: 0..<5, using: &draws) == 0 { result.sharing = .pooled }
    return result
  }

  static func addGangs(_ input: inout SimulationInput, _ draws: inout SplitMix, large: Bool) {
    let wish = PlacementWish.allCases.randomElement(using: &draws)!
    let isMixed = Bool.random(using: &draws)
    let every = Int.random(in: 1...3, using: &draws)
    for j in 0..<input.jobs.count where Int.random(in: 0..<every, using: &draws) == 0 {
      var shape = input.jobs.shapes[Int(input.jobs.shape[j].rawValue)]
      shape.workers = Int32.random(in: 1...(large ? 12 : 4), using: &draws)
      shape.wish = isMixed ? PlacementWish.allCases.randomElement(using: &draws)! : wish
      if !input.jobs.shapes.contains(shape) { input.jobs.shapes.append(shape) }
      input.jobs.shape[j] = ShapeID(rawValue: Int32(input.jobs.shapes.firstIndex(of: shape)!))
    }
  }

  private static func preempt(_ input: inout SimulationInput, _ draws: inout SplitMix, dear: Bool) {
    for j in input.jobs.kind.indices { input.jobs.kind[j] = .batch }
    var threshold: Int64 = 0
    let byGPUTime = Bool.random(using: &draws)
    let thresholds = (0..<Int.random(in: 1...3, using: &draws)).map { _ in
      threshold += Int64.random(in: 1...(byGPUTime ? 25 : 10), using: &draws)
      return SimDuration(nanoseconds: threshold)
    }
    let order: ServiceOrder = [
      .fewestGPUs, .shortestRemainingTime, .shortestRemainingService,
      .leastAttainedService(thresholds: thresholds, byGPUTime: byGPUTime),
      .leastAttainedService(thresholds: thresholds, byGPUTime: byGPUTime),
    ].randomElement(using: &draws)!
    var cost = PreemptionCost()
    if dear {
      let costs = (0..<3).map { _ in SimDuration(nanoseconds: Int64.random(in: 0...6, using: &draws)) }
      cost = PreemptionCost(
        steps: [.init(upToGPUs: 1, cost: costs[0]), .init(upToGPUs: 4, cost: costs[1])],
        largest: costs[2]
      )
    }
    input.queue = .preemptive(PreemptiveQueue(order, cost: cost))
  }
}
