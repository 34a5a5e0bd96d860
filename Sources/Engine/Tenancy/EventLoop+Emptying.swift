import Outcome
import SimulationKernel
import Workload

/// Busy machines of the host are emptied for virtual clusters whose jobs wait.
///
/// A machine that is chosen takes no new work. What runs there has the grace of
/// auto nodes to stop, falls back to what it has saved, and waits again in its
/// old place; then the machine moves like one that was idle.
extension EventLoop {
  /// After a look of the provisioner, which has launched what idle machines
  /// there were: jobs that still have no node to come, those of higher priority
  /// first, may have machines emptied; all that they need, or none.
  mutating func emptyMachines(_ autoNodes: Provisioner, at now: Int64) {
    guard autoNodes.spec.emptiesMachines, queue.hasRefusals else { return }
    let priority = input.jobs.priority
    let jobs = waitingForNodes().sorted { a, b in (-priority[Int(a)], a) < (-priority[Int(b)], b) }
    var rooms = EmptyingRooms()
    for n in 0..<cluster.nodeCount where cluster.isUp(n) { rooms.nodes.append(NodeRoom(n, cluster)) }
    for n in autoNodes.starting { rooms.nodes.append(NodeRoom(Int(n), cluster)) }
    for waiting in jobs {
      let job = Int(waiting)
      let shape = Int(shapes[job].rawValue)
      // Equal requests of lower priority find no more than it did.
      if rooms.isHopeless(shape) { continue }
      let ask = provisionersView(of: requests[shape])
      // What a gang has taken is given back.
      let before = ask.workers > 1 ? rooms.nodes : nil
      let left = rooms.take(ask)
      if left == 0 { continue }
      if !empties(left, ask, for: job, &rooms, autoNodes, at: now) {
        if let before { rooms.nodes = before }
        rooms.givesUp(shape)
      }
    }
  }

  /// Begins to empty machines for so many workers of the job that have no room;
  /// false: it would not fit then either, or others are being emptied.
  private mutating func empties(
    _ workers: Int,
    _ ask: Request,
    for job: Int,
    _ rooms: inout EmptyingRooms,
    _ autoNodes: Provisioner,
    at now: Int64
  ) -> Bool {
    for (number, group) in autoNodes.spec.groups.enumerated() {
      guard let source = group.source, source.evict != .never, machines(of: number, autoNodes) == 0 else {
        continue
      }
      let first = group.nodes.lowerBound
      let idle = NodeRoom(cluster.fleet.nodes[first], classBit: cluster.nodes[first].classBit)
      let onEach = EmptyingRooms.workers(ask, on: idle, most: workers)
      guard onEach > 0 else { continue }
      let needed = (workers + onEach - 1) / onEach
      let free = source.evictAtOnce - mounts.emptying.values.count { $0 == number }
      guard free > 0, needed <= autoNodes.room(number, at: now), needed <= sparable(source) else { continue }
      let victims = victims(source, for: input.jobs.priority[job], autoNodes, at: now)
      guard needed <= victims.count else { continue }
      for machine in victims.prefix(min(needed, free)) {
        empty(machine, for: number, autoNodes, at: now)
        rooms.nodes.append(idle)
      }
      _ = rooms.take(ask, workers: workers)
      return true
    }
    return false
  }

  // MARK: - Which machine

  /// Machines that may be emptied for a job of this priority, the one first
  /// that costs least: the lowest of their highest priorities, then the least
  /// GPU time of work lost, then the fewest pods, then the first.
  private func victims(
    _ source: AutoNodes.Source,
    for priority: Int32,
    _ autoNodes: Provisioner,
    at now: Int64
  ) -> [Int] {
    struct Cost {
      var machine: Int
      var priority = Int32.min
      var lost: Int128 = 0
      var pods = 0
    }
    let jobs = input.jobs
    var costs: [Cost] = []
    for machine in source.nodes where cluster.isUp(machine) && !cluster.isIdle(machine) {
      var cost = Cost(machine: machine)
      var seen: Set<Int> = []
      var mayStop = true
      for entry in residents.entries(on: machine) {
        cost.pods += entry.piece < 0 ? 1 : Int(pieces[entry.piece].workers)
        guard seen.insert(entry.job).inserted else { continue }
        cost.priority = max(cost.priority, jobs.priority[entry.job])
        cost.lost += workLost(entry.job, by: now, after: autoNodes.spec.grace.nanoseconds)
        let isProtected = !jobs.isProtected.isEmpty && jobs.isProtected[entry.job]
        if isProtected || autoNodes.isProtected[Int(jobs.jobClass[entry.job].rawValue)] { mayStop = false }
      }
      if mayStop, source.evict == .any || cost.priority < priority { costs.append(cost) }
    }
    return costs.sorted { a, b in
      (a.priority, a.lost, a.pods, a.machine) < (b.priority, b.lost, b.pods, b.machine)
    }.map(\.machine)
  }

