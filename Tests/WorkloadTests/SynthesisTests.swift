import Hardware
import SimulationKernel
import TestSupport
import Testing
import Workload

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
        + "\(jobs.modelNames(shape.models)) \(jobs.busyMilli[job]) "
        + jobs.tenants[Int(jobs.tenant[job].rawValue)]
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
