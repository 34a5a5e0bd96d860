/// The plain calendar: a 4-ary heap ordered by key and insertion number.
///
/// Slower than ``Calendar`` and simple enough to be right by reading, it is
/// the oracle that the radix heap is tested against. It accepts the same calls
/// with the same meaning.
///
/// - Complexity: `push` and `popMin` O(log n); `peekMin` O(1).
public struct HeapCalendar {
  private var nodes: [(entry: CalendarEntry, order: UInt64)] = []
  private var pushes: UInt64 = 0
  private var lastPopped = EventKey.zero

  /// An empty calendar with room for the given number of entries.
  public init(minimumCapacity: Int = 0) {
    nodes.reserveCapacity(minimumCapacity)
  }

  /// The number of pending entries, cancelled ones included.
  public var count: Int { nodes.count }

  /// Adds an entry behind those of the same key.
  ///
  /// - Precondition: `key` is not before the entry popped last.
  public mutating func push(_ key: EventKey, payload: UInt32, generation: UInt32) {
    precondition(key >= lastPopped, "an event was pushed into the past")
    let entry = CalendarEntry(key: key, payload: payload, generation: generation)
    nodes.append((entry, pushes))
    pushes += 1
    siftUp(from: nodes.count - 1)
  }

  /// Removes the earliest entry, cancelled or not; nil if there is none.
  public mutating func popMin() -> CalendarEntry? {
    popMin(ifBefore: .distantFuture)
  }

  /// Removes the earliest entry if it lies before `limit`.
  public mutating func popMin(ifBefore limit: EventKey) -> CalendarEntry? {
    popMin(ifBefore: limit) { _ in true }
  }

  /// Removes the earliest entry that still stands, if it lies before `limit`;
  /// cancelled entries before it are dropped.
  public mutating func popMin(
    ifBefore limit: EventKey,
    isLive: (CalendarEntry) -> Bool
  ) -> CalendarEntry? {
    while let first = nodes.first, first.entry.key < limit {
      nodes.swapAt(0, nodes.count - 1)
      nodes.removeLast()
      siftDown(from: 0)
      if isLive(first.entry) {
        lastPopped = first.entry.key
        return first.entry
      }
    }
    return nil
  }

  /// The earliest pending key, cancelled entries included.
  public func peekMin() -> EventKey? { nodes.first?.entry.key }

  /// Drops the entries for which `isLive` is false.
  public mutating func compact(keeping isLive: (CalendarEntry) -> Bool) {
    nodes.removeAll { !isLive($0.entry) }
    for index in nodes.indices.reversed() { siftDown(from: index) }
  }

  private func precedes(_ a: Int, _ b: Int) -> Bool {
    (nodes[a].entry.key, nodes[a].order) < (nodes[b].entry.key, nodes[b].order)
  }

  private mutating func siftUp(from start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 4
      guard precedes(child, parent) else { return }
      nodes.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown(from start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in (4 * parent + 1)..<(4 * parent + 5) where child < nodes.count {
        if precedes(child, least) { least = child }
      }
      guard least != parent else { return }
      nodes.swapAt(parent, least)
      parent = least
    }
  }
}
