import Engine
import Foundation
import Outcome
import Testing
import Workload

/// The engine against a simulator that is too simple to be wrong in the same
/// way.
@Suite struct ReferenceComparisonTests {
  #if DEBUG
    static let seedsPerBatch = 12
  #else
    static let seedsPerBatch = 250
  #endif

  @Test(arguments: 0..<24)
  func `random small scenarios end as in the naive simulator`(batch: Int) throws {
    for offset in 0..<Self.seedsPerBatch {
      let seed = UInt64(batch * 1_000_000 + offset)
      try expectAgreement(RandomScenario.input(seed: seed), "seed \(seed)")
    }
  }

  @Test(arguments: 0..<12)
  func `racks, relaxed wishes and speeds end as in the naive simulator`(batch: Int) throws {
    for offset in 0..<Self.seedsPerBatch {
      let seed = UInt64(batch * 1_000_000 + 400_000 + offset)
      try expectAgreement(RandomScenario.placed(seed: seed), "placed seed \(seed)")
    }
  }

  @Test(arguments: 0..<24)
  func `random limits, failures and dependencies end as in the naive simulator`(batch: Int) throws {
    for offset in 0..<Self.seedsPerBatch {
      let seed = UInt64(40_000_000 + batch * 1_000_000 + offset)
      // More kinds of requests wait than a pass may look at: docs/waiting.md.
      try withKnownIssue("a cause is looked at ten nanoseconds late, issue 3", isIntermittent: true) {
        try expectAgreement(RandomScenario.withLives(seed: seed), "seed \(seed), with lives")
      } when: {
        seed == 47_000_026
      }
    }
  }

  @Test(arguments: 0..<24)
  func `scenarios with labels, taints, preferences and rules end as in the naive simulator`(batch: Int) throws
  {
    for offset in 0..<Self.seedsPerBatch {
      let seed = UInt64(batch * 1_000_000 + offset)
      try expectAgreement(RandomScenario.constrained(seed: seed), "constrained seed \(seed)")
    }
  }

  @Test(arguments: RandomScenario.profiles.indices)
  func `each placement profile keeps to labels, taints and rules`(profile: Int) throws {
    for offset in 0..<Self.seedsPerBatch / 5 {
      let seed = UInt64(offset + 500_000)
      let spec = RandomScenario.profiles[profile]
      try expectAgreement(
        RandomScenario.constrained(seed: seed, profile: spec),
        "constrained seed \(seed), \(PlacementSpec(scores: spec).label)"
      )
    }
  }

  @Test(arguments: RandomScenario.profiles.indices)
  func `each placement profile decides as in the naive simulator`(profile: Int) throws {
    for offset in 0..<Self.seedsPerBatch {
      let seed = UInt64(offset + 500_000)
      let spec = RandomScenario.profiles[profile]
      try expectAgreement(
        RandomScenario.input(seed: seed, profile: spec),
        "seed \(seed), \(PlacementSpec(scores: spec).label)"
      )
    }
  }

  @Test(arguments: 0..<16)
  func `ageing priorities and fair shares decide as in the naive simulator`(batch: Int) throws {
    for offset in 0..<Self.seedsPerBatch {
      let seed = UInt64(batch * 1_000_000 + offset)
      try expectAgreement(RandomScenario.divided(seed: seed), "seed \(seed)")
    }
  }

  #if DEBUG
    static let largerSeeds: Range<UInt64> = 0..<2
  #else
    static let largerSeeds: Range<UInt64> = 0..<40
  #endif

  @Test func `larger fleets end as in the naive simulator`() throws {
    for seed in Self.largerSeeds {
      let input = RandomScenario.input(seed: seed + 600_000, nodeCount: 60...120, jobCount: 150...300)
      try expectAgreement(input, "seed \(seed + 600_000)")
    }
    for seed in Self.largerSeeds.prefix(10) {
      let input = RandomScenario.constrained(seed: seed + 600_000, nodeCount: 60...120, jobCount: 100...200)
      try expectAgreement(input, "constrained seed \(seed + 600_000)")
    }
  }

