/// A host whose machines move to private nodes of clusters, event by event on
/// plain lists: the queue, Karpenter's looks, machines that are emptied, and
/// nodes that go when they are empty. Times are nanoseconds.
struct NaiveMounting {
  enum Rule { case never, lowerPriority, any }

  struct Job {
    var arrival: Int64
    var length: Int64
    var gpus: Int
    /// A cluster, or the host behind the last.
    var tenant: Int
    var priority: Int
    /// Saves after each so long of work; nil: never.
    var interval: Int64?
    var write: Int64 = 0
    var isWaiting = false
    var node = -1
    var start: Int64 = -1
    var end: Int64 = -1
    /// Work left, and what the next run loads first.
    var work: Int64 = 0
    var due: Int64 = 0
    var interruptions = 0
    /// Ends of before an interruption are void.
    var turn = 0
  }

  struct Cluster {
    var places: Range<Int>
    var rule: Rule
    var keep: Int
    var atOnce: Int
    var drained = 0
    var evicted = 0
    var lost: Int64 = 0
  }

  enum Step { case end(Int, Int), emptied(Int), ready(Int), look, review, validate(Int, Int), gone(Int) }
  struct Event {
    var at: Int64
    var phase: Int
    var step: Step
  }
  enum Stage { case host, emptying(Int), away, absent, starting, up, going }

  var jobs: [Job]
  var clusters: [Cluster]
  let hosts: Int
  let gpusPerNode: Int
  let byPriority: Bool
  let grace: Int64
  let restart: Int64
  let consolidateAfter: Int64
  /// Drain, wipe, provision, join and stack; and the way back with its
  /// termination.
  let wayThere: Int64
  let wayBack: Int64
  var stage: [Stage]
  var machineOf: [Int: Int] = [:]
  private var events: [Event] = []
  private var now: Int64 = 0
  private var passIsDue = false
  private var refused: Set<[Int]> = []
  private var newcomers: [Int] = []
  private var due = Int64.max
  private var opened: Int64 = -1
  private var last = Int64.min / 2
  private var nextLook = Int64.max
  private var nextReview = Int64.max
  private var emptySince: [Int64]
  private var turn: [Int]
  private var chosen: Set<Int> = []
  private static let second: Int64 = 1_000_000_000

  init(
    jobs: [Job],
    clusters: [Cluster],
    hosts: Int,
    gpusPerNode: Int,
    byPriority: Bool,
    grace: Int64,
    restart: Int64,
    consolidateAfter: Int64,
    wayThere: Int64,
    wayBack: Int64
  ) {
    self.jobs = jobs
    self.clusters = clusters
    self.hosts = hosts
    self.gpusPerNode = gpusPerNode
    self.byPriority = byPriority
    self.grace = grace
    self.restart = restart
    self.consolidateAfter = consolidateAfter
    self.wayThere = wayThere
    self.wayBack = wayBack
    let count = clusters.last?.places.upperBound ?? hosts
    stage = (0..<count).map { $0 < hosts ? .host : .absent }
    emptySince = Array(repeating: -1, count: count)
    turn = Array(repeating: 0, count: count)
  }

  mutating func run(until horizon: Int64) {
    for j in jobs.indices { jobs[j].work = jobs[j].length }
    var arrived = 0
    while true {
      var best = -1
      for e in events.indices
      where best < 0 || (events[e].at, events[e].phase) < (events[best].at, events[best].phase) {
        best = e
      }
      let arrival = arrived < jobs.count ? jobs[arrived].arrival : .max
      let event = best < 0 ? Int64.max : events[best].at
      let isEvent = best >= 0 && (event < arrival || event == arrival && events[best].phase < 3)
      let next = min(event, arrival)
      if passIsDue, next > now {
        passIsDue = false
        pass()
        continue
      }
      guard next <= horizon else { return }
      now = next
      if isEvent {
        let step = events.remove(at: best).step
        take(step)
      } else {
        wait(arrived)
        passIsDue = true
        arrived += 1
      }
    }
  }

