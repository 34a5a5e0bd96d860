import Outcome
import SimulationKernel
import Workload

/// A waiting job takes GPUs from running jobs of lower priority.
extension EventLoop {
  /// Whether lower priorities hold enough, counted over the fleet.
  func mayPreempt(for job: Int) -> Bool {
    let request = requests[Int(shapes[job].rawValue)]
    let level = preemption!.running.level(job)
    guard level > 0, preemption!.stopsAwaited[job] == nil else { return false }
    return freeMilli(request.classes) + preemption!.running.held(below: level, classes: request.classes)
      >= request.takenByAll
  }

  /// Makes room for the job if it can. Returns whether it runs now.
  mutating func tryToPreempt(for job: Int, at now: SimTime) throws -> Bool {
    guard let spec = input.preemption, mayPreempt(for: job) else { return false }
    let victims =
      spec.victims == .kubeScheduler
      ? victimsOnNodes(for: job) : victimsInOrder(for: job, spec.victims, at: now)
    guard let victims, !victims.isEmpty else { return false }
    if spec.gracefulPeriod > SimDuration(nanoseconds: 0) {
      for victim in victims { tellToStop(victim, for: job, at: now) }
      showNominated()
      preemption!.nominated[job] = preemption!.trialNodes
      return false
    }
    for victim in victims { evict(victim, at: now) }
    let starts = try tryToStart(job, at: now)
    precondition(starts, "a job did not fit after its victims had gone")
    return true
  }

  /// The job stops now and waits again, in its place.
  private mutating func evict(_ job: Int, at now: SimTime) {
    stop(job, at: now)
    preemption!.hasPreempted = true
  }

  /// The job stops now, and stands in the queue again at once or after a delay.
  private mutating func stop(_ job: Int, at now: SimTime) {
    let delay = input.preemption!.requeueDelay
    preempt(job, at: now, savesFirst: savesInTime(job), staysAway: delay > .zero)
    if delay == .zero { return rejoin(job) }
    waits.note(job: job, .requeue, at: now.nanoseconds)
    guard delay <= SimTime.latest - now else { return }
    feed.push(
      EventKey(time: now + delay, phase: Phase.arrival),
      payload: live.firstStop + UInt32(job),
      generation: live.interruptions[job]
    )
  }

  private func savesInTime(_ job: Int) -> Bool {
    guard let spec = input.preemption, let write = progress?.writeTime(job) else { return false }
    return write <= spec.gracefulPeriod.nanoseconds
  }

  // MARK: - Graceful period

  private mutating func tellToStop(_ victim: Int, for job: Int, at now: SimTime) {
    preemption!.running.remove(victim)
    book(victim, sign: -1)
    preemption!.budgets?.stopped(victim, isPreemption: true)
    preemption!.stopsAwaited[job, default: 0] += 1
    preemption!.stopFor[victim] = job
    waits.state &+= 1
    let due = now + input.preemption!.gracefulPeriod
    guard due <= .latest else { return }
    feed.push(
      EventKey(time: due, phase: Phase.release),
      payload: live.firstStop + UInt32(victim),
      generation: live.interruptions[victim]
    )
  }

  /// The graceful period of a victim is over, or its delay before it stands in
  /// the queue again.
  mutating func stopOrReturn(_ job: Int, at now: SimTime) {
    if live.isIn(job, .running) {
      stop(job, at: now)
    } else {
      waits.note(job: job, .none, at: now.nanoseconds)
      resetWish(job, at: now)
      rejoin(job)
    }
    isPassPending = true
  }

  /// Hides the nodes that wait for a preemptor of higher priority than this
  /// job, as kube-scheduler's filters count nominated jobs as present.
  mutating func hideNominated(from job: Int) {
    guard let preemption, !preemption.nominated.isEmpty else { return }
    showNominated()
    let own = input.jobs.priority[job]
    let nodes = preemption.nominated.filter { input.jobs.priority[$0.key] > own }.flatMap(\.value)
    for node in Set(nodes).sorted() {
      var reserved = cluster.spare(node)
      reserved.gpuFree = reserved.gpuFree.map { _ in 0 }
      (reserved.cpu, reserved.memory) = (0, 0)
      cluster.holdBack(&reserved)
      trialChanged(node)
      preemption.hidden.append(reserved)
    }
  }

