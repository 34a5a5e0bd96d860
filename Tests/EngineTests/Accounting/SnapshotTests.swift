import Engine
import Outcome
import Testing
import Workload

/// What fits at the end, and the fleet after each arrival of a filling.
@Suite struct SnapshotTests {
  #if DEBUG
    static let seeds: Range<UInt64> = 6_000_000..<6_000_080
  #else
    static let seeds: Range<UInt64> = 6_000_000..<6_001_500
  #endif

  @Test func `the snapshot at the end equals a count over the naive fleet`() throws {
    var gangs = 0
    for seed in Self.seeds {
      let input = RandomScenario.input(seed: seed).with {
        if $0.sharing == .pooled { $0.sharing = .fractions }
        $0.tracksFragmentation = true
      }
      let ours = try Simulation.run(input).snapshot
      var naive = ReferenceSimulator(input)
      naive.run()
      let up = naive.nodes.filter { $0.condition == .up }
      #expect(ours.freeMilliGPU == Int64(up.reduce(0) { $0 + $1.gpuFree }), "seed \(seed)")
      // One-GPU workers of the mix's most common such request, as many as fit.
      let worker = ReferenceBooks.typicalWithMemory(input).first {
        $0.request.count == 1 && $0.request.milli == 1000
      }
      let fitting = up.map { node in
        guard let worker = worker?.request else { return node.free.filter { $0 == 1000 }.count }
        var copy = node
        var count = 0
        while copy.fits(worker) {
          copy.take(-1, worker, gpus: copy.usualGPUs(worker))
          count += 1
        }
        return count
      }
      #expect(ours.largestGang == fitting.reduce(0, +), "seed \(seed)")
      #expect(ours.largestJobOnOneNode == fitting.max() ?? 0, "seed \(seed)")
      gangs += ours.largestGang
      let fragmented = up.reduce(0) { $0 + naive.scores.fragmentation($1) }
      #expect(abs(ours.fgdMilliGPU - fragmented) < 1e-3, "seed \(seed)")
    }
    #expect(gangs > 0)
  }

  @Test func `a filling records the fleet after each arrival`() throws {
    for seed in Self.seeds {
      // One arrival an instant, as in a filling study.
      let input = RandomScenario.input(seed: seed).with { input in
        input.queue = .none
        input.fleetChanges = []
        input.horizon = nil
        input.recordsFilling = true
        input.jobs.arrival = input.jobs.arrival.indices.map { .init(nanoseconds: Int64($0)) }
      }
      let ours = try #require(try Simulation.run(input).filling)
      var naive = ReferenceSimulator(input)
      naive.run()
      var arrived: Int64 = 0
      #expect(ours.arrivedMilliGPU.count == input.jobs.count, "seed \(seed)")
      for j in 0..<input.jobs.count {
        arrived += Int64(naive.requests[j].askedByAll)
        let moment = naive.history.last { $0.time == Int64(j) }!
        let taken = moment.nodes.reduce(0) { $0 + $1.gpuCapacity - $1.gpuFree }
        #expect(ours.arrivedMilliGPU[j] == arrived, "seed \(seed), arrival \(j)")
        #expect(ours.allocatedMilliGPU[j] == Int64(taken), "seed \(seed), arrival \(j)")
      }
    }
  }
}
