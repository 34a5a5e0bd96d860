/// How much room nodes have for the workers of a job, counted node by node.
struct GangRoom {
  private(set) var workers: Int64 = 0
  /// Nodes with room for a piece that uses a whole node, and for the workers
  /// beside them.
  private var whole: Int32 = 0
  private var part: Int32 = 0
  /// By group of nodes, where the gang wishes for one.
  private var groups: [Int64]
  private let groupOf: [Int32]

  init(_ gang: Gang, _ topology: Topology?) {
    groupOf = topology?.groupOf(gang.wish) ?? []
    groups = Array(repeating: 0, count: 1 + Int(groupOf.max() ?? -1))
  }

  /// Node `n` has room for so many.
  @inline(__always)
  mutating func add(_ fitting: Int32, _ n: Int, for gang: Gang) {
    workers += Int64(fitting)
    if !groupOf.isEmpty { groups[Int(groupOf[n])] += Int64(fitting) }
    if gang.fullPieces > 0 && fitting >= gang.perNode { whole += 1 }
    if gang.remainder > 0 && fitting >= gang.remainder { part += 1 }
  }

  /// Whether all workers fit as the gang wishes.
  func holds(_ gang: Gang) -> Bool {
    switch gang.wish {
    case .anywhere: workers >= Int64(gang.workers)
    case .oneNode: part > 0
    case .nvlinkDomain, .rack: groups.contains { $0 >= Int64(gang.workers) }
    case .consolidated: whole >= gang.fullPieces && (gang.remainder == 0 || part > gang.fullPieces)
    }
  }
}

/// Where what is down counts too.
extension EventLoop {
  /// - Parameter countsDown: nodes that have failed, are in maintenance or
  ///   drain count with what is free on them.
  func room(_ worker: Request, _ gang: Gang, countsDown: Bool) -> GangRoom {
    var room = GangRoom(gang, topology)
    for n in 0..<cluster.nodeCount where cluster.isUp(n) {
      room.add(roomOnNode(worker, n), n, for: gang)
    }
    if countsDown {
      for n in waits.down { room.add(roomOnNode(worker, Int(n)), Int(n), for: gang) }
    }
    return room
  }

  /// Workers that the node holds beside what is on it, whether it is up or not.
  func roomOnNode(_ worker: Request, _ n: Int) -> Int32 {
    guard cluster.hasRoom(worker, n) else { return 0 }
    return worker.isShared ? sharedRoom(worker, n) : cluster.workersHeld(worker, n, limit: worker.workers)
  }
}
