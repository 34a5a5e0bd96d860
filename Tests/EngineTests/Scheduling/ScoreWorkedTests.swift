import Hardware
import Testing
import Workload

@testable import Engine

/// Scores on single nodes, worked by hand from the studied tools' arithmetic.
@Suite struct ScoreWorkedTests {
  private func request(_ shape: JobShape, _ fleet: Fleet) -> Request { Request(shape, sharing: .fractions) }

  private func gpus(_ count: Int32, milli: Int32 = 1000, cpu: Int32 = 0, memory: Int32 = 0) -> JobShape {
    JobShape(cpuMilli: cpu, memoryMiB: memory, gpuCount: count, milliGPUPerDevice: count == 0 ? 0 : milli)
  }

  /// A node whose GPUs have these free parts.
  private func cluster(free: [Int32], largest: Int = 8) -> ClusterState {
    let fleet = fleet([NodeSketch(gpus: free.count), NodeSketch(gpus: largest)])
    let cluster = ClusterState(fleet)
    for (g, part) in free.enumerated() where part < 1000 {
      cluster.allocate(
        request(part == 0 ? gpus(1) : gpus(1, milli: 1000 - part), fleet),
        node: 0,
        gpuMask: 1 << UInt16(g)
      )
    }
    return cluster
  }

  @Test(
    arguments: [
      ([200, 1000, 1000, 500], 2, 48), ([1000, 1000, 1000, 1000], 2, 29),
      ([1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000], 1, 25),
      ([1000, 1000, 0, 0], 1, 49), ([1000], 1, 32),
    ] as [([Int32], Int32, Int32)]
  )
  func `GPU packing scores whole GPUs as worked`(free: [Int32], count: Int32, expected: Int32) {
    let cluster = cluster(free: free)
    var score = GPUPackingScore()
    #expect(score.score(request(gpus(count), cluster.fleet), on: 0, cluster) == expected)
  }

  @Test(
    arguments: [
      ([300, 500, 1000], 200, 97), ([300, 500, 1000], 400, 95), ([300, 500, 1000], 600, 49),
      ([0, 999], 10, 91),
    ]
      as [([Int32], Int32, Int32)]
  )
  func `GPU packing scores a part by the GPU that it would take`(free: [Int32], milli: Int32, expected: Int32)
  {
    let cluster = cluster(free: free)
    var score = GPUPackingScore()
    #expect(score.score(request(gpus(1, milli: milli), cluster.fleet), on: 0, cluster) == expected)
  }

  @Test func `GPU clustering prefers its own kind, then an empty node`() {
    // One part, one whole GPU: kinds 0 and 1 are there, 6.5 of 8 GPUs free.
    let cluster = cluster(free: [500, 0, 1000, 1000, 1000, 1000, 1000, 1000])
    var score = GPUClusteringScore()
    let fleet = cluster.fleet
    let share = Int32(25 * 1_500 / 8_000)
    #expect(score.score(request(gpus(1, milli: 10), fleet), on: 0, cluster) == share + 50)
    #expect(score.score(request(gpus(1), fleet), on: 0, cluster) == share + 50)
    #expect(score.score(request(gpus(2), fleet), on: 0, cluster) == share)
    #expect(score.score(request(gpus(2), fleet), on: 1, cluster) == 25)
    #expect(score.score(request(gpus(0), fleet), on: 0, cluster) == 0)
    cluster.release(request(gpus(1, milli: 500), fleet), node: 0, gpuMask: 1)
    #expect(score.score(request(gpus(1), fleet), on: 0, cluster) == 25 * 1_000 / 8_000 + 75)
  }

  // MARK: - kube-scheduler

  private func weights(_ cpu: Int32, _ memory: Int32, _ gpu: Int32) -> [ScoreSpec.ResourceWeight] {
    [("cpu", cpu), ("memory", memory), ("nvidia.com/gpu", gpu)].filter { $0.1 > 0 }
      .map { ScoreSpec.ResourceWeight(resource: $0.0, weight: $0.1) }
  }

  /// 96 cores with 28 used and 8 GPUs with 5 used.
  private func node() -> ClusterState {
    let cluster = ClusterState(fleet([NodeSketch(cpu: 96_000, memory: 1_000_000, gpus: 8)]))
    cluster.allocate(request(gpus(5, cpu: 28_000, memory: 100_000), cluster.fleet), node: 0, gpuMask: 0b11111)
    return cluster
  }

  @Test func `most allocated weighs GPUs as the published profile does`() {
    let cluster = node()
    let asks = request(gpus(1, cpu: 4_000, memory: 100_000), cluster.fleet)
    var packing = MostAllocatedScore(
      resources: WeightedResource.list(ScoreSpec(policy: "most-allocated", resources: weights(1, 0, 5)))
    )
    #expect(packing.score(asks, on: 0, cluster) == 68)
  }

