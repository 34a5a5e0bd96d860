import Glibc
import SimulationKernel

/// Turns an arrival process into the arrival times of one class.
///
/// Processes with a rate are read as a staircase: the clock walks over the
/// steps until the integrated rate has grown by the job's exponential draw.
struct ArrivalClock {
  private static let secondsPerHour = 3600.0

  /// Without its growth.
  private let process: ArrivalProcess
  private let growth: GrowthIntegral?
  /// All rates are multiplied by it; spans and intervals are divided by it.
  private let factor: Double
  private let horizon: SimDuration
  private let seed: UInt64
  private let gaps: StreamName
  private let states: StreamName

  /// Arrivals per second on the current step, and where the step ends.
  private var rate = 0.0
  private var stepEnd = 0.0
  /// Steps begun so far; with bursts, the state of the current one.
  private var steps: UInt64 = 0
  private var state = 0

  init(_ process: ArrivalProcess, className: String, factor: Double, horizon: SimDuration, seed: UInt64) {
    if case .growing(let inner, let growth) = process {
      self.process = inner
      self.growth = GrowthIntegral(growth)
    } else {
      self.process = process
      growth = nil
    }
    self.factor = factor
    self.horizon = horizon
    self.seed = seed
    gaps = StreamName("arrivals/\(className)")
    states = StreamName("states/\(className)")
  }

  /// All arrivals before the horizon, in order.
  mutating func arrivals() -> [SimTime] {
    switch process {
    case .deterministic(let interval): regularArrivals(every: interval / factor)
    case .count(let count, let span): scatteredArrivals(count, over: span.seconds / factor)
    case .poisson, .mmpp, .profiled: growth.map { grownArrivals($0) } ?? walkedArrivals()
    case .growing: preconditionFailure("growth is not nested")
    }
  }

  private func regularArrivals(every interval: Double) -> [SimTime] {
    var arrivals: [SimTime] = []
    arrivals.reserveCapacity(Int(horizon.seconds / interval) + 1)
    while let time = instant(Double(arrivals.count) * interval) { arrivals.append(time) }
    return arrivals
  }

  /// The order statistics of independent uniforms, drawn in ascending order:
  /// of k left, the least splits what is left of the span at 1 - (1 - u)^(1/k)
  /// (L. Devroye, "Non-Uniform Random Variate Generation", 1986, V.3.1).
  private func scatteredArrivals(_ count: Int, over span: Double) -> [SimTime] {
    var arrivals: [SimTime] = []
    arrivals.reserveCapacity(count)
    var logOfRest = 0.0
    for job in 0..<count {
      logOfRest += log1p(-uniform(job)) / Double(count - job)
      guard let time = instant(-expm1(logOfRest) * span) else { break }
      arrivals.append(time)
    }
    return arrivals
  }

  private mutating func walkedArrivals() -> [SimTime] {
    var arrivals: [SimTime] = []
    // Five standard deviations above the mean: hardly ever grown again.
    let expected = expectedCount()
    arrivals.reserveCapacity(Int(expected + 5 * expected.squareRoot()) + 1)
    let end = horizon.seconds
    var now = 0.0
    beginStep()
    while true {
      var due = -log1p(-uniform(arrivals.count))
      while rate * (stepEnd - now) < due {
        due -= rate * (stepEnd - now)
        now = stepEnd
        guard now < end else { return arrivals }
        beginStep()
      }
      now += due / rate
      guard let time = instant(now) else { return arrivals }
      arrivals.append(time)
    }
  }

  /// As ``walkedArrivals()``, with the integral of the growing factor in place
  /// of time.
  private mutating func grownArrivals(_ growth: GrowthIntegral) -> [SimTime] {
    var arrivals: [SimTime] = []
    let expected = expectedCount()
    arrivals.reserveCapacity(Int(expected + 5 * expected.squareRoot()) + 1)
    let end = horizon.seconds
    var (now, grown) = (0.0, 0.0)
    beginStep()
    while true {
      var due = -log1p(-uniform(arrivals.count))
      while rate == 0 || rate * (growth.value(at: stepEnd) - grown) < due {
        if rate > 0 { due -= rate * (growth.value(at: stepEnd) - grown) }
        now = stepEnd
        guard now < end else { return arrivals }
        grown = growth.value(at: now)
        beginStep()
      }
      grown += due / rate
      // Rounding may not turn time back, nor leave the step.
      now = min(max(now, growth.time(of: grown)), stepEnd)
      guard let time = instant(now) else { return arrivals }
      arrivals.append(time)
    }
  }

