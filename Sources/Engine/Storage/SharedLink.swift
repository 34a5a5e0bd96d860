import SimulationKernel

/// A bandwidth that flows share in equal parts, each at most `perFlow`:
/// processor sharing.
///
/// All flows get the same at any time, so one count of what a flow has been
/// served since the start says when each is done: it joins at a count, and is
/// done at that plus its size. Counts are in whole parts of
/// 2^-20 x 10^-9 bytes, each step rounded down and each end up to a nanosecond,
/// so that a flow ends less than a nanosecond late for every change while it
/// lasts; one alone, and n equal ones that begin together, to the nanosecond.
///
/// - Complexity: O(log n) for each flow.
struct SharedLink {
  private struct Due: Comparable {
    var served: Int128
    var flow: Int32

    static func < (a: Due, b: Due) -> Bool { (a.served, a.flow) < (b.served, b.flow) }
  }

  private static let scale: Int128 = 1 << 20
  private let bytesPerSecond: Int128
  private let perFlow: Int128
  private var served: Int128 = 0
  private var last: Int64 = 0
  private var due = MinHeap<Due>()
  /// By flow that is under way: the count at which it is done.
  private var ends: [Int32: Int128] = [:]

  init(_ link: StorageSpec.Link) {
    bytesPerSecond = Int128(link.bytesPerSecond)
    perFlow = Int128(min(link.perFlow ?? .max, link.bytesPerSecond))
  }

  /// A link between sites: one bandwidth for all flows, or the same for each,
  /// however many there are.
  init(_ link: Bursting.Link) {
    perFlow = Int128(link.bytesPerSecond)
    bytesPerSecond = link.isShared ? perFlow : perFlow << 32
  }

  var activeCount: Int { ends.count }

  mutating func add(_ flow: Int32, bytes: Int64, at now: Int64) {
    advance(to: now)
    let end = served + Int128(bytes) * 1_000_000_000 * Self.scale
    ends[flow] = end
    due.insert(Due(served: end, flow: flow))
  }

  mutating func remove(_ flow: Int32, at now: Int64) {
    advance(to: now)
    ends[flow] = nil
  }

  /// The flows that are done, in the order in which they were.
  mutating func takeDone(at now: Int64) -> [Int32] {
    advance(to: now)
    var done: [Int32] = []
    while let first = due.first {
      if ends[first.flow] == first.served {
        if first.served > served { break }
        ends[first.flow] = nil
        done.append(first.flow)
      }
      _ = due.removeFirst()
    }
    return done
  }

  /// When the next flow is done if nothing changes; nil: none is under way, or
  /// it takes longer than any run.
  mutating func next() -> Int64? {
    while let first = due.first, ends[first.flow] != first.served { _ = due.removeFirst() }
    guard let first = due.first else { return nil }
    let rest = max(1, first.served - served)
    let count = Int128(ends.count)
    let span: Int128
    if perFlow * count <= bytesPerSecond {
      span = (rest + perFlow * Self.scale - 1) / (perFlow * Self.scale)
    } else {
      span = (rest * count + bytesPerSecond * Self.scale - 1) / (bytesPerSecond * Self.scale)
    }
    guard span <= Int128(SimTime.latest.nanoseconds - last) else { return nil }
    return last + Int64(span)
  }

  private mutating func advance(to now: Int64) {
    let span = Int128(now - last)
    last = now
    guard span > 0, !ends.isEmpty else { return }
    let count = Int128(ends.count)
    if perFlow * count <= bytesPerSecond {
      served += perFlow * span * Self.scale
    } else {
      served += bytesPerSecond * span * Self.scale / count
    }
  }
}