  @Test func `least allocated sees CPU and memory and ignores the GPUs`() {
    let cluster = node()
    let asks = request(gpus(1, cpu: 4_000, memory: 100_000), cluster.fleet)
    var cpuOnly = LeastAllocatedScore(
      resources: WeightedResource.list(ScoreSpec(policy: "least-allocated", resources: weights(1, 0, 0)))
    )
    #expect(cpuOnly.score(asks, on: 0, cluster) == 66)
    var usual = LeastAllocatedScore(resources: WeightedResource.list(ScoreSpec(policy: "least-allocated")))
    #expect(usual.score(asks, on: 0, cluster) == (66 + 80) / 2)
  }

  @Test func `a job that names no CPU or memory counts as 100 milli and 200 MiB`() {
    let cluster = ClusterState(fleet([NodeSketch(cpu: 1_000, memory: 1_000, gpus: 1)]))
    var least = LeastAllocatedScore(resources: WeightedResource.list(ScoreSpec(policy: "least-allocated")))
    #expect(least.score(request(gpus(0), cluster.fleet), on: 0, cluster) == (90 + 80) / 2)
    cluster.allocate(request(gpus(0), cluster.fleet), node: 0, gpuMask: 0)
    #expect(least.score(request(gpus(0), cluster.fleet), on: 0, cluster) == (80 + 60) / 2)
    cluster.release(request(gpus(0), cluster.fleet), node: 0, gpuMask: 0)
    #expect(least.score(request(gpus(0), cluster.fleet), on: 0, cluster) == (90 + 80) / 2)
    // Twelve such jobs ask for more than the node has, in the scheduler's books.
    for _ in 0..<12 { cluster.allocate(request(gpus(0), cluster.fleet), node: 0, gpuMask: 0) }
    #expect(least.score(request(gpus(0), cluster.fleet), on: 0, cluster) == 0)
    var most = MostAllocatedScore(resources: WeightedResource.list(ScoreSpec(policy: "most-allocated")))
    #expect(most.score(request(gpus(0), cluster.fleet), on: 0, cluster) == 100)
  }

  @Test func `balanced allocation halves the distance of two fractions`() {
    let cluster = ClusterState(fleet([NodeSketch(cpu: 1_000, memory: 1_000, gpus: 4)]))
    var balanced = BalancedAllocationScore(
      resources: WeightedResource.list(ScoreSpec(policy: "balanced-allocation"))
    )
    #expect(balanced.score(request(gpus(0, cpu: 500, memory: 750), cluster.fleet), on: 0, cluster) == 87)
    #expect(balanced.score(request(gpus(0), cluster.fleet), on: 0, cluster) == 0)
    var three = BalancedAllocationScore(
      resources: WeightedResource.list(ScoreSpec(policy: "balanced-allocation", resources: weights(1, 1, 1)))
    )
    // Fractions 0, .5, 1: the population deviation is sqrt(1/6) = .408.
    #expect(three.score(request(gpus(4, cpu: 0, memory: 500), cluster.fleet), on: 0, cluster) == 59)
    // No GPU asked: two fractions are left.
    #expect(three.score(request(gpus(0, cpu: 500, memory: 750), cluster.fleet), on: 0, cluster) == 87)
  }

  @Test(arguments: [([75, 50, 37], 60), ([50, 75, 100], 69)] as [([Int32], Int32)])
  func `requested to capacity ratio rounds the weighted mean`(utilisation: [Int32], expected: Int32) {
    let cluster = ClusterState(fleet([NodeSketch(cpu: 100_000, memory: 100_000, gpus: 16)]))
    // Weights 5, 1, 3 on GPU, memory and CPU; 75 and 50 % of 16 GPUs.
    var score = RequestedToCapacityRatioScore(
      ScoreSpec(policy: "requested-to-capacity-ratio", resources: weights(3, 1, 5))
    )
    let asks = gpus(utilisation[0] * 16 / 100, cpu: utilisation[2] * 1_000, memory: utilisation[1] * 1_000)
    #expect(score.score(request(asks, cluster.fleet), on: 0, cluster) == expected)
  }

  @Test func `a shape is linear between its points and constant outside`() {
    let points = [(20, 10), (60, 4), (80, 0)].map { ScoreSpec.ShapePoint(utilization: $0.0, score: $0.1) }
    let score = RequestedToCapacityRatioScore(ScoreSpec(policy: "requested-to-capacity-ratio", shape: points))
    #expect(
      [0, 20, 21, 40, 60, 70, 80, 100].map { score.value(at: $0) } == [100, 100, 99, 70, 40, 20, 0, 0]
    )
  }
}
