import Engine
import Hardware
import Outcome
import Workload

/// First in, first out, with head-of-line blocking, on the first node that
/// fits, with clients that slow one another: everything is looked at anew at
/// each instant.
struct SharedReference {
  struct Job {
    var state = JobState.unseen
    var start: Int64 = -1
    var end: Int64 = -1
    var gpu = -1
    var node = -1
    var back: Int64 = -1
    var interruptions: UInt32 = 0
    var oom: UInt32 = 0
    var failures = 0
    var allFailures = 0
    /// Work of the run and what has been done of it, ns x 10^9.
    var goal: Int128 = 0
    var done: Int128 = 0
    var inWindow: Int128 = 0
    var rate: Int128 = 0
    var fails = false
    var isDoomed = false
    var doomedAt: Int64 = -1
  }

  let input: SimulationInput
  let spec: ContentionSpec
  var jobs: [Job]
  var isUp: [Bool]
  var now: Int64 = 0
  let one: Int128 = 1_000_000_000

  init(_ input: SimulationInput) {
    self.input = input
    spec = input.contention!
    jobs = Array(repeating: Job(), count: input.jobs.count)
    isUp = Array(repeating: true, count: input.fleet.nodes.count)
  }

  func shape(_ j: Int) -> JobShape { input.jobs.shapes[Int(input.jobs.shape[j].rawValue)] }
  func demand(_ j: Int) -> DeviceDemand { input.jobs.deviceDemand(of: shape(j)) }
  func card(_ n: Int) -> Int32 {
    input.fleet.gpuMemoryMiB(ofModel: input.fleet.gpuModels[Int(input.fleet.nodes[n].gpuModel!.rawValue)])!
  }

  func milli(_ j: Int) -> Int32 {
    let shape = shape(j)
    if shape.gpuCount > 0 && input.sharing != .fractions { return shape.gpuCount * (1000 / spec.replicas) }
    return shape.milliGPUPerDevice
  }

  /// How many GPUs its replicas, or parts, are of.
  func gpuCount(_ j: Int) -> Int {
    input.sharing == .fractions ? Int(shape(j).gpuCount) : min(1, Int(shape(j).gpuCount))
  }

  func isShared(_ j: Int) -> Bool { gpuCount(j) == 1 && milli(j) < 1000 }

  func mayLie(_ j: Int, _ n: Int) -> Bool {
    let shape = shape(j)
    if gpuCount(j) > input.fleet.nodes[n].gpuCount { return false }
    if shape.gpuCount == 0 { return true }
    if input.sharing == .fractions { return shape.gpuCount != 1 || demand(j).memoryMiB <= card(n) }
    if shape.gpuCount > 1 {
      let grants = input.sharing == .timeSlicing && !spec.failRequestsGreaterThanOne
      if !grants || shape.gpuCount > spec.replicas { return false }
    }
    let memory = demand(j).memoryMiB
    if memory == 0 { return true }
    return input.sharing == .mps
      ? memory <= card(n) / spec.replicas : memory + spec.overheadMiB <= card(n)
  }

  func running(on n: Int, gpu: Int? = nil) -> [Int] {
    jobs.indices.filter {
      jobs[$0].state == .running && jobs[$0].node == n && (gpu == nil || holds($0, gpu!))
    }
    .sorted { (jobs[$0].start, $0) < (jobs[$1].start, $1) }
  }

  func holds(_ j: Int, _ gpu: Int) -> Bool { jobs[j].gpu >> gpu & 1 == 1 }

  func clients(_ n: Int, _ gpu: Int) -> [Int] { running(on: n, gpu: gpu).filter { isShared($0) } }

  func free(_ n: Int, _ gpu: Int) -> Int32 {
    1000 - running(on: n, gpu: gpu).reduce(0) { $0 + milli($1) }
  }

  // MARK: - Speeds

  /// What the client wants of the GPU and the fastest that it may go.
  func wish(_ j: Int, isBeside: Bool) -> (demand: Int128, cap: Int128, weight: Int128) {
    let device = demand(j)
    let busy = Int128(input.jobs.busyMilli[j])
    var demand = busy * 1_000_000
    if input.sharing == .mps { demand = busy * Int128(device.assumedFillMilli) * 1000 }
    if isBeside {
      let kept: Int64 =
        switch device.kernels {
        case .large: spec.efficiency.large
        case .bandwidth: spec.efficiency.bandwidth
        case .small: spec.efficiency.small
        }
      demand = (demand * one + Int128(kept) - 1) / Int128(kept)
    }
    var cap = one
    var weight: Int128 = 1
    if input.sharing == .mps {
      let part = Int128(1000 / spec.replicas)
      let fill = Int128(device.assumedFillMilli)
      if fill > part { cap = 1000 * part * one / ((1000 - busy) * part + busy * fill) }
    } else if input.sharing == .fractions {
      if spec.division != .equal { weight = Int128(milli(j)) }
      let part = Int128(milli(j)) * 1_000_000
      if spec.division == .capped && demand > part { cap = part * one / demand }
    }
    return (demand, cap, weight)
  }

