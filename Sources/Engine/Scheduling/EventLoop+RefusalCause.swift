import Hardware
import Outcome

/// Explains a refusal from the filters' point of view; precedence as
/// ``WaitCause`` says.
extension EventLoop {
  /// Why a waiting job of the shape does not run, as the cluster is now.
  mutating func causeNow(_ shape: Int) -> WaitCause {
    if let known = waits.known(shape) { return known }
    let cause = foundCause(shape)
    waits.remember(cause, shape)
    return cause
  }

  /// The same without a look at what is known. One question after the other: `||` and
  /// `&&` copy the whole loop for what stands behind them (4 % of a run).
  private func foundCause(_ shape: Int) -> WaitCause {
    if isPromised(requests[shape]) { return .reservation }
    if holdsJobsBack, fitsNow(shape) { return .reservation }
    if isMounted(for: shape) { return .mounting }
    return refusalCause(shape)
  }

  /// Whether a job that fits may have to wait all the same.
  private var holdsJobsBack: Bool {
    if backfill != nil { return true }
    guard let preemption else { return false }
    return !preemption.nominated.isEmpty
  }

  private func fitsNow(_ shape: Int) -> Bool {
    let request = requests[shape]
    guard request.workers > 1 else {
      return cluster.isPooled ? fitsSomewhere(request) : index.first(request) >= 0
    }
    guard freeMilli(request.classes) >= request.takenByAll else { return false }
    return holds(request, gangs[shape], shape, countsDown: false)
  }

  /// Why a job of the shape was refused now.
  func refusalCause(_ shape: Int) -> WaitCause {
    let request = requests[shape]
    if !waits.down.isEmpty, fitsWithWhatIsDown(shape, request) { return .failure }
    if let autoNodes, let missing = causeOfMissingNodes(shape, request, autoNodes) { return missing }
    if let excluded = exclusion(shape, request) { return excluded }
    guard request.workers > 1 else { return causeOnAcceptedNodes(request) }
    if request.gpuCount > 0, freeMilli(request.classes) < request.takenByAll { return .capacity }
    if !hasRoom(request) { return causeOnAcceptedNodes(request) }
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
    return holds(request, gangs[shape], shape, countsDown: true)
  }

  /// Whether the nodes hold all workers of the gang as it wishes; of a
  /// consolidated one perhaps only the nodes that it prefers, in smaller
  /// pieces. Rules among its own workers are not looked at.
  private func holds(_ worker: Request, _ gang: Gang, _ shape: Int, countsDown: Bool) -> Bool {
    if gang.isPossible && room(worker, gang, countsDown: countsDown).holds(gang) { return true }
    guard gang.wish == .consolidated, !tiers.isEmpty else { return false }
    return tiers[shape].contains { tier in
      let gang = gangs[Int(tier)]
      return room(requests[Int(tier)], gang, countsDown: countsDown).holds(gang)
    }
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
  private func causeOnAcceptedNodes(_ request: Request) -> WaitCause {
    if request.gpuCount > 0, freeMilli(request.classes) < Int64(request.takenMilli) { return .capacity }
    if cluster.isPooled { return pooledCause(request) }
    if request.gpuCount > 0, !index.offersGPUs(request) { return .fragmentation }
    var any = request
    any.memory = 0
    return index.first(any) >= 0 ? .memory : .cpu
  }

  /// Whether the job would fit, were it not for GPU models alone, or for
  /// labels, taints and rules alone.
  private func exclusion(_ shape: Int, _ request: Request) -> WaitCause? {
    let accepts = acceptances[shape]
    if request.gpuCount > 0 && accepts.byModel != .max {
      var other = request
      other.classes = accepts.byConstraint
      if wouldFit(shape, other, gangsByCause[shape].anyModel) { return .gpuModel }
    }
    if waitsForLeave(shape) { return .burstRule }
    if accepts.byConstraint != .max || request.obeys != 0 {
      var other = request
      other.classes = accepts.byModel
      other.obeys = 0
      if wouldFit(shape, other, gangsByCause[shape].anyConstraint) { return .nodeConstraint }
    }
    return nil
  }

  private func wouldFit(_ shape: Int, _ other: Request, _ gang: Gang) -> Bool {
    guard freeMilli(other.classes) >= other.takenByAll else { return false }
    if other.workers > 1 { return holds(other, gang, shape, countsDown: false) }
    return cluster.isPooled ? fitsSomewhere(other) : fitsOnWitness(shape, other)
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

  /// Whether a job that was just refused would have fitted, had not jobs that
  /// arrived later gone first in this pass, because of their tenants' smaller
  /// shares. The cluster is left as it was.
  mutating func isOvertaken(_ job: Int) -> Bool {
    guard let others = lines?.overtakers(of: Int32(job)), !others.isEmpty else { return false }
    let shape = Int(shapes[job].rawValue)
    for other in others { lift(Int(other)) }
    let isLaid = freeMilli(requests[shape].classes) >= requests[shape].takenByAll && layForTrial(shape)
    if isLaid { takeUpTrial(shape) }
    for other in others.reversed() { putBack(Int(other)) }
    return isLaid
  }
}
