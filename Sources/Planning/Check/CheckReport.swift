import Outcome
import Scenario

/// A suite against its baseline: what every report of `check` is made of.
public struct CheckReport: Equatable, Sendable {
  /// A cell, and what was recorded of it.
  public struct Cell: Hashable, Sendable {
    public var name: String
    public var policy: String
    public var baselinePolicy: String
  }

  public let suite: String
  public let baselinePath: String
  public let replications: Int
  public let toolVersion: String
  public let baselineToolVersion: String
  public let cells: [Cell]
  /// Cells in order, and in each the budgets in order.
  public let results: [BudgetResult]
  /// Cells of the baseline that the suite no longer has.
  public let droppedCells: [String]

  /// - Parameters:
  ///   - path: the baseline's file and `suiteFile` the suite's, for messages.
  ///   - measured: the replications of each cell.
  /// - Throws: ``BaselineError`` when the baseline was made for other inputs.
  public init(
    suite: LoadedSuite,
    suiteFile: String,
    measured: [[MeasuredReplication]],
    baseline: Baseline,
    path: String,
    toolVersion: String
  ) throws(BaselineError) {
    var problems: [String] = []
    var cells: [Cell] = []
    var results: [BudgetResult] = []
    for (cell, replications) in zip(suite.cells, measured) {
      guard let old = baseline.cell(cell.name) else {
        problems.append("has no cell '\(cell.name)'")
        continue
      }
      let differences = Baseline.Inputs(replications).differences(from: old.inputs)
      guard differences.isEmpty else {
        let list = differences.joined(separator: ", ")
        problems.append("cell '\(cell.name)' was made for other inputs: \(list)")
        continue
      }
      cells.append(Cell(name: cell.name, policy: cell.policy, baselinePolicy: old.policy))
      for budget in suite.budgets {
        guard let base = old.values(budget.metric.name, budget.scope), base.count == replications.count else {
          problems.append("cell '\(cell.name)' has no '\(budget.metric.name)' of '\(budget.scope)'")
          continue
        }
        let now = replications.map { $0.value(budget.metric.name, budget.scope) }
        results.append(BudgetResult(cell: cell.name, budget: budget, base: base, now: now))
      }
    }
    guard problems.isEmpty else {
      throw .otherInputs(path: path, suite: suiteFile, cells: problems)
    }
    self.suite = suite.name
    baselinePath = path
    replications = suite.replications
    self.toolVersion = toolVersion
    baselineToolVersion = baseline.toolVersion
    self.cells = cells
    self.results = results
    let names = Set(cells.map(\.name))
    droppedCells = baseline.cells.map(\.name).filter { !names.contains($0) }
  }

  /// Results of one outcome, in order.
  public func results(_ outcome: BudgetResult.Outcome) -> [BudgetResult] {
    results.filter { $0.outcome == outcome }
  }

  /// No budget is exceeded.
  public var isPassed: Bool { results(.fail).isEmpty }

  /// Everything that got significantly worse or was lost, regressions first,
  /// then warnings, then what the budgets allow.
  public var worse: [BudgetResult] {
    BudgetResult.Outcome.allCases.flatMap { outcome in
      results(outcome).filter { $0.comparison.verdict == .worse || $0.lost > 0 }
    }
  }

  /// Everything that got significantly better.
  public var better: [BudgetResult] { results.filter { $0.comparison.verdict == .better } }

  /// Budgets that no cell has the figure for.
  public var idleBudgets: [LoadedSuite.Budget] {
    var budgets: [LoadedSuite.Budget] = []
    for result in results(.skipped) where !budgets.contains(result.budget) {
      if results.allSatisfy({ $0.budget != result.budget || $0.outcome == .skipped }) {
        budgets.append(result.budget)
      }
    }
    return budgets
  }

  /// Cells whose policy is not the one that the baseline records.
  public var changedPolicies: [Cell] { cells.filter { $0.policy != $0.baselinePolicy } }
}