  /// Moves to the next step of the staircase.
  private mutating func beginStep() {
    switch process {
    case .poisson(let perSecond):
      rate = perSecond * factor
      stepEnd = .infinity
    case .mmpp(let list):
      let draws = RandomStream(seed: seed, stream: states, entity: steps)
      state =
        steps == 0
        ? WeightedChoice(weights: list.map(\.meanSojournSeconds)).pick(draws.uniform(1))
        : (state + 1) % list.count
      rate = list[state].ratePerSecond * factor
      stepEnd += -log1p(-draws.uniform(0)) * list[state].meanSojournSeconds
    case .profiled(let perSecond, let hourly, let weekly):
      rate = perSecond * factor * hourly[Int(steps % 24)] * weekly[Int(steps / 24 % 7)]
      stepEnd = Double(steps + 1) * Self.secondsPerHour
    case .deterministic, .count, .growing:
      break
    }
    steps += 1
  }

  private func uniform(_ job: Int) -> Double {
    RandomStream(seed: seed, stream: gaps, entity: UInt64(job)).uniform(0)
  }

  /// The instant, or nil at or after the horizon.
  private func instant(_ seconds: Double) -> SimTime? {
    guard let time = SimTime(seconds: seconds), time.nanoseconds < horizon.nanoseconds else { return nil }
    return time
  }

  /// Jobs to expect before the horizon.
  func expectedCount() -> Double { growth.map { grownCount($0) } ?? steadyCount() }

  /// Jobs to expect before the horizon without growth.
  private func steadyCount() -> Double {
    let seconds = horizon.seconds
    switch process {
    case .poisson(let perSecond): return perSecond * factor * seconds
    case .deterministic(let interval): return seconds * factor / interval
    case .mmpp(let list): return Self.meanRate(list) * factor * seconds
    case .profiled(let perSecond, let hourly, let weekly):
      let wholeHours = Int(seconds / Self.secondsPerHour)
      func share(_ hour: Int) -> Double { hourly[hour % 24] * weekly[hour / 24 % 7] }
      let hours = (0..<wholeHours).reduce(0) { $0 + share($1) } * Self.secondsPerHour
      let rest = (seconds - Double(wholeHours) * Self.secondsPerHour) * share(wholeHours)
      return perSecond * factor * (hours + rest)
    case .count(let count, _): return Double(count)
    case .growing: preconditionFailure("growth is not nested")
    }
  }

  /// The same with growth, for processes that have a rate.
  private func grownCount(_ growth: GrowthIntegral) -> Double {
    let all = growth.value(at: horizon.seconds)
    switch process {
    case .poisson(let perSecond): return perSecond * factor * all
    case .mmpp(let list): return Self.meanRate(list) * factor * all
    case .profiled(let perSecond, let hourly, let weekly):
      let hours = Int((horizon.seconds / Self.secondsPerHour).rounded(.up))
      var (sum, reached) = (0.0, 0.0)
      for hour in 0..<hours {
        let next = growth.value(at: min(horizon.seconds, Double(hour + 1) * Self.secondsPerHour))
        sum += hourly[hour % 24] * weekly[hour / 24 % 7] * (next - reached)
        reached = next
      }
      return perSecond * factor * sum
    case .deterministic, .count, .growing: preconditionFailure("has no rate that could grow")
    }
  }

  /// Of a bursty process, over all its states.
  private static func meanRate(_ states: [BurstState]) -> Double {
    let jobs = states.reduce(0) { $0 + $1.ratePerSecond * $1.meanSojournSeconds }
    return jobs / states.reduce(0) { $0 + $1.meanSojournSeconds }
  }

  /// Jobs to expect a second without growth, over the time in which the
  /// process runs.
  func expectedRate() -> Double {
    if case .count(let count, let span) = process { return Double(count) * factor / span.seconds }
    return steadyCount() / horizon.seconds
  }
}
