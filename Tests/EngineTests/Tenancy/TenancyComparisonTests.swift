import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Random clusters, quotas and rules of sleep against the naive walk; the
/// verifier refuses a quota that is exceeded at any event.
@Suite struct TenancyComparisonTests {
  private static let minute: Int64 = 60_000_000_000

  @Test(arguments: 0..<300)
  func `starts, interruptions and sleep are those of a walk minute by minute`(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    func pick(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
    let count = Int(pick(1...3))
    let horizon: Int64 = 300
    let sleeps = seed % 3 > 0
    var clusters: [NaiveTenancy.Cluster] = []
    for _ in 0..<count {
      var cluster = NaiveTenancy.Cluster(quotaGPUs: pick(4...9), quotaPods: pick(1...6))
      if sleeps, pick(0...2) > 0 {
        var rule = SleepRule(latency: .constant(Double(60 * pick(0...6))))
        if pick(0...1) == 0 { rule.afterInactivity = SimDuration(nanoseconds: pick(1...40) * Self.minute) }
        if rule.afterInactivity == nil || pick(0...1) == 0 {
          rule.sleepAt = try CronSchedule("\(pick(0...20))/\(pick(15...40)) * * * *")
        }
        rule.wakesOnAccess = pick(0...2) > 0
        if !rule.wakesOnAccess || pick(0...1) == 0 {
          rule.wakeAt = try CronSchedule("\(pick(1...30))/\(pick(11...25)) */2 * * *")
        }
        if rule.sleepAt == nil || rule.sleepAt != rule.wakeAt { cluster.rule = rule }
      }
      if pick(0...2) > 0 { cluster.quotaLimit = pick(6...14) * 1000 }
      if pick(0...1) == 0 { cluster.defaultLimit = pick(3...5) * 1000 }
      clusters.append(cluster)
    }
    var jobs = (0..<Int(pick(5...40))).map { _ in
      NaiveTenancy.Job(
        arrival: pick(0...200),
        length: pick(1...60),
        gpus: pick(1...4),
        cluster: Int(pick(0...Int64(count - 1))),
        request: pick(0...3) * 1000,
        limit: pick(0...1) == 0 ? pick(3...6) * 1000 : nil
      )
    }
    jobs.sort { $0.arrival < $1.arrival }
    let gpus = pick(4...8)
    var naive = NaiveTenancy(jobs: jobs, clusters: clusters, gpus: gpus)
    naive.run(until: horizon)

    var spec = Tenancy(clusters: [])
    for (c, cluster) in clusters.enumerated() {
      var one = Tenancy.Cluster(name: "c\(c)", tenants: ["tenant-\(c)"])
      one.quota.milliGPU = cluster.quotaGPUs * 1000
      one.quota.pods = cluster.quotaPods
      if cluster.quotaLimit < .max { one.quota.limitCPUMilli = cluster.quotaLimit }
      if let limit = cluster.defaultLimit { one.limits.defaultCPULimitMilli = Int32(limit) }
      one.sleep = cluster.rule
      spec.clusters.append(one)
    }
    let sketches = jobs.map {
      JobSketch(
        arrival: $0.arrival * Self.minute,
        duration: $0.length * Self.minute,
        cpu: Int32($0.request),
        gpus: Int32($0.gpus),
        tenant: $0.cluster
      )
    }
    let outcome = try Simulation.run(
      input([.gpu(Int(gpus))], sketches, tenants: count, seed: seed).with {
        $0.queue = .fifo(headOfLineBlocking: false)
        $0.horizon = SimTime(nanoseconds: horizon * Self.minute)
        $0.bucket = SimDuration(nanoseconds: horizon * Self.minute)
        $0.tenancy = spec
        state(jobs.map(\.limit), in: &$0.jobs)
      }
    )
    let starts = outcome.jobs.startNanoseconds.map { $0 < 0 ? -1 : $0 / Self.minute }
    #expect(starts == naive.jobs.map(\.start), "seed \(seed)")
    #expect(outcome.jobs.interruptions == naive.jobs.map(\.interruptions), "seed \(seed)")
    #expect(outcome.clusters.map(\.sleeps) == naive.clusters.map(\.sleeps), "seed \(seed)")
    #expect(
      outcome.clusters.map { $0.asleepNanoseconds / Int128(Self.minute) }
        == naive.clusters.map { Int128($0.asleep) },
      "seed \(seed)"
    )
  }

  /// Gives the jobs these limits of CPU.
  private func state(_ limits: [Int64?], in jobs: inout JobTable) {
    for (job, limit) in limits.enumerated() {
      guard let limit else { continue }
      var shape = jobs.shapes[Int(jobs.shape[job].rawValue)]
      shape.limits = jobs.podLimit(PodLimits(cpuMilli: Int32(limit)))
      if !jobs.shapes.contains(shape) { jobs.shapes.append(shape) }
      jobs.shape[job] = ShapeID(rawValue: Int32(jobs.shapes.firstIndex(of: shape)!))
    }
  }

  /// The same rules behind other queues: no quota is exceeded at any event, and
  /// every wait has a cause.
  @Test(arguments: 0..<120)
  func `no queue admits beyond a quota`(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let queues: [QueueSpec] = [
      .fifo(headOfLineBlocking: true), .ordered(.priority, headOfLineBlocking: false),
      .ordered(.shortestJob, headOfLineBlocking: true), .backfill(Backfill(.easy, order: .fifo)),
      .backfill(Backfill(.conservative, order: .fifo)),
    ]
    let sketches = (0..<60).map { _ in
      JobSketch(
        arrival: Int64.random(in: 0...300, using: &random) * Self.minute,
        duration: Int64.random(in: 1...90, using: &random) * Self.minute,
        cpu: Int32.random(in: 0...8, using: &random) * 1000,
        gpus: Int32.random(in: 1...3, using: &random),
        tenant: Int.random(in: 0...2, using: &random),
        workers: Int32.random(in: 1...2, using: &random)
      )
    }.sorted { $0.arrival < $1.arrival }
    var spec = Tenancy(clusters: [])
    for c in 0..<2 {
      var one = Tenancy.Cluster(name: "c\(c)", tenants: ["tenant-\(c)"])
      one.quota.milliGPU = Int64.random(in: 6...9, using: &random) * 1000
      one.quota.cpuMilli = Int64.random(in: 16...30, using: &random) * 1000
      var rule = SleepRule(latency: .constant(120))
      rule.afterInactivity = SimDuration(nanoseconds: Int64.random(in: 10...60, using: &random) * Self.minute)
      rule.noisePerSecond = 1e-4
      one.sleep = rule
      spec.clusters.append(one)
    }
    for queue in queues {
      let outcome = try Simulation.run(
        input([.gpu(4), .gpu(4)], sketches, tenants: 3, seed: seed).with {
          $0.queue = queue
          $0.horizon = SimTime(nanoseconds: 600 * Self.minute)
          $0.bucket = SimDuration(nanoseconds: 600 * Self.minute)
          $0.tenancy = spec
        }
      )
      for (c, cluster) in outcome.clusters.enumerated() {
        #expect(cluster.mostMilliGPU <= spec.clusters[c].quota.milliGPU ?? 0, "seed \(seed)")
      }
    }
  }
}
