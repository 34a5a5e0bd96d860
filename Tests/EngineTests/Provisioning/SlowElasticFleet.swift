import Engine
import Foundation
import Outcome
import SimulationKernel
import Workload

/// A slow model of nodes that come, fail, are mended or replaced, apart from the
/// engine: one list of all that is to happen, searched whole at each step, and
/// nothing remembered but what the documentation speaks of.
///
/// It knows jobs of one worker in a queue by arrival in which others overtake,
/// placed on the first node with room, and nodes that do not go while they are
/// well. Where nodes come for jobs, every node and every job has one GPU.
final class SlowElasticFleet {
  enum Stage { case gone, starting, up, failed, going }

  /// The order of what happens at one instant.
  enum What: Int {
    case ready, mend, tick, gone, look, keep, arrive
    var phase: Int { self == .ready || self == .mend ? 1 : self == .arrive ? 3 : 2 }
  }

  struct Happening {
    var at: Int64
    var what: What
    var subject: Int
    /// The node's life, or the cause of a tick.
    var life = 0
    var cause = 0
  }

  struct Change: Equatable {
    var at: Int64
    var node: Int
    var stage: AutoNodeTotals.Stage?
  }

  struct Node {
    var group: Int
    var stage = Stage.gone
    var lives = 0
    var bornAt: Int64 = 0
    var hasBeenUp = false
    /// By cause: the ticks so far, and ns of the last.
    var ticks: [(count: UInt64, elapsed: Double)] = []
    var mendedAt = Int64.max
    var tolerableUntil = Int64.max
    var isSuspended = false
    /// Its last failure, counted over all nodes.
    var failure = 0
  }

  struct Job {
    var start: Int64 = -1
    var end: Int64 = -1
    var node = -1
    var work: Int64
    var due: Int64 = 0
    var endsAt = Int64.max
    var interruptions: UInt32 = 0
    var hasArrived = false
  }

  let input: SimulationInput
  let spec: AutoNodes
  var nodes: [Node]
  var jobs: [Job]
  var happenings: [Happening] = []
  var launches: [Int]
  var now: Int64 = 0
  var failures = 0
  var isPassDue = false
  var newcomers: Set<Int> = []
  var opened: Int64?
  var due = Int64.max
  var nextLook = Int64.max
  var lastLook = Int64.min / 2
  var changes: [Change] = []
  var removedAsUnhealthy = 0
  var suspensions = 0
  var mended = 0

  init(_ input: SimulationInput) {
    self.input = input
    spec = input.autoNodes!
    nodes = input.fleet.nodes.indices.map { n in
      Node(group: input.autoNodes!.groups.firstIndex { $0.nodes.contains(n) }!)
    }
    jobs = input.jobs.duration.map { Job(work: $0.nanoseconds) }
    launches = spec.groups.map { _ in 0 }
  }

  var starts: [Int64] { jobs.map(\.start) }
  var ends: [Int64] { jobs.map(\.end) }
  var interruptions: [UInt32] { jobs.map(\.interruptions) }

  func run() {
    for (number, group) in spec.groups.enumerated() {
      for n in group.nodes.prefix(group.atStart) { comesUp(n, isNew: false) }
      if group.replicas != nil { happen(.keep, number, at: 1) }
    }
    for job in jobs.indices { happen(.arrive, job, at: input.jobs.arrival[job].nanoseconds) }
    let end = input.horizon!.nanoseconds
    while true {
      let nextEnd = jobs.map(\.endsAt).min() ?? .max
      let next = happenings.indices.min { a, b in
        (happenings[a].at, happenings[a].what.phase, a) < (happenings[b].at, happenings[b].what.phase, b)
      }
      let at = min(nextEnd, next.map { happenings[$0].at } ?? .max)
      if isPassDue && at > now {
        isPassDue = false
        pass()
        continue
      }
      guard at <= end else { return }
      now = at
      if nextEnd == at {
        finish(jobs.firstIndex { $0.endsAt == at }!)
      } else {
        take(happenings.remove(at: next!))
      }
    }
  }

  func happen(_ what: What, _ subject: Int, at instant: Int64, life: Int = 0, cause: Int = 0) {
    guard instant <= SimTime.latest.nanoseconds else { return }
    happenings.append(Happening(at: instant, what: what, subject: subject, life: life, cause: cause))
  }

  func take(_ event: Happening) {
    let n = event.subject
    switch event.what {
    case .arrive:
      jobs[n].hasArrived = true
      newcomers.insert(n)
      isPassDue = true
    case .look: look()
    case .keep: keep(n)
    case .ready, .mend, .tick, .gone:
      guard nodes[n].lives == event.life else { return }
      switch event.what {
      case .ready: comesUp(n, isNew: true)
      case .mend: mend(n)
      case .tick: tick(n, event.cause)
      default: goes(n)
      }
    }
  }

  // MARK: - Jobs

  var waiting: [Int] {
    jobs.indices.filter { jobs[$0].hasArrived && jobs[$0].node < 0 && jobs[$0].end < 0 }
  }

  func free(_ n: Int) -> Int {
    let held = jobs.indices.filter { jobs[$0].node == n }.reduce(0) { $0 + gpus($1) }
    return input.fleet.nodes[n].gpuCount - held
  }

  func gpus(_ job: Int) -> Int {
    Int(input.jobs.shapes[Int(input.jobs.shape[job].rawValue)].gpuCount)
  }

