import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Who holds nodes that come and go, and their series.
@Suite struct AutoNodeUseTests {
  private static let second: Int64 = 1_000_000_000

  /// Two groups of nodes of 4 and 2 GPUs, and random jobs of two tenants.
  private func input(_ random: inout SplitMix, bucket: Int64) -> SimulationInput {
    let nodes = Array(repeating: NodeSketch.gpu(4), count: 6) + Array(repeating: NodeSketch.gpu(2), count: 5)
    var first = AutoNodes.Group(name: "large", nodes: 0..<6, pool: 0)
    first.pricePerHour = 40
    first.atStart = 2
    var second = AutoNodes.Group(name: "small", nodes: 6..<11, pool: 0)
    second.pricePerHour = 12.5
    var arrival: Int64 = 0
    let jobs = (0..<60).map { number -> JobSketch in
      arrival += Int64.random(in: 0...200, using: &random) * Self.second
      var job =
        number % 5 == 0
        ? JobSketch.part(250, at: arrival, for: Int64.random(in: 1...900, using: &random) * Self.second)
        : JobSketch.gpu(
          Int32.random(in: 1...4, using: &random),
          at: arrival,
          for: Int64.random(in: 1...900, using: &random) * Self.second
        )
      job.tenant = number % 2
      return job
    }
    return EngineTests.input(nodes, jobs, tenants: 2).with {
      $0.horizon = SimTime(nanoseconds: 7200 * Self.second)
      $0.measuredFrom = SimTime(nanoseconds: 500 * Self.second)
      $0.bucket = SimDuration(nanoseconds: bucket * Self.second)
      $0.queue = .fifo(headOfLineBlocking: false)
      $0.autoNodes = AutoNodes(pools: [AutoNodes.Pool(name: "pool")], groups: [first, second])
    }
  }

  @Test(arguments: [UInt64(1), 2, 3, 4, 5, 6])
  func `what tenants hold of a group is what its nodes' ledgers say, and buckets add up`(seed: UInt64) throws
  {
    var random = SplitMix(seed: seed)
    let input = input(&random, bucket: 700)
    let outcome = try Simulation.run(input)
    #expect(outcome.autoNodes.map(\.nodes) == [0..<6, 6..<11])
    var held = [[Int128]](repeating: [0, 0], count: 2)
    outcome.forEachStay(input.jobs) { stay in
      held[stay.node < 6 ? 0 : 1][Int(input.jobs.tenant[Int(stay.job)].rawValue)] +=
        Int128(stay.milliGPU) * Int128(stay.end - stay.start)
    }
    let metrics = OutcomeMetrics.compute(outcome: outcome, jobs: input.jobs, fleet: input.fleet)
    func value(_ name: String, _ scope: String) throws -> Double {
      try #require(metrics.first { $0.name == name && $0.scope == scope }?.value)
    }
    for (place, group) in outcome.autoNodes.enumerated() {
      let ledger = group.nodes.reduce(Int128(0)) { $0 + outcome.nodes[$1].ledger.allocated }
      #expect(held[place].reduce(0, +) == ledger, "seed \(seed)")
      #expect(group.byBucket.reduce(0, +) == group.allNodeNanoseconds)
      #expect(group.byBucket.count == 10)
      let hours = Double(ledger) / 3.6e15 / Double(group.gpusPerNode)
      #expect(abs(try value("node_time.held", "nodes:\(group.name)") - hours) < 1e-9)
      let all = try value("node_time", "nodes:\(group.name)")
      #expect(abs(try value("node_time.unheld", "nodes:\(group.name)") + hours - all) < 1e-9)
    }
    let shares = try input.jobs.tenants.map { try value("nodes.cost", "tenant:\($0)") }
    let rest = try value("nodes.cost_unheld", "fleet")
    #expect(rest > 0 && shares.allSatisfy { $0 > 0 })
    #expect(abs(try shares.reduce(rest, +) - value("nodes.cost", "fleet")) < 1e-9)
  }

  @Test func `the series are nodes that exist and what they cost an hour`() throws {
    var random = SplitMix(seed: 9)
    let outcome = try Simulation.run(input(&random, bucket: 60))
    let group = outcome.autoNodes[1]
    let nodes = try #require(outcome.series.first { $0.name == "nodes:small" })
    let cost = try #require(outcome.series.first { $0.name == "cost_rate:small" })
    #expect(nodes.values == group.byBucket && nodes.unit == "node_ns")
    #expect(cost.values == nodes.values.map { $0 * 12_500_000 })
    // USD: micro-USD an hour x ns.
    let total = Double(cost.values.reduce(0, +)) / 1e6 / 3.6e12
    #expect(abs(total - group.cost) < 1e-9)
    // Never more than there may be in a bucket.
    #expect(nodes.values.allSatisfy { $0 <= Int128(5 * 60) * Int128(Self.second) })
  }
}
