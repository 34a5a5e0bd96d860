import SimulationKernel
import Testing
import Workload

/// Small specs for the tests.
enum Sample {
  static let oneGPU = DemandOption(gpuCount: 1, cpuMilli: 1000, memoryMiB: 1024)

  static func batch(
    _ name: String,
    _ arrivals: ArrivalProcess,
    duration: Variate = .constant(60),
    load: Double? = nil
  ) -> JobClassSpec {
    JobClassSpec(
      name: name,
      kind: .batch(BatchSpec(arrivals: arrivals, duration: duration, offeredLoad: load)),
      demand: [oneGPU],
      busyFraction: .constant(1)
    )
  }

  static func spec(hours: Int64, _ classes: JobClassSpec...) -> SynthesisSpec {
    SynthesisSpec(horizon: .seconds(hours * 3600), classes: classes)
  }

  static func jobs(_ spec: SynthesisSpec, seed: UInt64 = 42, gpus: Int64 = 100) throws -> JobTable {
    try Synthesiser.makeJobs(spec, fleetMilliGPU: gpus * 1000, seed: seed)
  }
}

@Suite("Synthesised arrivals")
struct ArrivalTests {
  @Test("Poisson counts pass a chi-square test", arguments: [UInt64(1), 2, 3])
  func poisson(seed: UInt64) throws {
    let jobs = try Sample.jobs(
      Sample.spec(hours: 100, Sample.batch("a", .poisson(ratePerSecond: 0.02))),
      seed: seed
    )
    var counts = [Double](repeating: 0, count: 100)
    for time in jobs.arrival { counts[Int(time.nanoseconds / 3_600_000_000_000)] += 1 }
    let mean = 72.0
    let statistic = counts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / mean }
    // Chi-square with 100 degrees of freedom: its 0.1 % and 99.9 % points.
    #expect((61.9...149.4).contains(statistic), "\(statistic)")
  }

  @Test("regular arrivals come at every interval from 0 on, the horizon excluded")
  func deterministic() throws {
    let jobs = try Sample.jobs(
      Sample.spec(hours: 1, Sample.batch("a", .deterministic(intervalSeconds: 900)))
    )
    #expect(jobs.arrival.map(\.seconds) == [0, 900, 1800, 2700])
  }

  @Test("a counted class has exactly its jobs, spread evenly")
  func count() throws {
    let jobs = try Sample.jobs(
      Sample.spec(hours: 10, Sample.batch("a", .count(20_000, span: .seconds(36_000))))
    )
    #expect(jobs.count == 20_000)
    #expect(zip(jobs.arrival, jobs.arrival.dropFirst()).allSatisfy { $0 <= $1 })
    var counts = [Double](repeating: 0, count: 100)
    for time in jobs.arrival { counts[Int(time.seconds / 360)] += 1 }
    let statistic = counts.reduce(0) { $0 + ($1 - 200) * ($1 - 200) / 200 }
    // Chi-square with 99 degrees of freedom: its 0.1 % and 99.9 % points.
    #expect((61.1...148.2).contains(statistic), "\(statistic)")
  }

  @Test("a profile gives each hour of the week its rate")
  func profiled() throws {
    let hourly = (0..<24).map { $0 < 8 ? 0 : 1 + Double($0) / 24 }
    let weekly = [1, 1, 1.5, 1, 1, 0.25, 0]
    let weeks = 20
    let jobs = try Sample.jobs(
      Sample.spec(
        hours: Int64(weeks * 168),
        Sample.batch("a", .profiled(ratePerSecond: 0.01, hourly: hourly, weekly: weekly))
      )
    )
    var counts = [Double](repeating: 0, count: 168)
    for time in jobs.arrival { counts[Int(time.seconds / 3600) % 168] += 1 }
    for hour in 0..<168 {
      let mean = 36 * hourly[hour % 24] * weekly[hour / 24] * Double(weeks)
      // 168 hours at 4.5 deviations each: a false alarm in 1,000 seeds.
      #expect(
        abs(counts[hour] - mean) <= 4.5 * mean.squareRoot(),
        "hour \(hour): \(counts[hour]), not \(mean)"
      )
    }
  }

  @Test("bursts keep the mean rate and are overdispersed")
  func bursts() throws {
    let states = [
      BurstState(ratePerSecond: 0.5, meanSojournSeconds: 100),
      BurstState(ratePerSecond: 0, meanSojournSeconds: 300),
    ]
    let jobs = try Sample.jobs(Sample.spec(hours: 2000, Sample.batch("a", .mmpp(states: states))))
    let mean = 0.125 * 7_200_000
    #expect(abs(Double(jobs.count) - mean) < 0.03 * mean, "\(jobs.count), not \(mean)")
    var counts = [Double](repeating: 0, count: 2000)
    for time in jobs.arrival { counts[Int(time.seconds / 3600)] += 1 }
    let variance = counts.reduce(0) { $0 + ($1 - 450) * ($1 - 450) } / 2000
    #expect(variance / 450 > 20, "index of dispersion \(variance / 450)")
  }

  @Test("an offered load sets the rate, whatever the process")
  func offeredLoad() throws {
    let processes: [ArrivalProcess] = [
      .poisson(ratePerSecond: 1), .deterministic(intervalSeconds: 1), .count(50_000, span: .seconds(3600)),
      .profiled(
        ratePerSecond: 1,
        hourly: (0..<24).map { Double($0 + 1) },
        weekly: [1, 1, 1, 1, 1, 2, 3]
      ),
    ]
    for process in processes {
      let jobs = try Sample.jobs(
        Sample.spec(
          hours: 24 * 7 * 3,
          Sample.batch("a", process, duration: .exponential(mean: 2000), load: 0.9)
        )
      )
      let load = try jobs.offeredLoad(onMilliGPU: 100_000)
      #expect(abs(load - 0.9) < 0.02, "\(process): \(load) from \(jobs.count) jobs")
    }
  }

  @Test("a load of the whole workload is shared in proportion to the stated rates")
  func sharedLoad() throws {
    var spec = Sample.spec(
      hours: 24 * 30,
      Sample.batch("a", .poisson(ratePerSecond: 3)),
      Sample.batch("b", .poisson(ratePerSecond: 1))
    )
    spec.offeredLoad = 0.5
    let jobs = try Sample.jobs(spec, gpus: 10)
    #expect(abs(try jobs.offeredLoad(onMilliGPU: 10_000) - 0.5) < 0.01)
    let share = Double(jobs.jobClass.count { jobs.classes[Int($0.rawValue)] == "a" }) / Double(jobs.count)
    #expect(abs(share - 0.75) < 0.01)
  }

  @Test("limits enter the mean duration")
  func limitedMean() throws {
    // E[min(X, L)] of an exponential of mean m is m (1 - exp(-L / m)).
    let limited = BatchSpec(
      arrivals: .poisson(ratePerSecond: 1),
      duration: .exponential(mean: 1000),
      durationLimits: 0...500
    )
    let expected = 1000 * (1 - 0.606_530_659_712_633)
    let spec = SynthesisSpec(
      horizon: .seconds(400_000),
      classes: [
        JobClassSpec(
          name: "a",
          kind: .batch(limited),
          demand: [Sample.oneGPU],
          busyFraction: .constant(1)
        )
      ],
      offeredLoad: 1
    )
    let jobs = try Sample.jobs(spec, gpus: 200)
    let mean = jobs.duration.reduce(0) { $0 + $1.seconds } / Double(jobs.count)
    #expect(abs(mean - expected) < 2)
    #expect(jobs.duration.allSatisfy { $0 <= .seconds(500) })
    #expect(abs(Double(jobs.count) - 400_000 * 200 / expected) < 2500)
  }
}
