import Foundation
import OutcomeFixtures
import Results
import TestSupport
import Testing

@Suite("The program from outside")
struct ProgramTests {
  private let scratch = try! ScratchFolder()
  private let program = Program()

  /// Three days on four nodes: a fraction of a second.
  private var small: String {
    get throws {
      try scratch.write(
        """
        version: 1
        name: small
        description: Three days on four nodes.
        question: Does it run?
        seed: 7
        horizon: 3d
        fleet:
          nodes:
            - {name: h100, count: 4, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 192, memory: 2TiB}
        workload:
          loadOf: 32
          classes:
            - name: train
              tenants: research
              load: 80%
              arrivals: poisson
              demand:
                - {weight: 3, gpus: 1, cpu: 16, memory: 160GiB}
                - {weight: 1, gpus: 0.5, cpu: 8, memory: 80GiB}
              duration: {exponential: {mean: 2h}}
              busy: 80%

        """,
        as: "small.yaml"
      )
    }
  }

  /// The text without its wall block and with the scratch folder named.
  private func stable(_ text: String) -> String {
    let body = text.firstRange(of: "\nWall time").map { String(text[..<$0.lowerBound]) } ?? text
    return body.replacing(scratch.path(""), with: "DIR")
  }

  @Test("run, show and runs")
  func runAndShow() throws {
    let db = scratch.path("r.sqlite")
    let run = try program.run("run", try small, "--db", db)
    #expect(run.code == 0 && run.errors == "", "\(run.errors)")
    try Golden.expect(stable(run.output), equals: "Tests/headroomTests/Goldens/run.txt")
    let show = try program.run("show", "--db", db)
    try Golden.expect(stable(show.output), equals: "Tests/headroomTests/Goldens/show.txt")
    let runs = try program.run("runs", "--db", db)
    #expect(runs.output.split(separator: "\n").count == 2)
    #expect(runs.output.contains("1    small     best-fit     7             1    32"))
    let resolved = try program.run("show", "--db", db, "--scenario")
    let again = scratch.path("again.yaml")
    try Data(resolved.output.utf8).write(to: URL(fileURLWithPath: again))
    #expect(try program.run("run", again, "--db", db, "--quiet").code == 0)
    let store = try ResultStore(path: db, access: .read)
    let first = try store.figures(run: 1)
    let second = try store.figures(run: 2)
    #expect(first.replications == second.replications)
  }

  @Test("JSON is the same on every execution, in any number of threads")
  func json() throws {
    func document(_ threads: String) throws -> Substring {
      let run = try program.run(
        "run",
        try small,
        "--no-store",
        "--json",
        "--replications",
        "4",
        "--threads",
        threads,
        "--policy",
        "best-fit",
        "--policy",
        "fgd"
      )
      #expect(run.code == 0, "\(run.errors)")
      let end = try #require(run.output.firstRange(of: "\n  \"wall\""))
      return run.output[..<end.lowerBound]
    }
    let one = try document("1")
    #expect(one.contains("\"ci95_half_width\""))
    #expect(try document("2") == one)
  }

  @Test("verify finds nothing")
  func verify() throws {
    let run = try program.run("run", try small, "--no-store", "--verify", "--quiet")
    #expect(run.code == 0 && run.output == "" && run.errors == "", "\(run.errors)")
  }

  @Test("bad input: exit code 2, a message that helps, nothing made")
  func badInput() throws {
    let scenario = try small
    let cases: [([String], String)] = [
      (
        ["run", scratch.path("smal.yaml")],
        "Error: DIR/smal.yaml: no such file; did you mean DIR/small.yaml?\n"
      ),
      (["run", scenario, "--set", "fleet.nods=3"], "Error: --set fleet.nods=3: "),
      (
        ["run", scenario, "--policy", "fdg"], "Error: --set policy.placement=fdg: unknown placement policy; "
      ),
      (["validate", scenario, "--set", "horizon=-1d"], "Error: --set horizon=-1d: "),
      (
        ["init", scenario],
        "Error: DIR/small.yaml: exists already and was left as it is; --force replaces it\n"
      ),
      (
        ["init", scratch.path("x.yaml"), "--gpu", "h1000"],
        "Error: --gpu: no GPU is called 'h1000'; did you mean "
      ),
      (["init", scratch.path("x.yaml"), "--nodes", "0"], "Error: --nodes: '0': accepted: 1 to 100000\n"),
      (["init", scratch.path("x.yaml"), "--horizon", "x"], "Error: --horizon: "),
      (["init", scratch.path("x.yaml"), "--policy", "fdg"], "Error: --policy: "),
      (["synth", scenario, "-o", scenario], "Error: DIR/small.yaml: exists already; --force replaces it\n"),
      (
        ["replicate", "fgd", "--data", scratch.path("openb")],
        "Error: DIR/openb: no such folder; name the folder of the openb trace with --data, "
      ),
      (["catalog", "show", "l4os"], "Error: no GPU is called 'l4os'; did you mean l40s"),
    ]
    for (arguments, message) in cases {
      let outcome = try program.run(arguments, after: nil, signal: 0)
      #expect(outcome.code == 2, "\(arguments)")
      let errors = outcome.errors.replacing(scratch.path(""), with: "DIR")
      #expect(errors.hasPrefix(message), "\(arguments): \(errors)")
      #expect(outcome.output == "")
    }
    #expect(try scratch.contents() == ["small.yaml"])
  }

