import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Quotas behind every queue that takes them, with nodes that fail, jobs that
/// fail and are started again, and jobs that wait for others.
@Suite struct TenancyQueueTests {
  private static let minute: Int64 = 60_000_000_000

  /// The verifier checks at every event that no quota is exceeded and counts
  /// again what is admitted; at the end nothing may be left outside.
  @Test(arguments: 0..<60)
  func `no job is lost at the gate, and no quota is exceeded`(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let queues: [QueueSpec] = [
      .fifo(headOfLineBlocking: true), .fifo(headOfLineBlocking: false),
      .ordered(.priority, headOfLineBlocking: false),
      .ageing(PriorityAgeing(every: SimDuration(nanoseconds: 10 * Self.minute)), headOfLineBlocking: false),
      .fairShare(FairShare(), headOfLineBlocking: true), .backfill(Backfill(.easy)),
      .preemptive(PreemptiveQueue(.shortestRemainingTime)),
    ]
    let count = 50
    let sketches = (0..<count).map { _ in
      JobSketch(
        arrival: Int64.random(in: 0...200, using: &random) * Self.minute,
        duration: Int64.random(in: 1...40, using: &random) * Self.minute,
        cpu: Int32.random(in: 0...4, using: &random) * 1000,
        gpus: Int32.random(in: 1...2, using: &random),
        tenant: Int.random(in: 0...2, using: &random),
        workers: Int32.random(in: 1...2, using: &random)
      )
    }.sorted { $0.arrival < $1.arrival }
    var spec = Tenancy(clusters: [])
    for c in 0..<2 {
      var one = Tenancy.Cluster(name: "c\(c)", tenants: ["tenant-\(c)"])
      one.quota.milliGPU = Int64.random(in: 4...7, using: &random) * 1000
      one.quota.cpuMilli = Int64.random(in: 8...12, using: &random) * 1000
      one.quota.pods = Int64.random(in: 2...5, using: &random)
      spec.clusters.append(one)
    }
    spec.quotaRetry = SimDuration(
      nanoseconds: seed % 2 == 0 ? 0 : Int64.random(in: 1...5, using: &random) * Self.minute
    )
    let failures = (0..<count).map { _ -> [Int32] in
      Int.random(in: 0...3, using: &random) == 0
        ? [Int32.random(in: 0...FailureShare.whole, using: &random)] : []
    }
    let after = (0..<count).map { job -> [Int32] in
      job > 0 && Int.random(in: 0...3, using: &random) == 0
        ? [Int32.random(in: 0..<Int32(job), using: &random)] : []
    }
    for queue in queues {
      let outcome = try Simulation.run(
        input([.gpu(4), .gpu(4)], sketches, tenants: 3, seed: seed).with {
          $0.queue = queue
          $0.tenancy = spec
          $0.jobs.failures = JobLists(failures)
          $0.jobs.after = JobLists(after)
          let delay = SimDuration(nanoseconds: 3 * Self.minute)
          $0.jobs.retryRules = [RetryRule(most: 5, delay: delay, longestDelay: delay)]
          $0.jobs.retry = Array(repeating: 1, count: count)
          $0.fleetChanges = [
            FleetChange(at: 50 * Self.minute, .fail, 0), FleetChange(at: 80 * Self.minute, .repair, 0),
            FleetChange(at: 120 * Self.minute, .interrupt, 1),
          ]
        }
      )
      #expect(
        outcome.jobs.state.allSatisfy { [.completed, .failed, .cancelled].contains($0) },
        "seed \(seed)"
      )
      for (c, cluster) in outcome.clusters.enumerated() {
        #expect(cluster.mostMilliGPU <= spec.clusters[c].quota.milliGPU ?? 0, "seed \(seed)")
        #expect(cluster.mostPods <= spec.clusters[c].quota.pods ?? 0, "seed \(seed)")
      }
    }
  }
}
