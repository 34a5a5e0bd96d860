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

  /// Takes a running job off the cluster.
  mutating func lift(_ job: Int) {
    forEachPiece(job) { loop, request, node, mask in
      loop.cluster.release(request, node: node, gpuMask: mask)
      loop.trialChanged(node)
    }
  }

  /// Puts it back where it was.
  mutating func putBack(_ job: Int) {
    forEachPiece(job) { loop, request, node, mask in
      loop.cluster.allocate(request, node: node, gpuMask: mask)
      loop.trialChanged(node)
    }
  }

  /// Puts it back if all that it held is free; otherwise changes nothing.
  mutating func putBackIfFree(_ job: Int) -> Bool {
    var done: [(request: Request, node: Int, mask: UInt16)] = []
    var isFree = true
    forEachPiece(job) { loop, request, node, mask in
      guard isFree, loop.isFree(request, node, mask) else {
        isFree = false
        return
      }
      loop.cluster.allocate(request, node: node, gpuMask: mask)
      loop.trialChanged(node)
      done.append((request, node, mask))
    }
    if isFree { return true }
    for piece in done.reversed() {
      cluster.release(piece.request, node: piece.node, gpuMask: piece.mask)
      trialChanged(piece.node)
    }
    return false
  }

  private func isFree(_ request: Request, _ node: Int, _ mask: UInt16) -> Bool {
    guard cluster.fits(request, node) else { return false }
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
    let placement = search.place(request, shape: shape, cluster, index)
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
