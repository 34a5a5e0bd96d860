import Engine
import Outcome
import Workload

/// Preemptive queues as Tiresias' simulator runs them: one list of all
/// unfinished jobs in the order that the last pass left, newcomers at its end,
/// sorted stably at each pass.
///
/// Where that simulator knows no such case: a job that loses a node goes to
/// the end of the list (by arrival where the order says so); a cost of
/// preemption moves a job within the list as soon as it is due; what a running
/// job holds counts on the models that it holds, what a waiting one asks on
/// its models in the fleet's order.
extension ReferenceSimulator {
  /// What a job has done and must do.
  struct Progress {
    var work: Int64
    /// The same in the units of rates, where speeds differ.
    var left: Int128 = 0
    /// To be repeated at the start of the next run.
    var due: Int64 = 0
    /// Run time of earlier runs.
    var attained: Int64 = 0
    /// The queue of least attained service in which it stands.
    var level = 0
  }

  var spec: PreemptiveQueue? {
    if case .preemptive(let spec) = input.queue { spec } else { nil }
  }

  private func isRunning(_ j: Int) -> Bool { jobs.state[j] == .running }

  private func elapsed(_ j: Int, _ now: Int64) -> Int64 {
    isRunning(j) ? now - jobs.startNanoseconds[j] : 0
  }

  private func remaining(_ j: Int, _ now: Int64) -> Int64 {
    progress[j].due + progress[j].work - elapsed(j, now)
  }

  /// Milli-nanoseconds of attained service.
  private func service(_ j: Int, _ now: Int64, byGPUTime: Bool) -> Int64 {
    (progress[j].attained + elapsed(j, now)) * (byGPUTime ? Int64(requests[j].takenByAll) : 1000)
  }

  /// Sorts stably; equal keys keep their order.
  private mutating func sortList(_ now: Int64) {
    let run = self
    let key = { (j: Int) -> (Int64, Int64) in
      switch run.spec!.order {
      case .fewestGPUs: (Int64(run.requests[j].takenByAll), Int64(j))
      case .shortestRemainingTime: (run.remaining(j, now), 0)
      case .shortestRemainingService: (run.remaining(j, now) * Int64(max(1, run.requests[j].takenByAll)), 0)
      case .leastAttainedService: (Int64(run.progress[j].level), 0)
      }
    }
    let places = Array(list.enumerated())
    list = places.sorted { a, b in
      let (x, y) = (key(a.element), key(b.element))
      return (x.0, x.1, a.offset) < (y.0, y.1, b.offset)
    }.map(\.element)
  }

  mutating func rankedPass(_ now: Int64) {
    if case .leastAttainedService(let thresholds, let byGPUTime) = spec!.order {
      for j in list.sorted() where isRunning(j) && progress[j].level < thresholds.count {
        if service(j, now, byGPUTime: byGPUTime) >= thresholds[progress[j].level].nanoseconds * 1000 {
          progress[j].level += 1
          list.removeAll { $0 == j }
          list.append(j)
        }
      }
    }
    sortList(now)
    let chosen = choose()
    let starters = list.filter { chosen.contains($0) && !isRunning($0) }
    for j in list where isRunning(j) && !chosen.contains(j) { preempt(j, now) }
    // A cost makes a job's remaining time longer at once.
    sortList(now)
    unplaced = []
    for j in starters where !tryToStart(j, now) { unplaced.insert(j) }
    if !unplaced.isEmpty { fillUp(now) }
    unplaced = unplaced.filter { !isRunning($0) }
    if case .leastAttainedService(let thresholds, let byGPUTime) = spec!.order {
      list = list.filter { isRunning($0) } + list.filter { !isRunning($0) }
      timer = nextDemotion(thresholds.map(\.nanoseconds), byGPUTime, now)
    }
  }

  /// From an empty cluster, by the sum of the GPUs of each model.
  private func choose() -> Set<Int> {
    var quota = input.fleet.gpuModels.indices.map { model in
      nodes.filter { $0.condition == .up && $0.model == model }.reduce(0) { $0 + $1.gpuCapacity }
    }
    var chosen: Set<Int> = []
    for j in list {
      let r = requests[j]
      var left = quota
      if isRunning(j) {
        // What lies on draining nodes is outside the quota.
        for piece in laid[j] where r.count > 0 && nodes[piece.node].condition == .up {
          left[nodes[piece.node].model!] -= r.taken * piece.workers
        }
      } else {
        var wanted = r.takenByAll
        for model in quota.indices where r.models == nil || r.models!.contains(model) {
          let part = min(wanted, left[model])
          left[model] -= part
          wanted -= part
        }
        if wanted > 0 { continue }
      }
      if left.contains(where: { $0 < 0 }) { continue }
      quota = left
      chosen.insert(j)
    }
    return chosen
  }

  private mutating func preempt(_ j: Int, _ now: Int64) {
    let elapsed = elapsed(j, now)
    let overhead = min(elapsed, progress[j].due)
    stop(j, now, isPreemption: true, overhead: overhead, kept: elapsed - overhead)
    progress[j].attained += elapsed
    let gpus = input.jobs.shapes[Int(input.jobs.shape[j].rawValue)].milliGPU
    progress[j].due += spec!.cost.cost(milliGPU: gpus).nanoseconds - overhead
    if input.jobs.hasSpeeds {
      progress[j].left = max(0, progress[j].left - Int128(jobs.rate[j]) * Int128(elapsed - overhead))
      progress[j].work = time(j, bestRate(j))
    } else {
      progress[j].work -= elapsed - overhead
    }
    jobs.preemptions[j] += 1
  }

  /// A node is lost: the job must do all again that this run was to do.
  mutating func loseRank(_ j: Int, _ now: Int64) {
    let elapsed = elapsed(j, now)
    stop(j, now, isPreemption: false, overhead: min(elapsed, progress[j].due), kept: 0)
    progress[j].attained += elapsed
    list.removeAll { $0 == j }
    list.append(j)
  }

  /// Some chosen job could not be placed: the first waiting job of each demand
  /// tries what is free, in the order of the list, and when it starts the next
  /// one of its demand.
  private mutating func fillUp(_ now: Int64) {
    struct Demand: Hashable {
      var milli: Int
      var models: Set<Int>?
    }
    var closed: Set<Demand> = []
    for j in list where !isRunning(j) {
      let demand = Demand(milli: requests[j].takenByAll, models: requests[j].models)
      if !closed.contains(demand) && !tryToStart(j, now) { closed.insert(demand) }
    }
  }

  /// The next instant at which a running job has reached its threshold; a job
  /// moves by one queue a pass.
  private func nextDemotion(_ thresholds: [Int64], _ byGPUTime: Bool, _ now: Int64) -> Int64? {
    let instants = list.compactMap { j -> Int64? in
      guard isRunning(j), progress[j].level < thresholds.count,
        !byGPUTime || requests[j].takenByAll > 0
      else { return nil }
      var at = now + 1
      while service(j, at, byGPUTime: byGPUTime) < thresholds[progress[j].level] * 1000 { at += 1 }
      return at
    }
    return instants.min()
  }
}