  /// Scenarios beyond those of every run: `HEADROOM_SCENARIOS` many, from the
  /// seed `HEADROOM_FIRST_SCENARIO` on.
  @Test func `as many more scenarios as asked for end as in the naive simulator`() throws {
    let environment = ProcessInfo.processInfo.environment
    let count = environment["HEADROOM_SCENARIOS"].flatMap { UInt64($0) } ?? 0
    let first = environment["HEADROOM_FIRST_SCENARIO"].flatMap { UInt64($0) } ?? 100_000_000
    for seed in first..<first + count {
      try expectAgreement(RandomScenario.input(seed: seed), "seed \(seed)")
      try expectAgreement(RandomScenario.placed(seed: seed), "placed seed \(seed)")
      try expectAgreement(RandomScenario.divided(seed: seed), "seed \(seed), divided")
      try expectAgreement(RandomScenario.withLives(seed: seed), "seed \(seed), with lives")
      try expectAgreement(RandomScenario.constrained(seed: seed), "constrained seed \(seed)")
    }
  }

  /// Fails with the first job that differs.
  func expectAgreement(_ input: SimulationInput, _ label: String) throws {
    let setting = "\(label), \(input.queue), \(input.placement.label), \(input.sharing), \(input.gangs)"
    let ours: RunOutcome
    do { ours = try Simulation.run(input) } catch {
      Issue.record("\(setting): \(error)")
      return
    }
    var naive = ReferenceSimulator(input)
    naive.run()
    // Where gangs lie is compared piece by piece.
    var columns = ours.jobs
    columns.firstPiece = []
    columns.pieceCount = []
    let laid = input.jobs.arrival.indices.map { laidPieces(ours, $0) }
    if !naive.knowsCauses { columns.cause = naive.jobs.cause }
    if columns != naive.jobs || laid != naive.laid {
      let first = columns.state.indices.first {
        line(columns, $0, laid[$0]) != line(naive.jobs, $0, naive.laid[$0])
      }
      if let j = first {
        Issue.record(
          """
          \(setting): job \(j) of \(input.jobs.count) is \(line(columns, j, laid[j])), \
          naive \(line(naive.jobs, j, naive.laid[j])); \(naive.requests[j].workers) workers, \
          \(naive.requests[j].wish), \(naive.requests[j].constraints.text)
          """
        )
      } else {
        Issue.record("\(setting): columns differ")
      }
    }
    for j in input.jobs.arrival.indices {
      var waits: [WaitCause: Int64] = [:]
      for row in ours.waits.rows(of: j) { waits[ours.waits.cause[row]] = ours.waits.nanoseconds[row] }
      let isEqual =
        naive.knowsCauses
        ? waits == naive.waits[j] : waits.values.reduce(0, +) == naive.waits[j].values.reduce(0, +)
      if !isEqual {
        Issue.record("\(setting): job \(j) waited for \(waits), naive \(naive.waits[j])")
        break
      }
    }
    let attempts = ours.interruptedAttempts.map { attempt in
      ReferenceSimulator.Attempt(
        job: Int(attempt.job.rawValue),
        start: attempt.startNanoseconds,
        end: attempt.endNanoseconds,
        pieces: attempt.pieceCount > 0
          ? pieces(ours, attempt.firstPiece, attempt.pieceCount)
          : [.init(node: Int(attempt.node.rawValue), gpuMask: attempt.gpuMask, workers: 1)],
        isPreemption: attempt.isPreemption,
        overhead: attempt.overheadNanoseconds,
        kept: attempt.keptNanoseconds,
        rate: attempt.rate,
        isFailure: attempt.isFailure,
        backoff: attempt.backoffNanoseconds
      )
    }
    if attempts != naive.attempts {
      let at = zip(attempts, naive.attempts).enumerated().first { $1.0 != $1.1 }
      Issue.record(
        """
        \(setting): \(attempts.count) interrupted attempts, naive \(naive.attempts.count); \
        \(at.map { "number \($0.offset): \($0.element)" } ?? "equal up to there")
        """
      )
    }
    let holds = ours.gangHolds.map { hold in
      ReferenceSimulator.Hold(
        job: Int(hold.job.rawValue),
        piece: .init(
          node: Int(hold.piece.node),
          gpuMask: hold.piece.gpuMask,
          workers: Int(hold.piece.workers)
        ),
        start: hold.startNanoseconds,
        end: hold.endNanoseconds,
        ending: hold.ending == .stuck ? .atEnd : hold.ending
      )
    }
    if Set(holds) != Set(naive.holds) || holds.count != naive.holds.count {
      Issue.record("\(setting): \(holds.count) holds, naive \(naive.holds.count)")
    }
    #expect(ours.end.nanoseconds == naive.end, "\(setting)")
  }

