import Engine
import SimulationKernel

/// A cluster under a cluster-autoscaler, told plainly: it scans every time, looks
/// at everything, and keeps no list of what may have changed. Times are
/// nanoseconds; GPUs are whole.
struct ReferenceAutoscaler {
  struct Amount: Equatable, Hashable {
    var cpu: Int
    var memory: Int
    var gpus: Int

    func holds(_ other: Amount) -> Bool {
      cpu >= other.cpu && memory >= other.memory && gpus >= other.gpus
    }

    static func + (a: Amount, b: Amount) -> Amount {
      Amount(cpu: a.cpu + b.cpu, memory: a.memory + b.memory, gpus: a.gpus + b.gpus)
    }

    static func - (a: Amount, b: Amount) -> Amount {
      Amount(cpu: a.cpu - b.cpu, memory: a.memory - b.memory, gpus: a.gpus - b.gpus)
    }
  }

  /// Workers of one kind.
  struct Kind: Equatable, Hashable {
    var ask: Amount
    var workers: Int
  }

  struct Job {
    var arrival: Int64
    var duration: Int64
    var kind: Kind
    var priority: Int
    var isProtected: Bool
    var start: Int64 = -1
    var isDone = false
    var interruptions = 0
  }

  enum State { case gone, starting, up, draining, terminating, down }

  struct Node {
    var size: Amount
    /// -1: it is always there.
    var group: Int
    var state: State
    /// A job once for each of its workers, in the order of their placement.
    var workers: [Int] = []
    var readyAt = Int64.max
    var givenUpAt = Int64.max
    var evictedAt = Int64.max
    var goneAt = Int64.max
    var wasGivenUp = false
    var unneededSince: Int64?
    /// Times of failures and of repairs of a node that is always there.
    var failsAt: Int64 = .max
    var repairedAt: Int64 = .max
  }

  struct Group {
    var nodes: Range<Int>
    var pool: Int
    var price: Double
    var isSpot: Bool
    var least: Int
    var launch: Int64
    var join: Int64
    var gpuStack: Int64
    var stockOut: Double
    var neverJoins: Double
    var launches: UInt64 = 0
    var failures = 0
    var pausedUntil: Int64 = 0
  }

  struct Pool {
    var weight: Int
    var mostNodes: Int?
    var mostGPUs: Int?
  }

  struct Removal: Equatable {
    var at: Int64
    var node: Int
    var wasEmpty: Bool
  }

  struct Moment: Equatable {
    var at: Int64
    var node: Int
  }

  var spec: ClusterAutoscaler
  var seed: UInt64
  var grace: Int64
  var termination: Int64
  var nodes: [Node]
  var groups: [Group]
  var pools: [Pool]
  var jobs: [Job]

  private(set) var launches: [Moment] = []
  private(set) var ups: [Moment] = []
  private(set) var removals: [Removal] = []
  private(set) var goings: [Moment] = []
  /// Choices that chance decided, and nodes with gangs that went.
  private(set) var draws: UInt64 = 0
  private(set) var gangNodesGone = 0
  private var queue: [Int] = []
  /// Kinds of jobs that the last pass has refused.
  private var refused: Set<Kind> = []
  private var lastGrowth = Int64.min / 2

  init(
    _ spec: ClusterAutoscaler,
    seed: UInt64,
    grace: Int64,
    termination: Int64,
    nodes: [Node],
    groups: [Group],
    pools: [Pool],
    jobs: [Job]
  ) {
    self.spec = spec
    self.seed = seed
    self.grace = grace
    self.termination = termination
    self.nodes = nodes
    self.groups = groups
    self.pools = pools
    self.jobs = jobs
  }

  // MARK: - Time