  private mutating func push(_ at: Int64, _ phase: Int, _ step: Step) {
    events.append(Event(at: at, phase: phase, step: step))
  }

  // MARK: - The queue

  private var waiting: [Int] {
    jobs.indices.filter { jobs[$0].isWaiting }.sorted { a, b in
      byPriority ? (-jobs[a].priority, a) < (-jobs[b].priority, b) : a < b
    }
  }

  private func shape(_ j: Int) -> [Int] { [jobs[j].tenant, jobs[j].gpus] }
  private func isUp(_ n: Int) -> Bool {
    switch stage[n] {
    case .host, .up: true
    default: false
    }
  }
  private func runs(on n: Int) -> [Int] { jobs.indices.filter { jobs[$0].node == n } }
  private func free(_ n: Int) -> Int { gpusPerNode - runs(on: n).reduce(0) { $0 + jobs[$1].gpus } }
  private func nodes(of tenant: Int) -> Range<Int> {
    tenant == clusters.count ? 0..<hosts : clusters[tenant].places
  }

  private mutating func wait(_ j: Int) {
    jobs[j].isWaiting = true
    newcomers.append(j)
  }

  private mutating func pass() {
    for j in waiting {
      guard let n = nodes(of: jobs[j].tenant).first(where: { isUp($0) && free($0) >= jobs[j].gpus }) else {
        continue
      }
      jobs[j].isWaiting = false
      jobs[j].node = n
      jobs[j].start = now
      push(now + runLength(j), 0, .end(j, jobs[j].turn))
      noteUse(n)
    }
    refused = Set(waiting.map(shape))
    let hasNew = newcomers.contains { jobs[$0].isWaiting }
    newcomers = []
    if refused.isEmpty { return }
    if !hasNew { return retry() }
    if opened < 0 {
      opened = now
      due = min(due, now + Self.second)
    } else {
      due = min(opened + 10 * Self.second, now + Self.second)
    }
    scheduleLook()
  }

  private func writes(_ j: Int) -> Int64 { jobs[j].interval.map { (jobs[j].work - 1) / $0 } ?? 0 }
  private func runLength(_ j: Int) -> Int64 { jobs[j].due + jobs[j].work + writes(j) * jobs[j].write }

  /// Work that is done for good, and what is lost, if the run ends then.
  private func split(_ j: Int, at instant: Int64) -> (kept: Int64, lost: Int64) {
    let rest = max(0, instant - jobs[j].start - jobs[j].due)
    guard let interval = jobs[j].interval else { return (0, rest) }
    let cycle = interval + jobs[j].write
    let saved = min(jobs[j].work, rest / cycle * interval)
    let within = min(rest % cycle, interval)
    if jobs[j].write <= grace { return (min(jobs[j].work, saved + within), 0) }
    return (saved, within)
  }

  // MARK: - Events

  private mutating func take(_ step: Step) {
    switch step {
    case .end(let j, let turn):
      guard jobs[j].node >= 0, jobs[j].turn == turn else { return }
      let n = jobs[j].node
      jobs[j].node = -1
      jobs[j].end = now
      noteUse(n)
      if !waiting.isEmpty { passIsDue = true }
    case .emptied(let n): emptied(n)
    case .ready(let n):
      stage[n] = .up
      noteUse(n)
      if !waiting.isEmpty { passIsDue = true }
    case .look: look()
    case .review: review()
    case .validate(let n, let old):
      guard turn[n] == old, emptySince[n] >= 0 else { return }
      emptySince[n] = -1
      chosen.remove(n)
      stage[n] = .going
      push(now + wayBack, 2, .gone(n))
    case .gone(let n):
      stage[n] = .absent
      stage[machineOf.removeValue(forKey: n)!] = .host
      if !waiting.isEmpty { passIsDue = true }
      if hasRefusals { retry() }
    }
  }

