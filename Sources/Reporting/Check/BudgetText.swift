import Planning
import Scenario

/// The words for one budget in one cell, shared by all reports of `check`.
enum BudgetText {
  /// `wait p95`, or `wait p95, class:train`.
  static func metric(_ budget: LoadedSuite.Budget) -> String {
    budget.scope == "fleet" ? budget.metric.label : "\(budget.metric.label), \(budget.scope)"
  }

  static func base(_ result: BudgetResult) -> String {
    MetricText.value(result.comparison.baseMean, unit: result.budget.metric.unit)
  }

  static func now(_ result: BudgetResult) -> String {
    MetricText.value(result.comparison.otherMean, unit: result.budget.metric.unit)
  }

  /// The mean change with its interval and as a share of the baseline.
  static func change(_ result: BudgetResult) -> String {
    if result.lost > 0 { return "lost in \(result.lost) of \(result.comparison.base.count)" }
    let change = MetricText.difference(result.comparison.difference, unit: result.budget.metric.unit)
    guard result.comparison.verdict != .identical, let share = result.relativeChange else { return change }
    return share.magnitude < mostShare
      ? "\(change) (\(MetricText.change(100 * share, unit: "share")) %)" : "\(change) (more than tenfold)"
  }

  /// Larger changes are not told as a share: their baseline is next to nothing.
  private static let mostShare = 9.0

  /// What the budget allows: `fail above 10 %, warn above 5.0 min`.
  static func limits(_ budget: LoadedSuite.Budget) -> String {
    [("fail", budget.fail), ("warn", budget.warn)].compactMap { word, threshold in
      threshold.map { "\(word) above \(limit($0, unit: budget.metric.unit))" }
    }.joined(separator: ", ")
  }

  private static func limit(_ threshold: LoadedSuite.Threshold, unit: String) -> String {
    var parts: [String] = []
    if let share = threshold.relative { parts.append(MetricText.value(100 * share, unit: "share") + " %") }
    if let absolute = threshold.absolute {
      parts.append(
        unit == "percent"
          ? MetricText.value(absolute, unit: "share") + " points" : MetricText.value(absolute, unit: unit)
      )
    }
    return parts.joined(separator: " or ")
  }

  /// What the report says of the outcome.
  static func verdict(_ result: BudgetResult) -> String {
    switch result.outcome {
    case .fail: "regression"
    case .warn: "warning"
    case .pass: result.comparison.verdict == .worse ? "worse, allowed" : result.comparison.verdict.rawValue
    case .skipped: "not in this cell"
    }
  }

  /// `2 regressions, 1 warning` and what passed.
  static func counts(_ report: CheckReport) -> String {
    func count(_ outcome: BudgetResult.Outcome, _ one: String, _ many: String) -> String {
      let number = report.results(outcome).count
      return "\(number) \(number == 1 ? one : many)"
    }
    let identical = report.results.count { $0.comparison.verdict == .identical }
    return [
      count(.fail, "regression", "regressions"), count(.warn, "warning", "warnings"),
      count(.pass, "pass", "pass") + " (\(identical) identical)", count(.skipped, "skipped", "skipped"),
    ].joined(separator: ", ")
  }

  /// What else a reader should know.
  static func notes(_ report: CheckReport) -> [String] {
    var notes = report.changedPolicies.map {
      "\($0.name): policy changed from \"\($0.baselinePolicy)\" to \"\($0.policy)\""
    }
    notes += report.idleBudgets.map { "\(metric($0)): no cell has this figure, the budget checks nothing" }
    notes += report.droppedCells.map { "\($0): in the baseline, no longer in the suite" }
    if report.toolVersion != report.baselineToolVersion {
      notes.append("baseline made by version \(report.baselineToolVersion), checked by \(report.toolVersion)")
    }
    return notes
  }
}
