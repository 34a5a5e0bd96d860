import Engine
import SimulationKernel
import Testing
import Workload

@testable import Scenario

/// `isolation` of requests and tenants, `wipe`, and how instances go.
struct IsolationScenarioTests {
  private static func input(_ sharing: String, demand: String = "gpus: 0.25") throws -> SimulationInput {
    let text = Sample.changing("gpus: 0.25", to: demand) + "policy: {sharing: \(sharing)}\n"
    let scenario = try Sample.load(text)
    return try scenario.input(placement: scenario.placements[0], replication: 0)
  }

  private static func failure(_ sharing: String, _ more: String = "") -> String {
    Sample.failure(Sample.text + "policy: {sharing: \(sharing)\(more)}\n")
  }

  @Test func times() throws {
    let mig = try Self.input("{mode: mig, wipe: 2s, destroyTime: 1500ms}")
    #expect(mig.wipe == .seconds(2))
    #expect(mig.mig.destroyTime == SimDuration(nanoseconds: 1_500_000_000))
    #expect(try Self.input("fractions").wipe == .zero)
    #expect(try Self.input("{mode: wholeGPU, wipe: 3s}").wipe == .seconds(3))
  }

  @Test func tenants() throws {
    let input = try Self.input(
      "{mode: fractions, isolation: {app: node}}",
      demand: "gpus: 0.25, isolation: gpu"
    )
    let jobs = input.jobs
    for job in 0..<jobs.count {
      let demand = jobs.deviceDemand(of: jobs.shapes[Int(jobs.shape[job].rawValue)])
      switch jobs.tenants[Int(jobs.tenant[job].rawValue)] {
      case "app": #expect(demand.isolation == .node)
      case "web": #expect(demand.isolation == .gpu)
      default: #expect(demand.isolation == .none)
      }
    }
    #expect(Set(jobs.tenant).count == 3)
    // A tenant's level never takes away what a request asks for.
    let weaker = try Self.input("{mode: mig, isolation: {app: mig}}", demand: "gpus: 0.25, isolation: gpu")
      .jobs
    #expect(weaker.shapes.allSatisfy { weaker.deviceDemand(of: $0).isolation != .mig })
  }

  @Test func nodesInAllModes() throws {
    for mode in ["fractions", "mig", "pooled", "wholeGPU"] {
      let input = try Self.input(mode, demand: "gpus: 0.25, isolation: node")
      #expect(input.jobs.deviceDemands.contains { $0.isolation == .node }, "\(mode)")
    }
  }

  @Test(
    arguments: [
      ("{mode: fractions, isolation: {ap: node}}", "no job has the tenant 'ap'; accepted: app"),
      ("{mode: fractions, isolation: {app: rack}}", "isolation"),
      ("{mode: pooled, isolation: {app: gpu}}", "GPUs that are shared by pooled isolate nobody; found 'gpu'"),
      ("{mode: pooled, wipe: 2s}", "has no meaning with 'pooled'; accepted with fractions, wholeGPU, mig"),
      ("{mode: fractions, wipe: -1s}", "bad.yaml:"),
      ("{mode: fractions, destroyTime: 1s}", "has no meaning with 'fractions'; accepted with mig"),
    ]
  )
  func refused(sharing: String, what: String) {
    #expect(Self.failure(sharing).contains(what), "\(Self.failure(sharing))")
  }

  @Test func refusedWhereAllGPUsAreCut() {
    let demand = "[{gpus: 1, cpu: 8, memory: 64GiB}, {gpus: 8, cpu: 64, memory: 512GiB, weight: 0.5}]"
    let sharing = "{mode: mig, strategy: single, layouts: {instances: {1g.10gb: 7}}, isolation: {app: gpu}}"
    let text = Sample.failure(
      Sample.changing(demand, to: "{gpus: 1, cpu: 8, memory: 64GiB}") + "policy: {sharing: \(sharing)}\n"
    )
    #expect(
      text.contains(
        "policy.sharing.isolation.app: asks for GPUs of its own where all GPUs are cut into 1g.10gb"
      ),
      "\(text)"
    )
  }

  @Test func refusedQueue() {
    let text = Self.failure("{mode: wholeGPU, wipe: 2s}", ", queue: {order: fifo, backfill: easy}")
    #expect(
      text.contains("policy.sharing.wipe: wiping memory between tenants does not go with backfill"),
      "\(text)"
    )
    let shared = Sample.failure(
      Sample.withoutService + "policy: {sharing: {mode: fractions, contention: equal, wipe: 2s}}\n"
    )
    #expect(shared.contains("does not go with jobs that slow one another"), "\(shared)")
  }
}
