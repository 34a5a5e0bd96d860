import OutcomeFixtures
import Results

extension RunRecord {
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
