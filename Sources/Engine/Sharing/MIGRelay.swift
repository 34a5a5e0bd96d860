import SimulationKernel

/// What re-layouts go by: which instances jobs wait for, and which nodes were
/// laid out when.
final class MIGRelay {
  let spec: MIGRelayout
  let states: MIGEmptyStates
  /// By slice: jobs that wait, since when without a break, ns, and thousandths
  /// of one.
  let waiting: Column<Int32>
  let since: Column<Int64>
  let milli: Column<Int32>
  /// By node: when it returned from its last re-layout; whether it drains for
  /// one or is in one; and what its GPUs get then.
  let returned: Column<Int64>
  let isOut: Column<Bool>
  private(set) var targets: [Int: [Int]] = [:]
  /// By node and GPU: the layout that it has.
  private(set) var layouts: [[Int]]
  private(set) var out = 0
  /// Beginnings of the last 24 hours, ascending.
  private var begun: [Int64] = []
  /// All re-layouts so far.
  private(set) var count = 0
  /// The instant for which a review is scheduled.
  var nextReview = Int64.max

  private static let day: Int64 = 86_400_000_000_000

  init(_ spec: MIGRelayout, _ book: MIGBook) {
    self.spec = spec
    states = MIGEmptyStates(book)
    layouts = book.firstLayout
    waiting = Column(repeating: 0, count: book.slices.count)
    since = Column(repeating: .max, count: book.slices.count)
    milli = Column(book.slices.indices.map { book.leastMilli(Int16($0)) })
    returned = Column(repeating: .min, count: book.kindOf.count)
    isOut = Column(repeating: false, count: book.kindOf.count)
  }

  /// Jobs for the slice come to wait, or no longer do.
  func change(_ slice: Int16, by count: Int32, at now: Int64) {
    guard slice >= 0 else { return }
    let s = Int(slice)
    if waiting[s] == 0 && count > 0 { since[s] = now }
    waiting[s] += count
    precondition(waiting[s] >= 0, "a job left a queue in which it did not stand")
    if waiting[s] == 0 { since[s] = .max }
  }

  /// Whether another node may begin now; nil in `wait`: not before another
  /// returns.
  func mayBegin(at now: Int64) -> (now: Bool, from: Int64?) {
    if out >= spec.atOnce { return (false, nil) }
    guard let perDay = spec.perDay, begun.count >= perDay else { return (true, nil) }
    begun.removeAll { $0 <= now - Self.day }
    return begun.count < perDay ? (true, nil) : (false, begun[0] + Self.day)
  }

  func begin(_ node: Int, _ layouts: [Int], at now: Int64) {
    isOut[node] = true
    targets[node] = layouts
    out += 1
    count += 1
    begun.append(now)
  }

  /// The node is no longer out, with its new layouts or still with the old ones.
  func end(_ node: Int, succeeds: Bool) {
    isOut[node] = false
    out -= 1
    if let target = targets.removeValue(forKey: node), succeeds { layouts[node] = target }
  }
}