  private func pieces(_ outcome: RunOutcome, _ first: Int32, _ count: Int32)
    -> [ReferenceSimulator.Piece]
  {
    outcome.pieces[Int(first)..<Int(first + count)].map {
      .init(node: Int($0.node), gpuMask: $0.gpuMask, workers: Int($0.workers))
    }
  }

  private func laidPieces(_ outcome: RunOutcome, _ j: Int) -> [ReferenceSimulator.Piece] {
    let jobs = outcome.jobs
    if !jobs.pieceCount.isEmpty && jobs.pieceCount[j] > 0 {
      return pieces(outcome, jobs.firstPiece[j], jobs.pieceCount[j])
    }
    if jobs.node[j] == .none { return [] }
    return [.init(node: Int(jobs.node[j].rawValue), gpuMask: jobs.gpuMask[j], workers: 1)]
  }

  private func line(_ c: JobColumns, _ j: Int, _ laid: [ReferenceSimulator.Piece]) -> String {
    let places = laid.map { "\($0.workers) on \($0.node) (\(String($0.gpuMask, radix: 2)))" }
    return "\(c.state[j]) \(c.firstStartNanoseconds[j])/\(c.startNanoseconds[j])...\(c.endNanoseconds[j])"
      + " \(places.joined(separator: ", ")) cause \(c.cause[j])"
      + " interrupted \(c.interruptions[j]) preempted \(c.preemptions[j])"
      + " failed \(c.failures.isEmpty ? 0 : c.failures[j])"
      + " eligible \(c.eligibleNanoseconds.isEmpty ? -2 : c.eligibleNanoseconds[j])"
      + " lost \(c.lostNanoseconds.isEmpty ? 0 : c.lostNanoseconds[j])"
      + " overhead \(c.overheadNanoseconds.isEmpty ? 0 : c.overheadNanoseconds[j]) node \(c.node[j].rawValue)"
  }

  @Test func `the random scenarios exercise every state, cause and feature`() throws {
    var states: Set<JobState> = []
    var causes: Set<WaitCause> = []
    var interrupted = 0
    var shared = 0
    for seed in 0..<UInt64(300) {
      let input =
        switch seed % 4 {
        case 0: RandomScenario.divided(seed: seed)
        case 1: RandomScenario.withLives(seed: seed)
        default: RandomScenario.input(seed: seed)
        }
      var naive = ReferenceSimulator(input)
      naive.run()
      states.formUnion(naive.jobs.state)
      for waits in naive.waits { causes.formUnion(waits.isEmpty ? [.none] : Array(waits.keys)) }
      interrupted += naive.attempts.count
      var constrained = ReferenceSimulator(RandomScenario.constrained(seed: seed))
      constrained.run()
      causes.formUnion(constrained.jobs.cause)
      shared +=
        naive.history.filter { $0.nodes.contains { $0.residents.contains { $0.request.isPart } } }.count
    }
    #expect(states == Set(JobState.allCases))
    // Backfill and rounds have definitions of their own to be compared with;
    // so have shares, gangs that hold, auto nodes, sites and virtual clusters.
    let others: Set<WaitCause> = [
      .reservation, .roundBoundary, .fairShare, .provisioning, .stockOut, .burstRule, .quota, .mounting,
      .asleep,
    ]
    #expect(causes == Set(WaitCause.allCases).subtracting(others))
    #expect(interrupted > 100)
    #expect(shared > 100)
  }
}
