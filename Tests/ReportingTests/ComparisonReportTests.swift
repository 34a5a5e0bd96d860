import Engine
import Hardware
import Outcome
import OutcomeFixtures
import Planning
import SimulationKernel
import Testing
import Workload

@testable import Reporting

@Suite("Reports of comparisons")
struct ComparisonReportTests {
  /// Three replications whose waits and allocation grow by `step`.
  private static func arm(step: Double, jobs: JobTable) -> [MeasuredReplication] {
    (0..<3).map { number in
      let input = SimulationInput(
        fleet: SmallRun.fleet,
        jobs: jobs,
        seed: UInt64(42 + number),
        placement: PlacementSpec(scores: [ScoreSpec(policy: "fgd")])
      )
      func metric(_ name: String, _ unit: String, _ value: Double) -> Metric {
        Metric(name: name, scope: "fleet", unit: unit, value: value)
      }
      let noise = Double(number * number) / 10
      return MeasuredReplication(
        seed: UInt64(42 + number),
        inputs: InputPrints(input),
        metrics: [
          metric("allocation", "percent", 80 + step + noise * step), metric("stranded", "percent", 5),
          metric("wait.mean", "s", 600 + 100 * step + noise * step),
          metric("wait.p95", "s", 7000 + (number == 1 ? 900 : -500) * step),
          metric("jobs.completed", "jobs", 12_000 + 10 * Double(number)),
        ]
      )
    }
  }

  private let comparison: Comparison = {
    var others = SmallRun.jobs
    others.priority[0] += 1
    return Comparison(
      seed: 42,
      arms: ["best-fit", "fgd", "worst-fit"].map {
        .init(
          file: "small.yaml",
          scenario: "small",
          policy: $0,
          varied: $0 == "worst-fit" ? ["policy.queue.backfill=easy", "horizon=1d"] : []
        )
      },
      measured: [
        arm(step: 0, jobs: SmallRun.jobs), arm(step: 1, jobs: SmallRun.jobs), arm(step: -1, jobs: others),
      ]
    )
  }()

  @Test("the tables")
  func text() throws {
    let text = ComparisonText.text(comparison, style: TextStyle())
    try Golden.expect(text, equals: "Tests/ReportingTests/Goldens/comparison.txt")
    let plain = ComparisonText.text(comparison, style: TextStyle(unicode: false))
    #expect(plain.utf8.allSatisfy { $0 < 128 })
  }

  @Test("JSON")
  func json() throws {
    try Golden.expect(ReportJSON.text(comparison), equals: "Tests/ReportingTests/Goldens/comparison.json")
  }
}
