import Engine
import Foundation
import Outcome
import Planning
import Workload

/// Repeats the FGD experiment over workloads, policies and seeds.
public struct FGDReplication: Sendable {
  /// One run's place in the grid.
  public struct Cell: Hashable, Sendable {
    public var workload: String
    public var policy: String
    public var seed: Int
  }

  /// One finished run.
  public struct Run: Sendable {
    public var cell: Cell
    public var rows: [FGDTableRow]
    public var fingerprint: UInt64
  }

  private let studies: [String: FGDStudy]
  public let cells: [Cell]

  /// Reads what the runs need.
  ///
  /// - Throws: ``StudyError`` or `TraceError`.
  public init(folder: String, workloads: [String], policies: [String], seeds: [Int]) throws {
    var studies: [String: FGDStudy] = [:]
    for workload in workloads where studies[workload] == nil {
      studies[workload] = try FGDStudy(folder: folder, workload: workload)
    }
    for policy in policies { _ = try FGDStudy.placement(of: policy) }
    self.studies = studies
    cells = workloads.flatMap { workload in
      policies.flatMap { policy in seeds.map { Cell(workload: workload, policy: policy, seed: $0) } }
    }
  }

  /// Runs all cells on so many threads; results in the order of the cells.
  ///
  /// The observer is also asked before each run: one run may be over before
  /// it would be asked for the first time.
  public func run(
    threads: Int,
    verify: Bool = false,
    observer: (any RunObserver & Sendable)? = nil,
    finished: @escaping @Sendable (Cell) -> Void = { _ in }
  ) throws -> [Run] {
    try ParallelMap.map(count: cells.count, threads: threads) { index in
      if observer?.isCancelled == true { throw SimulationError.cancelled }
      let cell = cells[index]
      let study = studies[cell.workload]!
      var input = try study.input(policy: cell.policy, seed: cell.seed)
      input.verify = verify
      let outcome = try Simulation.run(input, observer: observer)
      finished(cell)
      return Run(cell: cell, rows: study.rows(outcome), fingerprint: outcome.fingerprint)
    }
  }

  /// The runs as CSV: a row for each arrival percentage 0 ... 130.
  public static func csv(_ runs: [Run]) -> String {
    var text = "workload,policy,seed,arrival_pct,alloc_pct,frag_rate_pct,frag_total_pct\n"
    for run in runs {
      for row in run.rows {
        text += "\(run.cell.workload),\(run.cell.policy),\(run.cell.seed),\(row.arrivalPercent),"
        text += row.printed.joined(separator: ",") + "\n"
      }
    }
    return text
  }
}

extension FGDTableRow {
  /// Allocation (2 decimals), fragmentation rate (4) and total (2) as the
  /// published tables print them.
  public var printed: [String] {
    [
      String(format: "%.2f", allocationPercent), String(format: "%.4f", fragmentationRatePercent),
      String(format: "%.2f", fragmentationTotalPercent),
    ]
  }
}
