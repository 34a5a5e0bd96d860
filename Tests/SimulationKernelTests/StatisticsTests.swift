import Glibc
import SimulationKernel
import Testing

@Suite("Time integrals and tallies")
struct IntegralAndTallyTests {
  @Test("a time integral is exact past 64 bits")
  func integralIsExact() {
    // 16,384 GPUs in thousandths for 36 years.
    var busy = TimeIntegral(level: 16_384_000)
    let end = SimTime.latest
    #expect(busy.value(at: end) == Int128(16_384_000) * Int128(end.nanoseconds))
    #expect(busy.value(at: end) > Int128(Int64.max))
    busy.add(1, at: SimTime(nanoseconds: end.nanoseconds - 1))
    #expect(busy.value(at: end) == Int128(16_384_000) * Int128(end.nanoseconds) + 1)
    let extreme = TimeIntegral(level: .min)
    #expect(extreme.value(at: end) == Int128(Int64.min) * Int128(end.nanoseconds))
  }

  @Test("a time integral equals the sum over its steps")
  func integralEqualsSum() {
    for seed in UInt64(0)..<200 {
      var stream = RandomStream(seed: seed, stream: "integral")
      var integral = TimeIntegral(level: 3, from: SimTime(nanoseconds: 50))
      var expected: Int128 = 0
      var level: Int64 = 3
      var now: Int64 = 50
      for _ in 0..<50 {
        let span = Int64(stream.nextBelow(1_000))
        expected += Int128(level) * Int128(span)
        now += span
        if stream.nextBelow(2) == 0 {
          level = Int64(stream.nextBelow(1 << 40)) - 1 << 39
          integral.set(level, at: SimTime(nanoseconds: now))
        } else {
          level -= 7
          integral.add(-7, at: SimTime(nanoseconds: now))
        }
        #expect(integral.level == level)
      }
      let end = SimTime(nanoseconds: now + 10)
      expected += Int128(level) * 10
      #expect(integral.value(at: end) == expected, "seed \(seed)")
      #expect(integral.mean(at: end) == Double(expected) / Double(now - 40), "seed \(seed)")
      integral.restart(at: end)
      #expect(integral.value(at: end) == 0 && integral.mean(at: end) == Double(level))
    }
  }

  @Test("a time integral cannot be read before its last change")
  func integralRefusesThePast() async {
    await #expect(processExitsWith: .failure) {
      var integral = TimeIntegral()
      integral.set(1, at: SimTime(nanoseconds: 10))
      _ = integral.value(at: SimTime(nanoseconds: 9))
    }
  }

  @Test("a tally agrees with two passes over the values, whole or merged")
  func tallyAgrees() throws {
    for seed in UInt64(0)..<100 {
      var stream = RandomStream(seed: seed, stream: "tally")
      let offset = Int64(1) << Int64(stream.nextBelow(50))
      let values = (0..<500).map { _ in offset + Int64(stream.nextBelow(1_000)) }
      var whole = Tally()
      var parts = [Tally(), Tally(), Tally(), Tally()]
      for value in values {
        whole.add(value)
        parts[Int(stream.nextBelow(3))].add(value)
      }
      var merged = Tally()
      for part in parts { merged.merge(part) }
      let deviations = values.map { Double($0 - offset) }
      let mean = deviations.reduce(0, +) / 500
      let variance = deviations.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } / 499
      for tally in [whole, merged] {
        #expect(tally.count == 500)
        #expect(tally.sum == values.reduce(Int128(0)) { $0 + Int128($1) })
        #expect(tally.minimum == values.min() && tally.maximum == values.max())
        #expect(abs(try #require(tally.mean) - (Double(offset) + mean)) <= tally.mean!.ulp)
        #expect(abs(try #require(tally.variance) / variance - 1) < 1e-3, "seed \(seed)")
      }
    }
    #expect(Tally().mean == nil && Tally().variance == nil && Tally().minimum == nil)
  }

  @Test("a tally's sum does not overflow")
  func tallySumIsWide() {
    var tally = Tally()
    for _ in 0..<4 { tally.add(.max) }
    #expect(tally.sum == 4 * Int128(Int64.max))
  }
}

@Suite("Quantile sketch")
struct QuantileSketchTests {
  private func values(_ seed: UInt64, count: Int) -> [Int64] {
    var stream = RandomStream(seed: seed, stream: "sketch")
    let wide = Variate.logNormal(mu: 15, sigma: Double(seed % 7))
    return (0..<count).map { _ in Int64(min(wide.next(from: &stream), 9e18)) }
  }

