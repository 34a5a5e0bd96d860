import Outcome
import OutcomeFixtures
import Planning
import Results
import Testing

@testable import Reporting

@Suite("Reports")
struct ReportTests {
  private static func figures(policy: String = "best-fit", replications: Int = 1, id: Int64? = 3)
    -> RunFigures
  {
    let record = RunRecord(
      header: RunHeader(
        name: "small",
        description: "Three nodes, by hand.",
        question: "Does it add up?",
        scenario: "name: small\n",
        policy: policy,
        seed: 42,
        version: "0.1.0"
      ),
      fleet: SmallRun.fleet,
      replications: (0..<replications).map {
        ReplicationRecord(
          outcome: SmallRun.outcome(replication: $0),
          jobs: SmallRun.jobs,
          fleet: SmallRun.fleet
        )
      },
      wall: WallRecord(startedAt: "2026-01-02T03:04:05Z", seconds: 1.25, threads: 2, host: "box")
    )
    return RunFigures(record, id: id)
  }

  private let report = RunReport(ReportTests.figures())
  private let replicated = RunReport(ReportTests.figures(policy: "fgd", replications: 3))
  private let context = SuggestionContext(
    run: "headroom run small.yaml",
    validate: "headroom validate small.yaml",
    show: "headroom show",
    list: "headroom runs",
    pools: [.init(name: "big", nodes: 2, cpuMilli: 96_000, memoryMiB: 1_048_576)]
  )

  private func golden(_ text: String, _ name: String) throws {
    try Golden.expect(text, equals: "Tests/ReportingTests/Goldens/\(name)")
  }

  @Test("the summary of one run")
  func summary() throws {
    let next = Suggestions.after([report], context: context)
    let text = SummaryText(report, style: TextStyle()).text(chart: false, next: next)
    try golden(text + "\n" + WallText.text([report.figures], path: "results/headroom.sqlite"), "summary.txt")
  }

  @Test("with replications and the chart, plain and narrow")
  func replicatedSummary() throws {
    let style = TextStyle(width: 80, unicode: false)
    let text = SummaryText(replicated, style: style).text(chart: true, next: [])
    try golden(text, "summary-replicated-ascii.txt")
    #expect(text.allSatisfy { $0.isASCII })
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test("with the chart in block characters")
  func chart() throws {
    try golden(SummaryText(report, style: TextStyle()).text(chart: true, next: []), "summary-chart.txt")
  }

  @Test("several policies give one table")
  func policies() throws {
    let reports = [report, replicated]
    let next = Suggestions.after(reports, context: context)
    try golden(PolicyTable.text(reports, next: next, style: TextStyle()), "policies.txt")
  }

  @Test("JSON has stable keys, and all that varies in one object")
  func json() throws {
    let text = try ReportJSON.text([report], path: "results/headroom.sqlite")
    try golden(text, "run.json")
    var other = Self.figures(id: 9)
    other.wall = WallRecord(startedAt: "2027-01-01T00:00:00Z", seconds: 7, threads: 1, host: "elsewhere")
    let again = try ReportJSON.text([RunReport(other)], path: nil)
    func withoutWall(_ text: String) -> Substring? {
      text.firstRange(of: "\n  \"wall\"").map { text[..<$0.lowerBound] }
    }
    #expect(withoutWall(text) != nil && withoutWall(text) == withoutWall(again))
  }

  @Test("the list of runs")
  func list() throws {
    let runs = [
      RunListing(
        id: 1,
        name: "small",
        policy: "best-fit",
        seed: 42,
        replications: 10,
        gpus: 18,
        allocationPercent: 68.25,
        waitP95Seconds: 4800,
        startedAt: "2026-01-02T03:04:05Z"
      ),
      RunListing(
        id: 12,
        name: "empty",
        policy: "fgd",
        seed: 18_446_744_073_709_551_615,
        replications: 1,
        gpus: 100_000,
        allocationPercent: nil,
        waitP95Seconds: nil,
        startedAt: "2026-01-02T03:04:06Z"
      ),
    ]
    try golden(RunList.text(runs, style: TextStyle()) + ReportJSON.text(runs), "runs.txt")
  }

  @Test("bold headings on a terminal, none under NO_COLOR")
  func colour() {
    func style(_ environment: [String: String], isTerminal: Bool = true) -> TextStyle {
      TextStyle(isTerminal: isTerminal, columns: 90, environment: environment)
    }
    #expect(style(["LANG": "en_US.UTF-8"]) == TextStyle(width: 90, unicode: true, colour: true))
    #expect(style(["LANG": "C.UTF-8", "LC_ALL": "C"]) == TextStyle(width: 90, unicode: false, colour: true))
    #expect(!style(["NO_COLOR": "1"]).colour)
    #expect(style(["NO_COLOR": ""]).colour)
    #expect(!style(["TERM": "dumb"]).colour)
    #expect(!style([:], isTerminal: false).colour)
    #expect(style([:]).narrows && !style([:], isTerminal: false).narrows)
    let text = SummaryText(report, style: TextStyle(colour: true)).text(chart: false, next: [])
    #expect(text.contains("\u{1B}[1mWaiting"))
    #expect(
      text.replacing("\u{1B}[1m", with: "").replacing("\u{1B}[0m", with: "")
        == SummaryText(report, style: TextStyle()).text(chart: false, next: [])
    )
  }
}
