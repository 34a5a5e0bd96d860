import GRDB
import OutcomeFixtures
import TestSupport
import Testing

@testable import Results

extension MoneyRecord {
  /// Two options of run 1 over two years.
  static var small: MoneyRecord {
    func option(_ name: String, _ lines: [(String, [Int64])]) -> Option {
      Option(
        name: name,
        service: "immediate",
        servedPerYear: 10,
        unservedPerYear: 0,
        waitingPerYear: 1,
        presentCost: 30,
        annualCost: 17,
        lines: lines.map { (name: $0.0, microUSD: $0.1) }
      )
    }
    let owned = option(
      "owned",
      [("purchase", [20, 0, 0]), ("power", [0, 3, 4]), ("residual", [0, 0, -5])]
    )
    return MoneyRecord(
      run: 1,
      replication: 0,
      years: 2,
      costOfCapital: 0.1,
      offeredPerYear: 10,
      assumptions: "[]",
      options: [owned, option("rented", [("on demand", [0, 12, 11])])],
      bars: [
        Bar(parameter: "pue", low: 1, high: 2, worthAtLow: 3, worthAtHigh: 1, worth: 2, against: "rented")
      ],
      charges: [("a", 120, 20), ("", 5, 5)]
    )
  }
}

@Suite("Priced runs in a results file")
struct MoneyTests {
  private let folder = try! ScratchFolder()

  @Test("cash flows are the sums of the lines; deleting the run deletes its studies")
  func flows() throws {
    let path = folder.path("results.sqlite")
    _ = try ResultStore.store([.small()], at: path)
    let store = try ResultStore(path: path, access: .write)
    #expect(try store.write(.small) == 1)
    #expect(try store.write(.small) == 2)
    let sql = "SELECT micro_usd FROM cash_flow WHERE study_id = 2 AND option_id = 0 ORDER BY year"
    #expect(try store.queue.read { try Int.fetchAll($0, sql: sql) } == [-20, -3, 1])
    #expect(try store.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM tco_view") } == 4)
    try store.queue.write { try $0.execute(sql: "DELETE FROM run") }
    for table in ["tco_study", "tco_option", "cost_line", "tco_bar", "charge_line"] {
      #expect(try store.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") } == 0)
    }
  }

  @Test("a study of a run that is not there is refused and leaves nothing")
  func unknownRun() throws {
    let store = try ResultStore(path: folder.path("empty.sqlite"), access: .write)
    #expect(throws: ResultStoreError.self) { _ = try store.write(.small) }
    #expect(try store.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM tco_study") } == 0)
  }
}