  /// Work that the running job would lose if it had so long to stop, thousandths
  /// of a GPU x ns. Replicas do no work that could be lost.
  private func workLost(_ job: Int, by now: Int64, after grace: Int64) -> Int128 {
    guard kinds[job] == .batch else { return 0 }
    var lost = now + grace - live.start[job]
    if let progress {
      let split = progress.split(job, at: now + grace, savesFirst: savesInTime(job, grace))
      lost = progress.remaining(job, at: now) <= grace ? 0 : lost - split.overhead - split.kept
    } else if lost >= duration[job].nanoseconds {
      lost = 0
    }
    return Int128(lost) * Int128(requests[Int(shapes[job].rawValue)].takenByAll)
  }

  /// Whether a checkpoint can be written in the grace.
  private func savesInTime(_ job: Int, _ grace: Int64) -> Bool {
    progress?.writeTime(job).map { $0 <= grace } ?? false
  }

  // MARK: - Emptying

  /// The machine takes no new work; a place of the group starts as that machine,
  /// the grace later than an idle one would.
  private mutating func empty(_ machine: Int, for group: Int, _ autoNodes: Provisioner, at now: Int64) {
    guard let launch = autoNodes.launch(group, at: now) else { return }
    let node = launch.node
    let grace = autoNodes.spec.grace.nanoseconds
    func later(_ instant: Int64) -> Int64 {
      instant > Provisioner.never - grace ? Provisioner.never : instant + grace
    }
    autoNodes.running[node] = later(autoNodes.running[node])
    autoNodes.joined[node] = later(autoNodes.joined[node])
    autoNodes.ready[node] = later(autoNodes.ready[node])
    burst?.noteNodes(group, by: 1, at: now)
    mounts.machine[node] = machine
    mounts.emptying[machine] = group
    setCondition(.clearing, machine)
    if let tenancy, let c = tenancy.cluster(ofGroup: autoNodes.spec.groups[group].name) {
      tenancy.count(c, at: now, \.drained)
    }
    pushTenancy(.emptied, node, at: now + grace, Phase.fault, generation: autoNodes.life[node])
    push(.ready, node, at: later(launch.ready), generation: autoNodes.life[node])
  }

  /// What still runs on the machine stops, and it leaves the host for its place.
  mutating func emptied(_ node: Int, generation: UInt32, at now: SimTime) {
    guard let autoNodes, autoNodes.life[node] == generation,
      let machine = mounts.machine[node], let group = mounts.emptying[machine]
    else { return }
    let grace = autoNodes.spec.grace.nanoseconds
    let c = tenancy?.cluster(ofGroup: autoNodes.spec.groups[group].name)
    var seen: Set<Int> = []
    for entry in residents.entries(on: machine) where seen.insert(entry.job).inserted {
      let job = entry.job
      interrupt(job, at: now, isPreemption: false, savesFirst: savesInTime(job, grace), extra: 0)
      var lost: Int128 = 0
      if kinds[job] == .batch {
        let run = attempts[attempts.count - 1]
        lost = Int128(
          run.endNanoseconds - run.startNanoseconds - run.keptNanoseconds - run.overheadNanoseconds
        )
        lost *= Int128(requests[Int(shapes[job].rawValue)].takenByAll)
      } else if !refusesForGood {
        // A replica's end is a date: schedule it again under the new generation.
        schedule(end: arrival[job], after: duration[job], job)
      }
      if let c { tenancy?.noteEviction(c, lostMilliNanoseconds: lost, at: now.nanoseconds) }
      rejoin(job)
      isPassPending = true
    }
    mounts.emptying[machine] = nil
    setCondition(.absent, machine)
    setCondition(.changing, node)
    // The next one may be emptied.
    if queue.hasRefusals { scheduleRetry(autoNodes, at: now.nanoseconds) }
    reviewCauses(at: now)
  }
}

/// Nodes that are up or come, while waiting jobs are put there one by one.
private struct EmptyingRooms {
  var nodes: [NodeRoom] = []
  private var hopeless: Set<Int> = []

  func isHopeless(_ shape: Int) -> Bool { hopeless.contains(shape) }
  mutating func givesUp(_ shape: Int) { hopeless.insert(shape) }

  /// Takes room for the workers of a job, node by node; returns how many find
  /// none.
  mutating func take(_ ask: Request, workers: Int? = nil) -> Int {
    var left = workers ?? Int(ask.workers)
    var place = 0
    while left > 0 && place < nodes.count {
      if nodes[place].take(ask) { left -= 1 } else { place += 1 }
    }
    return left
  }

  /// How many workers an idle node holds, at most so many.
  static func workers(_ ask: Request, on idle: NodeRoom, most: Int) -> Int {
    var room = idle
    var count = 0
    while count < most && room.take(ask) { count += 1 }
    return count
  }
}
