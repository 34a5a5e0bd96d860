import Engine
import Foundation
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Exact results on failures and checkpoints, through the whole engine. The
/// 99.9 % t interval of 24 replications must hold the exact value and be narrow.
@Suite struct ReliabilityOracleTests {
  #if DEBUG
    static let jobs = 60
    static let seconds = 20_000.0
    static let widening = 3.0
  #else
    static let jobs = 400
    static let seconds = 200_000.0
    static let widening = 1.0
  #endif
  static let replications: UInt64 = 24

  private func expectMean(
    _ exact: Double,
    relativeHalfWidth bound: Double,
    _ observe: (UInt64) throws -> Double
  ) throws {
    let values = try (1...Self.replications).map(observe)
    let interval = try #require(ConfidenceInterval(of: values, level: 0.999))
    #expect(interval.contains(exact), "\(interval) against \(exact)")
    #expect(interval.halfWidth < bound * Self.widening * exact, "\(interval) against \(exact)")
  }

  @Test func `nodes are available for MTBF / (MTBF + MTTR) of the time`() throws {
    try expectMean(100.0 / 104, relativeHalfWidth: 1e-3) { replication in
      let nodes = Array(repeating: NodeSketch.gpu(8), count: 8)
      let group = FailureGroup(
        name: "pool",
        nodes: 0..<8,
        causes: [
          FailureCause(name: "node", perNodeDay: 86_400 / 100, repair: .exponential(mean: 4))
        ]
      )
      let end = SimTime(seconds: Self.seconds)!
      let input = input(nodes, [.gpu(1, at: 0, for: 1)]).with {
        $0.verify = false
        $0.horizon = end
        $0.measuredFrom = SimTime(seconds: 1_000)!
        $0.fleetChanges = FailureTimeline.changes(
          [group],
          fleet: $0.fleet,
          stated: [],
          seed: replication,
          end: end
        )
      }
      let ledger = try Simulation.run(input).ledger
      return 1 - Double(ledger[.downFault]) / Double(ledger.capacity)
    }
  }

  private static let (mean, write, restart, work) = (24.0, 0.1, 0.5, 100.0)

  /// Mean time to complete jobs of 100 s of work, one after the other on one
  /// GPU, under crashes every 24 s; a checkpoint takes 0.1 s, a restart 0.5 s.
  private func completion(interval: Double, replication: UInt64) throws -> Double {
    var crashes = RandomStream(seed: replication, stream: "crashes")
    var changes: [FleetChange] = []
    var at = 0.0
    while at < Double(Self.jobs) * 400 {
      at += crashes.nextExponential(mean: Self.mean)
      changes.append(FleetChange(at: Int64(at * 1e9), .interrupt, 0))
    }
    // A nanosecond of work after the last checkpoint, so that the formula's
    // last segment is saved too.
    let job = JobSketch.gpu(1, at: 0, for: Int64(Self.work * 1e9) + 1)
    let outcome = try Simulation.run(
      input([.gpu(1)], Array(repeating: job, count: Self.jobs)).with {
        $0.verify = false
        $0.fleetChanges = changes
        $0.jobs.checkpoint = Array(repeating: 1, count: Self.jobs)
        $0.jobs.checkpointPlans = [
          CheckpointPlan(
            interval: SimDuration(seconds: interval)!,
            write: SimDuration(seconds: Self.write)!,
            restart: SimDuration(seconds: Self.restart)!
          )
        ]
      }
    )
    let kept = Int128(Self.jobs) * Int128(Self.work * 1e9 + 1) * 1000
    #expect(outcome.ledger[.goodput] == kept)
    return Double(outcome.jobs.endNanoseconds.max()!) / 1e9 / Double(Self.jobs)
  }

  /// M e^(R/M) (e^((tau + C)/M) - 1) W / tau (Daly, FGCS 2006).
  private func exact(interval: Double) -> Double {
    Self.mean * exp(Self.restart / Self.mean) * (exp((interval + Self.write) / Self.mean) - 1) * Self.work
      / interval
  }

  @Test func `a job with checkpoints completes as Daly's formula says`() throws {
    #expect(abs(exact(interval: 2) - 112.0408) < 1e-4)
    try expectMean(112.0408, relativeHalfWidth: 0.003) { try completion(interval: 2, replication: $0) }
  }

  @Test func `a job without checkpoints completes as the restart formula says`() throws {
    // One segment of the whole work: M (e^(W/M) - 1), here 12 s of work.
    let exact = Self.mean * (exp(12 / Self.mean) - 1)
    try expectMean(exact, relativeHalfWidth: 0.03) { replication in
      var crashes = RandomStream(seed: replication, stream: "crashes")
      var at = 0.0
      let changes = (0..<Self.jobs * 4).map { _ in
        at += crashes.nextExponential(mean: Self.mean)
        return FleetChange(at: Int64(at * 1e9), .interrupt, 0)
      }
      let jobs = Array(repeating: JobSketch.gpu(1, at: 0, for: 12_000_000_000), count: Self.jobs)
      let outcome = try Simulation.run(input([.gpu(1)], jobs).with { $0.fleetChanges = changes })
      return Double(outcome.jobs.endNanoseconds.max()!) / 1e9 / Double(Self.jobs)
    }
  }

  @Test func `Young's interval is within 5 percent of the best of a sweep`() throws {
    let young = CheckpointPlan.youngInterval(
      meanTimeBetweenInterruptions: Self.mean,
      writeSeconds: Self.write
    )
    #expect(abs(young - 2.19) < 0.005)
    var means: [Double: Double] = [:]
    for interval in [0.5, 1, 1.5, 2.125, young, 3, 4, 8] {
      means[interval] =
        try (1...8).reduce(0) { try $0 + completion(interval: interval, replication: $1) } / 8
    }
    let best = means.values.min()!
    #expect(means[young]! < 1.05 * best, "\(means)")
    #expect(means[0.5]! > 1.05 * best && means[8]! > 1.05 * best, "\(means)")
  }
}
