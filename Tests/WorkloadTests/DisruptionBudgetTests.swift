import TestSupport
import Testing

@testable import Workload

struct DisruptionBudgetTests {
  @Test func `texts of budgets are read as they were written`() {
    for (text, budget) in [
      ("0", .jobs(0)), ("12", .jobs(12)), ("0%", .share(thousandths: 0)), ("25%", .share(thousandths: 250)),
      ("12.5%", .share(thousandths: 125)), ("100%", .share(thousandths: 1000)),
      ("min 2", .running(2)), ("min 12.5%", .runningShare(thousandths: 125)),
    ] as [(String, DisruptionBudget)] {
      #expect(DisruptionBudget(text) == budget)
      #expect(budget.text == text)
    }
    for text in [
      "", "-1", "+1", "1.5", "%", "101%", "100.1%", "12.55%", "a%", "1 %", ".5%", "5.%", "min", "min 1.5",
      "min min 1",
    ] {
      #expect(DisruptionBudget(text) == nil, "\(text)")
    }
  }

  @Test func `shares are rounded up to whole jobs`() {
    #expect([0, 1, 3, 4, 5].map(DisruptionBudget.share(thousandths: 250).limit) == [0, 1, 1, 1, 2])
    #expect(DisruptionBudget.jobs(3).limit(of: 1) == 3)
    #expect([0, 1, 2, 3, 5].map(DisruptionBudget.running(2).limit) == [0, 0, 0, 1, 3])
    #expect([0, 1, 2, 3, 5].map(DisruptionBudget.runningShare(thousandths: 500).limit) == [0, 0, 1, 1, 2])
  }

  private static let header =
    "name,class,tenant,kind,priority,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,busy_milli,arrival_s,"
    + "duration_s,max_unavailable\n"

  private func read(_ budgets: [(group: String, text: String)]) throws -> JobTable {
    let folder = try ScratchFolder()
    let rows = budgets.enumerated().map {
      "j\($0),\($1.group),t,batch,0,1,1,1,1000,,1000,\($0),1,\($1.text)\n"
    }
    return try HeadroomTraceReader.read(path: folder.write(Self.header + rows.joined(), as: "jobs.csv"))
  }

  @Test func `a trace keeps the budgets of its classes`() throws {
    let jobs = try read([("a", "25%"), ("b", ""), ("a", "25%"), ("c", "2")])
    #expect(jobs.disruptionBudgets == [.share(thousandths: 250), nil, .jobs(2)])
    let folder = try ScratchFolder()
    try HeadroomTraceWriter.write(jobs, to: folder.path("copy.csv"))
    #expect((try HeadroomTraceReader.read(path: folder.path("copy.csv")) == jobs) == true)
    #expect(try read([("a", ""), ("b", "")]).disruptionBudgets.isEmpty)
  }

  @Test func `a class with two budgets and a budget of nonsense are refused`() throws {
    let two = #expect(throws: TraceError.self) { try read([("a", "1"), ("b", "2"), ("a", "2")]) }
    #expect(two?.line == 4)
    #expect("\(try #require(two))".contains("max_unavailable is '2', but '1' in the first row of the class"))
    let nonsense = #expect(throws: TraceError.self) { try read([("a", "half")]) }
    #expect("\(try #require(nonsense))".contains("a share such as 25%"))
  }
}
