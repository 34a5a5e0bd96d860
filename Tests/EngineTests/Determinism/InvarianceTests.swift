import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Changes of the input that must change the outcome in a known way only.
@Suite struct InvarianceTests {
  #if DEBUG
    static let seeds: Range<UInt64> = 4_000_000..<4_000_060
  #else
    static let seeds: Range<UInt64> = 4_000_000..<4_001_500
  #endif

  @Test func `a machine too small for every job changes nothing else`() throws {
    for seed in Self.seeds {
      // Every job needs some CPU, so that none fits on the added machines.
      let input = RandomScenario.input(seed: seed).with { input in
        for i in input.jobs.shapes.indices { input.jobs.shapes[i].cpuMilli += 1 }
      }
      let larger = input.with {
        for i in 0..<3 {
          $0.fleet.nodes.append(
            NodeSpec(name: "z-\(i)", cpuMilli: 0, memoryMiB: 0, gpuCount: 0, gpuModel: nil)
          )
        }
        $0.fleet.gpuModels.append("unused")
        let count = Int32($0.fleet.nodes.count)
        $0.nodeRanks = $0.nodeRanks.map { $0 + Array(Int32($0.count)..<count) }
      }
      let (a, b) = (try Simulation.run(input), try Simulation.run(larger))
      #expect(a.jobs == b.jobs, "seed \(seed)")
      #expect(a.fingerprint == b.fingerprint, "seed \(seed)")
      #expect(a.nodes == Array(b.nodes.prefix(a.nodes.count)), "seed \(seed)")
      #expect(a.tenants == b.tenants, "seed \(seed)")
      #expect(a.ledger == b.ledger, "seed \(seed)")
      #expect(a.series == b.series.filter { $0.gpuModel != "unused" }, "seed \(seed)")
    }
  }

  @Test func `an unused tenant changes nothing else`() throws {
    for seed in Self.seeds {
      let input = RandomScenario.input(seed: seed)
      let a = try Simulation.run(input)
      var b = try Simulation.run(input.with { $0.jobs.tenants.append("unused") })
      #expect(b.tenants.last == TenantTotals(), "seed \(seed)")
      b.tenants.removeLast()
      #expect(a == b, "seed \(seed)")
    }
  }

  @Test func `relabelling tenants only relabels`() throws {
    for seed in Self.seeds {
      let input = RandomScenario.input(seed: seed)
      let turned = [1, 2, 0]
      let a = try Simulation.run(input)
      let b = try Simulation.run(
        input.with {
          $0.jobs.tenants = [2, 0, 1].map { input.jobs.tenants[$0] }
          $0.jobs.tenant = input.jobs.tenant.map { TenantID(rawValue: UInt16(turned[Int($0.rawValue)])) }
        }
      )
      #expect(a.jobs == b.jobs, "seed \(seed)")
      #expect(a.fingerprint == b.fingerprint, "seed \(seed)")
      #expect(a.nodes == b.nodes, "seed \(seed)")
      for t in 0..<3 { #expect(a.tenants[t] == b.tenants[turned[t]], "seed \(seed)") }
      #expect(Set(a.series) == Set(b.series), "seed \(seed)")
    }
  }

  @Test func `twice the times give twice the results`() throws {
    for seed in Self.seeds {
      // Even ticks, and whole thousands for the busy thousandths.
      let input = stretched(RandomScenario.input(seed: seed), by: 1000).withoutDemotions
      let (a, b) = (try Simulation.run(input), try Simulation.run(stretched(input, by: 2)))
      let label: Comment = "seed \(seed)"
      #expect(b.jobs.state == a.jobs.state, label)
      #expect(b.jobs.node == a.jobs.node, label)
      #expect(b.jobs.gpuMask == a.jobs.gpuMask, label)
      #expect(b.jobs.cause == a.jobs.cause, label)
      #expect(b.jobs.startNanoseconds == a.jobs.startNanoseconds.map { $0 < 0 ? -1 : 2 * $0 }, label)
      #expect(b.jobs.endNanoseconds == a.jobs.endNanoseconds.map { $0 < 0 ? -1 : 2 * $0 }, label)
      #expect(b.eventCount == a.eventCount, label)
      #expect(b.end.nanoseconds == 2 * a.end.nanoseconds, label)
      for (x, y) in zip(a.nodes, b.nodes) {
        for leaf in [LedgerLeaf.downFault, .downMaintenance, .goodput, .lost, .idle, .rounding] {
          #expect(y.ledger[leaf] == 2 * x.ledger[leaf], label)
        }
        #expect(y.ledger.capacity == 2 * x.ledger.capacity, label)
      }
      for (x, y) in zip(a.series, b.series) where x.name != "stranded" {
        #expect(y.values == x.values.map { 2 * $0 }, "seed \(seed), \(x.name)")
      }
    }
  }

  @Test func `two identical halves behave as one half alone`() throws {
    var waits = 0
    for seed in Self.seeds {
      let random = RandomScenario.plain(seed: seed).with {
        $0.placement = PlacementSpec(scores: [
          ScoreSpec(policy: ["first-fit", "best-fit", "worst-fit"][Int(seed % 3)])
        ])
        $0.queue = seed % 2 == 0 ? .fifo(headOfLineBlocking: false) : .none
        $0.nodeRanks = nil
      }
      // Without GPUs there is nothing that keeps the halves apart.
      if random.fleet.gpuModels.isEmpty { continue }
      let half = sided(random, ["a"])
      let (a, b) = (try Simulation.run(half), try Simulation.run(sided(random, ["a", "b"])))
      let n = half.fleet.nodes.count
      waits += a.jobs.cause.filter { $0 != .none }.count
      for j in 0..<half.jobs.count {
        for side in 0...1 {
          let k = 2 * j + side
          #expect(b.jobs.state[k] == a.jobs.state[j], "seed \(seed), job \(j)")
          #expect(b.jobs.startNanoseconds[k] == a.jobs.startNanoseconds[j], "seed \(seed), job \(j)")
          #expect(b.jobs.endNanoseconds[k] == a.jobs.endNanoseconds[j], "seed \(seed), job \(j)")
          let node = a.jobs.node[j].rawValue
          #expect(
            b.jobs.node[k].rawValue == (node < 0 ? -1 : node + Int32(side * n)),
            "seed \(seed), job \(j)"
          )
          #expect(b.jobs.gpuMask[k] == a.jobs.gpuMask[j], "seed \(seed), job \(j)")
        }
      }
    }
    #expect(waits > 0)
  }

