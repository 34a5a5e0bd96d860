import Hardware
import SimulationKernel
import TestSupport
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

@Suite("Synthesised jobs")
struct SynthesisTests {
  static let mix = [
    DemandOption(weight: 5, gpuCount: 1, milliGPUPerDevice: 250, cpuMilli: 2000, memoryMiB: 4096),
    DemandOption(weight: 3, gpuCount: 1, cpuMilli: 8000, memoryMiB: 65_536, models: ["H100", "H200"]),
    DemandOption(weight: 2, gpuCount: 8, cpuMilli: 64_000, memoryMiB: 524_288),
    DemandOption(weight: 0.5, gpuCount: 0, milliGPUPerDevice: 0, cpuMilli: 500, memoryMiB: 128),
  ]

  static func mixed(_ name: String, priority: Int32 = 0) -> JobClassSpec {
    JobClassSpec(
      name: name,
      kind: .batch(
        BatchSpec(arrivals: .poisson(ratePerSecond: 0.05), duration: .logNormal(mu: 7, sigma: 1.5))
      ),
      demand: mix,
      tenants: [TenantShare(name: "red", weight: 3), TenantShare(name: "blue", weight: 1)],
      priority: priority,
      busyFraction: .uniform(low: 0.5, high: 1.1)
    )
  }

  static let chat = JobClassSpec(
    name: "chat",
    kind: .service(
      ServiceSpec(
        requestRate: .diurnal(base: 3, peak: 40, peakHour: 15),
        requestsPerReplicaPerSecond: 2.5,
        minReplicas: 1,
        maxReplicas: 12,
        evaluationInterval: .seconds(600)
      )
    ),
    demand: [DemandOption(gpuCount: 1, milliGPUPerDevice: 500, cpuMilli: 4000, memoryMiB: 16_384)],
    busyFraction: .constant(0.7)
  )

  @Test("shares of the mix and of the tenants are the weights")
  func frequencies() throws {
    let jobs = try Sample.jobs(Sample.spec(hours: 1000, Self.mixed("a")))
    let count = Double(jobs.count)
    var statistic = 0.0
    for option in Self.mix {
      let mean = count * option.weight / 10.5
      let seen = jobs.shape.count { jobs.shapes[Int($0.rawValue)].cpuMilli == option.cpuMilli }
      statistic += (Double(seen) - mean) * (Double(seen) - mean) / mean
    }
    // Chi-square with 3 degrees of freedom: its 99.9 % point.
    #expect(statistic < 16.3, "\(statistic)")
    let red = Double(jobs.tenant.count { jobs.tenants[Int($0.rawValue)] == "red" })
    #expect(abs(red / count - 0.75) < 0.005)
    #expect(jobs.busyMilli.allSatisfy { (500...1000).contains($0) })
    // A sixth of the draws lies above 1 and is clamped.
    let clamped = Double(jobs.busyMilli.count { $0 == 1000 }) / count
    #expect(abs(clamped - 1 / 6.0) < 0.01)
  }

  /// The rows of one class without the table's numbering.
  static func rows(_ name: String, of jobs: JobTable) -> [String] {
    (0..<jobs.count).filter { jobs.classes[Int(jobs.jobClass[$0].rawValue)] == name }.map { job in
      let shape = jobs.shapes[Int(jobs.shape[job].rawValue)]
      return "\(jobs.arrival[job]) \(jobs.duration[job]) \(shape.cpuMilli) \(shape.milliGPU) "
        + "\(jobs.modelNames(shape.models)) \(jobs.tenants[Int(jobs.tenant[job].rawValue)]) \(jobs.busyMilli[job])"
    }
  }

  @Test("a change of one class leaves the others' draws alone")
  func independence() throws {
    let before = try Sample.jobs(Sample.spec(hours: 50, Self.mixed("a"), Self.mixed("b")))
    var other = Self.mixed("b")
    other.kind = .batch(
      BatchSpec(arrivals: .poisson(ratePerSecond: 0.5), duration: .weibull(shape: 0.5, scale: 10))
    )
    other.demand.removeFirst()
    other.tenants = []
    let after = try Sample.jobs(Sample.spec(hours: 50, Self.chat, other, Self.mixed("a")))
    #expect(Self.rows("a", of: before) == Self.rows("a", of: after))
    #expect(Self.rows("a", of: before) != Self.rows("b", of: before))
  }

