import Foundation
import Results
import TestSupport
import Testing

@Suite("Runs with gangs and preemption")
struct GangRunTests {
  private let program = Program()
  private let scratch = try! ScratchFolder()

  /// Three days on eight nodes: small jobs, and gangs in both placements.
  private static let text = """
    version: 1
    name: gangs
    seed: 3
    horizon: 3d
    fleet:
      nodes:
        - {name: h100, count: 8, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 192, memory: 2TiB}
    workload:
      classes:
        - name: train
          load: 90%
          arrivals: poisson
          demand:
            - {weight: 6, gpus: 1, cpu: 8, memory: 64GiB}
            - {weight: 2, gpus: 1, workers: 12, cpu: 8, memory: 64GiB}
            - {weight: 1, gpus: 2, workers: 8, placement: consolidated, cpu: 8, memory: 64GiB}
            - {weight: 1, gpus: 2, workers: 3, placement: oneNode, cpu: 8, memory: 64GiB}
          duration: {exponential: {mean: 2h}}
          estimate: {lognormal: {median: 1, sigma: 1}}
    policy:
      placement: best-fit

    """

  @Test("a trace that synth wrote gives the same run", arguments: ["leastService", "leastAttainedService"])
  func replay(queue: String) throws {
    let text = Self.text + "  queue: \(queue)\n"
    let file = try scratch.write(text, as: "gangs.yaml")
    let db = scratch.path("r.sqlite")
    let run = try program.run("run", file, "--db", db, "--quiet", "--verify")
    #expect(run.code == 0, "\(run.errors)")
    #expect(try program.run("synth", file, "-o", scratch.path("trace.csv")).code == 0)
    let workload = try #require(text.firstRange(of: "workload:\n"))
    let policy = try #require(text.firstRange(of: "policy:\n"))
    let replay =
      text[..<workload.lowerBound] + "workload: {trace: {file: trace.csv}}\n" + text[policy.lowerBound...]
    let again = try program.run(
      "run",
      try scratch.write(String(replay), as: "replay.yaml"),
      "--db",
      db,
      "--quiet"
    )
    #expect(again.code == 0, "\(again.errors)")
    let store = try ResultStore(path: db, access: .read)
    let first = try store.figures(run: 1).replications
    #expect(try store.figures(run: 2).replications.map(\.fingerprint) == first.map(\.fingerprint))
    let metrics = first[0].metrics.filter { $0.scope == "fleet" }
    let preemptions = try #require(metrics.first { $0.name == "jobs.preemptions" }).value
    #expect((preemptions > 0) == (queue == "leastAttainedService"))
  }
}
