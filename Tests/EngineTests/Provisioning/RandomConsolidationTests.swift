import Foundation
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Engine

/// Runs are verified: at every look for underused nodes the quick search must decide as
/// one that tries every candidate on copies of all nodes.
@Suite struct RandomConsolidationTests {
  @Test func `the quick search decides as the slow one`() throws {
    var decisions = 0
    var replacements = 0
    for seed in UInt64(0)..<150 {
      var draws = SplitMix(seed: seed)
      let input = randomRun(&draws, seed)
      do {
        let outcome = try Simulation.run(input)
        let underused = outcome.nodeDisruptions.filter { $0.removal == .underused }
        decisions += underused.count
        replacements += underused.count { !$0.replacements.isEmpty }
      } catch {
        Issue.record("seed \(seed): \(error)")
      }
    }
    #expect(decisions > 500 && replacements > 50, "\(decisions), \(replacements)")
  }

  /// Many requests on nodes of several sizes and prices, in several pools.
  private func randomRun(_ draws: inout SplitMix, _ seed: UInt64) -> SimulationInput {
    let pools = Int.random(in: 1...3, using: &draws)
    var groups: [(nodes: [NodeSketch], change: (inout AutoNodes.Group) -> Void)] = []
    for number in 0..<Int.random(in: 1...5, using: &draws) {
      let price = Double(Int.random(in: 1...12, using: &draws))
      let isSpot = Int.random(in: 0..<4, using: &draws) == 0
      let isOwned = Int.random(in: 0..<6, using: &draws) == 0
      let count = Int.random(in: 2...12, using: &draws)
      let atStart = Int.random(in: 0...count, using: &draws)
      let node = NodeSketch.gpu([1, 2, 4, 8].randomElement(using: &draws)!)
      groups.append(
        (
          Array(repeating: node, count: count),
          {
            ($0.pricePerHour, $0.pool, $0.atStart) = (price, number % pools, atStart)
            $0.purchase = isOwned ? .owned : isSpot ? .spot : .onDemand
            if isOwned { $0.atStart = count }
            if isSpot && !isOwned { $0.interruptionsPerHour = 0.3 }
          }
        )
      )
    }
    let hasGangs = Int.random(in: 0..<3, using: &draws) == 0
    let hasParts = Bool.random(using: &draws)
    let jobs = (0..<120).map { _ in
      var job = JobSketch(
        arrival: AutoNodesRun.nanoseconds(Double.random(in: 0..<9_000, using: &draws)),
        duration: AutoNodesRun.nanoseconds(Double.random(in: 10..<4_000, using: &draws)),
        cpu: [0, 500, 3_000, 9_000].randomElement(using: &draws)!,
        memory: [0, 0, 1_000].randomElement(using: &draws)!,
        gpus: [0, 1, 1, 1, 2, 4].randomElement(using: &draws)!,
        workers: hasGangs && Bool.random(using: &draws) ? Int32.random(in: 2...3, using: &draws) : 1
      )
      if hasParts && job.gpus == 1 && job.workers == 1 {
        job.milli = [250, 500, 700, 1_000].randomElement(using: &draws)!
      }
      return job
    }.sorted { $0.arrival < $1.arrival }
    let run = AutoNodesRun(
      groups: groups,
      pools: (0..<pools).map { AutoNodes.Pool(name: "p\($0)") },
      end: 14_000
    )
    let share = Double(Int.random(in: 1...10, using: &draws)) / 10
    let after = [0.0, 0, 45].randomElement(using: &draws)!
    let thresholds: [Double?] = [nil, nil, 1.5, 4]
    let threshold = thresholds.randomElement(using: &draws)!
    let trialTime = [0.0, 0, 0, 20, 70].randomElement(using: &draws)!
    let protection = [0.0, 0, 700].randomElement(using: &draws)!
    let budgets: [DisruptionBudget?] = [nil, nil, .jobs(2), .running(3)]
    let budget = budgets.randomElement(using: &draws)!
    let spotToSpot = Bool.random(using: &draws)
    return run.input(jobs) {
      $0.seed = seed
      $0.rejectsImpossibleJobs = true
      $0.sharing = hasParts ? .fractions : .wholeGPU
      $0.autoNodes!.consolidatesUnderused = true
      $0.autoNodes!.budget = share
      $0.autoNodes!.consolidateAfter = SimDuration(nanoseconds: AutoNodesRun.nanoseconds(after))
      $0.autoNodes!.balance = threshold
      $0.autoNodes!.spotToSpot = spotToSpot
      $0.autoNodes!.trialTime = SimDuration(nanoseconds: AutoNodesRun.nanoseconds(trialTime))
      if protection > 0 {
        $0.autoNodes!.protectedFor["class"] = SimDuration(nanoseconds: AutoNodesRun.nanoseconds(protection))
      }
      if let budget { $0.jobs.disruptionBudgets = [budget] }
    }
  }

  @Test func `room that is booked node by node is what all nodes have`() throws {
    for seed in UInt64(1)...300 {
      var draws = SplitMix(seed: seed)
      // Requests that share nothing but their resources: how many fit together.
      func request() -> Request {
        let gpus = Int32([0, 1, 1, 2, 4].randomElement(using: &draws)!)
        let isPart = gpus == 1 && Bool.random(using: &draws)
        return Request(
          JobShape(
            cpuMilli: Int32.random(in: 0...4, using: &draws) * 1_000,
            memoryMiB: Int32.random(in: 0...3, using: &draws) * 100,
            gpuCount: gpus,
            milliGPUPerDevice: gpus == 0
              ? 0 : isPart ? [125, 250, 300, 600].randomElement(using: &draws)! : 1_000,
            models: ModelSetID(rawValue: 0)
          ),
          sharing: .fractions
        )
      }
      let requests = (0..<4).map { _ in request() }
      let spec = NodeSketch.gpu([1, 2, 4, 8].randomElement(using: &draws)!)
      var input = EngineTests.input([spec, spec, spec], [])
      input.sharing = .fractions
      let prepared = try PreparedRun(input)
      let cluster = prepared.cluster()
      let room = FreeRoom(nodes: 3, shapes: 4)
      for n in 0..<3 { room.update(n, cluster) }
      for shape in 0..<4 { _ = room.ask(Int32(shape), cluster) { requests[shape] } }
      // As many as one after the other find room, on idle nodes.
      for shape in 0..<4 {
        let ask = room.ask(Int32(shape), cluster) { requests[shape] }
        guard room.asks[ask].isCounted else { continue }
        var count = 0
        for n in 0..<3 {
          var left = NodeRoom(n, cluster)
          while left.take(room.asks[ask].request) { count += 1 }
        }
        #expect(room.asks[ask].total == count, "seed \(seed)")
        // Where a larger one lies, so many of these fit.
        for other in 0..<4 {
          let larger = room.ask(Int32(other), cluster) { requests[other] }
          var taken = NodeRoom(0, cluster)
          guard taken.take(room.asks[larger].request) else { continue }
          var after = 0
          while taken.take(room.asks[ask].request) { after += 1 }
          #expect(after + room.multiples[larger][ask] <= Int(room.asks[ask].capacity[0]), "seed \(seed)")
        }
      }
    }
  }
}
