import Foundation
import TestSupport
import Testing

@Suite("Costs of a run: files, budgets and price books", .serialized)
struct MoneyFileTests {
  private let program = Program()
  private let scratch = try! ScratchFolder()

  /// A results file with one run of two replications.
  private func stored() throws -> String {
    let file = try scratch.write(SmallScenario.text(name: "money"), as: "money.yaml")
    let db = scratch.path("money.sqlite")
    #expect(try program.run("run", file, "--db", db, "--quiet", "--replications", "2").code == 0)
    return db
  }

  private func query(_ db: String, _ sql: String) throws -> String {
    let script = "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchall())"
    return try program.shell("python3 -c '\(script)' '\(db)' \"\(sql)\"").output
  }

  @Test("a saved comparison is in the results file, and its flows are the sums of its lines")
  func save() throws {
    let db = try stored()
    let saved = try program.run(
      "tco",
      "1",
      "--db",
      db,
      "--compare",
      "owned,aws",
      "--chargeback",
      "--save",
      "--json"
    )
    #expect(saved.code == 0, "\(saved.errors)")
    #expect(try query(db, "SELECT count(*) FROM tco_option") == "[(5,)]\n")
    #expect(
      try query(
        db,
        "SELECT count(*) FROM cash_flow f JOIN tco_option o USING (study_id, option_id) WHERE year = 0 AND micro_usd < 0"
      ) == "[(1,)]\n"
    )
    let bills = "SELECT sum(cents) = (SELECT sum(cents) FROM charge_line) FROM charge_line"
    #expect(try query(db, bills) == "[(1,)]\n")
    #expect(try query(db, "SELECT min(length(against)) > 0 FROM tco_bar") == "[(1,)]\n")
  }

  @Test("files are written by their ending; other endings and folders are refused")
  func files() throws {
    let db = try stored()
    for name in ["a.xlsx", "a.md", "a.csv"] {
      let path = scratch.path(name)
      let outcome = try program.run(
        "tco",
        "1",
        "--db",
        db,
        "--compare",
        "owned,aws",
        "-o",
        path,
        "--focus",
        path + "f"
      )
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(
        FileManager.default.fileExists(atPath: path) && FileManager.default.fileExists(atPath: path + "f")
      )
    }
    #expect(try program.run("tco", "1", "--db", db, "-o", "a.ods").code == 64)
    #expect(try program.run("tco", "1", "--db", db, "--focus", "f.csv", "--start", "2026-02-31").code == 64)
    let nowhere = try program.run("tco", "1", "--db", db, "-o", scratch.path("no/where/a.csv"))
    #expect(nowhere.code == 3 && nowhere.errors.contains("cannot be written"))
    // One file that cannot be written keeps the other from being written.
    let first = scratch.path("first.xlsx")
    let half = try program.run(
      "tco",
      "1",
      "--db",
      db,
      "-o",
      first,
      "--focus",
      scratch.path("no/f.csv"),
      "--save"
    )
    #expect(half.code == 3 && !FileManager.default.fileExists(atPath: first))
    #expect(try query(db, "SELECT count(*) FROM tco_study") == "[(0,)]\n")
    #expect(try program.run("tco", "1", "--db", db, "--rates", "r.csv").code == 64)
  }

  @Test("several price books are told side by side; the first one has the details")
  func books() throws {
    let db = try stored()
    let head = "provider,instance_type,gpu_model,gpu_count,region,on_demand_usd_h,billing_granularity_s\n"
    let books = try [("cheap", 1.0), ("dear", 9.0)].map { name, price in
      try scratch.write(head + "mycloud,x8,h100-80gb-sxm,8,here,\(price * 8),3600\n", as: "\(name).csv")
    }
    let outcome = try program.run(
      "tco",
      "1",
      "--db",
      db,
      "--compare",
      "mycloud",
      "--prices",
      books[0],
      "--prices",
      books[1]
    )
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("By price book") && outcome.output.contains("dear.csv"))
    let wrong = try scratch.write(head + "mycloud,x8,h100-80gb-sxm,8,here,8,0\n", as: "wrong.csv")
    let refused = try program.run("tco", "1", "--db", db, "--compare", "mycloud", "--prices", wrong)
    #expect(refused.code == 2 && refused.errors.contains("wrong.csv:2:"))
  }

  @Test("a broken hard limit ends with 1, a soft one is told; unknown tenants are refused")
  func budgets() throws {
    let db = try stored()
    let tenant = try query(db, "SELECT name FROM tenant LIMIT 1").split(separator: "'")[1]
    let soft = try program.run(
      "tco",
      "1",
      "--db",
      db,
      "--compare",
      "owned",
      "--chargeback",
      "--soft-limit",
      "\(tenant)=0"
    )
    #expect(soft.code == 0 && soft.output.contains("soft limit ! broken"))
    let hard = try program.run(
      "tco",
      "1",
      "--db",
      db,
      "--compare",
      "owned",
      "--chargeback",
      "--hard-limit",
      "\(tenant)=0",
      "--jobs",
      "2"
    )
    #expect(hard.code == 1 && hard.output.contains("hard limit ! broken"))
    #expect(hard.output.contains("The 2 dearest of"))
    let other = try program.run(
      "tco",
      "1",
      "--db",
      db,
      "--compare",
      "owned",
      "--chargeback",
      "--hard-limit",
      "nobody=1"
    )
    #expect(other.code == 2 && other.errors.contains("has no tenant `nobody`"))
    #expect(try program.run("tco", "1", "--db", db, "--jobs", "2").code == 64)
    #expect(try program.run("tco", "1", "--db", db, "--chargeback", "--hard-limit", "x").code == 64)
  }

  @Test("every basis divides the same bill, and draws take all replications")
  func bases() throws {
    let db = try stored()
    for basis in ["held", "request", "use", "larger"] {
      let outcome = try program.run(
        "tco",
        "1",
        "--db",
        db,
        "--compare",
        "owned",
        "--chargeback",
        "--basis",
        basis,
        "--idle",
        "evenly"
      )
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    let draws = try program.run("tco", "1", "--db", db, "--compare", "owned,aws", "--monte-carlo", "200")
    #expect(draws.output.contains("200 draws of the parameters and of 2 replications"))
    #expect(
      draws.output
        == (try program.run(
          "tco",
          "1",
          "--db",
          db,
          "--compare",
          "owned,aws",
          "--monte-carlo",
          "200"
        )).output
    )
  }

  @Test("decide stores the run that it prices, and refuses unknown rules")
  func decide() throws {
    let file = try scratch.write(SmallScenario.text(name: "choice"), as: "choice.yaml")
    let db = scratch.path("choice.sqlite")
    let sheet = try program.run("decide", file, "--db", db, "--team", "1", "--without", "growth")
    #expect(sheet.code == 0, "\(sheet.errors)")
    #expect(sheet.output.contains("What would change it") && sheet.output.contains("growth"))
    #expect(try program.run("tco", "1", "--db", db, "--compare", "owned").code == 0)
    let json = try program.run("decide", file, "--db", db, "--residency", "own", "--json")
    #expect(json.output.contains("\"winner\" : \"build\""))
    #expect(try program.run("decide", file, "--db", db, "--without", "luck").code == 64)
    #expect(try program.run("decide", file, "--db", db, "--growth", "much").code == 64)
    let free = try program.run("decide", file, "--db", scratch.path("new.sqlite"), "--against", "nocloud")
    #expect(free.code == 2)
    // Nothing was stored by the refused one.
    #expect(!FileManager.default.fileExists(atPath: scratch.path("new.sqlite")))
  }

  @Test("the notebook runs and draws its pictures, from the results file and from the CSV files alone")
  func notebook() throws {
    let db = try stored()
    #expect(try program.run("tco", "1", "--db", db, "--compare", "owned,aws", "--save").code == 0)
    let folder = scratch.path("notebooks")
    let exported = try program.run("export", "notebook", "1", "--db", db, "-o", folder)
    #expect(exported.code == 0, "\(exported.errors)")
    #expect(exported.output.contains("run-1.ipynb and 11 CSV files"))
    #expect(try program.run("export", "notebook", "9", "--db", db, "-o", folder).code == 2)
    #expect(
      try program.run("export", "notebook", "1", "--db", db, "--replication", "7", "-o", folder).code == 2
    )
    guard try program.shell("/usr/bin/python3 -c 'import nbclient, ipykernel, matplotlib'").code == 0 else {
      print("skipped: nbclient is not installed (python3-nbclient python3-ipykernel python3-matplotlib)")
      return
    }
    for isStored in [true, false] {
      if !isStored { try FileManager.default.removeItem(atPath: db) }
      let run = try program.shell(
        "/usr/bin/python3 scripts/check-notebook '\(folder)/run-1.ipynb' --folder '\(folder)' --images 7"
      )
      #expect(run.code == 0, "\(run.output) \(run.errors)")
    }
  }
}
