import Foundation
import OutcomeFixtures
import TestSupport
import Testing

@Suite("headroom check")
struct CheckTests {
  private let scratch = try! ScratchFolder()
  private let program = Program()

  private func suite(policy: String = "best-fit", load: Int = 80) throws -> String {
    _ = try scratch.write(SmallScenario.text(name: "small", policy: policy, load: load), as: "small.yaml")
    return try scratch.write(
      """
      version: 1
      name: nightly
      replications: 6
      cells:
        - {scenario: small.yaml}
        - {scenario: small.yaml, policies: [first-fit, fgd]}
      budgets:
        - {metric: stranded, fail: {absolute: 0.3}}
        - {metric: wait.mean, scope: "tenant:research", fail: 5%, warn: 1%}
        - {metric: makespan, fail: 5%}

      """,
      as: "nightly.yaml"
    )
  }

  /// Runs with the baseline in the scratch folder; names the folder DIR.
  private func check(_ words: String...) throws -> Program.Outcome {
    var outcome = try program.run(
      ["check"] + words + ["--baseline", scratch.path("base.json")],
      after: nil,
      signal: 0
    )
    outcome.output = outcome.output.replacing(scratch.path(""), with: "DIR")
    outcome.errors = outcome.errors.replacing(scratch.path(""), with: "DIR")
    return outcome
  }

  @Test("update, then pass; the same bytes each time and on any number of threads")
  func unchanged() throws {
    let file = try suite()
    let missing = try check(file)
    #expect(missing.code == 4 && missing.output == "")
    #expect(
      missing.errors
        == "Error: DIR/base.json: no such baseline; `headroom check DIR/nightly.yaml --update` makes it\n"
    )
    let made = try check(file, "--update")
    #expect(made.code == 0 && made.output == "DIR/base.json: written (3 cells, 6 replications)\n")
    let baseline = try String(contentsOfFile: scratch.path("base.json"), encoding: .utf8)
    #expect(try check(file, "--update", "--threads", "1").code == 0)
    #expect(try String(contentsOfFile: scratch.path("base.json"), encoding: .utf8) == baseline)

    var reports: Set<String> = []
    for threads in ["1", "2"] {
      let run = try check(
        file,
        "--json",
        "--threads",
        threads,
        "--junit",
        scratch.path("j.xml"),
        "--markdown",
        scratch.path("m.md")
      )
      #expect(run.code == 0 && run.errors == "", "\(run.errors)")
      let junit = try String(contentsOfFile: scratch.path("j.xml"), encoding: .utf8)
      let markdown = try String(contentsOfFile: scratch.path("m.md"), encoding: .utf8)
      reports.insert(run.output + junit + markdown)
    }
    #expect(reports.count == 1)
    let text = try check(file)
    try Golden.expect(text.output, equals: "Tests/headroomTests/Goldens/check-passed.txt")
    #expect(try scratch.contents() == ["base.json", "j.xml", "m.md", "nightly.yaml", "small.yaml"])
  }

  @Test("a worse policy: exit code 1, and the report names the cell")
  func regression() throws {
    #expect(try check(try suite(), "--update").code == 0)
    let worse = try check(try suite(policy: "worst-fit"), "--markdown", scratch.path("m.md"))
    #expect(worse.code == 1 && worse.errors == "")
    try Golden.expect(worse.output, equals: "Tests/headroomTests/Goldens/check-failed.txt")
    #expect(worse.output.contains("regression  small "))
    let markdown = try String(contentsOfFile: scratch.path("m.md"), encoding: .utf8)
    #expect(markdown.hasPrefix("## nightly: failed\n"))
    #expect(markdown.contains("| regression | small | "))
  }

  @Test("a baseline of other inputs: exit code 4; a file that is none: 2")
  func otherBaselines() throws {
    #expect(try check(try suite(), "--update").code == 0)
    let other = try check(try suite(load: 81))
    #expect(other.code == 4 && other.output == "")
    let lead = "Error: DIR/base.json: cell 'small' was made for other inputs: workload\n"
    #expect(other.errors.hasPrefix(lead), "\(other.errors)")
    _ = try scratch.write("{}\n", as: "base.json")
    let broken = try check(try suite())
    #expect(broken.code == 2)
    #expect(broken.errors.hasPrefix("Error: DIR/base.json: is no baseline; "))
  }

  @Test("bad suites: exit code 2, wrong flags: 64; nothing is written")
  func badInput() throws {
    let file = try suite()
    let missing = try check(scratch.path("nightl.yaml"))
    #expect(missing.code == 2)
    #expect(missing.errors == "Error: DIR/nightl.yaml: no such file; did you mean DIR/nightly.yaml?\n")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let bad = try scratch.write(text.replacing("makespan", with: "makspan"), as: "bad.yaml")
    let unknown = try check(bad, "--update")
    #expect(unknown.code == 2)
    #expect(unknown.errors.hasPrefix("Error: DIR/bad.yaml:10:14: budgets.2.metric: unknown metric; "))
    #expect(unknown.errors.hasSuffix("; did you mean 'makespan'?\n"))
    #expect(try check(file, "--update", "--json").code == 64)
    #expect(try check(file, "--threads", "0").code == 64)
    #expect(try scratch.contents() == ["bad.yaml", "nightly.yaml", "small.yaml"])
  }
}
