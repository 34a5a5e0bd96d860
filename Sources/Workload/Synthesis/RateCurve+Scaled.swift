extension RateCurve {
  /// The curve with all rates multiplied.
  public func scaled(by factor: Double) -> RateCurve {
    func scaled(_ points: [RatePoint]) -> [RatePoint] {
      points.map { RatePoint(seconds: $0.seconds, rate: $0.rate * factor) }
    }
    switch self {
    case .constant(let rate): return .constant(rate * factor)
    case .diurnal(let base, let peak, let peakHour):
      return .diurnal(base: base * factor, peak: peak * factor, peakHour: peakHour)
    case .points(let points): return .points(scaled(points))
    case .steps(let points): return .steps(scaled(points))
    case .launch(var spike):
      spike.before *= factor
      spike.peak *= factor
      spike.after *= factor
      return .launch(spike)
    }
  }
}