  @Test("estimates keep the stated relative error", arguments: [0.1, 0.005, 0.001])
  func errorBound(error: Double) throws {
    for seed in UInt64(0)..<60 {
      let values = values(seed, count: 1_000)
      var sketch = QuantileSketch(relativeError: error)
      for value in values { sketch.add(value) }
      #expect(sketch.relativeError <= error)
      let sorted = values.sorted()
      for q in [0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1] {
        let exact = Double(sorted[Int(q * 999)])
        let estimate = Double(try #require(sketch.quantile(q)))
        #expect(abs(estimate - exact) <= sketch.relativeError * exact, "q \(q), seed \(seed)")
      }
      #expect(sketch.minimum == sorted.first && sketch.maximum == sorted.last)
    }
  }

  @Test("the default error is at most half a percent, and small values are exact")
  func defaults() {
    var sketch = QuantileSketch()
    #expect(sketch.relativeError <= 0.005)
    for value in Int64(0)..<256 { sketch.add(value) }
    for value in Int64(0)..<256 {
      #expect(sketch.quantile(min(1, (Double(value) + 0.5) / 255)) == value)
    }
    #expect(QuantileSketch().quantile(0.5) == nil)
  }

  @Test("merged sketches equal one sketch of everything, in any order")
  func merging() {
    for seed in UInt64(0)..<50 {
      let parts = [values(seed, count: 300), values(seed + 3, count: 5), [], values(seed + 5, count: 90)]
      var whole = QuantileSketch()
      for value in parts.joined() { whole.add(value) }
      let sketches = parts.map { part in
        var sketch = QuantileSketch()
        for value in part { sketch.add(value) }
        return sketch
      }
      var forward = QuantileSketch()
      var backward = QuantileSketch()
      for sketch in sketches { forward.merge(sketch) }
      for sketch in sketches.reversed() { backward.merge(sketch) }
      #expect(forward == whole && backward == whole, "seed \(seed)")
      backward.add(1)
      #expect(backward != whole)
    }
  }

  @Test("the extreme durations have buckets")
  func extremes() {
    var sketch = QuantileSketch()
    for value in [0, 1, Int64.max - 1, Int64.max] { sketch.add(value) }
    #expect(sketch.quantile(0) == 0 && sketch.quantile(1) == .max)
  }
}

@Suite("Confidence intervals")
struct ConfidenceIntervalTests {
  @Test("the interval of a worked example")
  func workedExample() throws {
    // A. M. Law, example 4.26: ten observations, 90 %: 1.34 ± 0.24.
    let values = [1.20, 1.50, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.50, 1.09]
    let interval = try #require(ConfidenceInterval(of: values, level: 0.9))
    #expect(abs(interval.mean - 1.343) < 1e-12)
    #expect(abs(interval.halfWidth - 0.24) < 0.005)
    #expect(interval.count == 10 && interval.contains(1.2) && !interval.contains(1.6))
    #expect(ConfidenceInterval(of: [1.0]) == nil)
  }

  @Test("t quantiles are those of the tables")
  func studentT() {
    #expect(abs(ConfidenceInterval.studentT(level: 0.95, degreesOfFreedom: 10) - 2.228_139) < 1e-6)
    #expect(abs(ConfidenceInterval.studentT(level: 0.999, degreesOfFreedom: 19) - 3.883_406) < 1e-6)
  }

  @Test("a 95 % interval covers the truth in 93.5 to 96.5 % of 1,000 experiments")
  func coverage() throws {
    var covered = 0
    for entity in UInt64(0)..<1_000 {
      var stream = RandomStream(seed: 31, stream: "coverage", entity: entity)
      let variate = Variate.normal(mean: 7, standardDeviation: 3)
      let values = (0..<20).map { _ in variate.next(from: &stream) }
      if try #require(ConfidenceInterval(of: values)).contains(7) { covered += 1 }
    }
    #expect((935...965).contains(covered), "covered \(covered), seed 31")
  }

  @Test("pairing removes what both runs share")
  func pairing() throws {
    var stream = RandomStream(seed: 32, stream: "pairs")
    let shared = (0..<30).map { _ in 100 * stream.nextUniform() }
    let a = shared.map { $0 + 1 + 0.01 * stream.nextUniform() }
    let difference = try #require(ConfidenceInterval.pairedDifference(a, shared))
    #expect(difference.contains(1.005) && difference.halfWidth < 0.002)
    #expect(try #require(ConfidenceInterval(of: a)).halfWidth > 5)
  }

  @Test("batch means see the correlation that single values hide")
  func batchMeans() throws {
    var covered = 0
    var coveredNaively = 0
    for entity in UInt64(0)..<300 {
      var stream = RandomStream(seed: 33, stream: "batches", entity: entity)
      // A first-order autoregressive series of mean 0 that starts stationary.
      let noise = Variate.normal(mean: 0, standardDeviation: 1)
      var value = noise.next(from: &stream) / (1 - 0.9 * 0.9).squareRoot()
      let series = (0..<6_000).map { _ in
        value = 0.9 * value + noise.next(from: &stream)
        return value
      }
      if try #require(ConfidenceInterval.batchMeans(of: series, batches: 20)).contains(0) { covered += 1 }
      if try #require(ConfidenceInterval(of: series)).contains(0) { coveredNaively += 1 }
    }
    #expect(covered > 270, "covered \(covered) of 300, seed 33")
    #expect(coveredNaively < 200, "covered \(coveredNaively) of 300, seed 33")
    let leftOver = try #require(ConfidenceInterval.batchMeans(of: [1_000, 1, 2, 3, 4], batches: 2))
    #expect(leftOver.mean == 2.5)
    #expect(ConfidenceInterval.batchMeans(of: [1, 2], batches: 3) == nil)
  }
}
