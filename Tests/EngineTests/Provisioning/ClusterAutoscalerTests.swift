import Foundation
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Engine

/// The cluster-autoscaler as second provisioner; times are worked by hand from
/// its scans of 10 s.
@Suite struct ClusterAutoscalerTests {
  private typealias Groups = [(nodes: [NodeSketch], group: (inout AutoNodes.Group) -> Void)]

  private func seconds(_ value: Double) -> Int64 { Int64((value * 1e9).rounded()) }

  private func span(_ value: Double) -> SimDuration { SimDuration(nanoseconds: seconds(value)) }

  private func run(
    _ groups: Groups,
    _ jobs: [JobSketch],
    pools: [AutoNodes.Pool] = [AutoNodes.Pool(name: "pool")],
    until end: Double = 7_200,
    _ change: (inout ClusterAutoscaler) -> Void = { _ in }
  ) throws -> RunOutcome {
    var all: [NodeSketch] = []
    var spec = AutoNodes(pools: pools, groups: [])
    for (number, (nodes, adjust)) in groups.enumerated() {
      var group = AutoNodes.Group(
        name: "g\(number)",
        nodes: all.count..<all.count + nodes.count,
        pool: 0
      )
      adjust(&group)
      spec.groups.append(group)
      all += nodes
    }
    var autoscaler = ClusterAutoscaler()
    change(&autoscaler)
    spec.use(autoscaler)
    return try Simulation.run(
      input(all, jobs).with {
        $0.horizon = SimTime(nanoseconds: seconds(end))
        $0.bucket = span(end)
        $0.queue = .fifo(headOfLineBlocking: false)
        $0.autoNodes = spec
      }
    )
  }

  private func job(_ gpus: Int32, at arrival: Double, for duration: Double, cpu: Int32 = 0)
    -> JobSketch
  {
    JobSketch(
      arrival: seconds(arrival),
      duration: seconds(duration),
      cpu: cpu,
      gpus: gpus,
      milli: gpus == 0 ? 0 : 1000
    )
  }

  private func starts(_ outcome: RunOutcome) -> [Double] {
    outcome.jobs.startNanoseconds.map { Double($0) / 1e9 }
  }

  // MARK: - Up

  @Test func `a scan comes every ten seconds, and the node five minutes after it`() throws {
    let outcome = try run(
      [(Array(repeating: .gpu(2), count: 4), { _ in })],
      [job(1, at: 3, for: 100), job(1, at: 13, for: 100)]
    )
    // The scan at 10 launches a node for both: the second fits on it.
    #expect(starts(outcome) == [310, 310])
    #expect(outcome.autoNodes[0].launched == 1)
  }

  @Test func `one group grows at a scan`() throws {
    // The first group serves the small job only, the second the large one only.
    let outcome = try run(
      [
        (Array(repeating: NodeSketch(cpu: 4_000, gpus: 1), count: 2), { _ in }),
        (Array(repeating: NodeSketch(cpu: 64_000, gpus: 4), count: 2), { _ in }),
      ],
      [job(1, at: 0, for: 1_000, cpu: 4_000), job(4, at: 0, for: 1_000, cpu: 8_000)]
    ) { $0.expanders = [.leastNodes, .leastWaste] }
    #expect(starts(outcome).sorted() == [310, 320])
    #expect(outcome.autoNodes.map(\.launched) == [1, 1])
  }

  @Test func `a group without capacity pauses for 5, 10, 20 and then 30 minutes`() throws {
    let outcome = try run(
      [(Array(repeating: .gpu(1), count: 3), { $0.stockOut = 1 })],
      [job(1, at: 0, for: 100)],
      until: 8_000
    )
    // Asked at 10, 310, 910, 2110, 3910, 5710 and 7510.
    #expect(outcome.autoNodes[0].stockOuts == 7)
  }

  @Test func `a node that does not come in fifteen minutes is given up and its group pauses`()
    throws
  {
    let outcome = try run(
      [(Array(repeating: .gpu(1), count: 3), { $0.launch = .constant(3_600) })],
      [job(1, at: 0, for: 100)],
      until: 2_000
    )
    // Asked at 10, given up at 910; asked again at 1,210 and given up after the end.
    #expect(outcome.autoNodes[0].launched == 2)
  }

  // MARK: - Down

