import SimulationKernel
import Testing
import Workload

@Suite("Wrong synthesis specs")
struct SynthesisValidationTests {
  static func message(_ spec: SynthesisSpec, gpus: Int64 = 100) -> String {
    let error = #expect(throws: SynthesisError.self) {
      try Synthesiser.makeJobs(spec, fleetMilliGPU: gpus * 1000, seed: 1)
    }
    return error?.description ?? ""
  }

  static func changed(_ change: (inout JobClassSpec) -> Void) -> SynthesisSpec {
    var jobClass = Sample.batch("a", .poisson(ratePerSecond: 0.01))
    change(&jobClass)
    return Sample.spec(hours: 1, jobClass)
  }

  @Test(
    "of arrivals",
    arguments: [
      (
        .poisson(ratePerSecond: -1),
        "classes[0].arrivals.ratePerSecond: is -1.0; accepted: a finite number above 0"
      ),
      (.poisson(ratePerSecond: .nan), "classes[0].arrivals.ratePerSecond: is nan"),
      (
        .poisson(ratePerSecond: 1e30),
        "classes[0].arrivals: asks for countless jobs; at most 200000000 are made"
      ),
      (.poisson(ratePerSecond: 1e6), "classes[0].arrivals: asks for some 3600000000 jobs"),
      (.deterministic(intervalSeconds: 0), "classes[0].arrivals.intervalSeconds: is 0.0"),
      (.mmpp(states: []), "classes[0].arrivals.states: is 0 long; accepted: two or more states"),
      (
        .mmpp(states: [
          BurstState(ratePerSecond: 1, meanSojournSeconds: 1e-300),
          BurstState(ratePerSecond: 1, meanSojournSeconds: 1e-300),
        ]), "classes[0].arrivals.states: asks for countless state changes"
      ),
      (
        .profiled(ratePerSecond: 1, hourly: [1], weekly: []),
        "classes[0].arrivals.hourly: is 1 long; accepted: 24 factors"
      ),
      (
        .profiled(ratePerSecond: 1, hourly: Array(repeating: 0, count: 24), weekly: []),
        "classes[0].arrivals.hourly: is 0 throughout"
      ),
      (.count(-1, span: .seconds(1)), "classes[0].arrivals.count: is -1; accepted: 0 or more"),
      (
        .count(1, span: .seconds(7200)),
        "classes[0].arrivals.span: is 7200.0; accepted: above 0 s, at most the horizon"
      ),
    ] as [(ArrivalProcess, String)]
  )
  func arrivals(process: ArrivalProcess, message: String) {
    let found = Self.message(Sample.spec(hours: 1, Sample.batch("a", process)))
    #expect(found.hasPrefix(message), "\(found)")
  }

  @Test("of classes")
  func classes() {
    let class0 = "classes[0]"
    let cases: [(SynthesisSpec, String)] = [
      (SynthesisSpec(horizon: .zero, classes: []), "horizon: is 0.0"),
      (SynthesisSpec(horizon: .seconds(1), classes: []), "classes: is empty"),
      (Self.changed { $0.name = "" }, "\(class0).name: is empty"),
      (Self.changed { $0.demand = [] }, "\(class0).demand: is empty"),
      (Self.changed { $0.demand[0].weight = 0 }, "\(class0).demand[0].weight: is 0.0"),
      (Self.changed { $0.demand[0].gpuCount = 17 }, "\(class0).demand[0].gpuCount: is 17; accepted: 0 to 16"),
      (
        Self.changed { ($0.demand[0].gpuCount, $0.demand[0].milliGPUPerDevice) = (2, 500) },
        "\(class0).demand[0].milliGPUPerDevice: is 500; accepted: 1000 for more than one GPU"
      ),
      (Self.changed { $0.demand[0].cpuMilli = -1 }, "\(class0).demand[0].cpuMilli: is -1"),
      (Self.changed { $0.demand[0].models = ["a|b"] }, "\(class0).demand[0].models[0]: is `a|b`"),
      (
        Self.changed { $0.tenants = [TenantShare(name: "x"), TenantShare(name: "x")] },
        "\(class0).tenants[1].name: `x` is there twice"
      ),
      (
        Self.changed { $0.tenants = [TenantShare(name: "x", weight: -1)] },
        "\(class0).tenants[0].weight: is -1.0"
      ),
      (
        Self.changed { $0.busyFraction = .uniform(low: 1, high: 0) },
        "\(class0).busyFraction: the interval's high end 0.0 lies below its low end 1.0"
      ),
    ]
    for (spec, message) in cases {
      let found = Self.message(spec)
      #expect(found.hasPrefix(message), "\(found), not \(message)")
    }
    let twice = Sample.batch("a", .poisson(ratePerSecond: 0.01))
    #expect(
      Self.message(Sample.spec(hours: 1, twice, twice))
        == "classes[1].name: `a` is there twice; names are unique"
    )
  }

  @Test("of offered loads")
  func loads() {
    func loaded(_ duration: Variate, limits: ClosedRange<Double>? = nil) -> SynthesisSpec {
      Self.changed {
        $0.kind = .batch(
          BatchSpec(
            arrivals: .poisson(ratePerSecond: 1),
            duration: duration,
            durationLimits: limits,
            offeredLoad: 0.5
          )
        )
      }
    }
    let endless = Variate.pareto(shape: 1, minimum: 10)
    #expect(
      Self.message(loaded(endless)).hasPrefix("classes[0].duration: an offered load needs a finite mean")
    )
    #expect(throws: Never.self) {
      try Synthesiser.makeJobs(loaded(endless, limits: 0...1000), fleetMilliGPU: 1000, seed: 1)
    }
    #expect(
      Self.message(loaded(.constant(1)), gpus: 0).hasPrefix(
        "classes[0].offeredLoad: an offered load needs a fleet"
      )
    )
    var cpuOnly = loaded(.constant(1))
    cpuOnly.classes[0].demand = [DemandOption(gpuCount: 0, milliGPUPerDevice: 0, cpuMilli: 1, memoryMiB: 1)]
    #expect(
      Self.message(cpuOnly).hasPrefix("classes[0].offeredLoad: an offered load needs jobs that ask for GPUs")
    )
    var twice = loaded(.constant(1))
    twice.offeredLoad = 0.5
    #expect(Self.message(twice).hasPrefix("classes[0].offeredLoad: the workload states an offered load too"))
    let slow = Sample.spec(hours: 1, Sample.batch("a", .count(1000, span: .seconds(60)), load: 0.001))
    #expect(Self.message(slow).hasPrefix("classes[0].offeredLoad: the jobs would take 600000.0 s to arrive"))
  }

  @Test("of services")
  func services() {
    func served(_ change: (inout ServiceSpec) -> Void) -> String {
      var service = ServiceSpec(
        requestRate: .constant(1),
        requestsPerReplicaPerSecond: 1,
        minReplicas: 0,
        maxReplicas: 1,
        evaluationInterval: .seconds(60)
      )
      change(&service)
      return Self.message(Self.changed { $0.kind = .service(service) })
    }
    #expect(
      served { $0.requestsPerReplicaPerSecond = 0 }.hasPrefix(
        "classes[0].service.requestsPerReplicaPerSecond"
      )
    )
    #expect(
      served { $0.minReplicas = 2 }.hasPrefix("classes[0].service.maxReplicas: is 1; accepted: 2 or more")
    )
    #expect(
      served { $0.evaluationInterval = .zero }.hasPrefix("classes[0].service.evaluationInterval: is 0.0")
    )
    #expect(
      served { $0.requestRate = .steps([]) }.hasPrefix("classes[0].service.requestRate.points: is empty")
    )
    #expect(
      served { $0.requestRate = .diurnal(base: 1, peak: 2, peakHour: 24) }
        .hasPrefix("classes[0].service.requestRate.peakHour: is 24.0")
    )
    let backwards = [RatePoint(seconds: 5, rate: 1), RatePoint(seconds: 5, rate: 1)]
    #expect(
      served { $0.requestRate = .points(backwards) }
        .hasPrefix("classes[0].service.requestRate.points[1].seconds: is 5.0; accepted: later than")
    )
  }
}
