import Scenario

/// A budget in one cell: the figures now against the baseline's.
public struct BudgetResult: Equatable, Sendable {
  /// Worst first.
  public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// A regression: over the budget, and the interval excludes 0.
    case fail
    case warn
    case pass
    /// The cell has no such figure, before or now.
    case skipped
  }

  public let cell: String
  public let budget: LoadedSuite.Budget
  /// The baseline's values are the base.
  public let comparison: PairedComparison
  public let outcome: Outcome
  /// Replications that lost the figure which they have in the baseline.
  public let lost: Int

  /// - Parameters:
  ///   - base: the baseline's values, one a replication.
  ///   - now: as many.
  public init(cell: String, budget: LoadedSuite.Budget, base: [Double?], now: [Double?]) {
    self.cell = cell
    self.budget = budget
    comparison = PairedComparison(
      budget.metric,
      scope: budget.scope,
      better: budget.better,
      base: base,
      other: now
    )
    lost = zip(base, now).count { $0 != nil && $1 == nil }
    outcome =
      if comparison.pairs == 0, now.allSatisfy({ $0 == nil }), lost == 0 {
        .skipped
      } else if lost > 0 {
        budget.fail == nil ? .warn : .fail
      } else if comparison.verdict != .worse {
        .pass
      } else if let fail = budget.fail, Self.isOver(fail, comparison) {
        .fail
      } else if let warn = budget.warn, Self.isOver(warn, comparison) {
        .warn
      } else {
        .pass
      }
  }

  /// Whether the mean worsened by more than a threshold allows. Where the
  /// baseline's mean is 0, any worsening is more than a share of it.
  private static func isOver(_ threshold: LoadedSuite.Threshold, _ comparison: PairedComparison) -> Bool {
    guard let base = comparison.baseMean, let change = comparison.difference?.mean.magnitude else {
      return false
    }
    return threshold.absolute.map { change > $0 } == true
      || threshold.relative.map { change > $0 * base.magnitude } == true
  }

  /// The mean change as a share of the baseline's mean; nil where that is 0.
  public var relativeChange: Double? {
    guard let base = comparison.baseMean, base != 0, let change = comparison.difference?.mean else {
      return nil
    }
    return change / base.magnitude
  }
}
