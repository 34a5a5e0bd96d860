/// The events of a run in their total order, from two lanes: a sorted trace,
/// and what is made during the run.
///
/// The trace never enters the calendar. The caller keeps a cursor over it and
/// says when its next row happens; the feed answers which lane comes next.
/// At equal keys trace rows come first, then entries in the order of pushing.
///
/// For example:
///
///     loop: while true {
///       switch feed.next(arrivalKey: row < rows.count ? rows[row].key : nil) {
///       case .arrival:
///         start(rows[row])        // may push at feed.now.key or later
///         row += 1
///       case .entry(let entry):
///         finish(entry.payload)
///       case .end:
///         break loop
///       }
///     }
///
/// The feed owns the clock, ``now``. It moves only when an event is handed
/// out, never for a cancelled one.
///
/// - Complexity: that of ``Calendar``; nothing is allocated in steady state.
@frozen
public struct EventFeed: ~Copyable {
  /// The pending events made during the run.
  @usableFromInline var calendar: Calendar
  /// The key of the event handed out last.
  @inlinable
  public var now: EventKey { storedNow }
  @usableFromInline var storedNow = EventKey.zero
  /// Cancellations noted since cancelled entries were last dropped together.
  @usableFromInline var cancelledCount = 0

  /// What happens next.
  @frozen
  public enum Next: BitwiseCopyable, Equatable, Sendable {
    /// The trace's next row.
    case arrival
    /// An event made during the run.
    case entry(CalendarEntry)
    /// Nothing before the limit.
    case end
  }

  /// A feed at the start of the run.
  ///
  /// - Parameter minimumCapacity: with a positive number, as many pending
  ///   entries never cause an allocation.
  public init(minimumCapacity: Int = 0) {
    calendar = Calendar(minimumCapacity: minimumCapacity)
  }

  /// The number of pending entries made during the run, cancelled ones that
  /// have not been met yet included.
  @inlinable
  public var pendingCount: Int { calendar.count }

  /// Schedules an event.
  ///
  /// - Precondition: `key` is not before ``now``.
  @inlinable
  public mutating func push(_ key: EventKey, payload: UInt32, generation: UInt32 = 0) {
    precondition(key >= now, "an event was pushed into the past")
    calendar.push(key, payload: payload, generation: generation)
  }

  /// Hands out the next event of either lane, if it lies before `limit`.
  ///
  /// - Parameters:
  ///   - arrivalKey: when the trace's next row happens, nil at its end.
  ///   - limit: stop here; the run can be continued with a later limit.
  /// - Precondition: `arrivalKey` is not before ``now``: the trace is sorted.
  @inlinable
  public mutating func next(
    arrivalKey: EventKey?,
    before limit: EventKey = .distantFuture
  ) -> Next {
    next(arrivalKey: arrivalKey, before: limit) { _ in true }
  }

  /// Hands out the next event that still stands; entries for which `isLive`
  /// is false are dropped without moving the clock.
  @inlinable
  public mutating func next(
    arrivalKey: EventKey?,
    before limit: EventKey = .distantFuture,
    isLive: (CalendarEntry) -> Bool
  ) -> Next {
    let arrival = arrivalKey ?? .distantFuture
    if let entry = calendar.popMin(ifBefore: min(arrival, limit), isLive: isLive) {
      storedNow = entry.key
      return .entry(entry)
    }
    guard arrival < limit else { return .end }
    precondition(arrival >= now, "the trace is not sorted")
    storedNow = arrival
    return .arrival
  }

  /// Notes that a pending entry was cancelled. Once the cancellations noted
  /// reach half of the pending entries, all cancelled ones are dropped
  /// together, so that they cost neither memory nor moves.
  ///
  /// - Complexity: O(1) amortised over the cancellations.
  @inlinable
  public mutating func noteCancellation(isLive: (CalendarEntry) -> Bool) {
    cancelledCount &+= 1
    if cancelledCount > 1_024 && cancelledCount > calendar.count / 2 {
      calendar.compact(keeping: isLive)
      cancelledCount = 0
    }
  }
}