  private mutating func emptied(_ n: Int) {
    let machine = machineOf[n]!
    guard case .emptying(let c) = stage[machine] else { return }
    // Those first that were placed last, as they are stopped; the order shows nowhere.
    for j in runs(on: machine) {
      let (kept, lost) = split(j, at: now)
      clusters[c].evicted += 1
      clusters[c].lost += lost * Int64(jobs[j].gpus)
      let elapsed = now - jobs[j].start
      if jobs[j].interval != nil {
        let left = jobs[j].due - min(elapsed, jobs[j].due)
        jobs[j].due = (jobs[j].write <= grace ? left : 0) + restart
      }
      jobs[j].work -= kept
      jobs[j].node = -1
      jobs[j].start = -1
      jobs[j].turn += 1
      jobs[j].interruptions += 1
      wait(j)
      passIsDue = true
    }
    stage[machine] = .away
    if hasRefusals { retry() }
  }

  // MARK: - Looks

  private var hasRefusals: Bool { waiting.contains { refused.contains(shape($0)) } }

  private mutating func retry() {
    due = min(due, max(now + 1, last + 10 * Self.second))
    scheduleLook()
  }

  private mutating func scheduleLook() {
    guard due < nextLook else { return }
    nextLook = due
    push(max(due, now + 1), 2, .look)
  }

  private func withHost() -> Int {
    (0..<hosts).filter { if case .host = stage[$0] { true } else { false } }.count
  }
  private func idleMachines(_ c: Int) -> [Int] {
    let idle = (0..<hosts).filter { isUp($0) && free($0) == gpusPerNode }
    return Array(idle.prefix(max(0, min(idle.count, withHost() - clusters[c].keep))))
  }
  private func freePlaces(_ c: Int) -> [Int] {
    clusters[c].places.filter { if case .absent = stage[$0] { true } else { false } }
  }

  private mutating func look() {
    if nextLook <= now { nextLook = .max }
    guard due <= now else {
      if due < .max { scheduleLook() }
      return
    }
    (due, opened, last) = (.max, -1, now)
    var isShort = false
    for c in plan() {
      guard let place = freePlaces(c).first, let machine = idleMachines(c).first else {
        isShort = true
        continue
      }
      machineOf[place] = machine
      (stage[machine], stage[place]) = (.away, .starting)
      push(now + wayThere, 1, .ready(place))
    }
    empty()
    if isShort { due = now + Self.second }
    if due < .max { scheduleLook() }
  }

  /// By pod in the order of arrival: on a node that comes, on a claim of its
  /// cluster, the one with the fewest pods, or on a new claim.
  private func plan() -> [Int] {
    var rooms = stage.indices.filter { if case .starting = stage[$0] { true } else { false } }
      .map { (node: $0, free: gpusPerNode) }
    var claims: [(cluster: Int, free: Int, pods: Int)] = []
    var hopeless: Set<[Int]> = []
    for j in jobs.indices where jobs[j].isWaiting && refused.contains(shape(j)) {
      let tenant = jobs[j].tenant
      guard tenant < clusters.count else { continue }
      let places = clusters[tenant].places
      if let r = rooms.indices.first(where: {
        places.contains(rooms[$0].node) && rooms[$0].free >= jobs[j].gpus
      }) {
        rooms[r].free -= jobs[j].gpus
        continue
      }
      if hopeless.contains(shape(j)) { continue }
      let fitting = claims.indices.filter { claims[$0].cluster == tenant && claims[$0].free >= jobs[j].gpus }
      if let k = fitting.min(by: { (claims[$0].pods, $0) < (claims[$1].pods, $1) }) {
        claims[k].free -= jobs[j].gpus
        claims[k].pods += 1
      } else if claims.filter({ $0.cluster == tenant }).count
        < min(freePlaces(tenant).count, idleMachines(tenant).count)
      {
        claims.append((tenant, gpusPerNode - jobs[j].gpus, 1))
      } else {
        hopeless.insert(shape(j))
      }
    }
    return claims.map(\.cluster)
  }

