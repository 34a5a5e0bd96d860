import Foundation
import Results
import TestSupport
import Testing

@Suite("Runs with preemption by priority and with backfill")
struct PreemptionRunTests {
  private let program = Program()
  private let scratch = try! ScratchFolder()

  /// Two days on four nodes: urgent jobs, usual ones, and some that nothing
  /// stops.
  private static let workload = """
    workload:
      classes:
        - name: urgent
          priority: 9
          load: 30%
          arrivals: poisson
          demand: {gpus: 8, cpu: 8, memory: 64GiB}
          duration: {exponential: {mean: 1h}}
        - name: usual
          load: 60%
          arrivals: poisson
          demand: [{gpus: 1, cpu: 8, memory: 64GiB}, {gpus: 2, workers: 6, cpu: 8, memory: 64GiB}]
          duration: {exponential: {mean: 2h}}
        - name: kept
          preemptible: false
          load: 20%
          arrivals: poisson
          demand: {gpus: 1, cpu: 8, memory: 64GiB}
          duration: {exponential: {mean: 2h}}

    """

  private static func text(_ workload: String, _ policy: String) -> String {
    """
    version: 1
    name: preemption
    seed: 3
    horizon: 2d
    fleet:
      nodes:
        - {name: h100, count: 4, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 192, memory: 2TiB}

    """ + workload + "policy: {\(policy)}\n"
  }

  @Test(
    "a trace that synth wrote gives the same run",
    arguments: [
      "queue: priority, preemption: {victims: kueue, gracefulPeriod: 1m}",
      "queue: priority, preemption: kubeScheduler", "queue: {backfill: conservative}",
      "queue: {order: shortestEstimate, backfill: easy, backfillDepth: 3}",
    ]
  )
  func replay(policy: String) throws {
    let db = scratch.path("r.sqlite")
    let file = try scratch.write(Self.text(Self.workload, policy), as: "a.yaml")
    let run = try program.run("run", file, "--db", db, "--quiet", "--verify")
    #expect(run.code == 0, "\(run.errors)")
    #expect(try program.run("synth", file, "-o", scratch.path("trace.csv")).code == 0)
    let header = try String(contentsOfFile: scratch.path("trace.csv"), encoding: .utf8).prefix { $0 != "\n" }
    #expect(header.hasSuffix(",preemptible"))
    let replay = Self.text("workload: {trace: {file: trace.csv}}\n", policy)
    let again = try program.run("run", try scratch.write(replay, as: "b.yaml"), "--db", db, "--quiet")
    #expect(again.code == 0, "\(again.errors)")
    let store = try ResultStore(path: db, access: .read)
    let first = try store.figures(run: 1).replications
    #expect(try store.figures(run: 2).replications.map(\.fingerprint) == first.map(\.fingerprint))
    let preemptions = try #require(first[0].metrics.first { $0.name == "jobs.preemptions" }).value
    #expect((preemptions > 0) == policy.contains("preemption"))
  }
}
