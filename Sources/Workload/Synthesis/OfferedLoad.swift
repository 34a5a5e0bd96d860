import Glibc
import SimulationKernel

/// Chooses the factors by which arrival rates are multiplied.
struct OfferedLoad {
  let spec: SynthesisSpec
  /// Thousandths of a GPU in the fleet.
  let capacity: Int64

  /// The factor of each class: 1 where no load is stated.
  func factors() throws(SynthesisError) -> [Double] {
    var factors: [Double] = []
    if let total = spec.offeredLoad {
      var offered = 0.0
      for (index, jobClass) in spec.classes.enumerated() {
        guard case .batch(let batch) = jobClass.kind else { continue }
        offered += try load(of: batch, jobClass, "classes[\(index)]", statedAt: "offeredLoad")
      }
      guard offered > 0 else { throw SynthesisError("offeredLoad", .noGPUDemand) }
      return Array(repeating: total / offered, count: spec.classes.count)
    }
    for (index, jobClass) in spec.classes.enumerated() {
      guard case .batch(let batch) = jobClass.kind, let wanted = batch.offeredLoad else {
        factors.append(1)
        continue
      }
      let path = "classes[\(index)]"
      let offered = try load(of: batch, jobClass, path, statedAt: "\(path).offeredLoad")
      guard offered > 0 else { throw SynthesisError("\(path).offeredLoad", .noGPUDemand) }
      factors.append(wanted / offered)
    }
    return factors
  }

  /// The share of the capacity that a class offers at its stated rates.
  private func load(
    of batch: BatchSpec,
    _ jobClass: JobClassSpec,
    _ path: String,
    statedAt loadPath: String
  ) throws(SynthesisError) -> Double {
    guard capacity > 0 else { throw SynthesisError(loadPath, .noCapacity) }
    let weights = jobClass.demand.reduce(0) { $0 + $1.weight }
    let milliGPU = jobClass.demand.reduce(0) {
      $0 + $1.weight / weights * Double($1.milliGPU)
    }
    // A class without GPUs offers none, however long its jobs.
    guard milliGPU > 0 else { return 0 }
    let rate = {
      ArrivalClock(
        batch.arrivals,
        className: jobClass.name,
        factor: 1,
        horizon: spec.horizon,
        seed: 0
      ).expectedRate()
    }
    if let steps = batch.steps {
      guard let mean = steps.mean else { throw SynthesisError("\(path).steps", .infiniteMean) }
      let milliGPUSeconds = jobClass.demand.reduce(0) {
        $0 + $1.weight / weights * Double($1.milliGPU) * mean * 1e6 / Double($1.bestMicrostepsPerSecond ?? 1)
      }
      return rate() * milliGPUSeconds / Double(capacity)
    }
    guard let duration = batch.meanDuration() else {
      throw SynthesisError("\(path).duration", .infiniteMean)
    }
    return rate() * milliGPU * duration / Double(capacity)
  }
}

extension BatchSpec {
  /// One tick, the shortest duration, in seconds.
  private static let shortest = SimDuration.tick.seconds

  /// The duration in seconds that a uniform number gives, within the limits.
  func duration(_ u: Double) -> SimDuration {
    let drawn = duration.quantile(u)
    let limits = durationLimits ?? 0...SimTime.latest.seconds
    let kept = min(max(drawn, limits.lowerBound), limits.upperBound)
    return max(SimDuration(seconds: kept) ?? .tick, .tick)
  }

  /// The mean duration in seconds, limits included; nil when it is infinite.
  ///
  /// Where limits (or the tick, for draws below 0) bite, the mean is the
  /// integral of the limited quantile function. It is taken over
  /// u = 1 / (1 + exp(-x)) by the trapezoid rule, whose error decays
  /// exponentially for such integrands and is about 1e-5 at a limit's corner.
  func meanDuration() -> Double? {
    let leastUniform = 0x1p-53
    if durationLimits == nil, duration.quantile(leastUniform) >= 0 { return duration.mean }
    if durationLimits == nil, duration.mean == nil { return nil }
    let low = max(durationLimits?.lowerBound ?? 0, Self.shortest)
    let high = max(durationLimits?.upperBound ?? .infinity, low)
    // exp(-36) is just above 2^-53, the least uniform number.
    let (reach, steps) = (36.0, 8192)
    var sum = 0.0
    var weights = 0.0
    for step in 0...steps {
      let x = reach * (2 * Double(step) / Double(steps) - 1)
      let u = 1 / (1 + exp(-x))
      let weight = u * (1 - u)
      sum += weight * min(max(duration.quantile(u), low), high)
      weights += weight
    }
    return sum / weights
  }
}