  @Test("a long value is not repeated in full")
  func longValue() throws {
    let long = String(repeating: "x", count: 5000)
    let text = try String(contentsOfFile: try small, encoding: .utf8)
    let file = try scratch.write(text.replacing("horizon: 3d", with: "horizon: \(long)"), as: "long.yaml")
    let outcome = try program.run("validate", file)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains("found '\(long.prefix(57))...'; accepted: "), "\(outcome.errors)")
  }

  @Test("wrong flags: exit code 64")
  func wrongFlags() throws {
    for arguments in [
      ["run"], ["run", "x.yaml", "--nope"], ["run", "x.yaml", "--replications", "0"],
      ["run", "x.yaml", "--seed", "-1"], ["synth", "x.yaml"], ["show", "one"], ["frobnicate"],
      ["run", "x.yaml", "--db", ""], ["replicate", "fgd", "--data", "x", "--policies", ""],
      ["replicate", "fgd", "--data", "x", "--workloads", "default,"],
      ["replicate", "fgd", "--data", "x", "--seeds", ""],
    ] {
      #expect(try program.run(arguments, after: nil, signal: 0).code == 64, "\(arguments)")
    }
  }

  @Test("a list that names something twice says what")
  func duplicates() throws {
    for (flag, value, twice) in [
      ("--policies", "FGD,BestFit,FGD", "FGD"), ("--seeds", "42-44,43", "43"),
      ("--workloads", "default,default", "default"),
    ] {
      let outcome = try program.run("replicate", "fgd", "--data", "x", flag, value)
      #expect(outcome.code == 64)
      #expect(outcome.errors.hasPrefix("Error: \(flag) names \(twice) twice.\n"), "\(outcome.errors)")
    }
  }

  @Test("results files that cannot be used: exit code 3, before simulating")
  func badDatabase() throws {
    let garbage = try scratch.write("not a database\n", as: "garbage.sqlite")
    let run = try program.run("run", try small, "--db", garbage)
    #expect(run.code == 3)
    #expect(run.errors.contains("garbage.sqlite: not an SQLite database"))
    #expect(try String(contentsOfFile: garbage, encoding: .utf8) == "not a database\n")
    #expect(try program.run("run", try small, "--db", "/dev/null/r.sqlite").code == 3)
    for folder in [".", "..", "./", "none/", scratch.path("")] {
      let outcome = try program.run("run", try small, "--db", folder)
      #expect(outcome.code == 3 && outcome.errors.contains("it is a folder"), "\(folder): \(outcome.errors)")
    }
    #expect(try scratch.contents() == ["garbage.sqlite", "small.yaml"])
  }

  @Test("the trace is looked for in HEADROOM_DATA")
  func dataVariable() throws {
    let outcome = try program.shell("HEADROOM_DATA='\(scratch.path("data"))' \"$HEADROOM\" replicate fgd")
    #expect(outcome.code == 2)
    #expect(outcome.errors.hasPrefix("Error: \(scratch.path("data/openb")): no such folder; "))
  }

  @Test("init refuses a load that could be a share or a percentage")
  func ambiguousLoad() throws {
    let made = scratch.path("made.yaml")
    let refused = try program.run("init", made, "--load", "0.9")
    #expect(refused.code == 2 && refused.errors.contains("--load: '0.9' could be"), "\(refused.errors)")
    #expect(!FileManager.default.fileExists(atPath: made))
    #expect(try program.run("init", made, "--load", "90").code == 0)
  }

  @Test("runs that are not there: exit code 2")
  func missingRuns() throws {
    let none = scratch.path("none.sqlite")
    let empty = try scratch.write("", as: "empty.sqlite")
    for command in ["runs", "show"] {
      let missing = try program.run(command, "--db", none)
      #expect(missing.code == 2 && missing.errors.contains("no results file here"), "\(missing.errors)")
      let nothing = try program.run(command, "--db", empty)
      #expect(nothing.code == 2 && nothing.errors.contains("holds no runs yet"), "\(nothing.errors)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: empty)).isEmpty)
    #expect(try program.run("run", try small, "--db", empty, "--quiet").code == 0)
    let other = try program.run("show", "999", "--db", empty)
    #expect(other.code == 2 && other.errors.contains("has no run 999"), "\(other.errors)")
  }

  @Test("Ctrl-C: exit code 130, nothing stored, and it says so")
  func interrupted() throws {
    let outcome = try program.run(
      ["run", try small, "--set", "horizon=100d", "--replications", "200", "--db", scratch.path("r.sqlite")],
      after: 1.5,
      signal: SIGINT
    )
    #expect(outcome.code == 130)
    #expect(outcome.errors == "Error: interrupted; nothing was stored\n")
    #expect(try scratch.contents() == ["small.yaml"])
  }

  @Test("the disk is full: exit code 3, and the file is as it was")
  func fullDisk() throws {
    let db = scratch.path("r.sqlite")
    let scenario = try small
    #expect(try program.run("run", scenario, "--db", db, "--quiet").code == 0)
    let before = try ResultStore(path: db, access: .read).figures()
    var failures = 0
    // The limit on a file's size, in KiB, makes real writes fail.
    for limit in [8, 64, 100, 200] {
      let outcome = try program.shell(
        "trap '' XFSZ; ulimit -f \(limit); exec \"$HEADROOM\" run '\(scenario)' --db '\(db)' --quiet"
      )
      if outcome.code == 0 { continue }
      failures += 1
      #expect(outcome.code == 3, "\(limit): \(outcome.errors)")
      #expect(outcome.errors.contains("nothing was stored"), "\(outcome.errors)")
      #expect(try ResultStore(path: db, access: .read).figures() == before)
    }
    #expect(failures > 1)
  }

  @Test("init writes a scenario that runs; synth writes the jobs that it runs")
  func initAndSynth() throws {
    let file = scratch.path("made.yaml")
    let made = try program.run(
      "init",
      file,
      "--gpu",
      "l40s",
      "--nodes",
      "2",
      "--tenants",
      "a,b",
      "--horizon",
      "3d"
    )
    #expect(made.code == 0, "\(made.errors)")
    try Golden.expect(
      String(contentsOfFile: file, encoding: .utf8),
      equals: "Tests/headroomTests/Goldens/init.yaml"
    )
    let db = scratch.path("r.sqlite")
    #expect(try program.run("run", file, "--db", db, "--quiet").code == 0)
    #expect(try program.run("validate", file).output.hasSuffix("made.yaml: fine (made)\n"))
    let trace = scratch.path("trace.csv")
    let synth = try program.run("synth", file, "-o", trace)
    #expect(synth.code == 0, "\(synth.errors)")
    let replay = try String(contentsOfFile: file, encoding: .utf8)
    let workload = try #require(replay.firstRange(of: "workload:\n"))
    let policy = try #require(replay.firstRange(of: "# How jobs are queued"))
    let text =
      replay[..<workload.lowerBound] + "workload:\n  trace: {format: headroom, file: trace.csv}\n"
      + replay[policy.lowerBound...]
    let replayFile = try scratch.write(String(text), as: "replay.yaml")
    let again = try program.run("run", replayFile, "--db", db, "--quiet")
    #expect(again.code == 0, "\(again.errors)")
    let store = try ResultStore(path: db, access: .read)
    let made1 = try store.figures(run: 1)
    let replayed = try store.figures(run: 2)
    #expect(made1.replications.map(\.fingerprint) == replayed.replications.map(\.fingerprint))
  }

  @Test("the catalogue")
  func catalogue() throws {
    let list = try program.run("catalog")
    #expect(list.code == 0 && list.output.contains("h100-80gb-sxm"))
    #expect(try program.run("catalog", "gpus").output == list.output)
    let page = try program.run("catalog", "show", "H100-80GB-SXM")
    #expect(page.code == 0 && page.output.contains("memory bandwidth"))
    #expect(try program.run("validate", "--schema").output.hasPrefix("{"))
  }
}