  mutating func run(until end: Int64) {
    let scan = spec.scan.nanoseconds
    var now = Int64(-1)
    while true {
      var next = (now / scan + 1) * scan
      if now < 0 { next = 0 }
      func consider(_ instant: Int64) { if instant > now && instant < next { next = instant } }
      for job in jobs {
        consider(job.arrival)
        if job.start >= 0 && !job.isDone { consider(job.start + job.duration) }
      }
      for node in nodes {
        for instant in [
          node.readyAt, node.givenUpAt, node.evictedAt, node.goneAt, node.failsAt, node.repairedAt,
        ] {
          consider(instant)
        }
      }
      if next > end { return }
      now = next
      advance(to: now)
      if now > 0 && now % scan == 0 { look(at: now) }
      pass(at: now)
    }
  }

  private mutating func advance(to now: Int64) {
    for job in jobs.indices
    where jobs[job].start >= 0 && !jobs[job].isDone && jobs[job].start + jobs[job].duration == now {
      jobs[job].isDone = true
      vacate(job, at: now)
    }
    for n in nodes.indices {
      if nodes[n].readyAt == now {
        nodes[n].state = .up
        nodes[n].readyAt = .max
        groups[nodes[n].group].failures = 0
        ups.append(Moment(at: now, node: n))
      }
      if nodes[n].repairedAt == now { nodes[n].state = .up }
    }
    for n in nodes.indices {
      if nodes[n].goneAt == now {
        nodes[n].state = .gone
        nodes[n].goneAt = .max
        nodes[n].wasGivenUp = false
        goings.append(Moment(at: now, node: n))
      }
      if nodes[n].givenUpAt == now {
        nodes[n].state = .terminating
        nodes[n].givenUpAt = .max
        nodes[n].wasGivenUp = true
        nodes[n].goneAt = now + termination
        fail(nodes[n].group, at: now)
      }
      if nodes[n].evictedAt == now { for job in Set(nodes[n].workers).sorted() { stop(job, at: now) } }
      if nodes[n].failsAt == now {
        for job in Set(nodes[n].workers).sorted() { stop(job, at: now) }
        nodes[n].state = .down
      }
    }
    for job in jobs.indices where jobs[job].arrival == now { queue.append(job) }
    queue.sort()
  }

  private mutating func stop(_ job: Int, at now: Int64) {
    vacate(job, at: now)
    jobs[job].start = -1
    jobs[job].interruptions += 1
    queue.append(job)
  }

  private mutating func vacate(_ job: Int, at now: Int64) {
    for n in nodes.indices where nodes[n].workers.contains(job) {
      nodes[n].workers.removeAll { $0 == job }
      if nodes[n].state == .draining && nodes[n].workers.isEmpty { terminate(n, at: now) }
    }
  }

  private mutating func terminate(_ n: Int, at now: Int64) {
    nodes[n].state = .terminating
    nodes[n].evictedAt = .max
    nodes[n].goneAt = now + termination
  }

  /// In the order of arrival each job that fits starts.
  private mutating func pass(at now: Int64) {
    for job in queue {
      let kind = jobs[job].kind
      let before = nodes
      var left = kind.workers
      for n in nodes.indices where nodes[n].state == .up {
        while left > 0 && free(n).holds(kind.ask) {
          nodes[n].workers.append(job)
          left -= 1
        }
      }
      if left > 0 { nodes = before } else { jobs[job].start = now }
    }
    queue.removeAll { jobs[$0].start >= 0 }
    refused = Set(queue.map { jobs[$0].kind })
  }

  private func free(_ n: Int) -> Amount {
    nodes[n].workers.reduce(nodes[n].size) { $0 - jobs[$1].kind.ask }
  }

  // MARK: - A scan

  private func isExpendable(_ job: Int) -> Bool { jobs[job].priority < Int(spec.priorityCutoff) }

  private func size(_ group: Int) -> Int {
    groups[group].nodes.count { nodes[$0].state == .up || nodes[$0].state == .starting }
  }

