import SimulationKernel
import TestSupport
import Testing

@testable import Workload

@Suite("Demand that grows")
struct DemandGrowthTests {
  private static let day = 86_400.0

  static let growths: [DemandGrowth] = [
    DemandGrowth(ratePerSecond: 0),
    DemandGrowth(by: 0.06, everySeconds: 30 * day),
    DemandGrowth(ratePerSecond: 0, phases: [.init(seconds: 10 * day, factor: 4)]),
    DemandGrowth(
      by: 1,
      everySeconds: 20 * day,
      phases: [
        .init(seconds: 0, factor: 0), .init(seconds: 5 * day, factor: 2), .init(seconds: 30 * day, factor: 0),
        .init(seconds: 40 * day, factor: 0.5),
      ]
    ),
  ]

  @Test("the integral agrees with small rectangles, and its inverse with it", arguments: growths)
  func integral(_ growth: DemandGrowth) {
    let integral = GrowthIntegral(growth)
    let parts = 432_000  // A step of the factor falls between two of them.
    let width = 60 * Self.day / Double(parts)
    var sum = 0.0
    for part in 0..<parts {
      sum += growth.factor(at: (Double(part) + 0.5) * width) * width
      guard part % 43_200 == 0 || part == parts - 1 else { continue }
      let end = Double(part + 1) * width
      let found = integral.value(at: end)
      #expect(abs(found - sum) <= 1e-5 * max(sum, 1), "\(end)")
      guard growth.factor(at: end) > 0, found > 0 else { continue }
      #expect(abs(integral.time(of: found) - end) < 1e-5 * end)
    }
  }

  @Test("6 % in every 30 days: twice as much after 356.9 days")
  func doubling() {
    let growth = DemandGrowth(by: 0.06, everySeconds: 30 * Self.day)
    #expect(abs(growth.factor(at: 30 * Self.day) - 1.06) < 1e-12)
    #expect(abs(growth.factor(at: 356.87 * Self.day) - 2) < 1e-4)
  }

  @Test("no growth changes no arrival by more than a rounding of the clock")
  func none() throws {
    let processes: [ArrivalProcess] = [
      .poisson(ratePerSecond: 0.01),
      .mmpp(states: [
        .init(ratePerSecond: 0.1, meanSojournSeconds: 500), .init(ratePerSecond: 0, meanSojournSeconds: 900),
      ]),
      .profiled(
        ratePerSecond: 0.01,
        hourly: (0..<24).map { $0 < 6 ? 0 : Double($0) / 9 },
        weekly: [1, 1, 1, 1, 1, 0.3, 0]
      ),
    ]
    for process in processes {
      func arrivals(_ process: ArrivalProcess) throws -> [Int64] {
        try Sample.jobs(Sample.spec(hours: 24 * 14, Sample.batch("a", process))).arrival.map(\.nanoseconds)
      }
      let (plain, grown) = try (
        arrivals(process), arrivals(.growing(process, DemandGrowth(ratePerSecond: 0)))
      )
      #expect(plain.count == grown.count && plain.count > 1000)
      // Sums of other pieces: some units in the last place of 10^6 s.
      #expect(zip(plain, grown).allSatisfy { abs($0 - $1) < 1_000_000 })
    }
  }

  @Test("each week has its share of the arrivals, whatever the process", arguments: [UInt64(4), 5])
  func counts(seed: UInt64) throws {
    let growth = DemandGrowth(
      by: 0.5,
      everySeconds: 28 * Self.day,
      phases: [.init(seconds: 21 * Self.day, factor: 3), .init(seconds: 49 * Self.day, factor: 0)]
    )
    let integral = GrowthIntegral(growth)
    let spec = Sample.spec(
      hours: 24 * 63,
      Sample.batch("a", .growing(.poisson(ratePerSecond: 0.005), growth)),
      Sample.batch(
        "b",
        .growing(
          .profiled(
            ratePerSecond: 0.005,
            hourly: (0..<24).map { Double($0 % 2) * 2 },
            weekly: [1, 1, 1, 1, 1, 1, 1]
          ),
          growth
        )
      )
    )
    let jobs = try Sample.jobs(spec, seed: seed)
    for jobClass in 0..<2 {
      var counts = [Double](repeating: 0, count: 9)
      for (job, arrival) in jobs.arrival.enumerated() where Int(jobs.jobClass[job].rawValue) == jobClass {
        counts[Int(arrival.seconds / (7 * Self.day))] += 1
      }
      for week in 0..<9 {
        let (start, end) = (Double(week) * 7 * Self.day, Double(week + 1) * 7 * Self.day)
        let mean = 0.005 * (integral.value(at: end) - integral.value(at: start))
        // 9 weeks, 2 classes, 2 seeds at 4.5 deviations: a false alarm in 4,000.
        #expect(abs(counts[week] - mean) <= 4.5 * mean.squareRoot() + 1, "\(week) \(counts[week]) \(mean)")
        if week >= 7 { #expect(counts[week] == 0) }
      }
    }
    #expect(zip(jobs.arrival, jobs.arrival.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test("bursts grow too")
  func bursts() throws {
    let growth = DemandGrowth(by: 1, everySeconds: 50 * Self.day)
    let states = [
      BurstState(ratePerSecond: 0.1, meanSojournSeconds: 300),
      BurstState(ratePerSecond: 0, meanSojournSeconds: 700),
    ]
    let jobs = try Sample.jobs(
      Sample.spec(hours: 2400, Sample.batch("a", .growing(.mmpp(states: states), growth)))
    )
    let mean = 0.03 * GrowthIntegral(growth).value(at: 100 * Self.day)
    #expect(abs(Double(jobs.count) - mean) < 0.03 * mean, "\(jobs.count), not \(mean)")
    let half = Double(jobs.arrival.count { $0.seconds > 50 * Self.day }) / Double(jobs.count)
    #expect(abs(half - 2.0 / 3) < 0.02, "\(half)")
  }

  @Test("a load is what is offered without growth")
  func load() throws {
    func factor(_ process: ArrivalProcess) throws -> Double {
      try Synthesiser.rateFactors(
        Sample.spec(hours: 240, Sample.batch("a", process, load: 0.5)),
        fleetMilliGPU: 100_000
      )[0]
    }
    let growth = DemandGrowth(by: 3, everySeconds: Self.day)
    let plain = try factor(.poisson(ratePerSecond: 1))
    #expect(try factor(.growing(.poisson(ratePerSecond: 1), growth)) == plain)
  }

  @Test("what has no rate cannot grow, and phases follow one another")
  func wrong() {
    func error(_ process: ArrivalProcess) -> SynthesisError? {
      do { _ = try Sample.jobs(Sample.spec(hours: 1, Sample.batch("a", process))) } catch {
        return error as? SynthesisError
      }
      return nil
    }
    let growth = DemandGrowth(by: 0.1, everySeconds: 60)
    #expect(error(.growing(.deterministic(intervalSeconds: 1), growth)) != nil)
    #expect(error(.growing(.count(5, span: .seconds(60)), growth)) != nil)
    #expect(error(.growing(.growing(.poisson(ratePerSecond: 1), growth), growth)) != nil)
    let unordered = DemandGrowth(
      ratePerSecond: 0,
      phases: [.init(seconds: 5, factor: 1), .init(seconds: 5, factor: 2)]
    )
    #expect(error(.growing(.poisson(ratePerSecond: 1), unordered)) != nil)
    #expect(error(.growing(.poisson(ratePerSecond: 1), growth)) == nil)
  }
}
