import Engine
import Foundation
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Nodes that their provider takes back.
@Suite struct SpotTests {
  private func seconds(_ value: Double) -> SimDuration {
    SimDuration(nanoseconds: AutoNodesRun.nanoseconds(value))
  }

  /// So many spot nodes are kept, each taken back every two hours on average.
  private func kept(_ count: Int, hours: Double, seed: UInt64) throws -> RunOutcome {
    let run = AutoNodesRun(
      groups: [
        (
          Array(repeating: .gpu(1), count: 3 * count),
          {
            ($0.purchase, $0.atStart, $0.replicas) = (.spot, count, count)
            $0.interruptionsPerHour = 0.5
          }
        )
      ],
      end: 3_600 * hours
    )
    return try run([]) {
      $0.seed = seed
      $0.verify = false
    }
  }

  @Test func `nodes are taken back at the stated rate, as a Poisson process`() throws {
    let outcome = try kept(50, hours: 200, seed: 3)
    let hours = outcome.stageSeconds(.up) / 3_600
    let count = outcome.nodeStages.count { $0.stage == .draining }
    let expected = 0.5 * hours
    #expect(expected > 4_000)
    #expect(abs(Double(count) - expected) < 4 * expected.squareRoot(), "\(count) for \(expected)")
    // Times between those of one node are exponential: their squared
    // coefficient of variation is 1.
    var up: [Int32: Int64] = [:]
    var spans: [Double] = []
    for change in outcome.nodeStages {
      if change.stage == .up { up[change.node] = change.atNanoseconds }
      if change.stage == .cordoned { spans.append(Double(change.atNanoseconds - up[change.node]!) / 3.6e12) }
    }
    let mean = spans.reduce(0, +) / Double(spans.count)
    let variance = spans.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(spans.count)
    #expect(abs(variance / (mean * mean) - 1) < 0.15)
  }

  /// A kept node is up for two hours on average and then away for the five
  /// minutes in which its successor starts.
  @Test func `the availability of kept nodes is that of alternating renewal`() throws {
    let values = try (1...20).map { seed in
      try kept(10, hours: 300, seed: UInt64(seed)).stageSeconds(.up) / (10 * 300 * 3_600)
    }
    let interval = try #require(ConfidenceInterval(of: values, level: 0.999))
    #expect(interval.contains(7_200.0 / 7_500), "\(interval)")
    #expect(interval.halfWidth < 0.002)
  }

  @Test func `work leaves within the notice while a successor is launched`() throws {
    let run = AutoNodesRun(
      groups: [
        (
          Array(repeating: .gpu(1), count: 4),
          { ($0.purchase, $0.interruptionsPerHour, $0.pricePerHour) = (.spot, 0.2, 3.6) }
        )
      ],
      end: 200_000
    )
    let input = run.input((0..<40).map { AutoNodesRun.job(1, at: 4_000 * Double($0), for: 3_000) })
    let outcome = try Simulation.run(input)
    let notices = outcome.nodeStages.filter { $0.stage == .draining }
    #expect(outcome.evicted(.interrupted) > 2)
    for notice in notices {
      let gone = outcome.nodeStages.first {
        $0.node == notice.node && $0.stage == nil && $0.atNanoseconds > notice.atNanoseconds
      }
      #expect(gone.map { $0.atNanoseconds - notice.atNanoseconds <= 120_000_000_000 } ?? true)
    }
    for attempt in outcome.interruptedAttempts {
      let notice = attempt.endNanoseconds - 30_000_000_000
      #expect(notices.contains { $0.atNanoseconds == notice && $0.node == attempt.node.rawValue })
      // The batch closes a second after the notice.
      #expect(
        outcome.nodeStages.contains {
          $0.stage == .launching && $0.atNanoseconds == notice + 1_000_000_000
        }
      )
    }
    let total = outcome.autoNodes[0]
    let lost = total.lostGPUHours(.interrupted)
    let runs = outcome.interruptedAttempts.reduce(0.0) {
      $0 + Double($1.endNanoseconds - $1.startNanoseconds) / 3.6e12
    }
    #expect(abs(lost - runs) < 1e-9 && abs(total.lostCost(.interrupted) - 3.6 * lost) < 1e-9)
  }

  @Test func `a notice that is shorter than the grace cuts it`() throws {
    let run = AutoNodesRun(
      groups: [
        ([.gpu(1)], { ($0.purchase, $0.interruptionsPerHour, $0.atStart) = (.spot, 1, 1) })
      ],
      end: 50_000
    )
    let outcome = try run([AutoNodesRun.job(1, at: 0, for: 40_000)]) {
      $0.autoNodes!.spotNotice = seconds(5)
    }
    #expect(outcome.evicted(.interrupted) > 2)
    let drained = outcome.stageSeconds(.draining) + outcome.stageSeconds(.terminating)
    let count = Double(outcome.nodeStages.count { $0.stage == .draining })
    #expect(abs(drained - 5 * count) < 1e-3)
  }
}