  /// The fleet and the jobs once for each side, with models and jobs of the
  /// side's own, so that no side can use another. Every job asks for a GPU.
  private func sided(_ input: SimulationInput, _ sides: [String]) -> SimulationInput {
    input.with { result in
      let models = input.fleet.gpuModels
      result.fleet = Fleet()
      for side in sides {
        for node in input.fleet.nodes {
          var copy = node
          copy.name = side + node.name
          copy.gpuModel = node.gpuModel.map {
            result.fleet.intern(gpuModel: models[Int($0.rawValue)] + side)!
          }
          result.fleet.nodes.append(copy)
        }
      }
      let jobs = (0..<input.jobs.count).flatMap { j in
        let shape = input.jobs.shapes[Int(input.jobs.shape[j].rawValue)]
        let names = input.jobs.modelNames(shape.models)
        return sides.map { side in
          JobSketch(
            arrival: input.jobs.arrival[j].nanoseconds,
            duration: input.jobs.duration[j].nanoseconds,
            cpu: shape.cpuMilli,
            memory: shape.memoryMiB,
            gpus: max(1, shape.gpuCount),
            milli: max(1, shape.milliGPUPerDevice),
            models: (names.isEmpty ? models : names).map { $0 + side }.joined(separator: "|"),
            kind: input.jobs.kind[j]
          )
        }
      }
      result.jobs = table(jobs)
      let n = Int32(input.fleet.nodes.count)
      for i in result.fleetChanges.indices {
        result.fleetChanges[i].nodes = sides.indices.flatMap { side in
          input.fleetChanges[i].nodes.map { NodeID(rawValue: $0.rawValue + Int32(side) * n) }
        }
      }
    }
  }

  @Test func `a policy change does not change what arrives`() throws {
    var offered: Set<[Int128]> = []
    var fingerprints: Set<UInt64> = []
    for policy in PlacementRegistry.names {
      let outcome = try Simulation.run(
        RandomScenario.plain(seed: 4_000_003, profile: [ScoreSpec(policy: policy)]).with {
          $0.horizon = SimTime(nanoseconds: 90)
        }
      )
      offered.insert(outcome.tenants.map(\.offered))
      fingerprints.insert(outcome.fingerprint)
    }
    #expect(offered.count == 1)
    #expect(fingerprints.count > 1)
  }
}
