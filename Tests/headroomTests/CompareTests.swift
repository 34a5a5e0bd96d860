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

  @Test("values of a key are arms of the same jobs; several keys give every combination")
  func vary() throws {
    let file = try scenario()
    let words = ["compare", file, "--replications", "2", "--json"]
    let queues = ["--vary", "policy.queue={order: fifo, backfill: easy},shortestJob,{order: fifo}"]
    let run = try program.run(words + queues, after: nil, signal: 0)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.components(separatedBy: "\"same_workload\" : true").count == 3)
    for text in ["{order: fifo, backfill: easy}", "shortestJob", "{order: fifo}"] {
      #expect(run.output.contains("\"policy.queue=\(text)\""), "\(text)")
    }
    let both = ["--vary", "policy.queue.backfill=none,easy", "--vary", "policy.tieBreak=name,seededRank"]
    let all = try program.run(["compare", file, "--replications", "2"] + both, after: nil, signal: 0)
    #expect(all.code == 0, "\(all.errors)")
    let arms = all.output.split(separator: "\n").dropFirst().prefix(4).map { line in
      line.split(separator: " · ").suffix(2).joined(separator: " ")
    }
    #expect(
      arms == [
        "policy.queue.backfill=none policy.tieBreak=name",
        "policy.queue.backfill=none policy.tieBreak=seededRank",
        "policy.queue.backfill=easy policy.tieBreak=name",
        "policy.queue.backfill=easy policy.tieBreak=seededRank",
      ]
    )
  }

  @Test("bad input: exit code 2, wrong flags: 64")
  func badInput() throws {
    let file = try scenario()
    let cases: [([String], String)] = [
      (
        [file],
        "Error: there is one arm only; name another scenario, policies with --policy, or values with --vary\n"
      ),
      (
        [scratch.path("smal.yaml"), file],
        "Error: DIR/smal.yaml: no such file; did you mean DIR/small.yaml?\n"
      ),
      ([file, file + ":fdg"], "Error: --set policy.placement=fdg: unknown placement policy; "),
      ([file, file, "--set", "horizn=3d"], "Error: --set horizn=3d: unknown key 'horizn'; "),
      (
        [file, "--vary", "policy.queue.backfill"],
        "Error: --vary policy.queue.backfill: is no list of values; accepted: key.path=value,value,...\n"
      ),
      (
        [file, "--vary", "seed=1,,2"],
        "Error: --vary seed=1,,2: has an empty value; 'null' stands for a key that is not set\n"
      ),
      (
        [file, "--vary", "seed=1,2", "--vary", "seed=3"],
        "Error: --vary seed=3: 'seed' is varied already\n"
      ),
      (
        [file, "--vary", "policy.queue.backfill=none,esy"],
        "Error: --set policy.queue.backfill=esy: policy.queue.backfill: unknown backfill; found 'esy'; accepted: "
          + "none, easy, conservative; did you mean 'easy'?\n"
      ),
      (
        [file, "--vary", "policy.queue.backfillDepth=" + (1...27).map(String.init).joined(separator: ",")],
        "Error: there are 27 arms; accepted: 26\n"
      ),
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
