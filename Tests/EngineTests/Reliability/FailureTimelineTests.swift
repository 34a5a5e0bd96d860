import Engine
import Foundation
import Hardware
import SimulationKernel
import Testing

/// Failures are made before the run: at the stated rates, the same whoever
/// asks, and only of nodes in service.
@Suite struct FailureTimelineTests {
  private static let day = 86_400.0

  private func timeline(
    nodes: Int,
    causes: [FailureCause],
    spares: Int = 0,
    swap: SimDuration = .zero,
    stated: [FleetChange] = [],
    seed: UInt64 = 1,
    days: Double
  ) -> [FleetChange] {
    let fleet = fleet(Array(repeating: NodeSketch.gpu(8), count: nodes))
    let group = FailureGroup(name: "pool", nodes: 0..<nodes, causes: causes, spares: spares, swap: swap)
    return FailureTimeline.changes(
      [group],
      fleet: fleet,
      stated: stated,
      seed: seed,
      end: SimTime(seconds: days * Self.day)!
    )
  }

  private func count(_ changes: [FleetChange], _ action: FleetChange.Action) -> Int {
    changes.count { $0.action == action }
  }

  @Test(arguments: [UInt64](1...8))
  func `counts of each cause are Poisson about its rate`(seed: UInt64) {
    let causes = [
      FailureCause(name: "node", perNodeDay: 0.0065, repair: .constant(1)),
      FailureCause(name: "gpu", perGPUDay: 0.0004, repair: .constant(1)),
      FailureCause(name: "crash", perNodeDay: 0.002, repair: nil),
    ]
    for cause in causes {
      let changes = timeline(nodes: 400, causes: [cause], seed: seed, days: 100)
      let expected = cause.perDay(gpus: 8) * 400 * 100
      let found = Double(count(changes, cause.repair == nil ? .interrupt : .fail))
      // 3.89 deviations: one in 10,000 of such tests.
      #expect(abs(found - expected) < 3.89 * expected.squareRoot(), "seed \(seed), \(cause.name): \(found)")
    }
  }

  @Test(arguments: [UInt64](1...8))
  func `Llama 3's own rates give its 419 interruptions`(seed: UInt64) {
    let changes = timeline(
      nodes: 2048,
      causes: FailurePreset.llama3.causes(repair: .constant(1)),
      seed: seed,
      days: 54
    )
    let found = Double(count(changes, .fail) + count(changes, .interrupt))
    #expect(abs(found - 419) < 3.89 * 419.0.squareRoot(), "seed \(seed): \(found)")
  }

  @Test func `the counts of Llama 3's table add up`() {
    let perGPUDay = FailurePreset.llama3.causes(repair: .constant(1)).reduce(0) { $0 + $1.perGPUDay }
    #expect(abs(perGPUDay * 16_384 * 54 - 419) < 1e-9)
    #expect(abs(perGPUDay * 8 * 1000 - 3.788) < 1e-3)
  }

  @Test func `the same seed gives the same timeline, sorted; another seed another`() {
    let causes = [FailureCause(name: "node", perNodeDay: 0.1, repair: .exponential(mean: 3600))]
    let one = timeline(nodes: 50, causes: causes, seed: 7, days: 30)
    #expect(one == timeline(nodes: 50, causes: causes, seed: 7, days: 30))
    #expect(one != timeline(nodes: 50, causes: causes, seed: 8, days: 30))
    #expect(zip(one, one.dropFirst()).allSatisfy { $0.atNanoseconds <= $1.atNanoseconds })
  }

  @Test func `one more node or cause leaves the failures of the others alone`() {
    let node = FailureCause(name: "node", perNodeDay: 0.1, repair: nil)
    let crash = FailureCause(name: "crash", perNodeDay: 0.1, repair: nil)
    let few = timeline(nodes: 20, causes: [node], days: 30)
    let more = timeline(nodes: 21, causes: [node], days: 30)
    #expect(more.filter { $0.nodes != [NodeID(rawValue: 20)] } == few)
    let both = timeline(nodes: 20, causes: [node, crash], days: 30)
    #expect(Set(few).isSubset(of: Set(both)))
  }

  @Test func `a node that is down does not fail, whoever took it down`() {
    let causes = [FailureCause(name: "node", perNodeDay: 2, repair: .exponential(mean: 0.5 * Self.day))]
    let out = FleetChange(at: Int64(10 * Self.day * 1e9), .leave, 3)
    let back = FleetChange(at: Int64(20 * Self.day * 1e9), .join, 3)
    let changes = timeline(nodes: 8, causes: causes, stated: [out, back], days: 40)
    var isUp = Array(repeating: true, count: 8)
    for change in changes {
      for node in change.nodes.map({ Int($0.rawValue) }) {
        switch change.action {
        case .fail:
          #expect(isUp[node])
          isUp[node] = false
        case .leave: isUp[node] = false
        default:
          #expect(!isUp[node])
          isUp[node] = true
        }
      }
    }
    let away = changes.filter {
      $0.nodes == [NodeID(rawValue: 3)] && $0.atNanoseconds > out.atNanoseconds
        && $0.atNanoseconds < back.atNanoseconds
    }
    #expect(away.isEmpty)
  }

  @Test func `spares replace failed nodes after the swap, and repaired nodes become spares`() {
    let causes = [FailureCause(name: "node", perNodeDay: 0.05, repair: .exponential(mean: 2 * Self.day))]
    let swap = SimDuration(seconds: 600)!
    let changes = timeline(nodes: 40, causes: causes, spares: 8, swap: swap, days: 200)
    var isUp = (0..<40).map { $0 < 32 }
    var lastFailure: [Int64] = []
    var joined = 0
    #expect(changes.prefix(8).allSatisfy { $0.action == .leave && $0.atNanoseconds == 0 })
    for change in changes.dropFirst(8) {
      let node = Int(change.nodes[0].rawValue)
      switch change.action {
      case .fail:
        #expect(isUp[node])
        isUp[node] = false
        lastFailure.append(change.atNanoseconds)
      case .join:
        #expect(!isUp[node])
        isUp[node] = true
        joined += 1
        #expect(lastFailure.contains(change.atNanoseconds - swap.nanoseconds))
      case .repair: isUp[node] = true
      case .leave: #expect(!isUp[node])
      default: Issue.record("an action that failures do not have")
      }
      #expect(isUp.count { $0 } <= 32)
    }
    #expect(joined > 200)
    #expect(isUp.count { $0 } >= 28)
  }

  @Test func `a year of 2,048 nodes takes a moment`() {
    let start = Date()
    let changes = timeline(
      nodes: 2048,
      causes: FailurePreset.llama3.causes(repair: .exponential(mean: 12 * 3600)),
      days: 365
    )
    #expect((2_500...7_500).contains(changes.count))
    #expect(Date().timeIntervalSince(start) < 5)
  }
}