  private mutating func look(at now: Int64) {
    var rooms = nodes.indices.map { free($0) }
    var needed: Set<Int> = []
    var kinds: [Kind] = []
    var pods: [Kind: Int] = [:]
    for job in queue
    where jobs[job].arrival < now && refused.contains(jobs[job].kind) && !isExpendable(job) {
      let kind = jobs[job].kind
      if !kinds.contains(kind) { kinds.append(kind) }
      pods[kind, default: 0] += kind.workers
    }
    let order =
      nodes.indices.filter { nodes[$0].state == .up } + nodes.indices.filter { nodes[$0].state == .starting }
    for kind in kinds {
      for n in order {
        while pods[kind]! > 0 && rooms[n].holds(kind.ask) {
          rooms[n] = rooms[n] - kind.ask
          pods[kind]! -= 1
          needed.insert(n)
        }
      }
    }
    let unserved = kinds.flatMap { kind in Array(repeating: kind.ask, count: pods[kind]!) }
    if !unserved.isEmpty, grow(unserved, at: now) { return }
    if spec.scalesDown { shrink(rooms, needed, at: now) }
  }

  // MARK: - Growth

  private struct Option {
    var group: Int
    var nodes: Int
    var pods: Int
    var waste: Double
    var price: Double
  }

  private func template(_ group: Int) -> Amount { nodes[groups[group].nodes.lowerBound].size }

  /// Nodes that the group could get, its pool's limits included.
  private func left(_ group: Int, at now: Int64) -> Int {
    if groups[group].pausedUntil > now { return 0 }
    return min(
      groups[group].nodes.count { nodes[$0].state == .gone },
      leftOfPool(groups[group].pool, template(group).gpus)
    )
  }

  private func leftOfPool(_ pool: Int, _ gpus: Int) -> Int {
    var most = Int.max
    let existing = nodes.filter { $0.group >= 0 && groups[$0.group].pool == pool && $0.state != .gone }
    if let limit = pools[pool].mostNodes { most = max(0, limit - existing.count) }
    if let limit = pools[pool].mostGPUs, gpus > 0 {
      most = min(most, max(0, limit - existing.reduce(0) { $0 + $1.size.gpus }) / gpus)
    }
    return most
  }

  private func alike(_ group: Int) -> [Int] {
    if !spec.balancesSimilarGroups { return [group] }
    return groups.indices.filter {
      template($0) == template(group) && groups[$0].isSpot == groups[group].isSpot
    }
  }

  /// One by one to the smallest of these that may have it.
  private func shares(_ count: Int, among members: [Int], at now: Int64) -> [Int: Int] {
    var result: [Int: Int] = [:]
    var sizes = members.map { (now: size($0), before: size($0), group: $0) }
    for _ in 0..<count {
      sizes.sort { ($0.now, $0.before, $0.group) < ($1.now, $1.before, $1.group) }
      let next = sizes.indices.first { place in
        let group = sizes[place].group
        let pool = groups[group].pool
        let ofPool = result.reduce(0) { groups[$1.key].pool == pool ? $0 + $1.value : $0 }
        return result[group, default: 0] < left(group, at: now)
          && ofPool < leftOfPool(pool, template(group).gpus)
      }
      guard let next else { break }
      result[sizes[next].group, default: 0] += 1
      sizes[next].now += 1
    }
    return result
  }

