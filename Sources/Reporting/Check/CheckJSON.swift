import Planning
import Scenario

extension ReportJSON {
  /// A suite against its baseline.
  public static func text(_ report: CheckReport) throws -> String { try encode(CheckDocument(report)) }
}

private struct CheckDocument: Encodable {
  struct Cell: Encodable {
    var name: String
    var policy: String
    var baselinePolicy: String
  }

  struct Threshold: Encodable {
    var relative: Double?
    var absolute: Double?

    init(_ threshold: LoadedSuite.Threshold) {
      relative = threshold.relative
      absolute = threshold.absolute
    }
  }

  struct Result: Encodable {
    var cell: String
    var metric: String
    var scope: String
    var unit: String
    var better: String
    /// `fail`, `warn`, `pass` or `skipped`.
    var outcome: String
    /// What the paired comparison says.
    var verdict: String
    var baselineMean: Double?
    var mean: Double?
    var difference: DifferenceDocument?
    /// The mean difference as a share of the baseline's mean.
    var relativeChange: Double?
    /// Replications that lost the figure.
    var lost: Int
    var fail: Threshold?
    var warn: Threshold?
    var baselineValues: [Double?]
    var values: [Double?]

    init(_ result: BudgetResult) {
      let comparison = result.comparison
      cell = result.cell
      metric = result.budget.metric.name
      scope = result.budget.scope
      unit = result.budget.metric.unit
      better = result.budget.better.rawValue
      outcome = result.outcome.rawValue
      verdict = comparison.verdict.rawValue
      baselineMean = comparison.baseMean
      mean = comparison.otherMean
      difference = comparison.difference.map(DifferenceDocument.init)
      relativeChange = result.relativeChange
      lost = result.lost
      fail = result.budget.fail.map(Threshold.init)
      warn = result.budget.warn.map(Threshold.init)
      baselineValues = comparison.base
      values = comparison.other
    }
  }

  var format = "headroom-check/1"
  var suite: String
  var passed: Bool
  var replications: Int
  var toolVersion: String
  var baseline: String
  var baselineToolVersion: String
  var cells: [Cell]
  var droppedCells: [String]
  var results: [Result]

  init(_ report: CheckReport) {
    suite = report.suite
    passed = report.isPassed
    replications = report.replications
    toolVersion = report.toolVersion
    baseline = report.baselinePath
    baselineToolVersion = report.baselineToolVersion
    cells = report.cells.map {
      Cell(name: $0.name, policy: $0.policy, baselinePolicy: $0.baselinePolicy)
    }
    droppedCells = report.droppedCells
    results = report.results.map(Result.init)
  }
}
