import Outcome
import SimulationKernel
import Workload

/// Pods are created only where their cluster is awake and its quota has room.
extension EventLoop {
  /// A job asks for its pods: true when they exist from now on. If not, it
  /// stands outside the queue with the cause.
  ///
  /// - Parameter isAccess: it has just been submitted.
  mutating func passesGate(_ job: Int, at now: SimTime, isAccess: Bool) -> Bool {
    guard let tenancy else { return true }
    let c = tenancy.cluster(of: job)
    guard c >= 0 else { return true }
    if isAccess { noteAccess(c, tenancy, .access, at: now.nanoseconds) }
    let isAwake = tenancy.clusters[c].stage == .awake
    if isAwake, tenancy.admits(job, c) { return true }
    tenancy.holds(job, c)
    waits.note(job: job, isAwake ? .quota : .asleep, at: now.nanoseconds)
    return false
  }

  /// The pods of a job are gone, for good or until it comes back; others of its
  /// cluster may take their room.
  mutating func leavesGate(_ job: Int, at now: SimTime) {
    guard let tenancy, tenancy.leaves(job) else { return }
    let c = tenancy.cluster(of: job)
    let delay = tenancy.spec.quotaRetry
    guard delay > .zero else { return admitOutside(c, tenancy, at: now) }
    guard !tenancy.clusters[c].isRetryDue else { return }
    tenancy.clusters[c].isRetryDue = true
    pushTenancy(.retry, c, at: now.nanoseconds + delay.nanoseconds, Phase.timer)
  }

  /// Tries the jobs outside in the order of their arrival.
  mutating func admitOutside(_ c: Int, _ tenancy: TenancyState, at now: SimTime) {
    guard tenancy.clusters[c].stage == .awake else { return }
    while let job = tenancy.admitNext(c) {
      waits.note(job: job, .none, at: now.nanoseconds)
      resetWish(job, at: now)
      enqueue(job, Int(shapes[job].rawValue))
      hasNews = true
      if hasWaiting { isPassPending = true }
    }
  }

  mutating func tenancyStep(_ payload: UInt32, generation: UInt32, at now: SimTime) {
    guard let tenancy else { preconditionFailure("an event of clusters that there are not") }
    let (step, c) = TenancyState.meaning(payload)
    let instant = now.nanoseconds
    switch step {
    case .emptied: emptied(c, generation: generation, at: now)
    case .retry:
      tenancy.clusters[c].isRetryDue = false
      admitOutside(c, tenancy, at: now)
    case .awake:
      guard generation == tenancy.clusters[c].turn else { return }
      wakes(c, tenancy, at: now)
    case .sleepsAt:
      pushSchedule(.sleepsAt, c, tenancy, after: instant)
      let stage = tenancy.clusters[c].stage
      if stage == .awake || stage == .waking { fallsAsleep(c, tenancy, at: now) }
    case .wakesAt:
      pushSchedule(.wakesAt, c, tenancy, after: instant)
      if tenancy.clusters[c].stage == .asleep { beginsToWake(c, tenancy, .schedule, at: instant) }
    case .sample:
      guard generation == tenancy.clusters[c].turn else { return }
      sample(c, tenancy, at: now)
    case .noise:
      tenancy.count(c, at: instant, \.noises)
      pushNoise(c, tenancy, after: instant)
      noteAccess(c, tenancy, .noise, at: instant)
    }
  }

  /// Whether the job was refused for good by its cluster.
  func isRefusedByCluster(_ job: Int) -> Bool { refusedByCluster.count > 0 && refusedByCluster[job] }

  func verifyTenancy() throws {
    try verifyMachines()
    try tenancy?.check { live.isIn($0, .running) || live.isIn($0, .waiting) && isInQueue($0) }
  }

  mutating func pushTenancy(
    _ step: TenancyState.Step,
    _ c: Int,
    at instant: Int64,
    _ phase: UInt8,
    generation: UInt32 = 0
  ) {
    guard instant <= SimTime.latest.nanoseconds else { return }
    feed.push(
      EventKey(time: SimTime(nanoseconds: instant), phase: phase),
      payload: TenancyState.payload(step, c),
      generation: generation
    )
  }
}
