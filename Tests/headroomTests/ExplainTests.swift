import Results
import TestSupport
import Testing

@testable import headroom

@Suite("Explain")
struct ExplainTests {
  private let program = Program()

  @Test("the story of a job names its runs, its waits and what was lost")
  func story() throws {
    let scratch = try ScratchFolder()
    let db = scratch.path("story.sqlite")
    #expect(try program.run("run", "scenarios/node-failures.yaml", "--db", db, "--quiet").code == 0)
    let store = try ResultStore(path: db, access: .read)
    let interrupted = try #require(
      // The node of the scenario fails at 15 h, when these have arrived.
      (1_100..<1_300).lazy.compactMap { try? store.story(ofJob: String($0), run: 1, replication: 0) }
        .first { !$0.attempts.isEmpty && $0.startSeconds != nil }
    )
    let text = try program.run("explain", "1", interrupted.job, "--db", db)
    #expect(text.code == 0)
    #expect(text.output.contains("arrives") && text.output.contains("is interrupted"))
    #expect(text.output.contains("starts on \(interrupted.attempts[0].node)"))
  }

  @Test("what a job waited for adds up to its waits, and the text says when it changed")
  func waits() throws {
    let scratch = try ScratchFolder()
    let db = scratch.path("waits.sqlite")
    #expect(try program.run("run", "scenarios/node-failures.yaml", "--db", db, "--quiet").code == 0)
    let store = try ResultStore(path: db, access: .read)
    var changing: JobStory?
    for job in 1_600..<1_800 {
      guard let story = try? store.story(ofJob: String(job), run: 1, replication: 0) else { continue }
      guard let start = story.startSeconds else { continue }
      let ran = story.attempts.reduce(0) { $0 + $1.endSeconds - $1.startSeconds }
      let waited = story.waits.reduce(0) { $0 + $1.endSeconds - $1.startSeconds }
      #expect(abs(start - story.arrivalSeconds - ran - waited) < 1e-6, "\(job)")
      if story.waits.count > 1, story.attempts.isEmpty { changing = changing ?? story }
    }
    let story = try #require(changing)
    let text = try program.run("explain", "1", story.job, "--db", db)
    #expect(text.output.contains("because of ") && text.output.contains(" for "))
    let json = try program.run("explain", "1", story.job, "--json", "--db", db)
    #expect(json.output.contains("\"cause\" : \"\(story.waits[1].cause)\""))
  }

  @Test("an unknown job is an error that says where the jobs are listed")
  func unknown() throws {
    let scratch = try ScratchFolder()
    let db = scratch.path("story.sqlite")
    #expect(try program.run("run", "scenarios/quickstart.yaml", "--db", db, "--quiet").code == 0)
    let answer = try program.run("explain", "1", "nobody", "--db", db)
    #expect(answer.code == 2)
    #expect(answer.errors.contains("has no job 'nobody'") && answer.errors.contains("job_view"))
    // A name that only begins with a number is no position.
    #expect(try program.run("explain", "1", "12abc", "--db", db).code == 2)
    #expect(try program.run("explain", "1", "12", "--replication", "7", "--db", db).code == 2)
    #expect(try program.run("explain", "9", "12", "--db", db).code == 2)
    let json = try program.run("explain", "1", "12", "--json", "--db", db)
    #expect(json.code == 0 && json.output.contains("\"arrivalSeconds\""))
  }

  @Test("the story of a node tells what it was asked for, what removed it and what that stopped")
  func node() throws {
    let scratch = try ScratchFolder()
    let db = scratch.path("nodes.sqlite")
    let run = try program.run(
      "run",
      "scenarios/consolidation-surprise.yaml",
      "--set",
      "horizon=2d",
      "--set",
      "warmup=0s",
      "--db",
      db,
      "--quiet"
    )
    #expect(run.code == 0, "\(run.errors)")
    let store = try ResultStore(path: db, access: .read)
    let story = try #require(
      try (10..<40).lazy.map { try store.story(ofNode: "h100x8-\($0)", run: 1, replication: 0) }
        .first { $0.lives.contains { !$0.stops.isEmpty } }
    )
    let text = try program.run("explain", "1", "node", story.node, "--db", db)
    #expect(text.code == 0, "\(text.errors)")
    #expect(text.output.contains("is asked for: jobs wait") && text.output.contains("is chosen to go"))
    let stopped = story.lives.flatMap(\.stops)[0]
    #expect(text.output.contains("stops \(stopped.job) after "))
    let job = try program.run("explain", "1", stopped.job, "--db", db)
    #expect(job.output.contains("is stopped: its node goes"))
    let json = try program.run("explain", "1", "node", story.node, "--json", "--db", db)
    #expect(json.output.contains("\"purpose\" : \"demand\""))
    #expect(try program.run("explain", "1", "node", "nobody", "--db", db).code == 2)
    #expect(try program.run("explain", "1", "job-1", "nobody", "--db", db).code == 64)
  }
}
