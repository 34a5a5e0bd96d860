import Engine
import Foundation
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// What holds of every run in which nodes are disrupted.
@Suite struct RandomDisruptionTests {
  /// Whole runs: no budget is exceeded, nothing dearer comes, and every
  /// node-second has one stage.
  @Test func `under random work budgets hold, costs never rise by a decision, and lives add up`() throws {
    var decisions: [NodeRemoval: Int] = [:]
    for seed in UInt64(0)..<120 {
      var draws = SplitMix(seed: seed)
      let input = randomRun(&draws, seed)
      let outcome = try Simulation.run(input)
      checkLives(outcome, input, "seed \(seed)")
      checkBudgets(outcome, input, "seed \(seed)")
      for decided in outcome.nodeDisruptions {
        decisions[decided.removal, default: 0] += 1
        if decided.removal == .drifted { continue }
        #expect(decided.replacements.count <= 1, "seed \(seed)")
        #expect(
          decided.replacements.isEmpty || decided.replacementPricePerHour < decided.pricePerHour,
          "seed \(seed): \(decided)"
        )
      }
      #expect(
        outcome.ledger.capacity
          == outcome.autoNodes.reduce(0) { $0 + $1.allNodeNanoseconds * Int128($1.gpusPerNode) * 1_000 },
        "seed \(seed)"
      )
    }
    #expect(decisions[.underused, default: 0] > 100 && decisions[.drifted, default: 0] > 50, "\(decisions)")
  }

  private func randomRun(_ draws: inout SplitMix, _ seed: UInt64) -> SimulationInput {
    let sizes = [1, 2, 4]
    var groups: [(nodes: [NodeSketch], change: (inout AutoNodes.Group) -> Void)] = []
    for number in 0..<Int.random(in: 1...3, using: &draws) {
      let price = Double(Int.random(in: 1...9, using: &draws))
      let isSpot = Bool.random(using: &draws)
      let drift = Double.random(in: 1_000..<9_000, using: &draws)
      let isDelayed = Bool.random(using: &draws)
      let stockOut = Bool.random(using: &draws) ? 0.1 : 0
      let expires = Int.random(in: 0..<4, using: &draws) == 0
      groups.append(
        (
          Array(repeating: .gpu(sizes[(number + Int(seed)) % 3]), count: 6),
          {
            ($0.pricePerHour, $0.pool, $0.stockOut) = (price, number % 2, stockOut)
            $0.purchase = isSpot ? .spot : .onDemand
            if isSpot { $0.interruptionsPerHour = 0.5 }
            if !isDelayed { ($0.launch, $0.join, $0.gpuStack) = (.constant(0), .constant(0), .constant(0)) }
            $0.driftsAt = [SimTime(nanoseconds: AutoNodesRun.nanoseconds(drift))]
            if expires { $0.expireAfter = SimDuration(nanoseconds: AutoNodesRun.nanoseconds(4_000)) }
            $0.atStart = number
          }
        )
      )
    }
    let jobs = AutoNodesRun.randomJobs(&draws)
    let run = AutoNodesRun(
      groups: groups,
      pools: [AutoNodes.Pool(name: "a"), AutoNodes.Pool(name: "b", weight: 5, mostNodes: 4)],
      end: 20_000
    )
    let share = Double(Int.random(in: 1...10, using: &draws)) / 10
    let after = Bool.random(using: &draws) ? 0.0 : 60
    let count = Int.random(in: 0...3, using: &draws)
    let isPlain = Bool.random(using: &draws)
    return run.input(jobs) {
      $0.seed = seed
      $0.autoNodes!.consolidatesUnderused = true
      $0.autoNodes!.budget = share
      $0.autoNodes!.consolidateAfter = SimDuration(nanoseconds: AutoNodesRun.nanoseconds(after))
      if !isPlain { $0.autoNodes!.budgets = [.init(.nodes(count), reasons: [.underused])] }
      $0.measuredFrom = SimTime(nanoseconds: AutoNodesRun.nanoseconds(700))
    }
  }

  /// At each voluntary decision no more nodes go than its budget allows.
  private func checkBudgets(_ outcome: RunOutcome, _ input: SimulationInput, _ comment: Comment) {
    let spec = input.autoNodes!
    var isServing = Set<Int32>()
    var isLeaving = Set<Int32>()
    var position = 0
    func pool(_ node: Int32) -> Int { spec.groups.first { $0.nodes.contains(Int(node)) }!.pool }
    for decided in outcome.nodeDisruptions {
      // All that became of nodes before it: the log is in the order of events.
      func followsFromIt(_ change: NodeStageChange) -> Bool {
        change.stage == .launching
          ? decided.replacements.contains(change.node)
          : decided.nodes.contains(change.node) && [.cordoned, .terminating].contains(change.stage)
      }
      while position < outcome.nodeStages.count {
        let change = outcome.nodeStages[position]
        if change.atNanoseconds > decided.atNanoseconds { break }
        if change.atNanoseconds == decided.atNanoseconds && followsFromIt(change) { break }
        position += 1
        switch change.stage {
        case .up:
          isServing.insert(change.node)
          isLeaving.remove(change.node)
        case .cordoned, .draining, .terminating:
          if isServing.contains(change.node) { isLeaving.insert(change.node) }
        case nil:
          isServing.remove(change.node)
          isLeaving.remove(change.node)
        case .launching, .joining, .gpuStack, .failed: break
        }
      }
      for number in spec.pools.indices {
        let going = decided.nodes.count { pool($0) == number }
        if going == 0 { continue }
        let total = isServing.count { pool($0) == number }
        let leaving = isLeaving.count { pool($0) == number }
        var allowed = Int((Double(total) * spec.budget - 1e-9).rounded(.up))
        if decided.removal == .underused, let extra = spec.budgets.first, case .nodes(let count) = extra.limit
        {
          allowed = min(allowed, count)
        }
        #expect(leaving + going <= allowed, "\(comment): \(leaving) + \(going) of \(total): \(decided)")
      }
    }
  }
}
