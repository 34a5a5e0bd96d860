import Hardware
import Outcome
import OutcomeFixtures
import Results
import SimulationKernel
import Workload

extension RunRecord {
  /// The small run with a gang: job 5 has four workers of 8 GPUs, was
  /// preempted once on two nodes, and runs on two others.
  static func gangs() -> RunRecord {
    var record = small()
    record.fleet.nodes[0].place.rack = 0
    record.fleet.racks = ["r1"]
    record.replications[0].jobs.shapes[1].workers = 4
    record.replications[0].jobs.shapes[1].wish = .consolidated
    record.replications[0].jobs.relaxations = [
      [WishRelaxation(after: .seconds(600), to: .anywhere)]
    ]
    record.replications[0].jobs.shapes[1].relaxation = 1
    record.replications[0].jobs.estimate = SmallRun.jobs.duration
    record.replications[0].jobs.estimate[5] = .seconds(60)
    var outcome = record.replications[0].outcome
    outcome.pieces = [
      GangPiece(node: 0, gpuMask: 0xFF, workers: 1), GangPiece(node: 2, gpuMask: 3, workers: 3),
      GangPiece(node: 2, gpuMask: 1, workers: 2), GangPiece(node: 1, gpuMask: 0xF0, workers: 2),
    ]
    outcome.jobs.firstPiece = Array(repeating: 0, count: 12)
    outcome.jobs.pieceCount = Array(repeating: 0, count: 12)
    outcome.jobs.overheadNanoseconds = Array(repeating: 0, count: 12)
    outcome.jobs.firstPiece[5] = 2
    outcome.jobs.pieceCount[5] = 2
    outcome.jobs.overheadNanoseconds[5] = 7_000_000_000
    outcome.jobs.interruptions[5] = 1
    outcome.jobs.preemptions[5] = 1
    outcome.jobs.firstStartNanoseconds[5] = 9_000_000_000_000
    var attempt = InterruptedAttempt(
      job: JobID(rawValue: 5),
      startNanoseconds: 9_000_000_000_000,
      endNanoseconds: 10_000_000_000_000,
      node: NodeID(rawValue: 0),
      gpuMask: 0xFF
    )
    attempt.isPreemption = true
    attempt.keptNanoseconds = 990_000_000_000
    attempt.overheadNanoseconds = 1
    attempt.pieceCount = 2
    attempt.rate = 600_000
    outcome.jobs.relaxed = Array(repeating: 0, count: 12)
    outcome.jobs.relaxed[5] = 1
    outcome.jobs.rate = Array(repeating: 0, count: 12)
    outcome.jobs.rate[5] = 950_000
    outcome.jobs.bestRate = Array(repeating: 1_000_000, count: 12)
    outcome.interruptedAttempts.append(attempt)
    outcome.gangHolds = [
      GangHold(
        job: JobID(rawValue: 5),
        piece: GangPiece(node: 2, gpuMask: 3, workers: 2),
        startNanoseconds: 8_000_000_000_000,
        endNanoseconds: 9_000_000_000_000,
        ending: .timedOut
      )
    ]
    // Job 4 had to wait for job 3.
    record.replications[0].jobs.after = JobLists((0..<12).map { $0 == 4 ? [3] : [] })
    outcome.jobs.eligibleNanoseconds = SmallRun.jobs.arrival.map(\.nanoseconds)
    record.replications[0].outcome = outcome
    return record
  }

  /// The small run, replicated.
  static func small(policy: String = "best-fit", replications: Int = 1) -> RunRecord {
    RunRecord(
      header: RunHeader(
        name: "small",
        description: "By hand",
        question: "Does it add up?",
        scenario: "name: small\n",
        policy: policy,
        seed: 42,
        version: "0.1.0"
      ),
      fleet: SmallRun.fleet,
      replications: (0..<replications).map {
        ReplicationRecord(
          outcome: SmallRun.outcome(replication: $0),
          jobs: SmallRun.jobs,
          fleet: SmallRun.fleet
        )
      },
      wall: WallRecord(startedAt: "2026-01-02T03:04:05Z", seconds: 1.5, threads: 2, host: "test")
    )
  }
}
