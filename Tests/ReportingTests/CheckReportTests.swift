import Engine
import Foundation
import FoundationXML
import Outcome
import OutcomeFixtures
import Planning
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Reporting
@testable import Scenario

@Suite("Reports of checks")
struct CheckReportTests {
  private let scratch = try! ScratchFolder()
  private static let allocation = ComparedMetric.named("allocation")!
  private static let wait = ComparedMetric.named("wait.p95")!

  private var suite: LoadedSuite {
    get throws {
      let scenario = try ScenarioLoader.load(
        text: """
          version: 1
          name: small
          fleet: {nodes: [{name: a, count: 1, cpu: 8, memory: 64GiB}]}
          horizon: 1d
          workload:
            classes:
              - {name: c, demand: {cpu: 1, memory: 1GiB}, arrivals: {poisson: {rate: 2/h}}, duration: 1h}
          """,
        label: "small.yaml",
        environment: [:]
      )
      func cell(_ name: String, _ policy: String) throws -> LoadedSuite.Cell {
        .init(name: name, scenario: scenario, placement: try scenario.placement(named: policy))
      }
      return LoadedSuite(
        name: "small",
        replications: 3,
        cells: [try cell("small/best-fit", "best-fit"), try cell("small/fgd", "fgd")],
        budgets: [
          .init(Self.allocation, fail: .init(absolute: 0.5)),
          .init(Self.wait, fail: .init(relative: 0.1, absolute: 900), warn: .init(relative: 0.02)),
          .init(Self.wait, scope: "class:<c>|&", fail: .init(relative: 0.1)),
        ]
      )
    }
  }

  /// Two cells; `shift` moves the figures of the second.
  private func measured(shift: Double, jobs: JobTable = SmallRun.jobs) -> [[MeasuredReplication]] {
    [0, shift].map { shift in
      (0..<3).map { number in
        var input = SimulationInput(
          fleet: SmallRun.fleet,
          jobs: jobs,
          seed: UInt64(7 + number),
          placement: PlacementSpec(scores: [ScoreSpec(policy: "fgd")])
        )
        input.horizon = SimTime(nanoseconds: 86_400_000_000_000)
        let noise = Double(number)
        return MeasuredReplication(
          seed: input.seed,
          inputs: InputPrints(input),
          metrics: [
            Metric(name: "allocation", scope: "fleet", unit: "percent", value: 80 + noise + shift / 100),
            Metric(name: "wait.p95", scope: "fleet", unit: "s", value: 7200 + noise * 60 + shift),
          ]
        )
      }
    }
  }

  private func report(shift: Double) throws -> CheckReport {
    let suite = try suite
    var baseline = Baseline(suite: suite, measured: measured(shift: 0), toolVersion: "0.0.9")
    baseline.cells[1].policy = "worst-fit; ties by name"
    baseline.cells.append(baseline.cells[0])
    baseline.cells[2].name = "small/gone"
    return try CheckReport(
      suite: suite,
      suiteFile: "small-suite.yaml",
      measured: measured(shift: shift),
      baseline: baseline,
      path: "results/baselines/small.json",
      toolVersion: "0.1.0"
    )
  }

  private func golden(_ text: String, _ name: String) throws {
    try Golden.expect(text, equals: "Tests/ReportingTests/Goldens/\(name)")
  }

  @Test("the reports of a regression lead with what got worse")
  func regression() throws {
    let report = try report(shift: 1800)
    #expect(!report.isPassed)
    #expect(report.worse.map(\.cell) == ["small/fgd"])
    try golden(CheckText.text(report, style: TextStyle()), "check.txt")
    try golden(CheckMarkdown.text(report), "check.md")
    try golden(CheckJUnit.text(report), "check.xml")
    try golden(ReportJSON.text(report), "check.json")
    #expect(CheckText.text(report, style: TextStyle(unicode: false)).utf8.allSatisfy { $0 < 128 })
  }

  @Test("warnings and equal figures pass")
  func passes() throws {
    let warned = try report(shift: 300)
    #expect(warned.isPassed && warned.results(.warn).count == 1)
    let equal = try report(shift: 0)
    #expect(equal.isPassed && equal.worse.isEmpty && equal.better.isEmpty)
    try golden(CheckText.text(equal, style: TextStyle()), "check-passed.txt")
  }

  @Test("JUnit is well-formed XML: one test case a budget and cell")
  func junit() throws {
    final class Counter: NSObject, XMLParserDelegate {
      var names: [String: Int] = [:]
      func parser(
        _ parser: XMLParser,
        didStartElement name: String,
        namespaceURI: String?,
        qualifiedName: String?,
        attributes: [String: String]
      ) {
        names[name, default: 0] += 1
        for (key, value) in attributes where key == "failures" || key == "tests" {
          names[key] = Int(value)
        }
      }
    }
    let counter = Counter()
    let parser = XMLParser(data: Data(CheckJUnit.text(try report(shift: 1800)).utf8))
    parser.delegate = counter
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(counter.names["testcase"] == 6 && counter.names["tests"] == 6)
    #expect(counter.names["failure"] == 1 && counter.names["failures"] == 1)
    #expect(counter.names["skipped"] == 2)
  }

  @Test("a baseline is written and read without loss, the same bytes each time")
  func baselineFile() throws {
    let baseline = Baseline(suite: try suite, measured: measured(shift: 0), toolVersion: "0.1.0")
    let path = scratch.path("deep/down/base.json")
    try baseline.write(to: path)
    let first = try String(contentsOfFile: path, encoding: .utf8)
    #expect(try Baseline.read(path: path, suite: "s.yaml") == baseline)
    try baseline.write(to: path)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == first)
    #expect(first.split(separator: "\n").count { $0.contains("\"metric\":\"wait.p95\"") } == 4)
  }

  @Test("a baseline of other inputs is refused, cell by cell")
  func otherInputs() throws {
    let suite = try suite
    var others = SmallRun.jobs
    others.priority[0] += 1
    var baseline = Baseline(suite: suite, measured: measured(shift: 0, jobs: others), toolVersion: "0.1.0")
    baseline.cells[1].name = "small/other"
    let error = #expect(throws: BaselineError.self) {
      try CheckReport(
        suite: suite,
        suiteFile: "s.yaml",
        measured: measured(shift: 0),
        baseline: baseline,
        path: "b.json",
        toolVersion: "0.1.0"
      )
    }
    #expect(
      error?.description == """
        b.json: cell 'small/best-fit' was made for other inputs: workload
        b.json: has no cell 'small/fgd'
        the baseline was made for other inputs; `headroom check s.yaml --update` makes it anew
        """
    )
  }
}