  /// Max-min fair shares: those who want least for their weight are served
  /// first.
  mutating func setRates(_ n: Int, _ gpu: Int) {
    let clients = clients(n, gpu)
    let isBeside = clients.filter { input.jobs.busyMilli[$0] > 0 }.count > 1
    var left = one
    let wishes = clients.map { wish($0, isBeside: isBeside) }
    let wanted = wishes.map { $0.demand * $0.cap / one + ($0.cap == one ? 0 : 1) }
    let hungry = clients.indices.filter { wishes[$0].demand > 0 }
      .sorted { wanted[$0] * wishes[$1].weight < wanted[$1] * wishes[$0].weight }
    for i in clients.indices where wishes[i].demand == 0 { jobs[clients[i]].rate = one }
    var weights = hungry.reduce(0) { $0 + wishes[$1].weight }
    for (place, i) in hungry.enumerated() {
      if wanted[i] * weights <= left * wishes[i].weight {
        jobs[clients[i]].rate = wishes[i].cap
        left -= wanted[i]
        weights -= wishes[i].weight
      } else {
        for k in hungry[place...] {
          jobs[clients[k]].rate = (left * wishes[k].weight / weights) * one / wishes[k].demand
        }
        break
      }
    }
  }

  // MARK: - The run

  mutating func run() {
    while true {
      for n in isUp.indices {
        for gpu in 0..<input.fleet.nodes[n].gpuCount { setRates(n, gpu) }
      }
      guard let next = nextInstant() else { break }
      if let horizon = input.horizon, next > horizon.nanoseconds {
        advance(to: horizon.nanoseconds)
        return
      }
      advance(to: next)
      release()
      for action in [FleetChange.Action.repair, .fail] { change(action) }
      for j in jobs.indices where input.jobs.arrival[j].nanoseconds == now && jobs[j].state == .unseen {
        let isPossible = isUp.indices.contains { mayLie(j, $0) }
        jobs[j].state = isPossible ? .waiting : .rejected
      }
      place()
    }
  }

  func nextInstant() -> Int64? {
    var times: [Int64] = input.fleetChanges.map(\.atNanoseconds)
    for j in jobs.indices {
      let job = jobs[j]
      switch job.state {
      case .unseen: times.append(input.jobs.arrival[j].nanoseconds)
      case .waiting: times.append(job.back)
      case .running:
        if job.rate > 0 || job.done >= job.goal {
          let left = max(0, job.goal - job.done)
          times.append(now + Int64((left + job.rate - 1) / max(1, job.rate)))
        }
        if let limit = input.jobs.limit(of: j) { times.append(job.start + limit.nanoseconds) }
        if job.isDoomed { times.append(job.doomedAt + 1) }
      default: break
      }
    }
    return times.filter { $0 > now || ($0 == 0 && jobs.contains { $0.state == .unseen } && now == 0) }.min()
  }

  mutating func advance(to time: Int64) {
    for j in jobs.indices where jobs[j].state == .running {
      let inWindow = max(0, time - max(now, input.measuredFrom.nanoseconds))
      let left = jobs[j].goal - jobs[j].done
      let before = min(left, jobs[j].rate * Int128(time - now - inWindow))
      jobs[j].done += min(left, jobs[j].rate * Int128(time - now))
      jobs[j].inWindow += min(left, jobs[j].rate * Int128(time - now)) - before
    }
    now = time
  }

  mutating func begin(_ j: Int, _ n: Int, _ gpus: Int) {
    jobs[j].state = .running
    jobs[j].start = now
    jobs[j].node = n
    jobs[j].gpu = gpus
    jobs[j].done = 0
    jobs[j].inWindow = 0
    jobs[j].rate = one
    jobs[j].isDoomed = false
    var work = input.jobs.duration[j].nanoseconds
    jobs[j].fails = false
    let shares = Array(input.jobs.failures[j])
    if jobs[j].failures < shares.count {
      work = min(work, max(1, FailureShare.part(shares[jobs[j].failures], of: work)))
      jobs[j].fails = true
    }
    jobs[j].goal = Int128(work) * one
  }

  mutating func interrupt(_ j: Int, backAfter delay: Int64 = 0) {
    jobs[j].state = .waiting
    jobs[j].interruptions += 1
    jobs[j].start = -1
    jobs[j].back = delay > 0 ? now + delay : -1
  }

  mutating func endForGood(_ j: Int, _ state: JobState) {
    jobs[j].state = state
    jobs[j].end = now
  }

