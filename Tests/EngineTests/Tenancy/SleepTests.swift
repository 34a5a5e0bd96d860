import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Sleep and waking to the second, against timelines made by hand. Times are
/// minutes.
@Suite struct SleepTests {
  static let minute: Int64 = 60_000_000_000

  private func job(_ at: Double, for length: Double, gpus: Int32 = 1, kind: JobKind = .batch) -> JobSketch {
    JobSketch(
      arrival: Int64(at * Double(Self.minute)),
      duration: Int64(length * Double(Self.minute)),
      gpus: gpus,
      kind: kind
    )
  }

  private func run(_ jobs: [JobSketch], hours: Int64 = 24, gpus: Int = 8, _ rule: SleepRule) throws
    -> RunOutcome
  {
    var spec = Tenancy(clusters: [Tenancy.Cluster(name: "dev", tenants: ["tenant-0"])])
    spec.clusters[0].sleep = rule
    return try Simulation.run(
      input([.gpu(gpus)], jobs).with {
        $0.queue = .fifo(headOfLineBlocking: false)
        $0.horizon = SimTime(nanoseconds: hours * 60 * Self.minute)
        $0.bucket = SimDuration(nanoseconds: 60 * Self.minute)
        $0.tenancy = spec
      }
    )
  }

  private func minutes(_ nanoseconds: [Int64]) -> [Double] {
    nanoseconds.map { Double($0) / Double(Self.minute) }
  }
  private func minutes(_ nanoseconds: Int128) -> Double { Double(nanoseconds) / Double(Self.minute) }

  @Test func `it sleeps at the first sample after the inactivity and wakes when a job comes`() throws {
    var rule = SleepRule(latency: .constant(90))
    rule.afterInactivity = SimDuration(nanoseconds: 30 * Self.minute)
    // Last use at minute 12: inactive for 30 at 42, seen at 45. A job at 100 wakes it at 101.5.
    let outcome = try run([job(12, for: 5), job(100, for: 10)], hours: 2, rule)
    #expect(minutes(outcome.jobs.startNanoseconds) == [12, 101.5])
    #expect(outcome.jobs.cause[1] == .asleep)
    let totals = outcome.clusters[0]
    #expect((totals.sleeps, totals.wakesByAccess, totals.interrupted) == (1, 1, 0))
    #expect(minutes(totals.asleepNanoseconds) == 55)
    #expect(minutes(totals.wakingNanoseconds) == 1.5)
    #expect(minutes(totals.awakeNanoseconds) == 45 + 18.5)
  }

  @Test func `pods that compute do not keep it awake, unless they are told to`() throws {
    var rule = SleepRule()
    rule.afterInactivity = SimDuration(nanoseconds: 30 * Self.minute)
    rule.wakeAt = try CronSchedule("0 2 * * *")
    let killed = try run([job(0, for: 50)], hours: 4, rule)
    // Interrupted at 30, begun again at 120, interrupted at 150.
    #expect(killed.jobs.interruptions == [2])
    #expect(killed.jobs.state == [.waiting])
    #expect(minutes(killed.clusters[0].freedMilliNanoseconds / 1000) == 20 + 20)
    rule.activity = .running
    let spared = try run([job(0, for: 50)], hours: 4, rule)
    #expect(spared.jobs.state == [.completed])
    // Last seen running at 45, so asleep at 75.
    #expect(minutes(spared.clusters[0].asleepNanoseconds) == 45 + 240 - 150)
  }

  @Test func `replicas are scaled to zero at night and come back in the morning`() throws {
    var rule = SleepRule(latency: .constant(60))
    rule.sleepAt = try CronSchedule("0 20 * * *")
    rule.wakeAt = try CronSchedule("0 7 * * *")
    rule.wakesOnAccess = false
    let replica = job(8 * 60, for: 48 * 60, gpus: 2, kind: .service)
    let outcome = try run([replica, job(22 * 60, for: 10)], hours: 72, rule)
    let totals = outcome.clusters[0]
    // The second morning's first job came at night.
    #expect(minutes(outcome.jobs.startNanoseconds) == [55 * 60 + 1, 31 * 60 + 1].map(Double.init))
    #expect(outcome.jobs.state == [.completed, .completed])
    #expect((totals.sleeps, totals.wakesBySchedule, totals.wakesByAccess) == (3, 2, 0))
    // Two nights of 11 h and a minute, two GPUs.
    #expect(minutes(totals.freedMilliNanoseconds / 1000) == 2 * 2 * (11 * 60 + 1))
    #expect(outcome.jobs.interruptions[0] == 2)
  }

