import SimulationKernel
import Workload

/// MIG instances whose jobs have gone and that are being destroyed: their
/// memory slots count as changing, and nobody else gets them.
///
/// Destroying takes the same time everywhere, so instances are gone in the order
/// in which their jobs went. A node that goes down takes its instances with it at
/// once.
///
/// - Complexity: O(1) an instance; O(instances being destroyed) for a node that
///   goes down.
final class InstanceRemovals {
  struct Entry {
    var node: Int32
    var mask: UInt16
    var tenant: Int32
    /// When its job went, ns.
    var since: Int64
    /// Thousandths of a GPU that it holds.
    var milli: Int32
    /// Of its node: another one by now means that it went with the node.
    var turn: UInt32
  }

  /// ns.
  let span: Int64
  private var entries: [Entry] = []
  private var head = 0
  private let turn: Column<UInt32>
  private let pending: Column<Int32>
  private let from: Int64
  /// Thousandths of a GPU x ns within the measured window, by node and by
  /// tenant.
  private(set) var ofNode: [Int128]
  private(set) var ofTenant: [Int128]

  init(_ span: Int64, nodes: Int, tenants: Int, measuredFrom: Int64) {
    self.span = span
    from = measuredFrom
    turn = Column(repeating: 0, count: nodes)
    pending = Column(repeating: 0, count: nodes)
    ofNode = Array(repeating: 0, count: nodes)
    ofTenant = Array(repeating: 0, count: tenants)
  }

  func add(node: Int, mask: UInt16, tenant: Int, milli: Int32, at now: Int64) {
    pending[node] += 1
    entries.append(
      Entry(
        node: Int32(node),
        mask: mask,
        tenant: Int32(tenant),
        since: now,
        milli: milli,
        turn: turn[node]
      )
    )
  }

  /// The first of the instances is gone; nil: its node took it before.
  func next(at now: Int64) -> Entry? {
    let entry = entries[head]
    head += 1
    if head > 4096 && head * 2 > entries.count {
      entries.removeFirst(head)
      head = 0
    }
    guard entry.turn == turn[Int(entry.node)] else { return nil }
    pending[Int(entry.node)] -= 1
    book(entry, until: now)
    return entry
  }

  /// The instances that go with a node at once.
  func drop(node: Int, at now: Int64) -> [Entry] {
    guard pending[node] > 0 else { return [] }
    let gone = entries[head...].filter { Int($0.node) == node && $0.turn == turn[node] }
    pending[node] = 0
    turn[node] &+= 1
    for entry in gone { book(entry, until: now) }
    return gone
  }

  /// The run is over: what is still there has been changing until then.
  func close(at end: Int64) {
    for entry in entries[head...] where entry.turn == turn[Int(entry.node)] { book(entry, until: end) }
    entries = []
    head = 0
  }

  private func book(_ entry: Entry, until now: Int64) {
    let held = Int128(entry.milli) * Int128(max(0, now - max(entry.since, from)))
    ofNode[Int(entry.node)] += held
    ofTenant[Int(entry.tenant)] += held
  }
}

extension EventLoop {
  /// The job gives CPU and memory back; its instance is destroyed.
  mutating func leaveInstance(_ job: Int, _ request: Request, _ node: Int, _ removals: InstanceRemovals) {
    var rest = request
    rest.gpuCount = 0
    rest.slice = -1
    cluster.release(rest, node: node, gpuMask: 0)
    verifier?.released(rest, node: node, gpuMask: 0)
    let now = feed.now.time
    let mask = live.gpuMask[job]
    removals.add(
      node: node,
      mask: mask,
      tenant: Int(input.jobs.tenant[job].rawValue),
      milli: cluster.mig!.milli(node, mask),
      at: now.nanoseconds
    )
    guard removals.span <= (SimTime.latest - now).nanoseconds else { return }
    feed.push(
      EventKey(time: now + SimDuration(nanoseconds: removals.span), phase: Phase.release),
      payload: EventLoop.deviceBase
    )
  }

  /// The next instance is gone.
  mutating func endRemoval(_ removals: InstanceRemovals, at now: SimTime) {
    guard let entry = removals.next(at: now.nanoseconds) else { return }
    let node = Int(entry.node)
    remove(entry)
    nodeChanged(node)
    queue.noteFreed(node)
    waits.state &+= 1
    if hasWaiting { isPassPending = true }
    hasNews = true
  }

  /// The node goes down, and what is being destroyed on it with it.
  mutating func dropRemovals(of node: Int, _ removals: InstanceRemovals) {
    for entry in removals.drop(node: node, at: feed.now.time.nanoseconds) { remove(entry) }
  }

  private mutating func remove(_ entry: InstanceRemovals.Entry) {
    cluster.removeInstance(node: Int(entry.node), mask: entry.mask)
    verifier?.removed(node: Int(entry.node), mask: entry.mask)
  }
}
