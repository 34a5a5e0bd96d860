import Glibc
import SimulationKernel

/// Exact integrals of request rates.
extension RateCurve {
  /// Requests that come from one time to another, in seconds since the start.
  public func requests(from start: Double, to end: Double) -> Double {
    served(from: start, to: end, capacity: .infinity)
  }

  /// The integral of min(rate, `capacity`), piece by piece: requests that come
  /// while the rate is within the capacity, and the capacity's share of the
  /// others. `capacity` is in requests per second.
  ///
  /// - Complexity: O(log points + points between the times).
  public func served(from start: Double, to end: Double, capacity: Double) -> Double {
    guard end > start else { return 0 }
    switch self {
    case .constant(let rate): return min(rate, capacity) * (end - start)
    case .diurnal(let base, let peak, let peakHour):
      let wave = DailyWave(base: base, peak: peak, peakHour: peakHour)
      return wave.served(from: start, to: end, capacity: capacity)
    case .launch(let spike): return spike.served(from: start, to: end, capacity: capacity)
    case .points(let points), .steps(let points):
      var sum = 0.0
      var from = start
      // The first point behind `from`.
      var next = points.partitioningIndex { $0.seconds > from }
      while from < end {
        let to = next < points.count ? min(points[next].seconds, end) : end
        sum += Self.under(rate(at: from), rate(endOfPieceFrom: from, at: to), to - from, capacity)
        from = to
        next += 1
      }
      return sum
    }
  }

  /// The mean rate over the window that ends at a time; before time 0 there is
  /// nothing, so early windows are shorter. At time 0 the rate itself.
  func meanRate(over window: SimDuration, until time: SimTime) -> Double {
    let end = time.seconds
    let start = max(end - window.seconds, 0)
    return end > start ? requests(from: start, to: end) / (end - start) : rate(at: end)
  }

  /// The rate at which the piece that begins at `start` ends: that of its
  /// beginning where rates are steps.
  private func rate(endOfPieceFrom start: Double, at end: Double) -> Double {
    if case .steps = self { rate(at: start) } else { rate(at: end) }
  }

  /// The area under a straight line, cut at the capacity.
  private static func under(_ first: Double, _ last: Double, _ length: Double, _ capacity: Double) -> Double {
    let (low, high) = (min(first, last), max(first, last))
    if high <= capacity { return (low + high) / 2 * length }
    if low >= capacity { return capacity * length }
    let below = length * (capacity - low) / (high - low)
    return (low + capacity) / 2 * below + capacity * (length - below)
  }
}

/// The daily cosine of ``RateCurve/diurnal(base:peak:peakHour:)``.
private struct DailyWave {
  private static let halfDay = 43_200.0

  private let mean: Double
  private let amplitude: Double
  private let peakSecond: Double

  init(base: Double, peak: Double, peakHour: Double) {
    mean = (base + peak) / 2
    amplitude = (peak - base) / 2
    peakSecond = peakHour * 3600
  }

  /// The rate moves one way within each half day from a peak or a trough, so it
  /// meets the capacity there at most once.
  func served(from start: Double, to end: Double, capacity: Double) -> Double {
    var sum = 0.0
    var from = start
    var half = ((start - peakSecond) / Self.halfDay).rounded(.down)
    while from < end {
      let halfStart = peakSecond + half * Self.halfDay
      let to = min(halfStart + Self.halfDay, end)
      if to > from { sum += served(from, to, capacity, halfStart, falls: Int(half) % 2 == 0) }
      from = max(to, from)
      half += 1
    }
    return sum
  }

  private func served(
    _ from: Double,
    _ to: Double,
    _ capacity: Double,
    _ halfStart: Double,
    falls: Bool
  ) -> Double {
    let level = amplitude == 0 ? (capacity >= mean ? 1 : -1) : (capacity - mean) / amplitude
    if level >= 1 { return area(from, to) }
    if level <= -1 { return capacity * (to - from) }
    // Seconds from the half day's start until the rate is the capacity.
    let angle = acos(falls ? level : -level)
    let meeting = min(max(halfStart + angle / .pi * Self.halfDay, from), to)
    return falls
      ? capacity * (meeting - from) + area(meeting, to)
      : area(from, meeting) + capacity * (to - meeting)
  }

  /// The whole area under the cosine.
  private func area(_ from: Double, _ to: Double) -> Double {
    func sine(_ time: Double) -> Double { sin((time - peakSecond) / Self.halfDay * .pi) }
    return mean * (to - from) + amplitude * Self.halfDay / .pi * (sine(to) - sine(from))
  }
}

extension [RatePoint] {
  /// The first index whose point fulfils a condition that all later ones fulfil
  /// too; the count where none does.
  fileprivate func partitioningIndex(where isBehind: (RatePoint) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
