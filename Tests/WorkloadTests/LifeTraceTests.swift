import SimulationKernel
import TestSupport
import Testing
import Workload

@Suite("Limits, failures, deadlines and dependencies in traces")
struct LifeTraceTests {
  private static func table(seed: UInt64) -> JobTable {
    var table = HeadroomTraceTests.randomTable(seed: seed)
    var random = SplitMix(seed: seed ^ 0xFA11)
    let jobs = 0..<table.count
    func spans() -> [SimDuration] {
      jobs.map { job in
        table.kind[job] == .service || Bool.random(using: &random)
          ? .zero : SimDuration(nanoseconds: Int64.random(in: 1...1 << 50, using: &random))
      }
    }
    if Bool.random(using: &random) { table.timeLimit = spans() }
    if Bool.random(using: &random) { table.deadline = spans() }
    if Bool.random(using: &random) {
      let rules = [
        RetryRule(most: 0), RetryRule(most: 7, delay: .seconds(10), longestDelay: .seconds(360)),
        RetryRule(delay: .tick, longestDelay: .tick),
      ]
      for job in jobs {
        let rule = table.kind[job] == .service ? nil : rules.randomElement(using: &random)
        guard let rule, Bool.random(using: &random) else {
          table.retry.append(0)
          continue
        }
        if !table.retryRules.contains(rule) { table.retryRules.append(rule) }
        table.retry.append(UInt16(table.retryRules.firstIndex(of: rule)! + 1))
      }
    }
    if Bool.random(using: &random), !jobs.isEmpty {
      table.failures = JobLists(
        jobs.map { job in
          table.kind[job] == .service
            ? []
            : (0..<Int.random(in: 0...3, using: &random)).map { _ in
              [0, 1, 50_000_000, 999_999_999, FailureShare.whole].randomElement(using: &random)!
            }
        }
      )
    }
    let dependents = jobs.filter { $0 > 0 && table.kind[$0] == .batch }
    if Bool.random(using: &random), !dependents.isEmpty {
      var lists = jobs.map { _ in [Int32]() }
      for job in dependents where Bool.random(using: &random) {
        lists[job] = Set((0..<3).map { _ in Int32.random(in: 0..<Int32(job), using: &random) }).sorted()
      }
      if lists.contains(where: { !$0.isEmpty }) { table.after = JobLists(lists) }
    }
    return table
  }

  @Test("what is written is read back the same, whatever the seed")
  func roundTrip() throws {
    let folder = try ScratchFolder()
    let path = folder.path("trace.csv")
    for seed in UInt64(1)...300 {
      let table = Self.table(seed: seed)
      try HeadroomTraceWriter.write(table, to: path)
      let copy = try HeadroomTraceReader.read(path: path)
      let isSame = copy == table
      #expect(isSame, "seed \(seed)")
    }
  }

  private static let header =
    (HeadroomTrace.columns + [
      "time_limit_s", "deadline_s", "retries", "retry_delay_s", "retry_delay_max_s", "fails", "after",
    ]).joined(separator: ",") + "\n"

  /// A row of a batch job that arrives at second 0.
  private static func row(_ name: String, _ rest: String, kind: String = "batch", at second: Int = 0)
    -> String
  {
    "\(name),c,t,\(kind),0,1,1,0,0,,0,\(second),9,\(rest)\n"
  }

  private func read(_ rows: String) throws -> JobTable {
    let folder = try ScratchFolder()
    return try HeadroomTraceReader.read(path: folder.write(Self.header + rows))
  }

  @Test("rows may name later rows, and are sorted with what they name")
  func forward() throws {
    let jobs = try read(
      Self.row("late", "60,90,2,10,360,0.25;1,", at: 5) + Self.row("first", ",,,,,,\"late\"")
        + Self.row("last", ",,0,,,,late;first", at: 3)
    )
    #expect(jobs.names == .listed(["first", "last", "late"]))
    #expect((0..<3).map { Array(jobs.after[$0]) } == [[2], [2, 0], []])
    #expect((0..<3).map { Array(jobs.failures[$0]) } == [[], [], [250_000_000, 1_000_000_000]])
    #expect((0..<3).map { jobs.limit(of: $0)?.seconds } == [nil, nil, 60])
    #expect((0..<3).map { jobs.due(of: $0)?.seconds } == [nil, nil, 95])
    #expect(
      (0..<3).map { jobs.retryRule(of: $0) } == [
        RetryRule(), RetryRule(most: 0),
        RetryRule(most: 2, delay: .seconds(10), longestDelay: .seconds(360)),
      ]
    )
  }

  private static let badRows: [(rows: [String], message: String)] = [
    ([row("a", "0,,,,,,")], "2:30: `time_limit_s` is 0; accepted: seconds above 0, or nothing"),
    ([row("a", ",-1,,,,,")], "2:31: `deadline_s` is -1; accepted: seconds"),
    ([row("a", ",,x,,,,")], "2:32: `retries` is `x`, which is no number"),
    ([row("a", ",,,20,10,,")], "2:36: the delay's end lies below its beginning"),
    ([row("a", ",,,,,1.5,")], "2:35: `fails` is `1.5`, which is no number; accepted: shares from 0 to 1"),
    ([row("a", ",,,,,0.5;,")], "2:35: `fails` is ``, which is no number"),
    ([row("a", ",,,,,,b")], "2:36: `after` names the job `b`, which the file does not have"),
    (
      [row("train-1", ",,,,,,"), row("b", ",,,,,,train-2")],
      "3:36: `after` names the job `train-2`, which the file does not have; did you mean `train-1`?"
    ),
    ([row("a", ",,,,,,a")], "2:36: the job `a` waits for itself; remove its own name"),
    ([row("a", ",,,,,,"), row("b", ",,,,,,a;a")], "3:36: `after` names the job `a` twice"),
    (
      [row("a", ",,,,,,"), row("b", ",,,,,,a;d"), row("c", ",,,,,,b"), row("d", ",,,,,,c")],
      "3:36: the jobs wait for one another: b after d after c after b; none of them could ever start"
    ),
    ([row("a", ",,,,,,"), row("s", ",,,,,,a", kind: "service")], "3:38: a service has no `after`"),
    ([row("s", ",5,,,,,", kind: "service")], "2:33: a service has no `deadline_s`"),
  ]

  @Test("bad fields are told with line and column", arguments: badRows.indices)
  func badFields(number: Int) throws {
    let (rows, message) = Self.badRows[number]
    let error = #expect(throws: TraceError.self) { try read(rows.joined()) }
    let text = error?.description ?? ""
    #expect(text.contains(":" + message), "\(text)")
  }

  @Test("a name with a semicolon cannot stand in column after")
  func semicolon() throws {
    let folder = try ScratchFolder()
    var table = HeadroomTraceTests.randomTable(seed: 7)
    table.kind = table.kind.map { _ in .batch }
    table.names = .listed((0..<table.count).map { "a;\($0)" })
    table.after = JobLists((0..<table.count).map { $0 == 1 ? [0] : [] })
    let error = #expect(throws: TraceError.self) {
      try HeadroomTraceWriter.write(table, to: folder.path("t.csv"))
    }
    #expect("\(error!)".contains("the job `a;0`, which others wait for, has a semicolon in its name"))
    #expect(try folder.contents() == [])
  }

  @Test("a delay without its end is refused")
  func loneDelay() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(HeadroomTrace.columns.joined(separator: ",") + ",retry_delay_s\n")
    let error = #expect(throws: TraceError.self) { try HeadroomTraceReader.read(path: path) }
    #expect("\(error!)".contains("has `retry_delay_s` without `retry_delay_max_s`"))
  }
}