  @Test func `an empty node goes when it was unneeded for ten minutes`() throws {
    let outcome = try run([([.gpu(1)], { $0.atStart = 1 })], [job(1, at: 0, for: 95)])
    // Empty from 95, seen at 100, gone 30 s after 700.
    #expect(outcome.autoNodes[0].nodeNanoseconds.map { Double($0) / 1e9 }[3] == 700)
    #expect(outcome.autoNodes[0].removed == 1)
  }

  @Test func `no node goes for ten minutes after nodes were launched`() throws {
    let outcome = try run(
      [(Array(repeating: .gpu(1), count: 2), { $0.atStart = 1 })],
      [job(1, at: 0, for: 5_000), job(1, at: 95, for: 30)]
    ) { $0.unneededTime = .zero }
    // Launched at 100, up and busy at 400, empty at 430, and gone only after 700.
    let up = outcome.autoNodes[0].nodeNanoseconds.map { Double($0) / 1e9 }[3]
    #expect(up == 5_000 + 0 + (700 - 400) || up == 5_010 + 300, "\(up)")
  }

  @Test func `ten empty nodes go at a time`() throws {
    func removed(until end: Double) throws -> Int64 {
      try run([(Array(repeating: .gpu(1), count: 23), { $0.atStart = 23 })], [], until: end)
        .autoNodes[0].removed
    }
    // Unneeded from the scan at 10 on.
    #expect(try removed(until: 639) == 0)
    #expect(try removed(until: 641) == 10)
    #expect(try removed(until: 681) == 20)
    #expect(try removed(until: 721) == 23)
  }

  @Test func `of a node with GPUs only these count`() throws {
    let one = try run(
      [([NodeSketch(cpu: 10_000, gpus: 8), NodeSketch(cpu: 20_000, gpus: 8)], { $0.atStart = 2 })],
      [job(3, at: 0, for: 5_000, cpu: 9_000), job(3, at: 0, for: 5_000, cpu: 9_000)]
    )
    // 3 of 8 GPUs are below the half, though nine tenths of the CPU are taken.
    #expect(one.autoNodes[0].removed >= 1)
    #expect(one.jobs.interruptions.reduce(0, +) == 1)
    let four = try run(
      [([NodeSketch(cpu: 10_000, gpus: 8), NodeSketch(cpu: 20_000, gpus: 8)], { $0.atStart = 2 })],
      [job(4, at: 0, for: 5_000, cpu: 9_000), job(4, at: 0, for: 5_000, cpu: 9_000)],
      until: 4_000
    )
    #expect(four.autoNodes[0].removed == 0)
  }

  @Test func `a node stays whose work fits nowhere else`() throws {
    let outcome = try run(
      [(Array(repeating: .gpu(4), count: 2), { $0.atStart = 2 })],
      [job(3, at: 0, for: 5_000), job(2, at: 1, for: 5_000)],
      until: 4_000
    ) { $0.gpuThreshold = 1 }
    #expect(outcome.autoNodes[0].removed == 0)
    #expect(outcome.jobs.interruptions.allSatisfy { $0 == 0 })
  }

  @Test func `nodes with work go one at a time`() throws {
    let outcome = try run(
      [(Array(repeating: .gpu(8), count: 4), { $0.atStart = 4 })],
      (0..<4).map { job(2, at: Double($0), for: 6_000) },
      until: 4_000
    ) { $0.unneededTime = .zero }
    // Best fit has put all on one node; the three empty ones go together.
    #expect(outcome.autoNodes[0].removed == 3)
    #expect(outcome.nodeDisruptions.allSatisfy { $0.nodes.count == 1 })
  }

  // MARK: - Expanders

  private func room(_ gpus: Int, cpu: Int32, memory: Int32) -> NodeRoom {
    NodeRoom(
      NodeSpec(name: "n", cpuMilli: cpu, memoryMiB: memory, gpuCount: gpus, gpuModel: nil),
      classBit: 1
    )
  }

  private func ask(_ gpus: Int32, cpu: Int32, memory: Int32) -> Request {
    Request(
      JobShape(
        cpuMilli: cpu,
        memoryMiB: memory,
        gpuCount: gpus,
        milliGPUPerDevice: gpus > 0 ? 1000 : 0
      ),
      sharing: .fractions
    )
  }

