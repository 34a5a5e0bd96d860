import Foundation
import TestSupport
import Testing

@Suite("Planning an owned base on the command line")
struct PlanBaseTests {
  private let program = Program()
  private let scratch = try! ScratchFolder()

  /// Jobs of 1 GPU and about 1 h, 8 an hour, on an owned group and a cloud.
  private func scenario(
    _ burst: String = "burst: {rules: {after: 5m}}",
    auto: String = "price: 27.52"
  ) throws -> String {
    try scratch.write(
      """
      version: 1
      name: base
      seed: 3
      horizon: 3d
      fleet:
        nodes:
          - {name: owned, count: 2, gpu: h100-80gb-sxm, gpusPerNode: 4, cpu: 64, memory: 512GiB}
          - name: cloud
            count: 6
            gpu: h100-80gb-sxm
            gpusPerNode: 4
            cpu: 64
            memory: 512GiB
            site: cloud
            auto: {\(auto)}
      workload:
        classes:
          - name: train
            arrivals: {poisson: {rate: 8/h}}
            demand: {gpus: 1, cpu: 4, memory: 16GiB}
            duration: {lognormal: {median: 1h, sigma: 0.3}}
      policy: {queue: {order: fifo, headOfLineBlocking: false}, \(burst)}

      """,
      as: "base.yaml"
    )
  }

  @Test("the plan is the cheapest of the sizes, and what was simulated is told")
  func plan() throws {
    let result = try program.run(
      "plan",
      "base",
      try scenario(),
      "--nodes",
      "owned=1..5",
      "--replications",
      "2",
      "--target",
      "wait.p95<=1h"
    )
    #expect(result.code == 0, "\(result.errors)")
    let rows = result.output.split(separator: "\n").filter { $0.hasSuffix(" met") }
    let totals = rows.map { row -> (total: Int, isBest: Bool) in
      let cells = row.split(separator: " ").map { $0.replacing(",", with: "") }
      let numbers = cells.filter { $0 != "*" }
      return (Int(numbers[4])!, cells.contains("*"))
    }
    #expect(totals.count >= 3)
    #expect(totals.filter(\.isBest).map(\.total) == [totals.map(\.total).min()!])
    #expect(result.output.contains("own "))
  }

  @Test("what cannot be planned is told")
  func faults() throws {
    let missing = try program.run("plan", "base", try scenario(), "--nodes", "own=1..5")
    #expect(missing.code != 0 && missing.errors.contains("did you mean `owned`?"), "\(missing.errors)")
    let range = try program.run("plan", "base", try scenario(), "--nodes", "owned")
    #expect(range.code != 0 && range.errors.contains("write it as owned=1..20"), "\(range.errors)")
    let still = try program.run("plan", "base", try scenario("placement: best-fit"), "--nodes", "owned=1..5")
    #expect(still.code != 0 && still.errors.contains("policy.burst"), "\(still.errors)")
    let free = try program.run("plan", "base", try scenario(auto: ""), "--nodes", "owned=1..5")
    #expect(free.code == 2 && free.errors.contains("say auto: {price:"), "\(free.errors)")
    let cloud = try program.run("plan", "base", try scenario(), "--nodes", "cloud=1..5")
    #expect(cloud.code == 2 && cloud.errors.contains("come and go"), "\(cloud.errors)")
    let scope = try program.run(
      "plan",
      "base",
      try scenario(),
      "--nodes",
      "owned=1..5",
      "--target",
      "wait.p95@class:trian<=1h"
    )
    #expect(scope.code == 2 && scope.errors.contains("class:train"), "\(scope.errors)")
  }
}
