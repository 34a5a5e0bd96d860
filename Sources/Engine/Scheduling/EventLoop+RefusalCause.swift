import Hardware
import Outcome

/// Explains a refusal from the filters' point of view.
extension EventLoop {
  /// Why a job of the shape was refused now; precedence as ``WaitCause`` says.
  func refusalCause(_ shape: Int) -> WaitCause {
    let request = requests[shape]
    let accepts = acceptances[shape]
    guard request.workers > 1 else { return refusalCause(request, accepts) }
    if request.gpuCount > 0, freeMilli(request.classes) < request.takenByAll {
      if freeMilli(accepts.byConstraint) >= request.takenByAll { return .gpuModel }
      return freeMilli(accepts.byModel) >= request.takenByAll ? .nodeConstraint : .capacity
    }
    if !hasRoom(request) { return refusalCause(request, accepts) }
    if request.obeys != 0 {
      var free = request
      free.obeys = 0
      return room(free) >= Int64(request.workers) ? .nodeConstraint : .gang
    }
    guard gangs[shape].wish != .anywhere else { return .gang }
    return room(request) >= Int64(request.workers) ? .placementWish : .gang
  }

  /// Workers of the gang that fit, counted node by node, up to all.
  private func room(_ request: Request) -> Int64 {
    var room: Int64 = 0
    for n in 0..<cluster.nodeCount where room < Int64(request.workers) {
      let isSharing = request.isShared && cluster.fits(request, n)
      room += Int64(
        isSharing ? sharedRoom(request, n) : cluster.workersFitting(request, n, limit: request.workers)
      )
    }
    return room
  }

  private func fitsSomewhere(_ request: Request) -> Bool {
    for n in 0..<cluster.nodeCount where cluster.fits(request, n) { return true }
    return false
  }

  /// Why no node takes the request now.
  private func refusalCause(_ request: Request, _ accepts: Acceptance) -> WaitCause {
    if let excluded = exclusion(request, accepts) { return excluded }
    if cluster.isPooled { return pooledCause(request) }
    guard request.gpuCount > 0 else {
      var anyMemory = request
      anyMemory.memory = 0
      return index.first(anyMemory) >= 0 ? .memory : .cpu
    }
    if freeMilli(request.classes) < Int64(request.takenMilli) { return .capacity }
    if !index.offersGPUs(request) { return .fragmentation }
    var anyMemory = request
    anyMemory.memory = 0
    return index.first(anyMemory) >= 0 ? .memory : .cpu
  }

  /// Whether a node has room that is excluded by its GPU model alone, or by
  /// labels, taints and rules alone.
  private func exclusion(_ request: Request, _ accepts: Acceptance) -> WaitCause? {
    var other = request
    if request.gpuCount > 0 && accepts.byModel != .max {
      other.classes = accepts.byConstraint
      if hasRoom(other) { return .gpuModel }
    }
    if accepts.byConstraint != .max || request.obeys != 0 {
      other.classes = accepts.byModel
      other.obeys = 0
      if hasRoom(other) { return .nodeConstraint }
    }
    return nil
  }

  private func hasRoom(_ request: Request) -> Bool {
    cluster.isPooled ? fitsSomewhere(request) : index.first(request) >= 0
  }

  /// The same where GPUs are pools and nodes are scanned.
  private func pooledCause(_ request: Request) -> WaitCause {
    if freeMilli(request.classes) < Int64(request.takenMilli) { return .capacity }
    var any = request
    any.cpu = 0
    any.memory = 0
    any.obeys = 0
    if request.gpuCount > 0, !fitsSomewhere(any) { return .fragmentation }
    any.cpu = request.cpu
    any.obeys = request.obeys
    return fitsSomewhere(any) ? .memory : .cpu
  }

  /// Gives a job that waited without being tried itself its cause: the jobs
  /// ahead of it, or, where later jobs may pass, what refused the equal
  /// request that was tried.
  func explainUntried(_ job: Int) {
    guard live.cause[job] == WaitCause.none.rawValue else { return }
    var cause = (ranked == nil && rounds == nil ? WaitCause.headOfLine : .priority).rawValue
    if case .ordered(_, headOfLineBlocking: false) = input.queue {
      let last = lastCause[Int(shapes[job].rawValue)]
      if last != WaitCause.none.rawValue { cause = last }
    }
    live.cause[job] = cause
  }
}
