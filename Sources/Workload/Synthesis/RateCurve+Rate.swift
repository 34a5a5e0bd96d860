import Glibc

extension RateCurve {
  /// Requests per second at a time in seconds since the start.
  ///
  /// - Complexity: O(log points).
  public func rate(at seconds: Double) -> Double {
    switch self {
    case .constant(let rate):
      return rate
    case .diurnal(let base, let peak, let peakHour):
      let hours = seconds / 3600 - peakHour
      return base + (peak - base) * (1 + cos(2 * .pi * hours / 24)) / 2
    case .points(let points):
      guard let next = Self.firstLater(than: seconds, in: points) else {
        return points[points.count - 1].rate
      }
      guard next > 0 else { return points[0].rate }
      let (a, b) = (points[next - 1], points[next])
      return a.rate + (b.rate - a.rate) * (seconds - a.seconds) / (b.seconds - a.seconds)
    case .steps(let points):
      let next = Self.firstLater(than: seconds, in: points) ?? points.count
      return next > 0 ? points[next - 1].rate : 0
    case .launch(let spike): return spike.rate(at: seconds)
    }
  }

  private static func firstLater(than seconds: Double, in points: [RatePoint]) -> Int? {
    var low = 0
    var high = points.count
    while low < high {
      let middle = (low + high) / 2
      if points[middle].seconds > seconds { high = middle } else { low = middle + 1 }
    }
    return low < points.count ? low : nil
  }
}

extension ServiceSpec {
  /// The replicas wanted for the rate at a time.
  ///
  /// A ratio that exceeds a whole number only by rounding counts as whole.
  public func replicas(at seconds: Double) -> Int {
    let roundingSlack = 1e-12
    let ratio = requestRate.rate(at: seconds) / requestsPerReplicaPerSecond * (1 - roundingSlack)
    return min(max(Int(min(ratio.rounded(.up), Double(maxReplicas))), minReplicas), maxReplicas)
  }
}
