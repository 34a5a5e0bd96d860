import Results
import TestSupport
import Testing

@testable import headroom

@Suite("Gangs that hold")
struct GangDeadlockTests {
  private let program = Program()
  private let scenario = "scenarios/gang-deadlock.yaml"

  @Test("the summary, the database and explain name the deadlock and what is held")
  func deadlock() throws {
    let scratch = try ScratchFolder()
    let db = scratch.path("gangs.sqlite")
    let run = try program.run("run", scenario, "--verify", "--db", db)
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("held by gangs that waited"))
    #expect(run.output.contains("gangs hold") && run.output.contains("and can never start"))
    #expect(run.output.contains("room for the whole gang"))
    let store = try ResultStore(path: db, access: .read)
    let figures = try #require(store.figures(run: 1).replications.first)
    func metric(_ name: String) -> Double {
      figures.metrics.first { $0.name == name && $0.scope == "fleet" }?.value ?? -1
    }
    let stories = try (0..<figures.jobCount).map {
      try store.story(ofJob: String($0), run: 1, replication: 0)
    }
    let stuck = stories.filter { $0.holds.contains { $0.ending == "stuck" } }
    #expect(stuck.count >= 2 && Double(stuck.count) == metric("gangs.stuck"))
    #expect(stuck.allSatisfy { $0.state == "waiting" && $0.cause == "gang" })
    let hours = stories.reduce(0) { sum, story in
      story.holds.reduce(sum) {
        $0 + ($1.endSeconds - $1.startSeconds) / 3600 * Double($1.workers) * story.gpus
      }
    }
    #expect(abs(hours - metric("gpu_time.held")) < 1e-6 * hours)
    #expect(hours < metric("gpu_time.allocated.idle"))
    let story = try program.run("explain", "1", try #require(stuck.first).job, "--db", db)
    #expect(story.output.contains("holds the GPUs of") && story.output.contains("it can never start"))
  }

  @Test("the semantics compare under common random numbers")
  func compare() throws {
    let modes = "policy.gangs=placement,quota,{mode: holdAndWait, timeout: never},holdAndWait,wholeAllocation"
    let run = try program.run("compare", scenario, "--vary", modes, "--replications", "2")
    #expect(run.code == 0, "\(run.errors)")
    #expect(run.output.contains("5 arms"))
    let last = run.output.components(separatedBy: "E against A").last ?? ""
    #expect(last.contains("identical") && !last.contains("worse") && !last.contains("not significant"))
  }
}