  private func estimate(_ group: Int, _ pods: [Amount], at now: Int64) -> Option? {
    let whole = template(group)
    let most = shares(pods.count, among: alike(group), at: now).reduce(0) { $0 + $1.value }
    func part(_ asked: Int, _ all: Int) -> Double { all > 0 ? Double(asked) / Double(all) : 0 }
    func score(_ ask: Amount) -> Double { part(ask.cpu, whole.cpu) + part(ask.memory, whole.memory) }
    let ordered = pods.enumerated().filter { whole.holds($1) }
      .sorted { (-score($0.element), $0.offset) < (-score($1.element), $1.offset) }
    var rooms: [Amount] = []
    var served: [Amount] = []
    for (_, ask) in ordered {
      if let place = rooms.firstIndex(where: { $0.holds(ask) }) {
        rooms[place] = rooms[place] - ask
      } else if rooms.count < most {
        rooms.append(whole - ask)
      } else {
        continue
      }
      served.append(ask)
    }
    if served.isEmpty { return nil }
    let count = Double(rooms.count)
    let used = served.reduce(Amount(cpu: 0, memory: 0, gpus: 0), +)
    let waste =
      (whole.cpu > 0 ? 1 - Double(used.cpu) / (count * Double(whole.cpu)) : 1)
      + (whole.memory > 0 ? 1 - Double(used.memory) / (count * Double(whole.memory)) : 1)
    let worth = served.reduce(0.0) { sum, ask in
      let prices = groups.indices.filter { template($0).holds(ask) }.map { other in
        let all = template(other)
        return groups[other].price
          * max(part(ask.cpu, all.cpu), part(ask.memory, all.memory), part(ask.gpus, all.gpus))
      }
      return sum + prices.min()!
    }
    let cost = count * groups[group].price
    return Option(
      group: group,
      nodes: rooms.count,
      pods: served.count,
      waste: waste,
      price: worth > 0 ? cost / worth : cost > 0 ? .infinity : 0
    )
  }

  /// Whether nodes were asked for.
  private mutating func grow(_ pods: [Amount], at now: Int64) -> Bool {
    var options = groups.indices.compactMap { estimate($0, pods, at: now) }
    for expander in spec.expanders {
      if expander == .random || options.count < 2 { break }
      let values = options.map { option -> Double in
        switch expander {
        case .leastWaste: option.waste
        case .mostPods: -Double(option.pods)
        case .leastNodes: Double(option.nodes)
        case .price: option.price
        case .priority: -Double(pools[groups[option.group].pool].weight)
        case .random: 0
        }
      }
      let best = values.min()!
      // Equal but for rounding.
      options = zip(options, values).filter { $1 == best || $1 - best < 1e-9 }.map(\.0)
    }
    if options.isEmpty { return false }
    var chosen = options[0]
    if options.count > 1 {
      draws += 1
      let uniform = RandomStream(seed: seed, stream: StreamName("auto-nodes/expander"), entity: draws)
        .uniform(0)
      chosen = options[Int(uniform * Double(options.count))]
    }
    let growth = shares(chosen.nodes, among: alike(chosen.group), at: now)
    for group in growth.keys.sorted() {
      for _ in 0..<growth[group]! {
        guard launch(group, at: now) else {
          fail(group, at: now)
          break
        }
        lastGrowth = now
      }
    }
    return true
  }

  private mutating func launch(_ group: Int, at now: Int64) -> Bool {
    groups[group].launches += 1
    let entity = groups[group].launches
    func happens(_ what: String, _ share: Double) -> Bool {
      RandomStream(seed: seed, stream: StreamName("auto-nodes/\(what)/g\(group)"), entity: entity).uniform(0)
        < share
    }
    if happens("stock-out", groups[group].stockOut) { return false }
    let n = groups[group].nodes.first { nodes[$0].state == .gone }!
    nodes[n].state = .starting
    let comes = groups[group].launch + groups[group].join
    if happens("never-joins", groups[group].neverJoins) || comes > spec.provisionTime.nanoseconds {
      nodes[n].givenUpAt = now + spec.provisionTime.nanoseconds
    } else {
      nodes[n].readyAt = now + max(1, comes + groups[group].gpuStack)
    }
    launches.append(Moment(at: now, node: n))
    return true
  }

  private mutating func fail(_ group: Int, at now: Int64) {
    guard groups[group].pausedUntil <= now else { return }
    var pause = spec.backoff.nanoseconds
    for _ in 0..<groups[group].failures { pause = min(2 * pause, spec.longestBackoff.nanoseconds) }
    groups[group].failures += 1
    groups[group].pausedUntil = now + pause
  }

  // MARK: - Removal

