import Engine
import Hardware
import SimulationKernel
import TestSupport
import Workload

/// Racks, NVLink domains, relaxed wishes and speeds on top of a random
/// scenario, from draws of their own.
extension RandomScenario {
  /// - Parameter isComparable: leaves out what the naive simulator does not
  ///   decide.
  static func placed(seed: UInt64, isComparable: Bool = true) -> SimulationInput {
    var input = RandomScenario.input(seed: seed)
    var draws = SplitMix(seed: seed &* 0x94D0_49BB &+ 11)
    let has = (0..<6).map { _ in Bool.random(using: &draws) }
    placeNodes(&input, &draws)
    if has[0] { wishForGroups(&input, &draws) }
    if has[1] || has[2] { relax(&input, &draws) }
    if !ranksByRest(input) || !isComparable {
      if has[3] { slowDown(&input, &draws) }
      if has[4] && !input.fleet.gpuModels.isEmpty { countSteps(&input, &draws) }
    }
    return input
  }

  /// Whether jobs are ranked by what they have left. The naive list would have
  /// to know which of two jobs came first to a key that, by rounding, has not
  /// changed since the last pass.
  private static func ranksByRest(_ input: SimulationInput) -> Bool {
    guard case .preemptive(let spec) = input.queue else { return false }
    return spec.order == .shortestRemainingTime || spec.order == .shortestRemainingService
  }

  private static func placeNodes(_ input: inout SimulationInput, _ draws: inout SplitMix) {
    let perDomain = Int.random(in: 1...2, using: &draws)
    let perRack = perDomain * Int.random(in: 1...3, using: &draws)
    let statesRacks = Int.random(in: 0..<4, using: &draws) > 0
    let fabric = Fabric.allCases.randomElement(using: &draws)!
    let isMixed = Bool.random(using: &draws)
    input.fleet.racks = input.fleet.nodes.indices.map { "r\($0)" }
    for n in input.fleet.nodes.indices {
      input.fleet.nodes[n].place = NodePlace(
        rack: statesRacks ? Int32(n / perRack) : nil,
        nvlinkDomain: perDomain > 1 ? Int32(n / perDomain) : nil,
        fabric: isMixed ? Fabric.allCases.randomElement(using: &draws)! : fabric
      )
    }
  }

  /// Jobs of one worker become gangs, and wishes are drawn anew.
  private static func wishForGroups(_ input: inout SimulationInput, _ draws: inout SplitMix) {
    for shape in input.jobs.shapes.indices where Bool.random(using: &draws) {
      if input.jobs.shapes[shape].workers == 1 {
        input.jobs.shapes[shape].workers = Int32.random(in: 1...6, using: &draws)
      }
      input.jobs.shapes[shape].wish = [.nvlinkDomain, .rack, .rack, .oneNode].randomElement(using: &draws)!
    }
  }

  private static func relax(_ input: inout SimulationInput, _ draws: inout SplitMix) {
    for shape in input.jobs.shapes.indices where input.jobs.shapes[shape].workers > 1 {
      var steps: [WishRelaxation] = []
      var wish = input.jobs.shapes[shape].wish
      var after = Int64([0, 1, 4, 12].randomElement(using: &draws)!)
      while let next = PlacementWish.allCases.filter({ $0.isWider(than: wish) }).randomElement(using: &draws),
        Int.random(in: 0..<4, using: &draws) > 0
      {
        steps.append(WishRelaxation(after: SimDuration(nanoseconds: after), to: next))
        wish = next
        after += Int64.random(in: 1...9, using: &draws)
      }
      guard !steps.isEmpty else { continue }
      input.jobs.relaxations.append(steps)
      input.jobs.shapes[shape].relaxation = UInt16(input.jobs.relaxations.count)
    }
  }

  private static func slowDown(_ input: inout SimulationInput, _ draws: inout SplitMix) {
    for _ in 0..<2 {
      let factors = PlacementSpan.allCases.map { _ in
        Fabric.allCases.map { _ in [1, 0.9, 0.5, 1.0 / 3, 0.123_456].randomElement(using: &draws)! }
      }
      input.jobs.speeds.append(
        PlacementSpeed { span, fabric in factors[Int(span.rawValue)][Int(fabric.rawValue)] }
      )
    }
    input.jobs.speed = input.jobs.arrival.map { _ in UInt8.random(in: 0...2, using: &draws) }
  }

  private static func countSteps(_ input: inout SimulationInput, _ draws: inout SplitMix) {
    var work = StepWork()
    work.steps = input.jobs.arrival.map { _ in 0 }
    work.table = work.steps.map { _ in 0 }
    work.weight = work.steps.map { _ in 1 }
    for j in 0..<input.jobs.count where input.jobs.kind[j] == .batch && Bool.random(using: &draws) {
      let shape = input.jobs.shapes[Int(input.jobs.shape[j].rawValue)]
      guard shape.gpuCount > 0, shape.milliGPUPerDevice == 1000 else { continue }
      var rows: [ThroughputTable.Row] = []
      for gpu in input.fleet.gpuModels {
        let spans = PlacementSpan.allCases.filter { _ in Bool.random(using: &draws) }
        for span in spans.isEmpty ? [.rack] : spans {
          let speed = Double.random(in: 1e8...1e9, using: &draws)
          rows.append(.init(gpu: gpu, gpus: input.jobs.gpus(of: j), span: span, stepsPerSecond: speed))
        }
      }
      work.tables.append(ThroughputTable(name: "job \(j)", rows: rows))
      work.table[j] = Int32(work.tables.count - 1)
      work.steps[j] = Int64.random(in: 1...12, using: &draws)
    }
    input.jobs.stepWork = work
  }
}
