import Outcome
import Planning
import Testing

@Suite("Estimates over replications")
struct MetricEstimateTests {
  private func metric(_ name: String, _ value: Double) -> Metric {
    Metric(name: name, scope: "fleet", unit: "s", value: value)
  }

  @Test("mean and Student's t interval")
  func interval() throws {
    // t(0.975, 2) = 4.302653 (table); the standard error of 1, 2, 3 is 1 / sqrt 3.
    let estimate = try #require(
      MetricEstimate.estimates(of: [1, 2, 3].map { [metric("a", $0)] }).first
    )
    #expect(estimate.mean == 2)
    #expect(abs(try #require(estimate.halfWidth) - 4.302653 / 3.0.squareRoot()) < 1e-6)
  }

  @Test("one replication has no interval")
  func single() throws {
    let estimate = try #require(MetricEstimate.estimates(of: [[metric("a", 5)]]).first)
    #expect(estimate.mean == 5)
    #expect(estimate.halfWidth == nil)
  }

  @Test("a metric that some replications lack keeps its own count")
  func missing() {
    let estimates = MetricEstimate.estimates(of: [[metric("a", 1)], [metric("b", 2), metric("a", 3)]])
    #expect(estimates.map(\.name) == ["a", "b"])
    #expect(estimates.map(\.values) == [[1, 3], [2]])
  }
}
