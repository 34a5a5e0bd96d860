import Foundation
import OutcomeFixtures
import Results
import TestSupport
import Testing

@Suite("Money on the command line")
struct MoneyTests {
  private let program = Program()
  private let scratch = try! ScratchFolder()

  private let rows = """
    quantity,value
    input.capex_usd,375200
    input.residual_usd,56280.0
    input.life_years,4
    input.wacc,0.1
    input.gpus,8
    input.utilisation,0.7
    input.cloud_price_usd_gpu_h,3.99
    opex.total_without_parts_usd_year,52660.086667

    """

  @Test("tco quick prints what the rows determine, as text and as JSON")
  func file() throws {
    let path = try scratch.write(rows)
    let text = try program.run("tco", "quick", path)
    #expect(text.code == 0)
    #expect(text.output.contains("payback_years_simple"))
    let json = try program.run("tco", "quick", path, "--json")
    #expect(json.code == 0)
    #expect(json.output.contains("\"break_even_utilisation\" : 0.56826582503"))
  }

  @Test("bad rows end with 2 and tell their place; wrong flags with 64")
  func bad() throws {
    let path = try scratch.write(rows.replacing("input.wacc,0.1", with: "input.wacc,-1"))
    let outcome = try program.run("tco", "quick", path)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("\(path):5:12: `input.wacc` is -1"))
    #expect(try program.run("tco", "quick").code == 64)
    #expect(try program.run("tco", "quick", path, "--gpu", "h100").code == 64)
  }

  @Test("tco quick from a few words lists prices and assumptions with their sources")
  func words() throws {
    let outcome = try program.run(
      "tco",
      "quick",
      "--gpu",
      "H100-SXM",
      "--count",
      "64",
      "--use",
      "0.7",
      "--against",
      "lambda,aws"
    )
    #expect(outcome.code == 0)
    #expect(outcome.output.contains("lambda, on demand"))
    #expect(outcome.output.contains("Uptime survey 2025"))
    #expect(outcome.output.contains("not counted: tax"))
    let typo = try program.run(
      "tco",
      "quick",
      "--gpu",
      "h100",
      "--count",
      "8",
      "--use",
      "0.7",
      "--against",
      "lamda"
    )
    #expect(typo.code == 2)
    #expect(typo.errors.contains("did you mean `lambda`?"))
  }

  @Test("prices lists, shows and checks")
  func prices() throws {
    #expect(
      try program.run("prices", "list", "--gpu", "h100-sxm", "--provider", "aws").output.contains("6.8800")
    )
    #expect(try program.run("prices", "show", "p5.48xlarge").output.contains("55.0400 USD/h"))
    #expect(try program.run("prices", "check").output.contains("not used: price of the GPUs only"))
    let missing = try program.run("prices", "list", "--gpu", "h100-smx")
    #expect(missing.code == 2)
    #expect(missing.errors.contains("did you mean"))
  }

  @Test("a stored run is priced for all options, and the parts of its bill add up to the cent")
  func run() throws {
    let file = try scratch.write(SmallScenario.text(name: "money"), as: "money.yaml")
    let db = scratch.path("money.sqlite")
    #expect(try program.run("run", file, "--db", db, "--quiet").code == 0)
    let text = try program.run("tco", "1", "--db", db, "--compare", "owned,lambda,hybrid", "--chargeback")
    #expect(text.code == 0, "\(text.errors)")
    #expect(text.output.contains("lambda, committed") && text.output.contains("hybrid with lambda"))
    #expect(text.output.contains("the options do not serve the jobs equally"))
    let json = try program.run(
      "tco",
      "run",
      "1",
      "--db",
      db,
      "--compare",
      "owned",
      "--chargeback",
      "--idle",
      "consumption",
      "--json"
    )
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let bill = try decoder.decode(Document.self, from: Data(json.output.utf8)).chargeback
    #expect(bill.billCents > 0 && bill.tenants.reduce(0) { $0 + $1.cents } == bill.billCents)
    let typo = try program.run("tco", "1", "--db", db, "--compare", "ownd")
    #expect(typo.code == 2)
    #expect(typo.errors.contains("did you mean `owned`?"))
  }

  private struct Document: Decodable {
    struct Bill: Decodable {
      struct Line: Decodable { var cents: Int }
      var billCents: Int
      var tenants: [Line]
    }
    var chargeback: Bill
  }

  @Test("a run that says nothing of GPU time is refused")
  func noLedger() throws {
    let db = scratch.path("none.sqlite")
    var outcome = SmallRun.outcome()
    outcome.series = []
    let record = RunRecord(
      header: RunHeader(name: "bare", scenario: "", policy: "none", seed: 1, version: "test"),
      fleet: SmallRun.fleet,
      replications: [ReplicationRecord(outcome: outcome, jobs: SmallRun.jobs, fleet: SmallRun.fleet)],
      wall: WallRecord(startedAt: "1970-01-01T00:00:00Z", seconds: 0, threads: 1, host: "test")
    )
    _ = try ResultStore.store([record], at: db)
    let refused = try program.run("tco", "1", "--db", db)
    #expect(refused.code == 2)
    #expect(refused.errors.contains("run 1 (bare) has no ledger of GPU time"))
  }
}
