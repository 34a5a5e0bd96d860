import Hardware
import Outcome

/// Explains a refusal from the filters' point of view.
extension EventLoop {
  /// Why a job of the shape was refused now; precedence as ``WaitCause`` says.
  func refusalCause(_ shape: Int) -> WaitCause {
    let request = requests[shape]
    guard request.workers > 1 else { return refusalCause(request) }
    if request.gpuCount > 0, freeMilli(request.models) < request.takenByAll {
      return freeMilli(.max) >= request.takenByAll ? .gpuModel : .capacity
    }
    let hasRoomForOne = cluster.isPooled ? fitsSomewhere(request) : index.first(request) >= 0
    if !hasRoomForOne { return refusalCause(request) }
    guard gangs[shape].wish != .anywhere else { return .gang }
    var room: Int64 = 0
    for n in 0..<cluster.nodeCount where room < Int64(request.workers) {
      let isSharing = request.isShared && cluster.fits(request, n)
      room += Int64(
        isSharing ? sharedRoom(request, n) : cluster.workersFitting(request, n, limit: request.workers)
      )
    }
    return room >= Int64(request.workers) ? .placementWish : .gang
  }

  private func fitsSomewhere(_ request: Request) -> Bool {
    for n in 0..<cluster.nodeCount where cluster.fits(request, n) { return true }
    return false
  }

  /// Why no node takes the request now.
  private func refusalCause(_ request: Request) -> WaitCause {
    if cluster.isPooled { return pooledCause(request) }
    guard request.gpuCount > 0 else {
      var anyMemory = request
      anyMemory.memory = 0
      return index.first(anyMemory) >= 0 ? .memory : .cpu
    }
    if request.models != .max {
      var anyModel = request
      anyModel.models = .max
      if index.first(anyModel) >= 0 { return .gpuModel }
    }
    if freeMilli(request.models) < Int64(request.takenMilli) { return .capacity }
    if !index.offersGPUs(request) { return .fragmentation }
    var anyMemory = request
    anyMemory.memory = 0
    return index.first(anyMemory) >= 0 ? .memory : .cpu
  }

  /// The same where GPUs are pools and nodes are scanned.
  private func pooledCause(_ request: Request) -> WaitCause {
    var any = request
    any.models = .max
    if request.models != .max, fitsSomewhere(any) { return .gpuModel }
    if freeMilli(request.models) < Int64(request.takenMilli) { return .capacity }
    any = request
    any.cpu = 0
    any.memory = 0
    if request.gpuCount > 0, !fitsSomewhere(any) { return .fragmentation }
    any.cpu = request.cpu
    return fitsSomewhere(any) ? .memory : .cpu
  }

  /// Gives a job that waited without being tried itself its cause: the jobs
  /// ahead of it, or, where later jobs may pass, what refused the equal
  /// request that was tried.
  func explainUntried(_ job: Int) {
    guard live.cause[job] == WaitCause.none.rawValue || hasJoinedSince(job) else { return }
    var cause = (ranked == nil && rounds == nil ? WaitCause.headOfLine : .priority).rawValue
    if case .ordered(_, headOfLineBlocking: false) = input.queue {
      let last = lastCause[Int(shapes[job].rawValue)]
      if last != WaitCause.none.rawValue { cause = last }
    }
    live.cause[job] = cause
  }

  /// Whether the cause that the job bears is one of the time before it joined
  /// the queue, in which it stands now.
  private func hasJoinedSince(_ job: Int) -> Bool {
    guard let life, life.joined[job] >= 0 else { return false }
    return live.cause[job] == WaitCause.dependency.rawValue
      || live.cause[job] == WaitCause.requeue.rawValue
  }
}
