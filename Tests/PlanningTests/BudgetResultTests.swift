import Outcome
import Planning
import Scenario
import Testing

@Suite("Budgets")
struct BudgetResultTests {
  private static let wait = ComparedMetric.named("wait.p95")!

  private func outcome(
    fail: LoadedSuite.Threshold? = nil,
    warn: LoadedSuite.Threshold? = nil,
    better: MetricDirection? = nil,
    _ base: [Double?],
    _ now: [Double?]
  ) -> BudgetResult.Outcome {
    let budget = LoadedSuite.Budget(Self.wait, better: better, fail: fail, warn: warn)
    return BudgetResult(cell: "c", budget: budget, base: base, now: now).outcome
  }

  private let base: [Double?] = [100, 110, 90, 100]
  /// 10 more each, but for a little noise: 10 ± 1.3.
  private let slower: [Double?] = [110, 121, 99, 110]
  /// 10 more on average, and not significant.
  private let noisy: [Double?] = [100, 180, 60, 100]

  @Test("over the budget and significant: a regression")
  func regression() {
    #expect(outcome(fail: .init(relative: 0.05), base, slower) == .fail)
    #expect(outcome(fail: .init(relative: 0.2), base, slower) == .pass)
    #expect(outcome(fail: .init(absolute: 9), base, slower) == .fail)
    #expect(outcome(fail: .init(absolute: 11), base, slower) == .pass)
    #expect(outcome(fail: .init(relative: 0.2, absolute: 9), base, slower) == .fail)
    #expect(outcome(fail: .init(relative: 0.2), warn: .init(relative: 0.05), base, slower) == .warn)
    #expect(outcome(warn: .init(relative: 0.05), base, slower) == .warn)
  }

  @Test("noise, improvements and equal values pass")
  func passes() {
    let strict = LoadedSuite.Threshold(relative: 0)
    #expect(outcome(fail: strict, base, noisy) == .pass)
    #expect(outcome(fail: strict, slower, base) == .pass)
    #expect(outcome(fail: strict, base, base) == .pass)
    #expect(outcome(fail: strict, base, slower) == .fail)
    #expect(outcome(fail: strict, better: .higher, base, slower) == .pass)
    #expect(outcome(fail: strict, better: .higher, slower, base) == .fail)
  }

  @Test("any worsening is more than a share of nothing")
  func baseOfZero() {
    #expect(outcome(fail: .init(relative: 5), [0, 0, 0, 0], [1, 1, 2, 1]) == .fail)
    #expect(outcome(fail: .init(absolute: 5), [0, 0, 0, 0], [1, 1, 2, 1]) == .pass)
  }

  @Test("a figure that is gone is a regression, one that never was is skipped")
  func missing() {
    let strict = LoadedSuite.Threshold(relative: 0.5)
    #expect(outcome(fail: strict, base, [100, nil, 90, 100]) == .fail)
    #expect(outcome(warn: strict, base, [nil, nil, nil, nil]) == .warn)
    #expect(outcome(fail: strict, [nil, nil, nil, nil], [nil, nil, nil, nil]) == .skipped)
    #expect(outcome(fail: strict, [nil, nil, nil, nil], base) == .pass)
  }
}
