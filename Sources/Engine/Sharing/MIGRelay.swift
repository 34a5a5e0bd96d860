import SimulationKernel

/// What re-layouts go by: which instances, and whole GPUs, jobs wait for, and
/// which nodes were laid out when.
final class MIGRelay {
  /// Something that layouts decide and jobs wait for.
  struct Wish: Hashable {
    /// A kind of instance; -1: whole GPUs.
    var slice: Int16
    /// Whole GPUs that a worker needs on one node; 0 for an instance.
    var gpus: Int32 = 0
    /// Classes of nodes that a worker on whole GPUs accepts.
    var classes: UInt64 = .max
  }

  let spec: MIGRelayout
  let states: MIGEmptyStates
  let wishes: [Wish]
  /// By shape: its wish or -1, and of how many instances, or whole GPUs, a job
  /// is.
  private let wishOf: Column<Int32>
  private let units: Column<Int32>
  /// By wish: instances, or whole GPUs, of jobs that wait, since when without a
  /// break, ns, and thousandths of a GPU that one is.
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

  /// - Parameter requests: by shape.
  init(_ spec: MIGRelayout, _ book: MIGBook, _ requests: ArraySlice<Request>) {
    var wishes = book.slices.indices.map { Wish(slice: Int16($0)) }
    let wishOf = requests.map { request -> Int32 in
      if request.slice >= 0 { return Int32(request.slice) }
      guard request.gpuCount > 0, request.milli == 1000 else { return -1 }
      let wish = Wish(slice: -1, gpus: request.gpuCount, classes: request.classes)
      if !wishes.contains(wish) { wishes.append(wish) }
      return Int32(wishes.firstIndex(of: wish)!)
    }
    self.wishes = wishes
    self.wishOf = Column(wishOf)
    units = Column(requests.map { $0.slice >= 0 ? 1 : $0.gpuCount * $0.workers })
    self.spec = spec
    states = MIGEmptyStates(book)
    layouts = book.firstLayout
    waiting = Column(repeating: 0, count: wishes.count)
    since = Column(repeating: .max, count: wishes.count)
    milli = Column(wishes.map { $0.slice >= 0 ? book.leastMilli($0.slice) : 1000 })
    returned = Column(repeating: .min, count: book.kindOf.count)
    isOut = Column(repeating: false, count: book.kindOf.count)
  }

  /// Jobs of the shape come to wait, or no longer do.
  func change(shape: Int, by count: Int32, at now: Int64) {
    let s = Int(wishOf[shape])
    guard s >= 0 else { return }
    if waiting[s] == 0 && count > 0 { since[s] = now }
    waiting[s] += count * units[shape]
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