  // MARK: - Machines are emptied

  private mutating func empty() {
    var rooms: [(tenant: Int, free: Int)] = []
    for n in stage.indices {
      if isUp(n) { rooms.append((tenant(of: n), free(n))) }
    }
    for n in stage.indices { if case .starting = stage[n] { rooms.append((tenant(of: n), gpusPerNode)) } }
    let asking = jobs.indices.filter { jobs[$0].isWaiting && refused.contains(shape($0)) }
      .sorted { (-jobs[$0].priority, $0) < (-jobs[$1].priority, $1) }
    for j in asking {
      let c = jobs[j].tenant
      if let r = rooms.indices.first(where: { rooms[$0].tenant == c && rooms[$0].free >= jobs[j].gpus }) {
        rooms[r].free -= jobs[j].gpus
        continue
      }
      guard c < clusters.count, clusters[c].rule != .never, idleMachines(c).isEmpty,
        let place = freePlaces(c).first, withHost() > clusters[c].keep,
        emptying(for: c) < clusters[c].atOnce, let machine = victim(for: j)
      else { continue }
      clusters[c].drained += 1
      machineOf[place] = machine
      (stage[machine], stage[place]) = (.emptying(c), .starting)
      push(now + grace, 2, .emptied(place))
      push(now + grace + wayThere, 1, .ready(place))
      rooms.append((c, gpusPerNode - jobs[j].gpus))
    }
  }

  private func tenant(of n: Int) -> Int {
    clusters.firstIndex { $0.places.contains(n) } ?? clusters.count
  }

  private func emptying(for c: Int) -> Int {
    stage.filter { if case .emptying(let other) = $0 { other == c } else { false } }.count
  }

  private func victim(for j: Int) -> Int? {
    (0..<hosts).filter { machine in
      guard case .host = stage[machine] else { return false }
      let there = runs(on: machine)
      return !there.isEmpty
        && (clusters[jobs[j].tenant].rule == .any
          || there.allSatisfy { jobs[$0].priority < jobs[j].priority })
    }.min { cost($0).lexicographicallyPrecedes(cost($1)) }
  }

  private func cost(_ machine: Int) -> [Int64] {
    let there = runs(on: machine)
    let lost = there.reduce(Int64(0)) { sum, j in
      let ends = jobs[j].start + runLength(j) - now <= grace
      let left = ends ? 0 : lostIfStopped(j)
      return sum + left * Int64(jobs[j].gpus)
    }
    return [Int64(there.map { jobs[$0].priority }.max()!), lost, Int64(there.count), Int64(machine)]
  }

  private func lostIfStopped(_ j: Int) -> Int64 { split(j, at: now + grace).lost }

  // MARK: - Empty nodes go

  private mutating func noteUse(_ n: Int) {
    guard n >= hosts, case .up = stage[n] else { return }
    let isIdle = free(n) == gpusPerNode
    guard isIdle != (emptySince[n] >= 0) else { return }
    turn[n] += 1
    chosen.remove(n)
    emptySince[n] = isIdle ? now : -1
    if isIdle { scheduleReview(now + consolidateAfter) }
  }

  private mutating func scheduleReview(_ instant: Int64) {
    let ten = 10 * Self.second
    let at = (max(instant, now + 1) + ten - 1) / ten * ten
    guard at < nextReview else { return }
    nextReview = at
    push(at, 2, .review)
  }

  private mutating func review() {
    guard nextReview <= now else { return }
    nextReview = .max
    var next = Int64.max
    for n in stage.indices where emptySince[n] >= 0 && !chosen.contains(n) {
      guard emptySince[n] + consolidateAfter <= now + 1 else {
        next = min(next, emptySince[n] + consolidateAfter)
        continue
      }
      chosen.insert(n)
      push(now + 15 * Self.second, 2, .validate(n, turn[n]))
    }
    if next < .max { scheduleReview(next) }
  }
}
