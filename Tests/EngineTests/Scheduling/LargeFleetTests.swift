import Hardware
import Outcome
import TestSupport
import Testing
import Workload

@testable import Engine

/// Fleets beyond the sizes at which the index and the pools change shape.
@Suite struct LargeFleetTests {
  #if DEBUG
    static let jobCount = 250
  #else
    static let jobCount = 3_000
  #endif

  @Test(arguments: ["first-fit", "best-fit", "worst-fit"])
  func `the index finds the first node of a scan among thousands`(policy: String) throws {
    // Verifying compares every decision with a scan of all nodes.
    var draws = SplitMix(seed: 3)
    func below(_ n: UInt64) -> Int64 { Int64(draws.next() % n) }
    let nodes = (0..<5_000).map { _ in
      NodeSketch(
        cpu: Int32(8_000 * (1 + below(3))),
        gpus: Int(1 << below(4)),
        model: below(2) == 0 ? "A" : "B"
      )
    }
    var arrival: Int64 = 0
    let jobs = (0..<Self.jobCount).map { i in
      arrival += below(2)
      return JobSketch(
        arrival: arrival,
        duration: 200 + below(2_000),
        cpu: Int32(1_000 * below(9)),
        gpus: i % 3 == 0 ? Int32(1 << below(4)) : 1,
        milli: i % 3 == 1 ? Int32(50 + below(900)) : 1000,
        models: i % 5 == 0 ? "B" : ""
      )
    }
    let outcome = try Simulation.run(
      input(nodes, jobs, policy: policy).with {
        $0.fleetChanges = [
          FleetChange(atNanoseconds: 100, action: .fail, nodes: (0..<2_500).map { NodeID(rawValue: $0) }),
          FleetChange(atNanoseconds: 300, action: .repair, nodes: (0..<1_000).map { NodeID(rawValue: $0) }),
        ]
      }
    )
    #expect(outcome.jobs.state.allSatisfy { $0 == .completed })
    #expect(Set(outcome.jobs.node).count > 50)
  }

  @Test(arguments: [1, 64, 65, 4_096, 4_097, 262_144])
  func `a pool of idle nodes gives the lowest rank`(nodes: Int) {
    let pools = IdlePools(kinds: 3, nodes: nodes)
    var model: [Set<Int>] = [[], [], []]
    var draws = SplitMix(seed: UInt64(nodes))
    for _ in 0..<3_000 {
      let kind = Int(draws.next() % 3)
      // Ranks near both ends and in between.
      let rank = [
        Int(draws.next() % UInt64(nodes)), Int(draws.next() % 70) % nodes,
        nodes - 1 - Int(draws.next() % 70) % nodes,
      ][
        Int(draws.next() % 3)
      ]
      if model[kind].remove(rank) != nil {
        pools.remove(kind: kind, rank: rank)
      } else if draws.next() % 3 > 0 {
        pools.insert(kind: kind, rank: rank)
        model[kind].insert(rank)
      } else if let lowest = model[kind].min() {
        pools.remove(kind: kind, rank: lowest)
        model[kind].remove(lowest)
      }
      #expect(pools.first(kind: kind) == model[kind].min())
      #expect(pools.count(kind: kind) == model[kind].count)
    }
  }
}
