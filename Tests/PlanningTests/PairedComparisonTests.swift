import Foundation
import Outcome
import Planning
import TestSupport
import Testing

@Suite("Paired comparisons")
struct PairedComparisonTests {
  private let wait = ComparedMetric.named("wait.mean")!
  private let allocation = ComparedMetric.named("allocation")!

  @Test("the interval is Student's t of the differences, by hand")
  func byHand() throws {
    // Differences 1, 2, -1, 4: mean 1.5, squares about it 13, standard error
    // sqrt(13 / 3 / 4); t(0.975, 3) = 3.182446 (table).
    let row = PairedComparison(wait, base: [10, 12, 14, 16], other: [11, 14, 13, 20])
    let interval = try #require(row.difference)
    #expect(row.baseMean == 13 && row.otherMean == 14.5 && row.pairs == 4)
    #expect(interval.mean == 1.5)
    #expect(abs(interval.halfWidth - 3.182446 * (13.0 / 12).squareRoot()) < 1e-5)
    #expect(row.verdict == .notSignificant)
  }

  @Test("the metric's direction decides what is better")
  func direction() {
    // Differences 1, 2, 3, 2: 2 ± 1.30.
    let base: [Double?] = [10, 12, 14, 16]
    let other: [Double?] = [11, 14, 17, 18]
    #expect(PairedComparison(wait, base: base, other: other).verdict == .worse)
    #expect(PairedComparison(wait, base: other, other: base).verdict == .better)
    #expect(PairedComparison(allocation, base: base, other: other).verdict == .better)
    #expect(PairedComparison(allocation, better: .lower, base: base, other: other).verdict == .worse)
  }

  @Test("equal in every pair is identical, a constant difference is not")
  func identical() {
    #expect(PairedComparison(wait, base: [1, 5, 9], other: [1, 5, 9]).verdict == .identical)
    #expect(PairedComparison(wait, base: [1, 5, 9], other: [2, 6, 10]).verdict == .worse)
    #expect(PairedComparison(wait, base: [1], other: [2]).verdict == .notSignificant)
  }

  @Test("only replications that have both values make pairs")
  func missing() {
    let row = PairedComparison(wait, base: [1, nil, 3, 4], other: [1, 7, nil, 4])
    #expect(row.pairs == 2 && row.verdict == .identical && row.baseMean == 2.5)
    let none = PairedComparison(wait, base: [nil, 4], other: [7, nil])
    #expect(none.verdict == .noFigures && none.difference == nil)
    #expect(none.baseMean == 4 && none.otherMean == 7)
  }

  /// How the two arms of a synthetic comparison are drawn.
  enum Draw: String, CaseIterable {
    case uniform
    case exponential
    /// A part in common, as under common random numbers, and a part of each.
    case shared

    func pair(_ random: inout SplitMix) -> (Double, Double) {
      func exponential() -> Double { -log(Double.random(in: Double.ulpOfOne..<1, using: &random)) }
      switch self {
      case .uniform: return (.random(in: 0..<1, using: &random), .random(in: 0..<1, using: &random))
      case .exponential: return (exponential(), exponential())
      case .shared:
        let common = 10 * exponential()
        return (common + .random(in: 0..<1, using: &random), common + .random(in: 0..<1, using: &random))
      }
    }
  }

  /// 5 % of 1,000 at most; the seed is fixed.
  @Test("where arms do not differ, few comparisons are flagged", arguments: Draw.allCases)
  func falseAlarms(_ draw: Draw) {
    var random = SplitMix(seed: 20_26)
    var flagged = 0
    for _ in 0..<1000 {
      let pairs = (0..<10).map { _ in draw.pair(&random) }
      let row = PairedComparison(wait, base: pairs.map(\.0), other: pairs.map(\.1))
      if row.verdict != .notSignificant { flagged += 1 }
    }
    #expect(flagged <= 50, "\(flagged) of 1,000")
    #expect(flagged > 10, "\(flagged) of 1,000")
  }
}