  /// The delay before the next attempt; nil: there is none.
  mutating func retry(_ j: Int) -> Int64? {
    jobs[j].allFailures += 1
    let rule = input.jobs.retryRule(of: j)
    if let most = rule.most, jobs[j].allFailures > Int(most) { return nil }
    return rule.delay(afterFailures: jobs[j].allFailures).nanoseconds
  }

  mutating func release() {
    for j in jobs.indices where jobs[j].state == .waiting && jobs[j].back == now { jobs[j].back = -1 }
    for n in isUp.indices {
      for gpu in 0..<input.fleet.nodes[n].gpuCount { settle(clients(n, gpu), areNeighbours: true) }
      for j in running(on: n) where !isShared(j) { settle([j], areNeighbours: false) }
    }
  }

  mutating func settle(_ clients: [Int], areNeighbours: Bool) {
    var hasCrashed = false
    for j in clients where jobs[j].done >= jobs[j].goal && !jobs[j].fails { endForGood(j, .completed) }
    for j in clients where jobs[j].done >= jobs[j].goal && jobs[j].fails && jobs[j].state == .running {
      hasCrashed = true
      jobs[j].failures += 1
      if let delay = retry(j) { interrupt(j, backAfter: delay) } else { endForGood(j, .failed) }
    }
    for j in clients where jobs[j].state == .running {
      if let limit = input.jobs.limit(of: j), now >= jobs[j].start + limit.nanoseconds {
        endForGood(j, .timedOut)
      }
    }
    for j in clients where jobs[j].state == .running && jobs[j].isDoomed {
      hasCrashed = true
      jobs[j].oom += 1
      if let delay = retry(j), jobs[j].oom <= UInt32(spec.restart.most!) {
        let restart = spec.restart.delay(afterFailures: Int(jobs[j].oom)).nanoseconds
        interrupt(j, backAfter: max(delay, restart))
      } else {
        endForGood(j, .failed)
      }
    }
    guard hasCrashed, areNeighbours, !spec.faultIsolation else { return }
    for j in clients where jobs[j].state == .running { interrupt(j) }
  }

  mutating func change(_ phase: FleetChange.Action) {
    for change in input.fleetChanges where change.atNanoseconds == now {
      guard (change.action == .repair) == (phase == .repair) else { continue }
      for id in change.nodes {
        let n = Int(id.rawValue)
        if change.action == .repair {
          isUp[n] = true
          continue
        }
        for j in running(on: n) {
          if let delay = retry(j) { interrupt(j, backAfter: delay) } else { endForGood(j, .failed) }
        }
        if change.action == .fail { isUp[n] = false }
      }
    }
  }

  mutating func place() {
    for j in jobs.indices where jobs[j].state == .waiting && jobs[j].back < 0 {
      guard let n = isUp.indices.first(where: { isUp[$0] && mayLie(j, $0) && gpus(j, $0) != nil }) else {
        return
      }
      begin(j, n, gpus(j, n)!)
      if isShared(j) && input.sharing == .timeSlicing {
        checkMemory(n, gpu: jobs[j].gpu.trailingZeroBitCount, j)
      }
    }
  }

  /// The GPUs of the node that the job would get; nil: it does not fit.
  func gpus(_ j: Int, _ n: Int) -> Int? {
    let all = Array(0..<input.fleet.nodes[n].gpuCount)
    if shape(j).gpuCount == 0 { return 0 }
    if !isShared(j) {
      let idle = all.filter { free(n, $0) == 1000 }.prefix(gpuCount(j))
      return idle.count < gpuCount(j) ? nil : idle.reduce(0) { $0 | 1 << $1 }
    }
    let fitting = all.filter { free(n, $0) >= milli(j) }
    let sign: Int32 = spec.devicePolicy == .spread ? -1 : 1
    return fitting.min { (sign * free(n, $0), $0) < (sign * free(n, $1), $1) }.map { 1 << $0 }
  }

  func resident(_ j: Int) -> Int32 { demand(j).memoryMiB + spec.overheadMiB }

  mutating func checkMemory(_ n: Int, gpu: Int, _ newcomer: Int) {
    var alive = clients(n, gpu).filter { !jobs[$0].isDoomed }
    guard alive.reduce(0, { $0 + resident($1) }) > card(n) else { return }
    var victims: [Int] = []
    switch spec.outOfMemory {
    case .newcomer: victims = [newcomer]
    case .all: victims = alive
    case .largest:
      // The order of arrival on the card decides among equals.
      while alive.reduce(0, { $0 + resident($1) }) > card(n) {
        let most = alive.map(resident).max()!
        victims.append(alive.remove(at: alive.lastIndex { resident($0) == most }!))
      }
    }
    for victim in victims {
      jobs[victim].isDoomed = true
      jobs[victim].doomedAt = now
    }
  }
}
