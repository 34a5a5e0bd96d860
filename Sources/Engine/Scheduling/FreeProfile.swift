/// Free GPU thousandths of the fleet from now on, as running jobs end and
/// reservations begin: a step function.
///
/// - Complexity: finding and taking O(steps).
struct FreeProfile {
  /// The level from each time on; the last lasts for ever.
  private(set) var steps: [(time: Int64, free: Int64)]
  private var releases: [(time: Int64, milli: Int64)] = []

  init(now: Int64, free: Int64) { steps = [(now, free)] }

  mutating func release(_ milli: Int64, at time: Int64) { releases.append((time, milli)) }

  /// Builds the steps from the releases noted.
  mutating func settle() {
    releases.sort { $0.time < $1.time }
    for release in releases {
      let level = steps[steps.count - 1].free + release.milli
      if steps[steps.count - 1].time == release.time {
        steps[steps.count - 1].free = level
      } else {
        steps.append((release.time, level))
      }
    }
    releases = []
  }

  /// The earliest time from which so much stays free for so long; `Int64.max`
  /// when never.
  func earliest(_ milli: Int64, for length: Int64) -> Int64 {
    var start = 0
    while start < steps.count {
      guard steps[start].free >= milli else {
        start += 1
        continue
      }
      let end = FreeProfile.sum(steps[start].time, length)
      var position = start + 1
      while position < steps.count, steps[position].time < end, steps[position].free >= milli {
        position += 1
      }
      if position == steps.count || steps[position].time >= end { return steps[start].time }
      start = position
    }
    return .max
  }

  mutating func take(_ milli: Int64, from start: Int64, for length: Int64) {
    guard start < .max, milli > 0 else { return }
    let end = FreeProfile.sum(start, length)
    let first = split(at: start)
    let last = split(at: end)
    for position in first..<last { steps[position].free -= milli }
  }

  /// The position of the step that begins at this time, made if need be.
  private mutating func split(at time: Int64) -> Int {
    var position = 0
    while position < steps.count, steps[position].time < time { position += 1 }
    if position < steps.count, steps[position].time == time { return position }
    if time == .max { return steps.count }
    steps.insert((time, steps[position - 1].free), at: position)
    return position
  }

  private static func sum(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? .max : sum
  }
}