  private mutating func shrink(_ rooms: [Amount], _ needed: Set<Int>, at now: Int64) {
    var empty: [Int] = []
    var used: [Int] = []
    for (number, group) in groups.enumerated() where size(number) > group.least {
      for n in group.nodes where nodes[n].state == .up && !needed.contains(n) {
        let work = nodes[n].workers
        if work.contains(where: { jobs[$0].isProtected }) { continue }
        let counts = work.filter { !isExpendable($0) }
        if counts.isEmpty {
          empty.append(n)
        } else if counts.allSatisfy({ jobs[$0].kind.workers == 1 || spec.movesGangs }) {
          let sum = counts.reduce(Amount(cpu: 0, memory: 0, gpus: 0)) { $0 + jobs[$1].kind.ask }
          let all = nodes[n].size
          let isLow =
            all.gpus > 0
            ? Double(sum.gpus) / Double(all.gpus) < spec.gpuThreshold
            : max(Double(sum.cpu) / Double(all.cpu), Double(sum.memory) / Double(all.memory)) < spec.threshold
          if isLow { used.append(n) }
        }
      }
    }
    let leaving = movable(used, rooms, without: Set(empty))
    for n in nodes.indices where !empty.contains(n) && !leaving.contains(n) { nodes[n].unneededSince = nil }
    for n in empty + leaving where nodes[n].unneededSince == nil { nodes[n].unneededSince = now }
    guard lastGrowth + spec.delayAfterAdd.nanoseconds <= now else { return }
    let going = nodes.filter { $0.state == .draining || $0.state == .terminating && !$0.wasGivenUp }
    var mayDrain = !going.contains { $0.workers.contains { !isExpendable($0) } }
    var empties = spec.emptyAtOnce - going.count
    for n in empty + leaving where nodes[n].unneededSince! + spec.unneededTime.nanoseconds <= now {
      let isEmpty = empty.contains(n)
      guard size(nodes[n].group) > groups[nodes[n].group].least, isEmpty ? empties > 0 : mayDrain else {
        continue
      }
      if isEmpty { empties -= 1 }
      mayDrain = false
      remove(n, at: now)
    }
  }

  /// Nodes, in order, without which their work would fit on the others.
  private func movable(_ used: [Int], _ given: [Amount], without empty: Set<Int>) -> [Int] {
    var rooms = given
    var targets = Set(nodes.indices.filter { nodes[$0].state == .up && !empty.contains($0) })
    var receives: Set<Int> = []
    var moved: Set<Int> = []
    var result: [Int] = []
    next: for n in used where !receives.contains(n) {
      var trial = (rooms: rooms, moved: moved, receives: receives)
      for job in nodes[n].workers.reversed() where !isExpendable(job) && !trial.moved.contains(job) {
        trial.moved.insert(job)
        let ask = jobs[job].kind.ask
        for other in nodes.indices {
          for _ in 0..<nodes[other].workers.count(where: { $0 == job }) {
            trial.rooms[other] = trial.rooms[other] + ask
          }
        }
        for _ in 0..<jobs[job].kind.workers {
          guard let place = targets.sorted().first(where: { $0 != n && trial.rooms[$0].holds(ask) }) else {
            continue next
          }
          trial.rooms[place] = trial.rooms[place] - ask
          trial.receives.insert(place)
        }
      }
      (rooms, moved, receives) = trial
      targets.remove(n)
      result.append(n)
    }
    return result
  }

  private mutating func remove(_ n: Int, at now: Int64) {
    nodes[n].unneededSince = nil
    removals.append(Removal(at: now, node: n, wasEmpty: nodes[n].workers.isEmpty))
    if nodes[n].workers.contains(where: { jobs[$0].kind.workers > 1 }) { gangNodesGone += 1 }
    if nodes[n].workers.isEmpty { return terminate(n, at: now) }
    nodes[n].state = .draining
    nodes[n].evictedAt = now + max(1, grace)
  }
}
