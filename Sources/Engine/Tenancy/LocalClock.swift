/// The clock of a place: how far it is ahead of the run's, which is UTC, and
/// when that changes, as with daylight saving.
public struct LocalClock: Hashable, Sendable {
  /// From this instant on another offset holds.
  public struct Change: Hashable, Sendable {
    /// Since the start of the run; below 0 before it.
    public var atSeconds: Int64
    public var offsetSeconds: Int64

    public init(atSeconds: Int64, offsetSeconds: Int64) {
      self.atSeconds = atSeconds
      self.offsetSeconds = offsetSeconds
    }
  }

  /// Seconds ahead of the run's clock, before the first change.
  public var offsetSeconds: Int64
  /// In ascending order of their instants.
  public var changes: [Change]

  public init(offsetSeconds: Int64 = 0, changes: [Change] = []) {
    self.offsetSeconds = offsetSeconds
    self.changes = changes
  }

  /// A span of time in which one offset holds.
  struct Stretch {
    /// Ns of the run: its instants are after `after` and before `before`.
    var after: Int64
    var before: Int64
    var offsetSeconds: Int64
  }

  /// The stretches between two instants, ns of the run, without these.
  func stretches(after time: Int64, before end: Int64) -> [Stretch] {
    var result: [Stretch] = []
    var stretch = Stretch(after: time, before: end, offsetSeconds: offsetSeconds)
    for change in changes {
      let at = change.atSeconds * 1_000_000_000
      if at >= end { break }
      if at > time + 1 {
        stretch.before = at
        result.append(stretch)
        // The instant of the change has the new offset.
        stretch.after = at - 1
        stretch.before = end
      }
      stretch.offsetSeconds = change.offsetSeconds
    }
    return result + [stretch]
  }
}
