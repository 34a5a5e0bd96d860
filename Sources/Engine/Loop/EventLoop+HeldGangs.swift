import Outcome
import SimulationKernel

/// Gangs that hold places before they start: laying, starting, giving up.
///
/// Workers are laid as in the other modes: the node that the policy chooses
/// takes as many as fit. They are laid in their order, and the first that
/// finds no room ends the gang's turn, so gangs of equal requests are refused
/// together.
extension EventLoop {
  /// Lays what still has no place, as far as it goes; returns whether
  /// everything has. Books do not notice.
  mutating func layRest(_ gang: inout HoldingGang, at now: Int64) -> Bool {
    let shape = Int(shapes[gang.job].rawValue)
    let worker = requests[shape]
    let first = pieces.count
    if gangs[shape].wish == .anywhere {
      gang.left = layAnywhere(worker, shape, gang.left)
      for piece in pieces[first...] { gang.pieces.append(.init(piece: piece, since: now, group: -1)) }
    } else {
      var laid = 0
      for group in gang.open {
        let before = pieces.count
        guard layGroup(group, worker, gangs[shape]) else { break }
        laid += 1
        gang.left -= gangs[shape].workers(ofGroup: group)
        for piece in pieces[before...] { gang.pieces.append(.init(piece: piece, since: now, group: group)) }
      }
      gang.open.removeFirst(laid)
    }
    pieces.removeLast(pieces.count - first)
    return gang.left == 0
  }

  /// The same, with the books.
  mutating func holdRest(_ gang: inout HoldingGang, at now: Int64) throws -> Bool {
    let first = gang.pieces.count
    let isComplete = layRest(&gang, at: now)
    let worker = requests[Int(shapes[gang.job].rawValue)]
    if gang.pieces.count > first { waits.state &+= 1 }
    for held in gang.pieces[first...] {
      let node = Int(held.piece.node)
      let request = pieceRequest(worker, held.piece)
      verifier?.placed(request, Placement(node: node, gpuMask: held.piece.gpuMask))
      accounts.nodeChanged(node)
      if !isComplete {
        fingerprint.fold(UInt64(gang.job) << 32 | UInt64(node))
        fingerprint.fold(UInt64(held.piece.gpuMask))
      }
    }
    if !isComplete && verifier != nil {
      let refused = nextUnit(gang)
      try verifier!.decided(refused, .refused, cluster, order: nil)
    }
    return isComplete
  }

  /// What the gang's first worker or group without a place asks. Of workers
  /// that share GPUs a group is more than one request can say: then something
  /// that never fits.
  private func nextUnit(_ gang: HoldingGang) -> Request {
    let shape = Int(shapes[gang.job].rawValue)
    guard let group = gang.open.first else { return requests[shape] }
    if requests[shape].isShared {
      var never = requests[shape]
      never.classes = 0
      return never
    }
    return requests[
      Int(group < gangs[shape].fullPieces ? gangs[shape].fullShape : gangs[shape].remainderShape)
    ]
  }

  /// All workers have their places: the gang runs from now on.
  mutating func start(_ gang: HoldingGang, _ held: HeldGangs, at now: SimTime) {
    let job = gang.job
    let first = pieces.count
    for part in gang.pieces {
      pieces.append(part.piece)
      held.note(job, part, until: now.nanoseconds, .started)
    }
    held.timeouts[job] = nil
    list(job, from: first)
    begin(job, requests[Int(shapes[job].rawValue)], at: now)
  }

  private mutating func release(
    _ part: HoldingGang.Piece,
    of job: Int,
    _ held: HeldGangs,
    at now: Int64,
    _ ending: GangHold.Ending
  ) {
    let request = pieceRequest(requests[Int(shapes[job].rawValue)], part.piece)
    let node = Int(part.piece.node)
    cluster.release(request, node: node, gpuMask: part.piece.gpuMask)
    verifier?.released(request, node: node, gpuMask: part.piece.gpuMask)
    waits.state &+= 1
    nodeChanged(node)
    queue.noteFreed(node)
    held.note(job, part, until: now, ending)
  }

  /// Gangs whose time is up release everything and leave the queue for a
  /// while.
  mutating func giveUp(_ held: HeldGangs, at now: SimTime) {
    guard let timeout = held.holding.timeout else { return }
    var kept: [HoldingGang] = []
    for gang in held.gangs {
      guard gang.since + timeout.nanoseconds <= now.nanoseconds else {
        kept.append(gang)
        continue
      }
      for part in gang.pieces { release(part, of: gang.job, held, at: now.nanoseconds, .timedOut) }
      let count = held.timeouts[gang.job, default: 0] + 1
      held.timeouts[gang.job] = count
      waits.note(job: gang.job, .requeue, at: now.nanoseconds)
      held.away.append((now.nanoseconds + held.holding.delay(afterTimeouts: count), gang.job))
    }
    held.away.sort { ($0.due, $0.job) < ($1.due, $1.job) }
    held.gangs = kept
  }

  /// Gangs whose delay is over stand in the queue again, in their old places.
  mutating func comeBack(_ held: HeldGangs, at now: SimTime) {
    let back = held.away.prefix { $0.due <= now.nanoseconds }
    for (_, job) in back {
      waits.note(job: job, .none, at: now.nanoseconds)
      queue.insert(Int32(job), request: Int(shapes[job].rawValue))
    }
    held.away.removeFirst(back.count)
  }

  /// Workers that wait for the rest of their gang leave the node: they have
  /// nothing to finish there.
  mutating func dropHeld(on node: Int, _ held: HeldGangs, at now: SimTime) {
    var kept: [HoldingGang] = []
    for var gang in held.gangs {
      let lost = gang.pieces.filter { Int($0.piece.node) == node }
      if lost.isEmpty {
        kept.append(gang)
        continue
      }
      for part in lost {
        release(part, of: gang.job, held, at: now.nanoseconds, .lost)
        gang.left += Int32(part.piece.workers)
      }
      gang.pieces.removeAll { Int($0.piece.node) == node }
      gang.open = Set(gang.open + lost.map(\.group).filter { $0 >= 0 }).sorted()
      isPassPending = true
      if gang.pieces.isEmpty && !held.isByQuota {
        waits.note(job: gang.job, .none, at: now.nanoseconds)
        queue.insert(Int32(gang.job), request: Int(shapes[gang.job].rawValue))
      } else {
        kept.append(gang)
      }
    }
    held.gangs = kept
  }

  /// A replica's time has passed. Returns whether it held or stood outside
  /// the queue.
  mutating func withdrawHeld(_ job: Int, _ held: HeldGangs) -> Bool {
    if let position = held.gangs.firstIndex(where: { $0.job == job }) {
      let gang = held.gangs.remove(at: position)
      for part in gang.pieces { release(part, of: job, held, at: feed.now.time.nanoseconds, .withdrawn) }
      return true
    }
    guard let position = held.away.firstIndex(where: { $0.job == job }) else { return false }
    held.away.remove(at: position)
    return true
  }
}