  @Test func `a job that waits in the queue leaves it and comes back in its place`() throws {
    var rule = SleepRule()
    rule.sleepAt = try CronSchedule("10 0 * * *")
    rule.wakeAt = try CronSchedule("30 0 * * *")
    rule.wakesOnAccess = false
    for blocks in [true, false] {
      var spec = Tenancy(clusters: [Tenancy.Cluster(name: "dev", tenants: ["tenant-0"])])
      spec.clusters[0].sleep = rule
      let jobs = [job(0, for: 100), job(1, for: 5), job(2, for: 5), job(3, for: 5)].enumerated().map {
        n,
        sketch in
        var other = sketch
        if n == 0 { other.tenant = 1 }
        return other
      }
      let outcome = try Simulation.run(
        input([.gpu(1)], jobs, tenants: 2).with {
          $0.queue = .fifo(headOfLineBlocking: blocks)
          $0.horizon = SimTime(nanoseconds: 120 * Self.minute)
          $0.tenancy = spec
        }
      )
      #expect(minutes(outcome.jobs.startNanoseconds) == [0, 100, 105, 110])
      let asleep = outcome.waits.rows(of: 2).filter { outcome.waits.cause[$0] == .asleep }
      #expect(minutes(asleep.map { outcome.waits.nanoseconds[$0] }) == [20])
    }
  }

  @Test func `noise wakes it and keeps it awake`() throws {
    var rule = SleepRule()
    rule.afterInactivity = SimDuration(nanoseconds: 30 * Self.minute)
    let quiet = try run([], hours: 240, rule)
    #expect(minutes(quiet.clusters[0].asleepNanoseconds) == 240 * 60 - 30)
    rule.noisePerSecond = 1.0 / 3600
    let noisy = try run([], hours: 2_400, rule).clusters[0]
    // Asleep until the next noise: an hour on average. Awake for 30 minutes (and
    // 2.5 to the next sample) after the last of them: E = (e^0.54 - 1) h.
    let share = minutes(noisy.asleepNanoseconds) / (2_400 * 60)
    #expect(abs(share - 0.58) < 0.03, "\(share)")
    #expect(noisy.wakesByNoise > 900 && noisy.wakesByNoise <= noisy.noises)
    #expect(noisy.wakesByAccess == 0)
  }

  @Test func `no job starts before the cluster exists`() throws {
    var spec = Tenancy(clusters: [Tenancy.Cluster(name: "new", tenants: ["tenant-0"])])
    spec.clusters[0].creation = SimDuration(nanoseconds: 10 * Self.minute)
    spec.clusters[0].controlPlanePerYear = 8_760
    let outcome = try Simulation.run(
      input([.gpu(2)], [job(1, for: 5), job(20, for: 5)]).with {
        $0.horizon = SimTime(nanoseconds: 60 * Self.minute)
        $0.tenancy = spec
      }
    )
    #expect(minutes(outcome.jobs.startNanoseconds) == [10, 20])
    #expect(outcome.jobs.cause[0] == .asleep)
    #expect(abs(outcome.clusters[0].controlPlaneCost - 1) < 1e-12)
  }

  @Test func `private nodes do not sleep, and the reason is given`() throws {
    var rule = SleepRule()
    rule.afterInactivity = SimDuration(nanoseconds: Self.minute)
    var spec = Tenancy(clusters: [Tenancy.Cluster(name: "p", tenants: ["tenant-0"])])
    spec.clusters[0].sleep = rule
    spec.clusters[0].nodes = .private
    let error = #expect(throws: SimulationError.self) {
      try Simulation.run(
        input([.gpu(1)], [job(0, for: 1)]).with {
          $0.horizon = SimTime(nanoseconds: Self.minute)
          $0.tenancy = spec
        }
      )
    }
    #expect(error?.description.contains("private nodes belong to the virtual cluster") ?? false)
  }
}
