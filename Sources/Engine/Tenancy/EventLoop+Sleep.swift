import Outcome
import SimulationKernel
import Workload

/// Virtual clusters come into being, sleep and wake.
///
/// In sleep replicas are scaled to 0 and pods are deleted: what runs is
/// interrupted and falls back to what it has saved, what waits leaves the queue,
/// and both come back by number when the cluster is awake.
extension EventLoop {
  /// What wakes a cluster.
  enum WakeReason {
    case access, noise, schedule
  }

  mutating func beginTenancy() {
    guard let tenancy else { return }
    for c in tenancy.clusters.indices {
      let spec = tenancy.spec.clusters[c]
      if spec.creation > .zero {
        pushTenancy(.awake, c, at: spec.creation.nanoseconds, Phase.repair, generation: 0)
      } else {
        pushSample(c, tenancy)
      }
      pushSchedule(.sleepsAt, c, tenancy, after: 0)
      pushSchedule(.wakesAt, c, tenancy, after: 0)
      pushNoise(c, tenancy, after: 0)
    }
  }

  mutating func pushSchedule(_ step: TenancyState.Step, _ c: Int, _ tenancy: TenancyState, after now: Int64) {
    guard let sleep = tenancy.spec.clusters[c].sleep,
      let next = (step == .sleepsAt ? sleep.sleepAt : sleep.wakeAt)?.next(after: now)
    else { return }
    pushTenancy(step, c, at: next, step == .sleepsAt ? Phase.fault : Phase.repair)
  }

  mutating func pushNoise(_ c: Int, _ tenancy: TenancyState, after now: Int64) {
    guard let rate = tenancy.spec.clusters[c].sleep?.noisePerSecond, rate > 0 else { return }
    let name = tenancy.spec.clusters[c].name
    let number = tenancy.clusters[c].noises
    tenancy.clusters[c].noises += 1
    let uniform = RandomStream(
      seed: tenancy.seed,
      stream: StreamName("tenancy/noise/\(name)"),
      entity: number
    ).uniform(0)
    let gap = Variate.exponential(mean: 1e9 / rate).quantile(uniform)
    guard gap < Double(SimTime.latest.nanoseconds - now) else { return }
    pushTenancy(.noise, c, at: now + max(1, Int64(gap)), Phase.repair)
  }

  /// Somebody, or something, uses the cluster.
  mutating func noteAccess(_ c: Int, _ tenancy: TenancyState, _ reason: WakeReason, at now: Int64) {
    guard let sleep = tenancy.spec.clusters[c].sleep else { return }
    tenancy.clusters[c].lastAccess = now
    if tenancy.clusters[c].stage == .asleep, sleep.wakesOnAccess { beginsToWake(c, tenancy, reason, at: now) }
  }

  mutating func beginsToWake(_ c: Int, _ tenancy: TenancyState, _ reason: WakeReason, at now: Int64) {
    switch reason {
    case .access: tenancy.count(c, at: now, \.wakesByAccess)
    case .noise: tenancy.count(c, at: now, \.wakesByNoise)
    case .schedule: tenancy.count(c, at: now, \.wakesBySchedule)
    }
    let spec = tenancy.spec.clusters[c]
    let number = tenancy.clusters[c].wakes
    tenancy.clusters[c].wakes += 1
    let uniform = RandomStream(
      seed: tenancy.seed,
      stream: StreamName("tenancy/wake/\(spec.name)"),
      entity: number
    )
    .uniform(0)
    let latency = (spec.sleep?.latency.quantile(uniform) ?? 0) * 1e9
    tenancy.change(c, to: .waking, at: now)
    guard latency >= 1 else { return wakes(c, tenancy, at: SimTime(nanoseconds: now)) }
    guard latency < Double(SimTime.latest.nanoseconds - now) else { return }
    pushTenancy(.awake, c, at: now + Int64(latency), Phase.repair, generation: tenancy.clusters[c].turn)
  }