  func plan(_ job: Int) -> CheckpointPlan? {
    guard !input.jobs.checkpoint.isEmpty, input.jobs.checkpoint[job] > 0 else { return nil }
    return input.jobs.checkpointPlans[Int(input.jobs.checkpoint[job]) - 1]
  }

  func pass() {
    for job in waiting {
      guard
        let n = nodes.indices.first(where: { nodes[$0].stage == .up && free($0) >= gpus(job) })
      else { continue }
      jobs[job].node = n
      jobs[job].start = now
      var length = jobs[job].due + jobs[job].work
      if let plan = plan(job) {
        length += (jobs[job].work - 1) / plan.interval.nanoseconds * plan.write.nanoseconds
      }
      jobs[job].endsAt = now + length
    }
    let isNew = waiting.contains { newcomers.contains($0) }
    newcomers = []
    if waiting.isEmpty { return }
    if isNew { openBatch() } else { lookAgain() }
  }

  func finish(_ job: Int) {
    jobs[job].end = now
    jobs[job].node = -1
    jobs[job].endsAt = .max
    if !waiting.isEmpty { isPassDue = true }
  }

  /// What runs on the node falls back to its last checkpoint.
  func stop(on n: Int) {
    for job in jobs.indices where jobs[job].node == n {
      if let plan = plan(job) {
        let rest = max(0, now - jobs[job].start - jobs[job].due)
        let cycle = plan.interval.nanoseconds + plan.write.nanoseconds
        jobs[job].work -= min(jobs[job].work, rest / cycle * plan.interval.nanoseconds)
        jobs[job].due = plan.restart.nanoseconds
      }
      jobs[job].node = -1
      jobs[job].start = -1
      jobs[job].endsAt = .max
      jobs[job].interruptions += 1
      newcomers.insert(job)
      isPassDue = true
    }
  }

  // MARK: - Nodes fail

  func draw(_ n: Int, _ cause: FailureCause, _ number: UInt64) -> Double {
    let group = spec.groups[nodes[n].group]
    return RandomStream(
      seed: input.seed,
      stream: StreamName("auto-faults/\(cause.name)/\(group.name)"),
      entity: UInt64(nodes[n].lives) << 20 | UInt64(n - group.nodes.lowerBound)
    ).uniform(number)
  }

  func scheduleTick(_ n: Int, _ number: Int) {
    let cause = spec.groups[nodes[n].group].failures[number]
    let rate = cause.perDay(gpus: input.fleet.nodes[n].gpuCount)
    guard rate > 0 else { return }
    let tick = nodes[n].ticks[number]
    let elapsed = tick.elapsed - 86_400e9 / rate * log(1 - draw(n, cause, 2 * tick.count))
    nodes[n].ticks[number] = (tick.count + 1, elapsed)
    guard elapsed < 1e18 else { return }
    happen(.tick, n, at: nodes[n].bornAt + Int64(elapsed), life: nodes[n].lives, cause: number)
  }

  func tick(_ n: Int, _ number: Int) {
    let cause = spec.groups[nodes[n].group].failures[number]
    let count = nodes[n].ticks[number].count - 1
    scheduleTick(n, number)
    guard nodes[n].stage == .up else { return }
    stop(on: n)
    guard let repair = cause.repair else { return }
    let span = max(1, Int64(repair.quantile(draw(n, cause, 2 * count + 1)) * 1e9))
    change(n, .failed, .failed)
    failures += 1
    nodes[n].failure = failures
    nodes[n].mendedAt = now + span
    happen(.mend, n, at: now + span, life: nodes[n].lives)
    if let repair = spec.repair, spec.groups[nodes[n].group].purchase != .owned {
      let limit = cause.condition == .accelerator ? repair.accelerator : repair.notReady
      nodes[n].tolerableUntil = now + limit.nanoseconds
      happen(.mend, n, at: now + limit.nanoseconds, life: nodes[n].lives)
    }
  }

  func mend(_ n: Int) {
    guard nodes[n].stage == .failed else { return }
    if nodes[n].mendedAt <= now {
      mended += 1
      well(n)
      change(n, .up, .up)
      if !waiting.isEmpty { isPassDue = true }
      lookAtSuspended(pool(n))
    } else if nodes[n].tolerableUntil <= now {
      let mates = nodes.indices.filter {
        pool($0) == pool(n) && nodes[$0].hasBeenUp && nodes[$0].stage != .gone
      }
      let down = mates.filter { nodes[$0].mendedAt < .max }
      guard Double(down.count) <= (Double(mates.count) * spec.repair!.suspendAbove - 1e-9).rounded(.up) else {
        suspensions += 1
        nodes[n].isSuspended = true
        return
      }
      removedAsUnhealthy += 1
      change(n, .going, .terminating)
      happen(.gone, n, at: now + spec.termination.nanoseconds, life: nodes[n].lives)
      keep(nodes[n].group)
    }
  }

  func pool(_ n: Int) -> Int { spec.groups[nodes[n].group].pool }

  /// In the order in which they failed.
  func lookAtSuspended(_ pool: Int) {
    let suspended = nodes.indices.filter { nodes[$0].isSuspended && self.pool($0) == pool }
    for n in suspended.sorted(by: { nodes[$0].failure < nodes[$1].failure }) {
      nodes[n].isSuspended = false
      happen(.mend, n, at: now + 1, life: nodes[n].lives)
    }
  }

  func well(_ n: Int) {
    nodes[n].mendedAt = .max
    nodes[n].tolerableUntil = .max
    nodes[n].isSuspended = false
  }
}
