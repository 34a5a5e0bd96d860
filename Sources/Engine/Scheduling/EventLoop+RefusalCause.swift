import Hardware
import Outcome

/// Explains a refusal from the filters' point of view; precedence as
/// ``WaitCause`` says.
extension EventLoop {
  /// Why a waiting job of the shape does not run, as the cluster is now.
  func causeNow(_ shape: Int) -> WaitCause {
    if let known = waits.known(shape) { return known }
    let isHeldBack = isPromised(requests[shape]) || holdsJobsBack && fitsNow(shape)
    let cause = isHeldBack ? WaitCause.reservation : refusalCause(shape)
    waits.remember(cause, shape)
    return cause
  }

  /// Whether a job that fits may have to wait all the same.
  private var holdsJobsBack: Bool {
    backfill != nil || !(preemption?.nominated.isEmpty ?? true)
  }

  private func fitsNow(_ shape: Int) -> Bool {
    let request = requests[shape]
    guard request.workers > 1 else {
      return cluster.isPooled ? fitsSomewhere(request) : index.first(request) >= 0
    }
    guard freeMilli(request.models) >= request.takenByAll else { return false }
    return room(request, gangs[shape], countsDown: false).holds(gangs[shape])
  }

  /// Why a job of the shape was refused now.
  func refusalCause(_ shape: Int) -> WaitCause {
    let request = requests[shape]
    if !waits.down.isEmpty, fitsWithWhatIsDown(shape, request) { return .failure }
    guard request.workers > 1 else { return causeOfOne(shape, request) }
    if request.models != .max, freeMilli(.max) >= request.takenByAll {
      var any = request
      any.models = .max
      let gang = gangsOfAnyModel[shape]
      if room(any, gang, countsDown: false).holds(gang) { return .gpuModel }
    }
    if request.gpuCount > 0, freeMilli(request.models) < request.takenByAll { return .capacity }
    if !hasRoom(request) { return causeOnAcceptedModels(request) }
    guard gangs[shape].wish != .anywhere else { return .gang }
    let room = room(request, gangs[shape], countsDown: false)
    return room.workers >= Int64(request.workers) ? .placementWish : .gang
  }

  private func fitsWithWhatIsDown(_ shape: Int, _ request: Request) -> Bool {
    guard request.workers > 1 else {
      return waits.down.contains { cluster.hasRoom(request, Int($0)) }
    }
    var free = freeMilli(.max)
    for n in waits.down { free += Int64(cluster.nodes[Int(n)].gpuFreeSum) }
    guard free >= request.takenByAll else { return false }
    return room(request, gangs[shape], countsDown: true).holds(gangs[shape])
  }

  /// Whether any node takes one worker now.
  func hasRoom(_ request: Request) -> Bool {
    cluster.isPooled ? fitsSomewhere(request) : index.first(request) >= 0
  }

  private func fitsSomewhere(_ request: Request) -> Bool {
    for n in 0..<cluster.nodeCount where cluster.fits(request, n) { return true }
    return false
  }

  /// Why no node takes the request now.
  private func causeOfOne(_ shape: Int, _ request: Request) -> WaitCause {
    if request.gpuCount > 0, request.models != .max, freeMilli(.max) >= Int64(request.takenMilli) {
      var any = request
      any.models = .max
      if cluster.isPooled ? fitsSomewhere(any) : fitsOnWitness(shape, any) { return .gpuModel }
    }
    return causeOnAcceptedModels(request)
  }

  /// Whether the request fits somewhere; the node that showed it last time is
  /// asked first, since it mostly shows it again.
  private func fitsOnWitness(_ shape: Int, _ request: Request) -> Bool {
    let last = Int(waits.witness[shape])
    if last >= 0, cluster.fits(request, last) { return true }
    guard index.offersGPUs(request) else { return false }
    waits.witness[shape] = Int32(index.first(request))
    return waits.witness[shape] >= 0
  }

  private func causeOnAcceptedModels(_ request: Request) -> WaitCause {
    if request.gpuCount > 0, freeMilli(request.models) < Int64(request.takenMilli) { return .capacity }
    if cluster.isPooled { return pooledCause(request) }
    if request.gpuCount > 0, !index.offersGPUs(request) { return .fragmentation }
    var any = request
    any.memory = 0
    return index.first(any) >= 0 ? .memory : .cpu
  }

  /// The same where GPUs are pools and nodes are scanned.
  private func pooledCause(_ request: Request) -> WaitCause {
    var any = request
    any.cpu = 0
    any.memory = 0
    if request.gpuCount > 0, !fitsSomewhere(any) { return .fragmentation }
    any.cpu = request.cpu
    return fitsSomewhere(any) ? .memory : .cpu
  }

  /// Whether a job that was just refused would have fitted, had not jobs that
  /// arrived later gone first in this pass, because of their tenants' smaller
  /// shares. The cluster is left as it was.
  mutating func isOvertaken(_ job: Int) -> Bool {
    guard let others = lines?.overtakers(of: Int32(job)), !others.isEmpty else { return false }
    let shape = Int(shapes[job].rawValue)
    for other in others { lift(Int(other)) }
    let isLaid = freeMilli(requests[shape].models) >= requests[shape].takenByAll && layForTrial(shape)
    if isLaid { takeUpTrial(shape) }
    for other in others.reversed() { putBack(Int(other)) }
    return isLaid
  }
}
