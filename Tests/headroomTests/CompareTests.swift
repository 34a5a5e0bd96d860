import Foundation
import OutcomeFixtures
import TestSupport
import Testing

@Suite("headroom compare")
struct CompareTests {
  private let scratch = try! ScratchFolder()
  private let program = Program()

  private func scenario(
    _ name: String = "small",
    policy: String = "best-fit",
    load: Int = 80
  ) throws -> String {
    try scratch.write(SmallScenario.text(name: name, policy: policy, load: load), as: "\(name).yaml")
  }

  @Test("policies of one scenario, on any number of threads")
  func policies() throws {
    let file = try scenario()
    let words = ["compare", file + ":worst-fit", file + ":fgd", file]
    let report = try program.run(words + ["--threads", "2"], after: nil, signal: 0)
    #expect(report.code == 0 && report.errors == "", "\(report.errors)")
    let text = report.output.replacing(scratch.path(""), with: "DIR")
    try Golden.expect(text, equals: "Tests/headroomTests/Goldens/compare.txt")
    #expect(try program.run(words + ["--threads", "1"], after: nil, signal: 0).output == report.output)
    #expect(try scratch.contents() == ["small.yaml"])
  }

  @Test("the same arm twice is identical in everything")
  func identical() throws {
    let file = try scenario(policy: "[best-fit, fgd]")
    let run = try program.run("compare", file, file, "--json", "--replications", "2")
    #expect(run.code == 0, "\(run.errors)")
    // Arms A to D are best-fit, fgd, best-fit, fgd.
    let contrasts = run.output.components(separatedBy: "\"arm\" : {").dropFirst()
    #expect(contrasts.count == 3)
    let same = try #require(contrasts.dropFirst().first)
    #expect(same.components(separatedBy: "\"verdict\" : \"identical\"").count == 14)
    #expect(run.output.contains("\"replications\" : 2"))
  }

  @Test("arms with other jobs are compared by seed, and the report says so")
  func otherWorkload() throws {
    let a = try scenario("a")
    let b = try scenario("b", load: 90)
    let run = try program.run("compare", a, b, "--seed", "3")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("2 arms · seed 3 · 10 replications"))
    #expect(run.output.contains("different workload: other jobs in 10 of 10 replications"))
    #expect(try program.run("compare", a, b, "--quiet").output == "")
  }

  @Test("bad input: exit code 2, wrong flags: 64")
  func badInput() throws {
    let file = try scenario()
    let cases: [([String], String)] = [
      ([file], "Error: there is one arm only; name another scenario, or policies with --policy\n"),
      (
        [scratch.path("smal.yaml"), file],
        "Error: DIR/smal.yaml: no such file; did you mean DIR/small.yaml?\n"
      ),
      ([file, file + ":fdg"], "Error: --set policy.placement=fdg: unknown placement policy; "),
      ([file, file, "--set", "horizn=3d"], "Error: --set horizn=3d: unknown key 'horizn'; "),
    ]
    for (words, message) in cases {
      let outcome = try program.run(["compare"] + words, after: nil, signal: 0)
      #expect(outcome.code == 2 && outcome.output == "", "\(words)")
      let errors = outcome.errors.replacing(scratch.path(""), with: "DIR")
      #expect(errors.hasPrefix(message), "\(words): \(errors)")
    }
    #expect(try program.run("compare").code == 64)
    #expect(try program.run("compare", file, file, "--replications", "1").code == 64)
    #expect(try program.run("compare", file, file, "--threads", "0").code == 64)
  }
}
