/// Which nodes that come and go are down because they failed, and until when.
final class NodeHealth {
  let clocks: FailureClocks
  /// By node: its repair is over then, and node repair removes it from then on,
  /// ns (``Provisioner/never``: not at all).
  let mendedAt: Column<Int64>
  let tolerableUntil: Column<Int64>
  /// By node: what took it down leaves it ready.
  let isReady: Column<Bool>
  /// By node: it should have been removed, but too many of its pool are down.
  let isSuspended: Column<Bool>
  /// Nodes that have failed and are neither mended nor gone, in the order in
  /// which they failed.
  private(set) var down: [Int32] = []

  init(_ clocks: FailureClocks, nodes: Int) {
    self.clocks = clocks
    mendedAt = Column(repeating: Provisioner.never, count: nodes)
    tolerableUntil = Column(repeating: Provisioner.never, count: nodes)
    isReady = Column(repeating: true, count: nodes)
    isSuspended = Column(repeating: false, count: nodes)
  }

  func failed(_ n: Int, mendedAt mended: Int64, tolerableUntil limit: Int64, isReady ready: Bool) {
    mendedAt[n] = mended
    tolerableUntil[n] = limit
    isReady[n] = ready
    down.append(Int32(n))
  }

  /// The node is mended, or gone.
  func forget(_ n: Int) {
    guard let place = down.firstIndex(of: Int32(n)) else { return }
    down.remove(at: place)
    mendedAt[n] = Provisioner.never
    tolerableUntil[n] = Provisioner.never
    isReady[n] = true
    isSuspended[n] = false
  }
}