  /// Shows them again.
  mutating func showNominated() {
    guard let preemption else { return }
    for reserved in preemption.hidden {
      cluster.giveFree(reserved)
      trialChanged(reserved.node)
    }
    preemption.hidden.removeAll(keepingCapacity: true)
  }

  // MARK: - Books of who runs

  /// The job has started: later ones may take its place.
  mutating func listRunning(_ job: Int) {
    if !input.jobs.disruptionBudgets.isEmpty { budgets?.started(job) }
    guard let preemption else { return }
    book(job, sign: 1)
    if jobsMayBePreempted(job) { preemption.running.insert(job) }
    preemption.startCount += 1
  }

  /// The job has left its GPUs.
  mutating func unlistRunning(_ job: Int) {
    guard let preemption else { return }
    if let preemptor = preemption.stopFor.removeValue(forKey: job) {
      let left = preemption.stopsAwaited[preemptor]! - 1
      preemption.stopsAwaited[preemptor] = left == 0 ? nil : left
      if left == 0 { preemption.nominated[preemptor] = nil }
    } else {
      book(job, sign: -1)
      preemption.running.remove(job)
    }
  }

  private func jobsMayBePreempted(_ job: Int) -> Bool {
    kinds[job] == .batch && (input.jobs.isProtected.isEmpty || !input.jobs.isProtected[job])
  }

  /// What the job holds by class of nodes; a protected one is not counted.
  private mutating func book(_ job: Int, sign: Int64) {
    guard jobsMayBePreempted(job) else { return }
    for position in 0..<partCount(job) {
      let part = part(of: job, position)
      let milli = Int64(part.request.takenMilli)
      preemption!.running.hold(job, sign * milli, nodeClass: cluster.classIndex(part.node))
    }
  }

  // MARK: - Victims, Kueue's way

  /// Lower jobs in the policy's order until the job fits, less those that can
  /// be put back. The cluster is left as it was.
  private mutating func victimsInOrder(
    for job: Int,
    _ policy: PriorityPreemption.Victims,
    at now: SimTime
  ) -> [Int]? {
    let shape = Int(shapes[job].rawValue)
    let request = requests[shape]
    let level = preemption!.running.level(job)
    var candidates = CandidateOrder(level: level, running: preemption!.running)
    if policy == .cheapestLostWork {
      candidates = CandidateOrder(sorted: byLostWork(below: level, request.classes, at: now))
    }
    var released: [Int] = []
    var isLaid = false
    while !isLaid, let victim = candidates.next(preemption!.running) {
      guard holdsAccepted(victim, request.classes) else { continue }
      lift(victim)
      released.append(victim)
      guard freeMilli(request.classes) >= request.takenByAll else { continue }
      isLaid = layForTrial(shape)
    }
    var victims: [Int] = []
    for victim in released.reversed() where !isLaid || !putBackIfFree(victim) { victims.append(victim) }
    if isLaid {
      preemption!.trialNodes = pieces[trialFirst...].map { Int($0.node) }
      takeUpTrial(shape)
    }
    for victim in victims { putBack(victim) }
    return isLaid ? victims : nil
  }

  /// All running jobs below the level, the least lost work for each GPU first;
  /// equal ones: lower priority, then later start.
  private func byLostWork(below level: Int, _ classes: UInt64, at now: SimTime) -> [Int] {
    var all: [(lost: Double, level: Int, start: Int64, job: Int)] = []
    for lower in 0..<level {
      var job = preemption!.running.first(level: lower)
      while job >= 0 {
        let lost = progress!.loss(job, at: now.nanoseconds, savesFirst: savesInTime(job))
        all.append((Double(lost), lower, -live.start[job], job))
        job = preemption!.running.after(job)
      }
    }
    return all.sorted { ($0.lost, $0.level, $0.start, $0.job) < ($1.lost, $1.level, $1.start, $1.job) }.map(
      \.job
    )
  }

  private func holdsAccepted(_ job: Int, _ classes: UInt64) -> Bool {
    classes == .max || classes & cluster.nodes[Int(live.node[job])].classBit != 0
  }
}
