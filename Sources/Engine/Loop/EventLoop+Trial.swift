import Outcome

/// Trying out what would happen: jobs are lifted off the live cluster and put
/// back, so that the same searches answer. Every trial ends with the cluster
/// as it was; books and lists do not notice.
extension EventLoop {
  mutating func trialChanged(_ node: Int) {
    index.update(node, cluster)
    search.nodeChanged(node)
    tracker?.nodeChanged(node, cluster)
  }

  /// What a running job holds of one node.
  struct HeldPart {
    var request: Request
    var node: Int
    var mask: UInt16
  }

  /// Nodes that the running job lies on.
  func partCount(_ job: Int) -> Int {
    requests[Int(shapes[job].rawValue)].workers > 1 ? Int(live.pieceCount[job]) : 1
  }

  func part(of job: Int, _ position: Int) -> HeldPart {
    let request = requests[Int(shapes[job].rawValue)]
    guard request.workers > 1 else {
      return HeldPart(request: request, node: Int(live.node[job]), mask: live.gpuMask[job])
    }
    let piece = pieces[Int(live.firstPiece[job]) + position]
    return HeldPart(request: pieceRequest(request, piece), node: Int(piece.node), mask: piece.gpuMask)
  }

  private mutating func release(_ part: HeldPart) {
    cluster.release(part.request, node: part.node, gpuMask: part.mask)
    trialChanged(part.node)
  }

  private mutating func allocate(_ part: HeldPart) {
    cluster.allocate(part.request, node: part.node, gpuMask: part.mask)
    trialChanged(part.node)
  }

  /// Takes a running job off the cluster.
  mutating func lift(_ job: Int) {
    for position in 0..<partCount(job) { release(part(of: job, position)) }
  }

  /// Puts it back where it was.
  mutating func putBack(_ job: Int) {
    for position in 0..<partCount(job) { allocate(part(of: job, position)) }
  }

  /// Puts it back if all that it held is free; otherwise changes nothing.
  mutating func putBackIfFree(_ job: Int) -> Bool {
    for position in 0..<partCount(job) {
      let part = part(of: job, position)
      guard isFree(part.request, part.node, part.mask) else {
        for earlier in (0..<position).reversed() { release(self.part(of: job, earlier)) }
        return false
      }
      allocate(part)
    }
    return true
  }

  /// Whether just this is free, also on a node that drains.
  private func isFree(_ request: Request, _ node: Int, _ mask: UInt16) -> Bool {
    guard cluster.nodes[node].cpuFree >= request.cpu, cluster.nodes[node].memoryFree >= request.memory
    else { return false }
    // Nothing that would leave its instance again is stopped for a trial.
    precondition(request.slice < 0, "a MIG instance in a trial")
    var left = mask
    while left != 0 {
      let gpu = node * cluster.stride + left.trailingZeroBitCount
      if Int32(cluster.gpuFree[gpu]) < request.milli { return false }
      left &= left - 1
    }
    return true
  }

  /// Lays the shape's workers for a trial; false leaves the cluster alone.
  mutating func layForTrial(_ shape: Int) -> Bool {
    let request = requests[shape]
    trialFirst = pieces.count
    if request.workers > 1 { return layGang(shape) }
    let placement = seat(shape).placement
    guard placement.node >= 0 else { return false }
    cluster.allocate(request, node: placement.node, gpuMask: placement.gpuMask)
    trialChanged(placement.node)
    pieces.append(GangPiece(node: Int32(placement.node), gpuMask: placement.gpuMask, workers: 1))
    return true
  }

  /// Undoes the last ``layForTrial(_:)`` that succeeded.
  mutating func takeUpTrial(_ shape: Int) { takeUp(downTo: trialFirst, requests[shape]) }
}

/// Running jobs in the order in which they are asked to leave.
struct CandidateOrder {
  private var sorted: [Int]?
  private var position = 0
  private var level = 0
  private let below: Int
  private var job = -1

  /// Lowest priority first, latest start first.
  init(level: Int, running: RunningByPriority) {
    below = level
    job = level > 0 ? running.first(level: 0) : -1
  }

  init(sorted: [Int]) {
    self.sorted = sorted
    below = 0
  }

  mutating func next(_ running: RunningByPriority) -> Int? {
    if let sorted {
      guard position < sorted.count else { return nil }
      position += 1
      return sorted[position - 1]
    }
    while job < 0 {
      level += 1
      guard level < below else { return nil }
      job = running.first(level: level)
    }
    let result = job
    job = running.after(job)
    return result
  }
}
