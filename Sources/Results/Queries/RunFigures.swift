import Hardware
import Outcome
import SimulationKernel

/// The machines of one GPU model (or without GPUs) in a fleet.
public struct FleetPart: Hashable, Sendable {
  /// Empty: nodes without GPUs.
  public var gpuModel: String
  public var nodes: Int
  public var gpus: Int

  public init(gpuModel: String, nodes: Int, gpus: Int) {
    self.gpuModel = gpuModel
    self.nodes = nodes
    self.gpus = gpus
  }
}

/// The figures of one replication: what reports are made of.
public struct ReplicationFigures: Hashable, Sendable {
  /// 0-based.
  public var number: Int
  public var seed: UInt64
  public var fingerprint: UInt64
  public var eventCount: Int64
  public var jobCount: Int
  public var measuredFrom: SimTime
  public var end: SimTime
  public var bucket: SimDuration
  /// GPU time that jobs held in each bucket, thousandths
  /// x ns.
  public var allocated: [Int128]
  public var metrics: [Metric]
}

/// The figures of one run, from memory or from a results file: equal in both
/// cases, so that `run` and `show` print the same.
public struct RunFigures: Hashable, Sendable {
  /// Its number in the results file; nil when it was not stored.
  public var id: Int64?
  public var header: RunHeader
  /// By GPU model in the fleet's order; nodes without GPUs last.
  public var fleet: [FleetPart]
  public var replications: [ReplicationFigures]
  public var wall: WallRecord?

  public init(
    id: Int64?,
    header: RunHeader,
    fleet: [FleetPart],
    replications: [ReplicationFigures],
    wall: WallRecord?
  ) {
    self.id = id
    self.header = header
    self.fleet = fleet
    self.replications = replications
    self.wall = wall
  }

  /// The figures of a run in memory.
  public init(_ record: RunRecord, id: Int64? = nil) {
    self.init(
      id: id,
      header: record.header,
      fleet: FleetPart.parts(of: record.fleet),
      replications: record.replications.map(ReplicationFigures.init),
      wall: record.wall
    )
  }
}

extension ReplicationFigures {
  /// The figures of a replication in memory.
  public init(_ record: ReplicationRecord) {
    let outcome = record.outcome
    self.init(
      number: outcome.replication,
      seed: outcome.seed,
      fingerprint: outcome.fingerprint,
      eventCount: outcome.eventCount,
      jobCount: record.jobs.count,
      measuredFrom: outcome.measuredFrom,
      end: outcome.end,
      bucket: outcome.bucket,
      allocated: Self.allocated(outcome.series),
      metrics: record.metrics
    )
  }

  /// What the fleet served over all tenants and GPU models, by bucket.
  static func allocated(_ series: [Series]) -> [Int128] {
    var sum: [Int128] = []
    for one in series where one.name == "served" {
      if sum.count < one.values.count {
        sum += Array(repeating: 0, count: one.values.count - sum.count)
      }
      for (bucket, value) in one.values.enumerated() { sum[bucket] += value }
    }
    return sum
  }
}

extension FleetPart {
  /// A fleet by GPU model; each machine once, wherever it may be on loan.
  public static func parts(of fleet: Fleet) -> [FleetPart] {
    var parts = fleet.gpuModels.map { FleetPart(gpuModel: $0, nodes: 0, gpus: 0) }
    var bare = FleetPart(gpuModel: "", nodes: 0, gpus: 0)
    for node in fleet.nodes where !node.isForLoans {
      if let model = node.gpuModel {
        parts[Int(model.rawValue)].nodes += 1
        parts[Int(model.rawValue)].gpus += node.gpuCount
      } else {
        bare.nodes += 1
      }
    }
    return parts + (bare.nodes > 0 ? [bare] : [])
  }
}
