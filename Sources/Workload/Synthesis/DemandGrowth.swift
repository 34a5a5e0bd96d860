import Glibc

/// By what an arrival rate is multiplied over time: steps, and steady growth
/// in proportion.
///
/// The factor at a time t is `factor of the phase x exp(ratePerSecond x t)`.
/// Its integral and the inverse of it are closed forms piece by piece, so that
/// arrivals by time-rescaling stay exact.
public struct DemandGrowth: Hashable, Sendable {
  /// From a time on, the rate is so many times the one stated.
  public struct Phase: Hashable, Sendable {
    /// Since the start of the run.
    public var seconds: Double
    /// At least 0.
    public var factor: Double

    public init(seconds: Double, factor: Double) {
      self.seconds = seconds
      self.factor = factor
    }
  }

  /// Natural logarithm of the growth in a second; at least 0.
  public var ratePerSecond: Double
  /// Times strictly increase; before the first, and without any, the factor
  /// is 1.
  public var phases: [Phase]

  public init(ratePerSecond: Double, phases: [Phase] = []) {
    self.ratePerSecond = ratePerSecond
    self.phases = phases
  }

  /// Grows by a share, 0.06 for 6 %, in every span of so many seconds.
  public init(by share: Double, everySeconds: Double, phases: [Phase] = []) {
    self.init(ratePerSecond: log1p(share) / everySeconds, phases: phases)
  }

  /// The largest factor from one time to another, both in seconds.
  public func most(from start: Double, to end: Double) -> Double {
    let steps = phases.filter { $0.seconds > start && $0.seconds < end }
    // It rises within a phase, so that it is largest where one ends.
    let ends = steps.map(\.seconds) + [end]
    var factor = phases.last { $0.seconds <= start }?.factor ?? 1
    var most = 0.0
    for (place, end) in ends.enumerated() {
      most = max(most, factor * exp(ratePerSecond * end))
      if place < steps.count { factor = steps[place].factor }
    }
    return most
  }

  /// The factor at a time.
  public func factor(at seconds: Double) -> Double {
    let phase = phases.last { $0.seconds <= seconds }
    return (phase?.factor ?? 1) * exp(ratePerSecond * seconds)
  }
}

/// The integral of a growing factor, and its inverse.
struct GrowthIntegral {
  /// A stretch in which the factor grows without a step.
  private struct Piece {
    var start: Double
    var end: Double
    /// The factor at the start.
    var factor: Double
    /// The integral up to the start.
    var before: Double
  }

  private let rate: Double
  private var pieces: [Piece] = []

  init(_ growth: DemandGrowth) {
    rate = growth.ratePerSecond
    var bounds = [(start: 0.0, factor: 1.0)]
    for phase in growth.phases {
      if phase.seconds <= 0 { bounds.removeLast() }
      bounds.append((phase.seconds, phase.factor))
    }
    var before = 0.0
    for (index, bound) in bounds.enumerated() {
      let end = index + 1 < bounds.count ? bounds[index + 1].start : .infinity
      let piece = Piece(
        start: bound.start,
        end: end,
        factor: bound.factor * exp(rate * bound.start),
        before: before
      )
      pieces.append(piece)
      before += mass(of: piece, upTo: end)
    }
  }

  /// The integral of the factor from 0 to a time, which may be infinite.
  func value(at seconds: Double) -> Double {
    guard let piece = pieces.last(where: { $0.start <= seconds }) else { return 0 }
    return piece.before + mass(of: piece, upTo: seconds)
  }

  /// The time at which the integral reaches a value that it does reach.
  func time(of value: Double) -> Double {
    for piece in pieces {
      let part = value - piece.before
      guard part < mass(of: piece, upTo: piece.end) else { continue }
      let scaled = part / piece.factor
      let time = piece.start + (rate > 0 ? log1p(rate * scaled) / rate : scaled)
      return min(time, piece.end)
    }
    return .infinity
  }

  private func mass(of piece: Piece, upTo seconds: Double) -> Double {
    guard piece.factor > 0 else { return 0 }
    let span = seconds - piece.start
    return piece.factor * (rate > 0 ? expm1(rate * span) / rate : span)
  }
}
