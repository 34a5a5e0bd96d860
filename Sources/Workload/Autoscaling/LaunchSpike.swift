import Glibc

/// A request rate around a launch: steady before it, a straight rise to a peak,
/// then an exponential decay towards what stays.
public struct LaunchSpike: Hashable, Sendable {
  /// Requests per second before the launch.
  public var before: Double
  /// The highest rate, at least `before` and at least `after`.
  public var peak: Double
  /// What the rate decays to.
  public var after: Double
  /// When it begins, seconds since the start of the run.
  public var start: Double
  /// Seconds from the beginning to the peak; 0 is a jump.
  public var rise: Double
  /// Seconds in which the excess over `after` halves, above 0.
  public var halfLife: Double

  public init(before: Double, peak: Double, after: Double, start: Double, rise: Double, halfLife: Double) {
    self.before = before
    self.peak = peak
    self.after = after
    self.start = start
    self.rise = rise
    self.halfLife = halfLife
  }

  private var top: Double { start + rise }
  private var decay: Double { M_LN2 / halfLife }

  func rate(at seconds: Double) -> Double {
    if seconds < start { return before }
    if seconds < top { return before + (peak - before) * (seconds - start) / rise }
    return after + (peak - after) * exp(-decay * (seconds - top))
  }

  /// The integral of min(rate, `capacity`): each of the three pieces moves one
  /// way, so it meets the capacity at most once.
  func served(from begin: Double, to end: Double, capacity: Double) -> Double {
    var sum = min(before, capacity) * max(0, min(end, start) - begin)
    let (riseBegin, riseEnd) = (max(begin, start), min(end, top))
    if riseEnd > riseBegin { sum += rising(riseBegin, riseEnd, capacity) }
    if end > max(begin, top) { sum += falling(max(begin, top), end, capacity) }
    return sum
  }

  private func rising(_ begin: Double, _ end: Double, _ capacity: Double) -> Double {
    let slope = (peak - before) / rise
    guard slope > 0, capacity < rate(at: begin) + slope * (end - begin) else {
      return (rate(at: begin) + slope * (end - begin) / 2) * (end - begin)
    }
    let meeting = min(max(start + (capacity - before) / slope, begin), end)
    let mean = rate(at: begin) + slope * (meeting - begin) / 2
    return mean * (meeting - begin) + capacity * (end - meeting)
  }

  private func falling(_ begin: Double, _ end: Double, _ capacity: Double) -> Double {
    let excess = peak - after
    if capacity <= after { return capacity * (end - begin) }
    // Until then the rate is above the capacity.
    let above = excess > 0 ? log(excess / (capacity - after)) / decay : -.infinity
    let meeting = min(max(top + above, begin), end)
    func left(_ time: Double) -> Double { excess / decay * exp(-decay * (time - top)) }
    let under = after * (end - meeting) + left(meeting) - left(end)
    return (meeting > begin ? capacity * (meeting - begin) : 0) + under
  }
}
