import SimulationKernel

/// When the jobs of a batch class arrive.
///
/// Every process takes one uniform draw a job (bursts take one more a visit
/// of a state): the draw becomes an exponential step of the integrated rate,
/// and the arrival is where the integral reaches the sum of the steps. No
/// draw is ever rejected, so job i uses draw i whatever the rates are
/// (time-rescaling: Brown et al., Neural Computation 14, 2002, section 2.1).
public enum ArrivalProcess: Equatable, Sendable {
  /// Independent exponential gaps.
  case poisson(ratePerSecond: Double)
  /// A job every `intervalSeconds`, the first at time 0; draws nothing.
  case deterministic(intervalSeconds: Double)
  /// Markov-modulated Poisson: the states are visited in turn, round and
  /// round, each for an exponential time, and give the rate while they last.
  /// The first is drawn in proportion to the mean times, so the process is
  /// stationary from the start. At least two states.
  case mmpp(states: [BurstState])
  /// Non-homogeneous Poisson. The rate in an hour is `ratePerSecond` times the
  /// hour's factor times the day's factor. The run starts at midnight before
  /// the first day. Factors are used as they stand; they need not average 1.
  /// `hourly` has 24 entries, `weekly` 7.
  case profiled(ratePerSecond: Double, hourly: [Double], weekly: [Double])
  /// Exactly this many jobs, independent and uniform over `0 ..< span`. The
  /// span may not exceed the horizon.
  case count(Int, span: SimDuration)
  /// A process with a rate (not `deterministic` or `count`), whose rate is
  /// multiplied by a factor that grows. Offered loads are those without
  /// growth.
  indirect case growing(ArrivalProcess, DemandGrowth)
}

/// One state of a bursty arrival process.
public struct BurstState: Equatable, Sendable {
  /// Arrivals per second while the state lasts; 0 is a pause.
  public var ratePerSecond: Double
  /// Mean of the exponential time spent in it, above 0.
  public var meanSojournSeconds: Double

  public init(ratePerSecond: Double, meanSojournSeconds: Double) {
    self.ratePerSecond = ratePerSecond
    self.meanSojournSeconds = meanSojournSeconds
  }
}
