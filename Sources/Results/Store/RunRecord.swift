import Hardware
import Outcome
import SimulationKernel
import Workload

/// What a run is, apart from its figures.
public struct RunHeader: Hashable, Sendable {
  /// The scenario's name.
  public var name: String
  public var description: String
  /// The question that the scenario answers; may be empty.
  public var question: String
  /// The scenario as YAML, every default and override resolved.
  public var scenario: String
  /// The placement profile's label.
  public var policy: String
  public var seed: UInt64
  /// Of the program.
  public var version: String

  public init(
    name: String,
    description: String = "",
    question: String = "",
    scenario: String,
    policy: String,
    seed: UInt64,
    version: String
  ) {
    self.name = name
    self.description = description
    self.question = question
    self.scenario = scenario
    self.policy = policy
    self.seed = seed
    self.version = version
  }
}

/// All that differs between two executions of the same run.
public struct WallRecord: Hashable, Sendable {
  /// UTC, ISO 8601.
  public var startedAt: String
  /// Of the simulation, without storing it.
  public var seconds: Double
  /// Replications simulated at a time.
  public var threads: Int
  public var host: String

  public init(startedAt: String, seconds: Double, threads: Int, host: String) {
    self.startedAt = startedAt
    self.seconds = seconds
    self.threads = threads
    self.host = host
  }
}

/// One replication, ready to be stored.
public struct ReplicationRecord: Sendable {
  public var outcome: RunOutcome
  public var jobs: JobTable
  public var metrics: [Metric]

  public init(outcome: RunOutcome, jobs: JobTable, metrics: [Metric]) {
    self.outcome = outcome
    self.jobs = jobs
    self.metrics = metrics
  }

  /// With the metrics of ``OutcomeMetrics``.
  public init(outcome: RunOutcome, jobs: JobTable, fleet: Fleet) {
    self.init(
      outcome: outcome,
      jobs: jobs,
      metrics: OutcomeMetrics.compute(outcome: outcome, jobs: jobs, fleet: fleet)
    )
  }
}

/// One run (a scenario under one policy), ready to be stored.
public struct RunRecord: Sendable {
  public var header: RunHeader
  /// The same for all replications.
  public var fleet: Fleet
  /// In order of their number.
  public var replications: [ReplicationRecord]
  public var wall: WallRecord

  public init(header: RunHeader, fleet: Fleet, replications: [ReplicationRecord], wall: WallRecord) {
    self.header = header
    self.fleet = fleet
    self.replications = replications
    self.wall = wall
  }
}
