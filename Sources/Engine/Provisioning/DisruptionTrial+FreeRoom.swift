extension DisruptionTrial {
  /// A job of a trial, in the order in which they are placed.
  struct Item: Comparable {
    var negatedCPU: Int32
    var negatedMemory: Int32
    var job: Int32
    /// Its request among those of a ``FreeRoom``.
    var ask: Int32
    var workers: Int32

    init(job: Int32, ask: Int, workers: Int32, _ room: FreeRoom) {
      negatedCPU = -room.asks[ask].request.cpu
      negatedMemory = -room.asks[ask].request.memory
      self.job = job
      self.ask = Int32(ask)
      self.workers = workers
    }

    static func < (a: Item, b: Item) -> Bool {
      (a.negatedCPU, a.negatedMemory, a.job) < (b.negatedCPU, b.negatedMemory, b.job)
    }
  }

  /// The same as ``run(_:rooms:up:asks:)``, without a look at all nodes; and it ends
  /// where more than one node would have to come, or one that `isUseful` does not
  /// want: then nothing becomes of it.
  ///
  /// - Parameters:
  ///   - pending: what waits, in order.
  ///   - moved: what lies on the nodes `without` which it is looked at, in order.
  ///
  /// - Complexity: O(p x (nodes / 64 + nodes that are full by now)) for p workers.
  func run(
    _ pending: [Item],
    _ moved: [Item],
    on room: FreeRoom,
    without absent: [Int],
    starting: [Int32],
    isUseful: ([Int]) -> Bool
  ) -> Result {
    room.begin(without: absent)
    var claims = Claims(self)
    var (next, nextMoved) = (0, 0)
    while next < pending.count || nextMoved < moved.count {
      let isMoved =
        next == pending.count || nextMoved < moved.count && moved[nextMoved] < pending[next]
      let item = isMoved ? moved[nextMoved] : pending[next]
      if isMoved { nextMoved += 1 } else { next += 1 }
      for _ in 0..<item.workers {
        if let isUp = room.place(Int(item.ask), starting: starting) {
          if isMoved && !isUp { return Result(isWhole: false) }
          continue
        }
        let request = room.asks[Int(item.ask)].request
        if claims.join(request) { continue }
        guard claims.open(request) else {
          if isMoved { return Result(isWhole: false) }
          break
        }
        if claims.count > 1 || !isUseful(claims.options[0]) { return Result(isWhole: false) }
      }
    }
    return Result(claims: claims.options)
  }
}
