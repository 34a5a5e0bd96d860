import Foundation
import Results
import TestSupport
import Testing

@Suite("Runs with limits, failures, dependencies and deadlines")
struct LifeRunTests {
  private let program = Program()
  private let scratch = try! ScratchFolder()

  /// Three days on two nodes, with nodes that fail.
  private static let text = """
    version: 1
    name: lives
    seed: 5
    horizon: 3d
    fleet:
      failures: {causes: {name: node, mtbf: 2d, repair: 1h}}
      nodes:
        - {name: h100, count: 2, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 192, memory: 2TiB}
    workload:
      pipelines:
        - name: tune
          arrivals: {poisson: {rate: 1/h}}
          stages:
            - name: train
              demand: {gpus: 4, cpu: 8, memory: 64GiB}
              duration: {exponential: {mean: 2h}}
              failure: 30%
              retries: 1
              retryDelay: 5m
              timeLimit: 4h
              deadline: {factor: 2}
            - name: evaluate
              after: train
              demand: {gpus: 1, cpu: 8, memory: 64GiB}
              duration: 20m
              deadline: 6h
    policy:
      placement: best-fit
      queue: earliestDeadline

    """

  private struct Stored {
    var jobs: [JobStory]
    var metrics: [String: Double]

    func jobs(in state: String) -> [JobStory] { jobs.filter { $0.state == state } }
  }

  /// Runs the scenario and reads what it stored.
  private func stored(_ db: String) throws -> (stored: Stored, output: String) {
    let file = try scratch.write(Self.text, as: "lives.yaml")
    let run = try program.run("run", file, "--db", db, "--verify")
    #expect(run.code == 0, "\(run.errors)")
    let store = try ResultStore(path: db, access: .read)
    let figures = try store.figures(run: 1).replications[0]
    let jobs = try (0..<figures.jobCount).map { try store.story(ofJob: String($0), run: 1, replication: 0) }
    let metrics = figures.metrics.filter { $0.scope == "fleet" }
    return (Stored(jobs: jobs, metrics: metrics.reduce(into: [:]) { $0[$1.name] = $1.value }), run.output)
  }

  @Test("every final state is stored, counted and told, and the counts add up")
  func states() throws {
    let (found, output) = try stored(scratch.path("r.sqlite"))
    for state in ["completed", "timed_out", "failed", "cancelled"] {
      let count = found.jobs(in: state).count
      #expect(count > 0, "\(state)")
      #expect(found.metrics["jobs.\(state)"] == Double(count), "\(state)")
    }
    let all = ["completed", "timed_out", "failed", "cancelled", "waiting", "running", "withdrawn"]
    #expect(found.metrics["jobs.counted"] == all.reduce(0) { $0 + (found.metrics["jobs.\($1)"] ?? 0) })
    for part in [
      "jobs that did not complete: timed out", "failed for good", "cancelled with", "deadlines met: ",
    ] {
      #expect(output.contains(part), "\(output)")
    }
    #expect((found.metrics["wait_time.dependency"] ?? 0) > 0)
    #expect((found.metrics["wait_time.requeue"] ?? 0) > 0)
    // The view judges each deadline as the metric does.
    let judged = found.jobs.compactMap(\.metDeadline)
    #expect(found.metrics["jobs.deadlines"] == Double(judged.count))
    let share = 100 * Double(judged.count { $0 }) / Double(judged.count)
    #expect(abs((found.metrics["deadlines_met"] ?? 0) - share) < 1e-9)
    // An evaluation for each training, which it waits for.
    #expect(2 * found.jobs.count { !$0.after.isEmpty } == found.jobs.count)
  }

  @Test("the story tells failures, delays, limits, dependencies and deadlines")
  func story() throws {
    let db = scratch.path("s.sqlite")
    let found = try stored(db).stored
    let expected: [(job: JobStory?, parts: [String])] = [
      (
        found.jobs(in: "timed_out").first,
        [", limited to 4.0 h", "is killed at its time limit of 4.0 h, loses", "deadline, missed"]
      ),
      (
        found.jobs(in: "failed").first { $0.attempts.contains(where: \.isFailure) },
        ["fails; keeps", "stays out of the queue for", "fails for good"]
      ),
      (
        found.jobs(in: "cancelled").first,
        ["arrives; it waits for job-", "is cancelled: a job that it waits for"]
      ),
      (
        found.jobs(in: "completed").first { !$0.after.isEmpty },
        ["joins the queue: what it waited for has completed"]
      ),
    ]
    for (job, parts) in expected {
      let text = try program.run("explain", "1", try #require(job).job, "--db", db)
      #expect(text.code == 0)
      for part in parts { #expect(text.output.contains(part), "\(part): \(text.output)") }
    }
  }

  @Test("a trace that synth wrote gives the same run")
  func replay() throws {
    let db = scratch.path("t.sqlite")
    let file = try scratch.write(Self.text, as: "lives.yaml")
    #expect(try program.run("run", file, "--db", db, "--quiet").code == 0)
    #expect(try program.run("synth", file, "-o", scratch.path("trace.csv")).code == 0)
    let workload = try #require(Self.text.firstRange(of: "workload:\n"))
    let policy = try #require(Self.text.firstRange(of: "policy:\n"))
    let replay =
      Self.text[..<workload.lowerBound] + "workload: {trace: {file: trace.csv}}\n"
      + Self.text[policy.lowerBound...]
    let again = try program.run("run", try scratch.write(String(replay), as: "b.yaml"), "--db", db, "--quiet")
    #expect(again.code == 0, "\(again.errors)")
    let store = try ResultStore(path: db, access: .read)
    #expect(
      try store.figures(run: 1).replications.map(\.fingerprint)
        == store.figures(run: 2).replications.map(\.fingerprint)
    )
  }

  @Test("deadlines are compared where there are some")
  func compare() throws {
    let file = try scratch.write(Self.text, as: "lives.yaml")
    let arms = try program.run(
      "compare",
      file,
      "--vary",
      "policy.queue=earliestDeadline,fifo",
      "--replications",
      "2"
    )
    #expect(arms.code == 0, "\(arms.errors)")
    #expect(arms.output.contains("deadlines met %"))
    #expect(arms.output.contains("same workload"))
  }
}
