import SimulationKernel
import Testing

@testable import Workload

@Suite("Integrals of request rates")
struct RateIntegralTests {
  private static let points = [
    RatePoint(seconds: 1000, rate: 4), RatePoint(seconds: 5000, rate: 20),
    RatePoint(seconds: 20_000, rate: 2),
  ]
  static let curves: [RateCurve] = [
    .constant(7), .diurnal(base: 3, peak: 40, peakHour: 14), .diurnal(base: 5, peak: 5, peakHour: 0),
    .points(points), .steps(points),
    .launch(LaunchSpike(before: 4, peak: 30, after: 7, start: 9000, rise: 3000, halfLife: 15_000)),
    .launch(LaunchSpike(before: 9, peak: 26, after: 3, start: 4000.5, rise: 0, halfLife: 2000)),
    .launch(LaunchSpike(before: 0, peak: 5, after: 5, start: 0, rise: 0, halfLife: 1)),
  ]

  @Test("agree with small rectangles", arguments: curves)
  func rectangles(_ curve: RateCurve) {
    for capacity in [0, 3, 4, 5, 7.5, 15, 25, 100, Double.infinity] {
      for (from, to) in [(0.0, 100_000.0), (4000, 4001), (30_000, 90_000)] {
        let parts = 200_000
        let width = (to - from) / Double(parts)
        let sum = (0..<parts).reduce(0.0) { sum, part in
          sum + min(curve.rate(at: from + (Double(part) + 0.5) * width), capacity) * width
        }
        let found = curve.served(from: from, to: to, capacity: capacity)
        #expect(abs(found - sum) <= 1e-4 * max(sum, 1), "\(capacity) \(from) \(found) \(sum)")
      }
    }
  }

  @Test("a day of the cosine: its mean; cut at the mean: a half-wave less")
  func day() {
    let curve = RateCurve.diurnal(base: 10, peak: 30, peakHour: 14)
    #expect(abs(curve.requests(from: 0, to: 86_400) - 20 * 86_400) < 1e-6)
    let cut = curve.served(from: 0, to: 86_400, capacity: 20)
    #expect(abs(cut - (20 - 10 / Double.pi) * 86_400) < 1e-6)
  }

  @Test("a launch: half of the excess after each half-life")
  func launch() {
    let spike = LaunchSpike(before: 2, peak: 110, after: 10, start: 3600, rise: 600, halfLife: 7200)
    let curve = RateCurve.launch(spike)
    #expect(curve.rate(at: 3599) == 2 && curve.rate(at: 3900) == 56 && curve.rate(at: 4200) == 110)
    #expect(abs(curve.rate(at: 4200 + 7200) - 60) < 1e-9 && abs(curve.rate(at: 4200 + 14_400) - 35) < 1e-9)
  }

  @Test("pieces add up to the whole", arguments: curves)
  func additive(_ curve: RateCurve) {
    let whole = curve.served(from: 100, to: 60_000, capacity: 9)
    let cuts = [100.0, 1000, 1000.5, 4999, 5000, 19_999, 43_200, 60_000]
    let sum = zip(cuts, cuts.dropFirst()).reduce(0) { $0 + curve.served(from: $1.0, to: $1.1, capacity: 9) }
    #expect(abs(whole - sum) < 1e-6)
    #expect(curve.served(from: 5, to: 5, capacity: 9) == 0)
  }

  @Test("the mean of a window begins at time 0")
  func mean() {
    let curve = RateCurve.points([RatePoint(seconds: 0, rate: 0), RatePoint(seconds: 100, rate: 100)])
    #expect(curve.meanRate(over: .seconds(60), until: .zero) == 0)
    #expect(curve.meanRate(over: .seconds(60), until: .zero + .seconds(40)) == 20)
    #expect(curve.meanRate(over: .seconds(60), until: .zero + .seconds(100)) == 70)
  }
}
