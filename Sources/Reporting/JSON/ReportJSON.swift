import Foundation
import Planning
import Results

/// Reports as JSON: keys sorted, units in the names, and everything that
/// differs between two executions in the one object `wall`.
public enum ReportJSON {
  /// One or several runs of the same command.
  public static func text(_ runs: [RunReport], path: String?) throws -> String {
    try encode(
      RunsDocument(runs: runs.map(RunDocument.init), wall: WallDocument(runs.map(\.figures), path: path))
    )
  }

  /// The list of stored runs.
  public static func text(_ runs: [RunListing]) throws -> String {
    try encode(runs.map(ListingDocument.init))
  }

  static func encode(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
  }
}

private struct RunsDocument: Encodable {
  var format = "headroom-runs/1"
  var runs: [RunDocument]
  var wall: WallDocument
}

private struct RunDocument: Encodable {
  struct Part: Encodable {
    var gpuModel: String?
    var nodes: Int
    var gpus: Int
  }

  struct Replication: Encodable {
    var number: Int
    var seed: UInt64
    var fingerprint: String
    var events: Int64
    var jobs: Int
    var measuredFromS: Double
    var endS: Double
  }

  struct Figure: Encodable {
    var name: String
    var scope: String
    var unit: String
    var mean: Double
    /// Absent with fewer than two replications.
    var ci95HalfWidth: Double?
    var values: [Double]
  }

  struct Curve: Encodable {
    var bucketS: Double
    var percent: [Double]
  }

  var name: String
  var description: String
  var question: String
  var policy: String
  var seed: UInt64
  var version: String
  var fleet: [Part]
  var replications: [Replication]
  var metrics: [Figure]
  /// Of the first replication.
  var allocationOverTime: Curve

  init(_ report: RunReport) {
    let figures = report.figures
    name = figures.header.name
    description = figures.header.description
    question = figures.header.question
    policy = figures.header.policy
    seed = figures.header.seed
    version = figures.header.version
    fleet = figures.fleet.map {
      Part(gpuModel: $0.gpuModel.isEmpty ? nil : $0.gpuModel, nodes: $0.nodes, gpus: $0.gpus)
    }
    replications = figures.replications.map {
      Replication(
        number: $0.number,
        seed: $0.seed,
        fingerprint: FingerprintText.hexadecimal($0.fingerprint),
        events: $0.eventCount,
        jobs: $0.jobCount,
        measuredFromS: $0.measuredFrom.seconds,
        endS: $0.end.seconds
      )
    }
    metrics = report.estimates.map {
      Figure(
        name: $0.name,
        scope: $0.scope,
        unit: $0.unit,
        mean: $0.mean,
        ci95HalfWidth: $0.halfWidth,
        values: $0.values
      )
    }
    allocationOverTime = Curve(
      bucketS: figures.replications.first?.bucket.seconds ?? 0,
      percent: report.allocationPercent
    )
  }
}

private struct WallDocument: Encodable {
  var database: String?
  var runIds: [Int64]
  var seconds: [Double]
  var startedAt: String?
  var host: String?
  var threads: Int?

  init(_ runs: [RunFigures], path: String?) {
    database = path
    runIds = runs.compactMap(\.id)
    seconds = runs.compactMap(\.wall?.seconds)
    startedAt = runs.first?.wall?.startedAt
    host = runs.first?.wall?.host
    threads = runs.first?.wall?.threads
  }
}

private struct ListingDocument: Encodable {
  var id: Int64
  var name: String
  var policy: String
  var seed: UInt64
  var replications: Int
  var gpus: Int
  var allocationPercent: Double?
  var p95WaitS: Double?
  var startedAt: String

  init(_ listing: RunListing) {
    id = listing.id
    name = listing.name
    policy = listing.policy
    seed = listing.seed
    replications = listing.replications
    gpus = listing.gpus
    allocationPercent = listing.allocationPercent
    p95WaitS = listing.waitP95Seconds
    startedAt = listing.startedAt
  }
}
