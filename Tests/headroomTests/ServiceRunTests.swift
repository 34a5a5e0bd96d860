import Results
import TestSupport
import Testing

@Suite("Runs with services that scale")
struct ServiceRunTests {
  private let program = Program()
  private let scratch = try! ScratchFolder()

  /// An hour on one node of eight GPUs.
  private func text(_ service: String, gpus: Int = 8) -> String {
    """
    version: 1
    name: serve
    seed: 5
    horizon: 1h
    fleet:
      nodes:
        - {name: h100, count: 1, gpu: h100-80gb-sxm, gpusPerNode: \(gpus), cpu: 192, memory: 2TiB}
    workload:
      classes:
        - name: chat
          demand: {gpus: 1, cpu: 8, memory: 64GiB}
          service: {\(service)}
    policy:
      placement: best-fit

    """
  }

  /// The stored metrics of class `chat`, and what was printed.
  private func run(_ text: String) throws -> (metrics: [String: Double], output: String) {
    let db = scratch.path("r.sqlite")
    let run = try program.run("run", try scratch.write(text, as: "serve.yaml"), "--db", db, "--verify")
    #expect(run.code == 0, "\(run.errors)")
    let store = try ResultStore(path: db, access: .read)
    let metrics = try store.figures(run: 1).replications[0].metrics.filter { $0.scope == "class:chat" }
    return (metrics.reduce(into: [:]) { $0[$1.name] = $1.value }, run.output)
  }

  @Test("a fixed replica is of use after its cold start")
  func coldStart() throws {
    let cold = "coldStart: {pull: 0s, weights: 35m, initialisation: 1m}"
    let found = try run(text("requests: 10/s, perReplica: 10/s, maxReplicas: 1, \(cold)"))
    #expect(abs((found.metrics["service.attainment"] ?? 0) - 40) < 1e-9)
    #expect(abs((found.metrics["service.requests"] ?? 0) - 36_000) < 1e-6)
    #expect(abs((found.metrics["service.ready_replicas"] ?? 0) - 0.4) < 1e-9)
    #expect(found.output.contains("within capacity %"))
    #expect(found.output.contains("40.00"))
  }

  @Test("replicas that find no GPU serve nothing")
  func placement() throws {
    // 100/s of 10/s each at 100 %: ten replicas on four GPUs.
    let cold = "coldStart: {pull: 0s, weights: 0s, initialisation: 0s}"
    let found = try run(text("requests: 100/s, perReplica: 10/s, maxReplicas: 20, \(cold)", gpus: 4))
    #expect(abs((found.metrics["service.attainment"] ?? 0) - 40) < 1e-9)
  }

  @Test("an autoscaler lags behind a step of the rate by its window, its policy and the cold start")
  func autoscaler() throws {
    let cold = "coldStart: {pull: 0s, weights: 1m, initialisation: 0s}"
    let steps = "{steps: [{at: 0s, rate: 5/s}, {at: 30m, rate: 40/s}]}"
    let found = try run(
      text("requests: \(steps), perReplica: 10/s, maxReplicas: 8, autoscaler: {hpa: {target: 5/s}}, \(cold)")
    )
    let attainment = found.metrics["service.attainment"] ?? 0
    #expect(attainment > 90 && attainment < 98, "\(attainment)")
  }

  @Test("from zero, a request waits for KEDA's poll, the node and the cold start")
  func fromZeroOnAutoNodes() throws {
    let cold = "coldStart: {pull: 0s, weights: 1m, initialisation: 0s}"
    let steps = "{steps: [{at: 0s, rate: 0/s}, {at: 30m, rate: 5/s}]}"
    let scenario = text(
      "requests: \(steps), perReplica: 10/s, minReplicas: 0, maxReplicas: 8, autoscaler: keda, \(cold)"
    )
    .replacing("memory: 2TiB}", with: "memory: 2TiB, auto: {price: 20}}")
    let found = try run(scenario)
    // The poll at 1,800 s sees a minute without requests, that at 1,830 s is active; the batch closes a second later,
    // the node is up after 90 + 30 + 180 s, and the replica serves a minute later: from 2,191 s on.
    #expect(abs((found.metrics["service.attainment"] ?? 0) - 100 * 1409.0 / 1800) < 1e-9)
    #expect(found.output.contains("held by:"))
  }

  @Test("a launch is a rise and a decay, and its peak is not within capacity")
  func launch() throws {
    let launch = "{launch: {before: 5/s, peak: 90/s, at: 10m, halfLife: 10m, after: 10/s}}"
    let cold = "coldStart: {pull: 0s, weights: 30s, initialisation: 0s}"
    let found = try run(
      text("requests: \(launch), perReplica: 10/s, maxReplicas: 8, autoscaler: {hpa: {target: 8/s}}, \(cold)")
    )
    // 5 x 600, then 10 x 3,000 + 80 x 600 / ln 2 x (1 - 2^-5).
    let expected = 3000 + 30_000 + 80 * 600 / 0.693_147_180_559_945 * (1 - 1.0 / 32)
    #expect(abs((found.metrics["service.requests"] ?? 0) - expected) < 1e-6)
    let attainment = found.metrics["service.attainment"] ?? 0
    #expect(attainment > 75 && attainment < 99, "\(attainment)")
  }

  @Test("services that ask for nothing have no such figures")
  func without() throws {
    let found = try run(text("requests: 10/s, perReplica: 10/s, maxReplicas: 1"))
    #expect(found.metrics["service.requests"] == nil)
    #expect(!found.output.contains("within capacity"))
  }

  @Test("bad input is told with its place, and exit code 2")
  func bad() throws {
    let file = try scratch.write(
      text("requests: 10/s, perReplica: 10/s, maxReplicas: 1, autoscaler: {knative: {metric: concurrency}}"),
      as: "bad.yaml"
    )
    let run = try program.run("validate", file)
    #expect(run.code == 2)
    #expect(run.errors.contains("bad.yaml:12:"), "\(run.errors)")
    #expect(run.errors.contains("for example serviceTime: 2s"), "\(run.errors)")
  }
}