  /// Ten workers of 2 CPU and 4 memory: on nodes of 8 and 16 four fit, on such of
  /// 20 and 80 all ten; on those of 6 and 6 one.
  private var options: [ScaleUp.Option] {
    ScaleUp(
      offers: [
        ScaleUp.Offer(weight: 1, price: 4, idle: room(0, cpu: 8, memory: 16), left: 9),
        ScaleUp.Offer(weight: 5, price: 20, idle: room(0, cpu: 20, memory: 80), left: 9),
        ScaleUp.Offer(weight: 5, price: 1, idle: room(0, cpu: 6, memory: 6), left: 4),
      ],
      batches: [ScaleUp.Batch(ask: ask(0, cpu: 2, memory: 4), workers: 10)]
    ).options()
  }

  @Test func `groups are estimated by first-fit on a template node`() {
    #expect(options.map(\.nodes) == [3, 1, 4])
    #expect(options.map(\.workers) == [10, 10, 4])
    // 24 CPU and 48 memory for 20 and 40; 20 and 80; 24 and 24 for 8 and 16.
    let waste: [Double] = [4 / 24 + 8 / 48, 40 / 80, 16 / 24 + 8 / 24]
    for (option, expected) in zip(options, waste) { #expect(abs(option.waste - expected) < 1e-12) }
    // A worker is worth the least of 4 x 1/4, 20 x 1/10 and 1 x 2/3.
    let worth: Double = 2 / 3
    let prices: [Double] = [12 / (10 * worth), 20 / (10 * worth), 4 / (4 * worth)]
    for (option, expected) in zip(options, prices) { #expect(abs(option.price - expected) < 1e-12) }
  }

  @Test(
    arguments: [
      ([.leastWaste], 0), ([.leastNodes], 1), ([.price], 2), ([.mostPods, .leastNodes], 1),
      ([.mostPods, .price], 0), ([.priority, .leastNodes], 1), ([.priority, .price], 2),
      ([.random], 2),
      ([.random, .leastWaste], 2),
    ] as [([ClusterAutoscaler.Expander], Int)]
  )
  func `expanders choose`(chain: [ClusterAutoscaler.Expander], group: Int) {
    let weights = [1, 5, 5]
    let chosen = ScaleUp.choose(options, by: chain, weights: { weights[$0] }, uniform: { 0.9 })
    #expect(chosen?.group == group)
  }

  @Test func `larger scores are planned first`() {
    // In the order of the sum of shares, 6 + 4 and 5 + 5 fill two nodes of ten.
    let up = ScaleUp(
      offers: [ScaleUp.Offer(weight: 0, price: 1, idle: room(0, cpu: 10, memory: 0), left: 9)],
      batches: [4, 5, 6, 5].map { ScaleUp.Batch(ask: ask(0, cpu: $0, memory: 0), workers: 1) }
    )
    #expect(up.options().map(\.nodes) == [2])
  }

  // MARK: - Random work

  @Test func `under random work every node is in one stage at a time and all jobs end`() throws {
    var launched: Int64 = 0
    var interrupted = 0
    for seed in UInt64(0)..<60 {
      var draws = SplitMix(seed: seed)
      let jobs = (0..<60).map { _ in
        job(
          Int32.random(in: 1...4, using: &draws),
          at: Double.random(in: 0..<6_000, using: &draws),
          for: Double.random(in: 1..<1_500, using: &draws),
          cpu: Int32.random(in: 0...20_000, using: &draws)
        )
      }.sorted { $0.arrival < $1.arrival }
      let expander = ClusterAutoscaler.Expander.allCases.randomElement(using: &draws)!
      let outcome = try run(
        [
          (Array(repeating: .gpu(4), count: 5), { ($0.stockOut, $0.pricePerHour) = (0.1, 3) }),
          (Array(repeating: .gpu(8), count: 3), { ($0.atStart, $0.pricePerHour) = (1, 5) }),
        ],
        jobs,
        until: 80_000
      ) {
        $0.expanders = [expander]
        $0.unneededTime = span(300)
        $0.gpuThreshold = 0.6
      }
      launched += outcome.autoNodes.reduce(0) { $0 + $1.launched }
      interrupted += outcome.jobs.interruptions.reduce(0) { $0 + Int($1) }
      let capacity = outcome.autoNodes.reduce(Int128(0)) {
        $0 + $1.allNodeNanoseconds * Int128($1.gpusPerNode) * 1000
      }
      #expect(outcome.ledger.capacity == capacity, "seed \(seed)")
      #expect(outcome.jobs.state.allSatisfy { $0 == .completed }, "seed \(seed)")
    }
    #expect(launched > 100)
    #expect(interrupted > 0)
  }
}
