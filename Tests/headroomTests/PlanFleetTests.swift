import Foundation
import TestSupport
import Testing

@Suite("Planning a fleet on the command line")
struct PlanFleetTests {
  private let program = Program()
  private let scratch = try! ScratchFolder()

  private struct Document: Decodable {
    struct Fleet: Decodable {
      var nodes: [String: Int]
      var met: Bool
    }
    var plan: Fleet?
    var oneLess: [String: Fleet]
  }

  /// Jobs of 1 GPU and 1 h, 8 an hour: some 8 GPUs on average.
  private func scenario() throws -> String {
    try scratch.write(
      """
      version: 1
      name: plan
      seed: 3
      horizon: 3d
      warmup: 6h
      fleet:
        nodes:
          - {name: h100, count: 8, gpu: h100-80gb-sxm, gpusPerNode: 4, cpu: 64, memory: 512GiB}
      workload:
        classes:
          - name: train
            tenants: research
            arrivals: {poisson: {rate: 8/h}}
            demand: {gpus: 1, cpu: 4, memory: 16GiB}
            duration: {lognormal: {median: 1h, sigma: 0.3}}
      policy: {placement: best-fit, queue: {order: fifo, headOfLineBlocking: false}}

      """,
      as: "plan.yaml"
    )
  }

  @Test("the plan is the least count of all that meets the target, as single runs say")
  func least() throws {
    let file = try scenario()
    let json = try program.run(
      "plan",
      "fleet",
      file,
      "--target",
      "wait.p95<=10m",
      "--target",
      "jobs.waiting<=3",
      "--json"
    )
    #expect(json.code == 0, "\(json.errors)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let document = try decoder.decode(Document.self, from: Data(json.output.utf8))
    let count = try #require(document.plan?.nodes["h100"])
    #expect((2...5).contains(count) && document.plan?.met == true)
    #expect(document.oneLess["h100"].map { !$0.met && $0.nodes["h100"] == count - 1 } ?? (count == 1))
    let text = try program.run(
      "plan",
      "fleet",
      file,
      "--target",
      "wait.p95<=10m",
      "--target",
      "jobs.waiting<=3"
    )
    #expect(text.output.contains("\(count) x h100") && text.output.contains("What binds"))
  }

  @Test("targets that no fleet meets end with 1; wrong words with 64 or 2 and a hint")
  func wrong() throws {
    let file = try scenario()
    let hopeless = try program.run(
      "plan",
      "fleet",
      file,
      "--target",
      "utilisation>=99.9%",
      "--pool",
      "h100=1..2"
    )
    #expect(hopeless.code == 1 && hopeless.output.contains("no fleet up to 2 x h100 meets the targets"))
    #expect(try program.run("plan", "fleet", file).code == 64)
    #expect(try program.run("plan", "fleet", file, "--target", "wait.p95<=15").code == 64)
    #expect(try program.run("plan", "fleet", file, "--target", "wait<=15m").code == 64)
    let scope = try program.run("plan", "fleet", file, "--target", "wait.p95@tenant:reserch<=15m")
    #expect(scope.code == 2 && scope.errors.contains("tenant:research"))
    let pool = try program.run("plan", "fleet", file, "--target", "wait.p95<=15m", "--pool", "h10=1..4")
    #expect(pool.code == 2 && pool.errors.contains("h100"))
    #expect(try program.run("plan", "fleet", file, "--target", "wait.p95<=15m", "--pool", "h100=4").code == 2)
  }
}
