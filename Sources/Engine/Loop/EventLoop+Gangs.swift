import Outcome

/// Gangs: all workers are placed at once, or none.
///
/// Workers are laid down one node at a time on the live cluster, so that every
/// placement policy works for them unchanged; what was laid is taken up again
/// when the rest does not fit.
extension EventLoop {
  /// Lays all workers of the shape and appends their pieces; or changes
  /// nothing and returns false. The nodes that it prefers are tried as a whole
  /// before all that it accepts; a shape has either preferences or narrower
  /// wishes (see ``PreparedRun/checkConstraints(_:_:hasTiers:)``).
  ///
  /// - Complexity: one placement a piece; O(1) when the fleet's free GPUs do
  ///   not suffice in sum.
  mutating func layGang(_ shape: Int) -> Bool {
    if !tiers.isEmpty {
      for tier in tiers[shape] where layGang(Int(tier), own: shape) { return true }
    }
    return layGang(shape, own: shape)
  }

  /// The same on the nodes of one preference of the shape `own`.
  private mutating func layGang(_ shape: Int, own: Int) -> Bool {
    let worker = requests[shape]
    if freeMilli(worker.classes) < worker.takenByAll { return false }
    let gang = gangs[shape]
    if gang.narrower >= 0 && layGang(Int(gang.narrower)) { return true }
    guard gang.isPossible else { return false }
    let first = pieces.count
    let isLaid: Bool
    switch gang.wish {
    case .anywhere where worker.obeys != 0: isLaid = layByRules(worker, shape, own: own)
    case .anywhere: isLaid = layAnywhere(worker, shape, gang.workers) == 0
    case .oneNode, .consolidated: isLaid = layTogether(worker, gang)
    case .nvlinkDomain, .rack: isLaid = layInOneGroup(worker, gang)
    }
    if !isLaid { takeUp(downTo: first, worker) }
    return isLaid
  }

  /// Free GPU thousandths of the accepted classes of nodes.
  @inline(__always)
  func freeMilli(_ classes: UInt64) -> Int64 {
    var free: Int64 = 0
    for one in 0..<classCount where classes & (1 << UInt64(one)) != 0 {
      free += cluster.freeByClass[one]
    }
    return free
  }

  /// Each node that the policy chooses takes as many workers as fit on it.
  /// Returns how many found no place.
  mutating func layAnywhere(_ worker: Request, _ shape: Int, _ workers: Int32) -> Int32 {
    var left = workers
    while left > 0 {
      let placement = find(worker, shape: shape)
      if placement.node < 0 { return left }
      let count = cluster.workersFitting(worker, placement.node, limit: left)
      if count == 1 {
        lay(worker, 1, placement.node, placement.gpuMask)
      } else {
        let merged = worker.merged(count)
        lay(merged, count, placement.node, defaultDevices(merged, on: placement.node, cluster))
      }
      left -= count
    }
    return 0
  }

  private mutating func layTogether(_ worker: Request, _ gang: Gang) -> Bool {
    for group in 0..<gang.groupCount { guard layGroup(group, worker, gang) else { return false } }
    return true
  }

  /// Lays workers that must share a node, or changes nothing and returns
  /// false. Groups that fill a whole node come before the remainder.
  mutating func layGroup(_ group: Int32, _ worker: Request, _ gang: Gang) -> Bool {
    let count = gang.workers(ofGroup: group)
    if worker.isShared { return laySharing(worker, count) }
    let shape = Int(group < gang.fullPieces ? gang.fullShape : gang.remainderShape)
    let request = requests[shape]
    var placement = find(request, shape: shape)
    if group == gang.fullPieces, group > 0, input.quirks.contains(.remainderOnMostFree) {
      placement = mostFreeNode(request)
    }
    if placement.node < 0 { return false }
    lay(request, count, placement.node, placement.gpuMask)
    return true
  }

  /// The node with the most free GPUs, lowest rank among equals, if the
  /// request fits on it.
  private func mostFreeNode(_ request: Request) -> Placement {
    var best = -1
    for n in 0..<cluster.nodeCount where cluster.isUp(n) {
      let free = cluster.nodes[n].gpuFreeSum
      if best < 0 || free > cluster.nodes[best].gpuFreeSum
        || (free == cluster.nodes[best].gpuFreeSum && ranks[n] < ranks[best])
      {
        best = n
      }
    }
    guard best >= 0, cluster.fits(request, best) else { return .refused }
    return Placement(node: best, gpuMask: defaultDevices(request, on: best, cluster))
  }

