import Foundation
import Workload

/// The published results of the FGD experiment at 100 % arrival, default
/// workload: `expected/default_at_100.csv`.
public struct FGDExpected: Sendable {
  /// Allocation %, fragmentation rate %, fragmentation total %.
  private var values: [String: [Double]] = [:]

  /// nil when the folder has no expected results.
  public init?(folder: String) throws {
    let path = folder + "/expected/default_at_100.csv"
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    var reader = try CSVReader(path: path, expecting: ["policy", "seed", "alloc_pct"])
    let key = (try reader.column("policy"), try reader.column("seed"))
    let columns = try ["alloc_pct", "frag_rate_pct", "frag_total_pct"].map { try reader.column($0) }
    while try reader.next() {
      let numbers = try columns.map { column in
        let text = try reader.text(column)
        guard let number = Double(text) else {
          throw reader.error(
            at: column,
            .notANumber(column: reader.header[column], found: text, accepted: "a number")
          )
        }
        return number
      }
      values[FGDExpected.name(try reader.text(key.0), try reader.text(key.1))] = numbers
    }
  }

  /// The expected values of a run, or nil.
  public func at100(_ cell: FGDReplication.Cell) -> [Double]? {
    guard cell.workload == "default" else { return nil }
    return values[FGDExpected.name(cell.policy, String(cell.seed))]
  }

  private static func name(_ policy: String, _ seed: String) -> String { policy + "/" + seed }

  /// Ours against expected for one policy, over the seeds that have both.
  public struct Comparison: Sendable {
    public var policy: String
    public var seeds: Int
    /// Means over the seeds: allocation, fragmentation rate and total, %.
    public var ours: [Double]
    public var expected: [Double]
    /// Printed numbers that agree in every digit, of `cells`.
    public var equal: Int
    public var cells: Int
    /// False for Random, which can match in distribution only.
    public var isExact: Bool
  }

  /// One comparison a policy, in the order of the runs.
  public func comparisons(_ runs: [FGDReplication.Run]) -> [Comparison] {
    var order: [String] = []
    var result: [String: Comparison] = [:]
    for run in runs {
      guard let expected = at100(run.cell), run.rows.count > 100 else { continue }
      let row = run.rows[100]
      let ours = [row.allocationPercent, row.fragmentationRatePercent, row.fragmentationTotalPercent]
      let printed = zip(expected, [2, 4, 2]).map { String(format: "%.\($1)f", $0) }
      if result[run.cell.policy] == nil { order.append(run.cell.policy) }
      var c =
        result[run.cell.policy]
        ?? Comparison(
          policy: run.cell.policy,
          seeds: 0,
          ours: [0, 0, 0],
          expected: [0, 0, 0],
          equal: 0,
          cells: 0,
          isExact: run.cell.policy != "Random"
        )
      c.seeds += 1
      for i in 0..<3 {
        c.ours[i] += ours[i]
        c.expected[i] += expected[i]
      }
      c.cells += 3
      c.equal += zip(row.printed, printed).count { $0 == $1 }
      result[run.cell.policy] = c
    }
    return order.map { policy in
      var c = result[policy]!
      c.ours = c.ours.map { $0 / Double(c.seeds) }
      c.expected = c.expected.map { $0 / Double(c.seeds) }
      return c
    }
  }
}
