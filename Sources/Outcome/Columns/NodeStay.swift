import Hardware
import Workload

/// GPUs of one node that a job held from one instant to another.
public struct NodeStay: Hashable, Sendable {
  public var job: Int32
  public var node: Int32
  /// Thousandths of a GPU that it held there.
  public var milliGPU: Int64
  /// ns, cut to the measured window; the end is after the start.
  public var start: Int64
  public var end: Int64
}

extension RunOutcome {
  /// All stays of the measured window: last runs, runs that were cut short,
  /// and places that waiting gangs held; in no order.
  ///
  /// - Complexity: O(runs + pieces of gangs).
  public func forEachStay(_ jobs: JobTable, _ body: (NodeStay) -> Void) {
    let window = measuredFrom.nanoseconds...max(measuredFrom.nanoseconds, end.nanoseconds)
    func add(_ job: Int, _ node: Int32, workers: Int64, from start: Int64, to end: Int64) {
      let (start, end) = (max(start, window.lowerBound), min(end, window.upperBound))
      guard start < end, node >= 0 else { return }
      let shape = jobs.shapes[Int(jobs.shape[job].rawValue)]
      let milliGPU = Int64(shape.gpuCount) * Int64(shape.milliGPUPerDevice) * workers
      body(NodeStay(job: Int32(job), node: node, milliGPU: milliGPU, start: start, end: end))
    }
    func add(_ job: Int, _ node: NodeID, _ pieces: Range<Int>, from start: Int64, to end: Int64) {
      if pieces.isEmpty { return add(job, node.rawValue, workers: 1, from: start, to: end) }
      for piece in self.pieces[pieces] {
        add(job, piece.node, workers: Int64(piece.workers), from: start, to: end)
      }
    }
    for job in 0..<jobs.count where self.jobs.state[job].hasLastRun {
      let end = self.jobs.endNanoseconds[job]
      let first = self.jobs.firstPiece.isEmpty ? 0 : Int(self.jobs.firstPiece[job])
      let count = self.jobs.pieceCount.isEmpty ? 0 : Int(self.jobs.pieceCount[job])
      add(
        job,
        self.jobs.node[job],
        first..<first + count,
        from: self.jobs.startNanoseconds[job],
        to: end < 0 ? window.upperBound : end
      )
    }
    for attempt in interruptedAttempts {
      let first = Int(attempt.firstPiece)
      add(
        Int(attempt.job.rawValue),
        attempt.node,
        first..<first + Int(attempt.pieceCount),
        from: attempt.startNanoseconds,
        to: attempt.endNanoseconds
      )
    }
    for hold in gangHolds {
      add(
        Int(hold.job.rawValue),
        hold.piece.node,
        workers: Int64(hold.piece.workers),
        from: hold.startNanoseconds,
        to: hold.endNanoseconds
      )
    }
  }
}