  /// Workers that share GPUs, together on the first node in tie-break order
  /// with room for them.
  private mutating func laySharing(_ worker: Request, _ count: Int32) -> Bool {
    var chosen = -1
    for n in 0..<cluster.nodeCount
    where cluster.fits(worker, n) && (chosen < 0 || ranks[n] < ranks[chosen])
      && sharedRoom(worker, n) >= count
    {
      chosen = n
    }
    if chosen < 0 { return false }
    for _ in 0..<count { lay(worker, 1, chosen, defaultDevices(worker, on: chosen, cluster)) }
    return true
  }

  /// Workers that share GPUs and fit on the node together.
  func sharedRoom(_ worker: Request, _ n: Int) -> Int32 {
    var room: Int32 = 0
    for g in 0..<Int(cluster.nodes[n].gpuCount) {
      room += Int32(cluster.gpuFree[n * cluster.stride + g]) / worker.milli
    }
    if worker.cpu > 0 { room = min(room, cluster.nodes[n].cpuFree / worker.cpu) }
    if worker.memory > 0 { room = min(room, cluster.nodes[n].memoryFree / worker.memory) }
    return room
  }

  mutating func lay(_ request: Request, _ workers: Int32, _ node: Int, _ mask: UInt16) {
    cluster.allocate(request, node: node, gpuMask: mask)
    pieces.append(GangPiece(node: Int32(node), gpuMask: mask, workers: UInt16(workers)))
    trialChanged(node)
  }

  mutating func takeUp(downTo first: Int, _ worker: Request) {
    while pieces.count > first {
      let piece = pieces.removeLast()
      let node = Int(piece.node)
      cluster.release(pieceRequest(worker, piece), node: node, gpuMask: piece.gpuMask)
      trialChanged(node)
    }
  }

  /// What the piece holds.
  func pieceRequest(_ worker: Request, _ piece: GangPiece) -> Request {
    piece.workers == 1 ? worker : worker.merged(Int32(piece.workers))
  }

  /// A gang that was just laid starts.
  mutating func settleGang(_ job: Int, _ worker: Request, from first: Int) {
    list(job, from: first)
    for piece in pieces[first...] {
      let request = pieceRequest(worker, piece)
      verifier?.placed(request, Placement(node: Int(piece.node), gpuMask: piece.gpuMask))
      accounts.nodeChanged(Int(piece.node))
      if let autoNodes { noteUse(Int(piece.node), autoNodes) }
    }
  }

  /// The job lies on the pieces from this one on: lists and fingerprint.
  mutating func list(_ job: Int, from first: Int) {
    live.firstPiece[job] = Int32(first)
    live.pieceCount[job] = Int32(pieces.count - first)
    live.node[job] = pieces[first].node
    live.gpuMask[job] = pieces[first].gpuMask
    fingerprint.fold(UInt64(job) << 32 | UInt64(pieces.count - first))
    for position in first..<pieces.count {
      let piece = pieces[position]
      residents.insertPiece(position, of: job, node: Int(piece.node))
      fingerprint.fold(UInt64(piece.node) << 16 | UInt64(piece.gpuMask))
    }
  }

  /// All workers give back what they hold.
  mutating func vacateGang(_ job: Int, _ worker: Request) {
    let first = Int(live.firstPiece[job])
    for position in first..<first + Int(live.pieceCount[job]) {
      let piece = pieces[position]
      let node = Int(piece.node)
      let request = pieceRequest(worker, piece)
      cluster.release(request, node: node, gpuMask: piece.gpuMask)
      residents.removePiece(position, node: node)
      verifier?.released(request, node: node, gpuMask: piece.gpuMask)
      nodeChanged(node)
      queue.noteFreed(node)
      countForRules(Int(shapes[job].rawValue), node: node, by: -Int32(piece.workers))
      if cluster.isDraining(node) { noteLeft(node) }
    }
  }
}