  /// The cluster takes pods from now on.
  mutating func wakes(_ c: Int, _ tenancy: TenancyState, at now: SimTime) {
    tenancy.change(c, to: .awake, at: now.nanoseconds)
    tenancy.clusters[c].lastAccess = now.nanoseconds
    pushSample(c, tenancy)
    admitOutside(c, tenancy, at: now)
    for job in tenancy.clusters[c].members.sorted() where tenancy.isOutside(Int(job)) {
      waits.note(job: Int(job), .quota, at: now.nanoseconds)
    }
  }

  /// At the first sample at which it may have been inactive for long enough.
  private mutating func pushSample(_ c: Int, _ tenancy: TenancyState, notBefore: Int64 = 0) {
    guard let sleep = tenancy.spec.clusters[c].sleep, let after = sleep.afterInactivity else { return }
    let (sum, isTooLate) = tenancy.clusters[c].lastAccess.addingReportingOverflow(after.nanoseconds)
    guard !isTooLate, sum <= SimTime.latest.nanoseconds else { return }
    // What runs is seen at samples only, so none may be left out.
    let due = sleep.activity == .running ? max(notBefore, tenancy.clusters[c].since + 1) : max(sum, notBefore)
    let at = (due + SleepRule.sampling - 1) / SleepRule.sampling * SleepRule.sampling
    pushTenancy(.sample, c, at: at, Phase.fault, generation: tenancy.clusters[c].turn)
  }

  mutating func sample(_ c: Int, _ tenancy: TenancyState, at now: SimTime) {
    guard let sleep = tenancy.spec.clusters[c].sleep, let after = sleep.afterInactivity else { return }
    if sleep.activity == .running,
      tenancy.clusters[c].members.contains(where: { live.isIn(Int($0), .running) })
    {
      tenancy.clusters[c].lastAccess = now.nanoseconds
    }
    guard now.nanoseconds - tenancy.clusters[c].lastAccess >= after.nanoseconds else {
      return pushSample(c, tenancy, notBefore: now.nanoseconds + 1)
    }
    fallsAsleep(c, tenancy, at: now)
  }

  mutating func fallsAsleep(_ c: Int, _ tenancy: TenancyState, at now: SimTime) {
    tenancy.change(c, to: .asleep, at: now.nanoseconds)
    tenancy.count(c, at: now.nanoseconds, \.sleeps)
    tenancy.clusters[c].fellAsleep = now.nanoseconds
    for member in tenancy.clusters[c].members.sorted() {
      let job = Int(member)
      if tenancy.isAdmitted(job) {
        if live.isIn(job, .running) { stops(job, c, tenancy, at: now) } else { withdraw(job) }
        _ = tenancy.leaves(job)
        tenancy.holds(job, c)
      }
      waits.note(job: job, .asleep, at: now.nanoseconds)
    }
    hasNews = true
    if hasWaiting { isPassPending = true }
  }

  /// The pods of a job that runs are deleted.
  private mutating func stops(_ job: Int, _ c: Int, _ tenancy: TenancyState, at now: SimTime) {
    let instant = now.nanoseconds
    let milliGPU = requests[Int(shapes[job].rawValue)].takenByAll
    let until: Int64
    if kinds[job] == .service {
      until = arrival[job].nanoseconds + duration[job].nanoseconds
    } else {
      // At full speed, from what was left when the run began.
      until = live.start[job] + (progress?.workLeft(job) ?? duration[job].nanoseconds)
    }
    if milliGPU > 0, until > instant {
      tenancy.clusters[c].given.append(.init(milliGPU: milliGPU, until: until))
    }
    interrupt(job, at: now, isPreemption: false, savesFirst: false, extra: 0, staysAway: true)
    tenancy.count(c, at: instant, \.interrupted)
    // A replica's end is a date: it goes by the new generation.
    if kinds[job] == .service { schedule(end: arrival[job], after: duration[job], job) }
  }
}
