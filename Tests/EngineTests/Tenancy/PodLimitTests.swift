import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

@testable import Engine

/// Limits of pods beside their requests: what quotas count and limit ranges
/// fill in; worked by hand.
@Suite struct PodLimitTests {
  /// Jobs of 10 ns that all arrive at 0, in a cluster on a large node.
  private func startsAtOnce(
    _ count: Int,
    cpu: Int32 = 100,
    memory: Int32 = 128,
    _ limits: PodLimits,
    _ adjust: (inout Tenancy.Cluster) -> Void
  ) throws -> Int {
    var given = input(
      [NodeSketch(cpu: 640_000, memory: 2_560_000, gpus: 0)],
      (0..<count).map { _ in
        JobSketch(arrival: 0, duration: 10, cpu: cpu, memory: memory, gpus: 0, milli: 0)
      }
    )
    let number = given.jobs.podLimit(limits)
    for shape in given.jobs.shapes.indices { given.jobs.shapes[shape].limits = number }
    var cluster = Tenancy.Cluster(name: "c", tenants: ["tenant-0"])
    adjust(&cluster)
    given.tenancy = Tenancy(clusters: [cluster])
    given.queue = .fifo(headOfLineBlocking: false)
    return try Simulation.run(given).jobs.startNanoseconds.count { $0 == 0 }
  }

  @Test func `vCluster's quota of limits holds 20 CPU and 40 GiB`() throws {
    // Requests and pods would let 20 in.
    let cpu = try startsAtOnce(25, PodLimits(cpuMilli: 2_000)) { $0.quota = .vCluster }
    #expect(cpu == 10)
    let memory = try startsAtOnce(25, PodLimits(memoryMiB: 5 * 1024)) { $0.quota = .vCluster }
    #expect(memory == 8)
  }

  @Test func `a pod without a limit counts with its request, or with the default of its limit range`() throws
  {
    var quota = ClusterQuota()
    quota.limitCPUMilli = 3_000
    #expect(try startsAtOnce(10, cpu: 500, .none) { $0.quota = quota } == 6)
    // 1 CPU and 512 MiB each: three of 3 CPU.
    #expect(
      try startsAtOnce(10, cpu: 500, .none) {
        $0.quota = quota
        $0.limits = .vCluster
      } == 3
    )
    // What states its own is not filled in.
    #expect(
      try startsAtOnce(10, cpu: 500, PodLimits(cpuMilli: 750)) {
        $0.quota = quota
        $0.limits = .vCluster
      } == 4
    )
  }

  @Test func `twenty pods that say nothing fill vCluster's quota to the last CPU of its limits`() throws {
    let bound = try startsAtOnce(25, cpu: 0, memory: 0, .none) {
      $0.quota = .vCluster
      $0.limits = .vCluster
    }
    #expect(bound == 20)
    let tight = try startsAtOnce(25, cpu: 0, memory: 0, .none) {
      $0.quota = .vCluster
      $0.quota.limitCPUMilli = 19_000
      $0.limits = .vCluster
    }
    #expect(tight == 19)
  }

  @Test func `each worker of a gang counts`() {
    var shape = JobShape(cpuMilli: 500, memoryMiB: 64, gpuCount: 0, milliGPUPerDevice: 0)
    shape.workers = 3
    let asked = PodDemand(shape, limits: PodLimits(cpuMilli: 2_000), sharing: .fractions)
    #expect((asked.cpuMilli, asked.limitCPUMilli, asked.limitMemoryMiB) == (1_500, 6_000, 192))
  }

  @Test func `a limit without a request is the request, before any default`() {
    let bare = JobShape(cpuMilli: 0, memoryMiB: 0, gpuCount: 1, milliGPUPerDevice: 1000)
    let (shape, limits) = PodLimitRange.vCluster.filled(bare, PodLimits(cpuMilli: 700))
    #expect((shape.cpuMilli, shape.memoryMiB) == (700, 128))
    #expect(limits == PodLimits(cpuMilli: 700, memoryMiB: 512))
  }

  @Test func `what a limit range leaves out follows from what it says, as at the API server`() {
    var range = PodLimitRange()
    range.mostCPUMilli = 8_000
    range.defaultMemoryLimitMiB = 1_024
    range.fillDefaults()
    #expect((range.defaultCPULimitMilli, range.defaultCPUMilli) == (8_000, 8_000))
    #expect((range.defaultMemoryLimitMiB, range.defaultMemoryMiB) == (1_024, 1_024))
    var published = PodLimitRange.vCluster
    published.mostCPUMilli = 8_000
    published.fillDefaults()
    #expect((published.defaultCPULimitMilli, published.defaultCPUMilli) == (1_000, 100))
  }

  @Test func `a request above the limit that the range gives is refused, as is a limit above its maximum`()
    throws
  {
    let request = #expect(throws: SimulationError.self) {
      try startsAtOnce(1, cpu: 8_000, .none) { $0.limits = .vCluster }
    }
    #expect(
      request?.description.contains(
        "requests 8.0 vCPU a pod, above its limit of 1.0, which a limit range gives"
      )
        ?? false
    )
    let limit = #expect(throws: SimulationError.self) {
      try startsAtOnce(1, PodLimits(memoryMiB: 4_096)) { $0.limits.mostMemoryMiB = 2_048 }
    }
    #expect(limit?.description.contains("asks 4096 MiB a pod; its limit range allows 2048") ?? false)
  }

  @Test func `limits beyond the whole quota are told at once`() {
    let error = #expect(throws: SimulationError.self) {
      try startsAtOnce(1, PodLimits(cpuMilli: 21_000)) { $0.quota = .vCluster }
    }
    #expect(error?.description.contains("has limits of 21 vCPU under a quota of limits of 20") ?? false)
  }
}
