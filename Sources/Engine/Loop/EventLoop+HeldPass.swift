import Outcome
import SimulationKernel

/// A pass of a queue in which gangs hold places before they start.
///
/// At one instant, time-outs come first, then returns to the queue, then
/// placement: a gang whose time is up gives up even if a job that ends at this
/// instant would have made it complete.
extension EventLoop {
  mutating func heldPass(_ held: HeldGangs, at now: SimTime) throws {
    giveUp(held, at: now)
    comeBack(held, at: now)
    // Sums change when no node has become freer for a request.
    if held.isByQuota {
      for job in queue.refusedHeads { queue.reconsider(job, request: Int(shapes[Int(job)].rawValue)) }
    }
    queue.beginPass(probes, cluster)
    let isHeldUp = try walk(held, at: now)
    queue.endPass(keepsFreed: isHeldUp)
    reviewCauses(at: now)
    let due = takesTurnsInVain(held, at: now) ? .max : held.nextDue
    if due != held.timerDue {
      held.timerDue = due
      pushTimer(due)
    }
  }

  /// Whether gangs have given up so often in a row that their delays are at
  /// their longest, and nothing else is left to happen: without this a run
  /// without horizon would never end.
  private func takesTurnsInVain(_ held: HeldGangs, at now: SimTime) -> Bool {
    guard !held.timeouts.isEmpty,
      (held.gangs.map(\.job) + held.away.map(\.job)).allSatisfy({
        held.timeouts[$0, default: 0] >= HeldGangs.mostTimeouts
      }),
      arrivedCount == input.jobs.count,
      (input.fleetChanges.last?.atNanoseconds ?? 0) <= now.nanoseconds,
      input.maintenances.indices.allSatisfy({
        maintenance.out[$0] == 0 && maintenance.next[$0] >= input.maintenances[$0].nodes.count
      })
    else { return false }
    return !(0..<input.jobs.count).contains {
      live.isIn($0, .running) || (live.isIn($0, .waiting) && kinds[$0] == .service) || isDelayed($0)
    }
  }

  /// Tries gangs that hold and waiting jobs in the order of the queue. Returns
  /// whether a gang that holds stopped it before the first waiting job.
  private mutating func walk(_ held: HeldGangs, at now: SimTime) throws -> Bool {
    let stopsAtHolder = held.blocks && !held.isByQuota
    var position = 0
    while true {
      let job = Int(queue.nextCandidate(probes, cluster))
      var limit = job < 0 ? Int32.max : queue.place(of: Int32(job))
      if job < 0, stopsAtHolder, let place = queue.refusedPlace { limit = place }
      while position < held.gangs.count, held.gangs[position].place < limit {
        if try holdRest(&held.gangs[position], at: now.nanoseconds) {
          start(held.gangs.remove(at: position), held, at: now)
        } else if stopsAtHolder {
          return true
        } else {
          position += 1
        }
      }
      if job < 0 { return false }
      let shape = Int(shapes[job].rawValue)
      switch try attempt(job, held, at: now) {
      case .starts: queue.took(request: shape)
      case .holds:
        queue.took(request: shape)
        if stopsAtHolder { return true }
        position += 1
      case .waits:
        waits.fresh.append(Int32(shape))
        queue.refused(request: shape)
      }
    }
  }

  private enum Attempt {
    case starts
    /// It has left the queue for the gangs that hold.
    case holds
    case waits
  }

  private mutating func attempt(_ job: Int, _ held: HeldGangs, at now: SimTime) throws -> Attempt {
    let shape = Int(shapes[job].rawValue)
    let request = requests[shape]
    if lacksQuota(request, held) { return .waits }
    if request.workers == 1 {
      return try tryToStart(job, at: now) ? .starts : .waits
    }
    var gang = HoldingGang(
      job: job,
      place: queue.place(of: Int32(job)),
      since: now.nanoseconds,
      gangs[shape]
    )
    if try holdRest(&gang, at: now.nanoseconds) {
      start(gang, held, at: now)
      return .starts
    }
    guard held.isByQuota || !gang.pieces.isEmpty else { return .waits }
    waits.note(job: job, .gang, at: now.nanoseconds)
    held.gangs.insert(gang, at: held.position(of: gang.place))
    return .holds
  }

  /// Whether what is free, less what admitted gangs lack, does not cover it.
  private func lacksQuota(_ request: Request, _ held: HeldGangs) -> Bool {
    held.isByQuota && request.gpuCount > 0
      && freeMilli(request.classes) - lackingMilli(request.classes, held) < request.takenByAll
  }

  /// Whether the job waits only because what is free is promised to admitted
  /// gangs.
  func isPromised(_ request: Request) -> Bool {
    guard let heldGangs, lacksQuota(request, heldGangs) else { return false }
    return freeMilli(request.classes) >= request.takenByAll && (request.workers > 1 || hasRoom(request))
  }

  /// Thousandths that admitted gangs still lack which may use one of these
  /// models.
  private func lackingMilli(_ classes: UInt64, _ held: HeldGangs) -> Int64 {
    held.gangs.reduce(0) { sum, gang in
      let request = requests[Int(shapes[gang.job].rawValue)]
      return request.classes & classes == 0 ? sum : sum + Int64(gang.left) * Int64(request.takenMilli)
    }
  }
}
