import Hardware
import TestSupport
import Testing
import Workload

@testable import Engine

/// The worked example of the fragmentation measure (FGD, USENIX ATC 2023):
/// four typical jobs and five nodes, by hand.
@Suite struct FGDWorkedTests {
  private static let sketches = fleet([NodeSketch(cpu: 96_000, gpus: 2)])

  private static func request(_ cpu: Int32, _ milli: Int32, _ count: Int32) -> Request {
    Request(
      JobShape(cpuMilli: cpu, memoryMiB: 0, gpuCount: count, milliGPUPerDevice: milli),
      sharing: .fractions
    )
  }

  private static var typical: [TypicalJob] {
    [
      TypicalJob(request: request(4_000, 500, 1), share: 0.4, count: 4),
      TypicalJob(request: request(8_000, 1000, 1), share: 0.3, count: 3),
      TypicalJob(request: request(2_000, 0, 0), share: 0.2, count: 2),
      TypicalJob(request: request(32_000, 1000, 2), share: 0.1, count: 1),
    ]
  }

  private static let rows: [(cpu: Int32, free: [Int16], classes: [Double], fragmented: Double)] = [
    (64_000, [1000, 1000], [0, 0, 1600, 0, 400, 0], 400),
    (64_000, [500, 1000], [0, 300, 900, 0, 300, 0], 600),
    (64_000, [1000, 600], [0, 340, 940, 0, 320, 0], 660),
    (6_000, [400, 700], [440, 160, 280, 0, 220, 0], 820),
    (1_000, [1000, 1000], [0, 0, 0, 1600, 0, 400], 2000),
  ]

  @Test(arguments: rows.indices)
  func `a node's free thousandths fall into the classes of the worked table`(row: Int) {
    let (cpu, free, expected, fragmented) = Self.rows[row]
    var measure = FragmentationMeasure(Self.typical)
    let c = measure.classes(cpuFree: cpu, free: free, gpuCount: 2, classBit: 1)
    for (ours, worked) in zip([c.q1, c.q2, c.q3, c.q4, c.xl, c.xr], expected) {
      #expect(abs(ours - worked) < 1e-9)
    }
    #expect(c.na == 0)
    #expect(abs(c.fragmented - fragmented) < 1e-9)
    // Remembered under the multiset of parts: twice, and in another order.
    for free in [free, free, free.reversed()] {
      #expect(measure.fragmented(cpuFree: cpu, free: free, gpuCount: 2, classBit: 1) == c.fragmented)
    }
  }

  @Test func `a model that is not accepted puts all of a node into its own class`() {
    let measure = FragmentationMeasure(
      Self.typical.map { job in
        var limited = job
        limited.request.classes = job.request.gpuCount > 0 ? 2 : .max
        return limited
      }
    )
    let c = measure.classes(cpuFree: 64_000, free: [1000, 1000], gpuCount: 2, classBit: 1)
    #expect(abs(c.na - 1600) < 1e-9)
    #expect(abs(c.xl - 400) < 1e-9)
    #expect(c.q3 == 0)
  }

  @Test func `the half GPU of the worked example goes where fragmentation shrinks`() {
    let cluster = ClusterState(fleet([NodeSketch(cpu: 64_000, gpus: 2)]))
    cluster.allocate(Self.request(0, 400, 1), node: 0, gpuMask: 0b10)
    let tracker = FragmentationTracker(Self.typical, cluster)
    #expect(abs(tracker.current[0] - 660) < 1e-9)
    var score = FGDScore(tracker)
    let half = Self.request(4_000, 500, 1)
    #expect(score.score(half, on: 0, cluster) == 56)
    #expect(score.devices(half, on: 0, cluster) == 0b10)
    // On GPU 0 alone: no change.
    cluster.allocate(Self.request(0, 600, 1), node: 0, gpuMask: 0b10)
    tracker.nodeChanged(0, cluster)
    let idle = FragmentationMeasure(Self.typical).classes(
      cpuFree: 64_000,
      free: [1000, 0],
      gpuCount: 2,
      classBit: 1
    )
    #expect(abs(tracker.current[0] - idle.fragmented) < 1e-9)
    #expect(score.devices(half, on: 0, cluster) == 0b01)
  }

  @Test func `typical jobs cover 95 percent, the largest request first among equals`() {
    var jobs: [JobSketch] = []
    // 20 jobs: 9, 5, 2, 2, 1, 1; nineteen are 95 %.
    for (count, cpu, milli) in [
      (9, 1, 1000), (5, 2, 500), (2, 3, 500), (2, 4, 400), (1, 5, 300), (1, 5, 301),
    ] as [(Int, Int32, Int32)] {
      jobs += (0..<count).map { _ in JobSketch(cpu: cpu, milli: milli) }
    }
    let table = table(jobs)
    let typical = WorkloadMix(jobsOf: table).typical(
      coveringPercent: 95,
      ignoringMemory: true,
      resolve: { Request($0, sharing: .fractions) },
      modelText: { _ in "" }
    )
    #expect(typical.map(\.count) == [9, 5, 2, 2, 1])
    #expect(typical.map(\.request.cpu) == [1, 2, 4, 3, 5])
    #expect(typical.last?.request.milli == 301)
    #expect(typical[0].share == (9.0 / 20) / (19.0 / 20))
  }

  #if DEBUG
    static let states = 12_000
  #else
    static let states = 200_000
  #endif

  @Test func `a remembered measure equals its definition however many states come`() {
    // More distinct states than the memory holds, some of them again and again,
    // each on two models of which one job accepts one.
    var typical = Self.typical
    typical[1].request.classes = 1
    var measure = FragmentationMeasure(typical)
    var draws = SplitMix(seed: 5)
    for round in 0..<Self.states {
      let isRepeat = round % 4 == 3
      if isRepeat { draws = SplitMix(seed: UInt64(round % 64)) }
      let free = (0..<16).map { _ in Int16(draws.next() % 3 == 0 ? 1000 : draws.next() % 1001) }
      let cpu = Int32(draws.next() % 40_000)
      let count = 1 + Int(draws.next() % 16)
      for model in [1, 2] as [UInt64] {
        let known = measure.fragmented(cpuFree: cpu, free: free, gpuCount: count, classBit: model)
        let defined = measure.classes(cpuFree: cpu, free: free, gpuCount: count, classBit: model).fragmented
        if known != defined {
          Issue.record("round \(round): \(known) remembered, \(defined) defined")
          return
        }
      }
      if isRepeat { draws = SplitMix(seed: UInt64(round) &* 0x1234_5678_9ABC) }
    }
  }
}