  @Test("the same seed gives the same table, another seed another one")
  func repeatable() throws {
    let spec = Sample.spec(hours: 50, Self.mixed("a"), Self.chat)
    let (first, second, other) = try (
      Sample.jobs(spec, seed: 1), Sample.jobs(spec, seed: 1), Sample.jobs(spec, seed: 2)
    )
    #expect((first == second) == true)
    #expect((first == other) == false)
  }

  @Test("equal arrivals keep the order of the classes")
  func ties() throws {
    let jobs = try Sample.jobs(
      Sample.spec(
        hours: 1,
        Sample.batch("b", .deterministic(intervalSeconds: 600)),
        Sample.batch("a", .deterministic(intervalSeconds: 300))
      )
    )
    #expect(jobs.classes == ["b", "a"])
    #expect(jobs.jobClass.prefix(5).map(\.rawValue) == [0, 1, 1, 0, 1])
  }

  @Test("as many replicas exist as the curve wants, at any instant", arguments: [UInt64(1), 2, 3, 4])
  func replicas(seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    var rates: [RatePoint] = []
    for hour in 0..<48 {
      rates.append(RatePoint(seconds: Double(hour) * 3600, rate: Double.random(in: 0...60, using: &random)))
    }
    let curves: [RateCurve] = [
      .constant(17), .diurnal(base: 3, peak: 40, peakHour: 15), .points(rates), .steps(rates),
    ]
    for curve in curves {
      let service = ServiceSpec(
        requestRate: curve,
        requestsPerReplicaPerSecond: 2.5,
        minReplicas: Int(seed % 3),
        maxReplicas: 15,
        evaluationInterval: .seconds(450)
      )
      var chat = Self.chat
      chat.kind = .service(service)
      let jobs = try Sample.jobs(Sample.spec(hours: 49, chat))
      #expect(jobs.kind.allSatisfy { $0 == .service })
      for _ in 0..<300 {
        let instant = Double.random(in: 0..<49 * 3600, using: &random)
        let wanted = service.replicas(at: (instant / 450).rounded(.down) * 450)
        let alive = (0..<jobs.count).count {
          let begin = jobs.arrival[$0].seconds
          return begin <= instant && instant < begin + jobs.duration[$0].seconds
        }
        #expect(alive == wanted, "seed \(seed), \(curve) at \(instant) s")
      }
    }
  }

  @Test("a replica that capacity fills exactly is enough")
  func exactRatio() {
    let service = ServiceSpec(
      requestRate: .constant(0.9),
      requestsPerReplicaPerSecond: 0.3,
      minReplicas: 0,
      maxReplicas: 10,
      evaluationInterval: .seconds(1)
    )
    #expect(service.replicas(at: 0) == 3)
  }

  @Test("a written synthetic workload reads back as the identical table")
  func roundTrip() throws {
    let folder = try ScratchFolder()
    let jobs = try Sample.jobs(
      Sample.spec(hours: 100, Self.mixed("a", priority: -3), Self.chat, Self.mixed("b"))
    )
    try HeadroomTraceWriter.write(jobs, to: folder.path("t.csv"))
    let copy = try HeadroomTraceReader.read(path: folder.path("t.csv"))
    #expect((copy == jobs) == true)
    #expect(copy.names == .numbered(prefix: "job-"))
    #expect(jobs.count > 30_000)
  }

  @Test(
    "the openb mix has the list's requests",
    .enabled(if: DataFolder.has("openb"), "the openb folder is not here")
  )
  func openBMix() throws {
    let mix = try OpenBPodReader.read(path: DataFolder.path("openb/openb_pod_list_default.csv")).demandMix()
    #expect(mix.count == 151)
    #expect(mix.reduce(0) { $0 + $1.weight } == 8152)
    let requested = mix.reduce(0) { $0 + $1.weight * Double($1.gpuCount) * Double($1.milliGPUPerDevice) }
    #expect(requested == 6_086_800)
  }
}
