import Engine
import Hardware
import Workload

/// Follows everything instant by instant in nanoseconds: each flow has what is
/// left of it, and what is due is looked for everywhere.
struct NaiveStorage {
  enum Doing: Equatable {
    case absent, waiting, image, reading, staging, working, writing, done
    /// Staging, restarting or writing in a time of its own, until then.
    case until(Int64)
    case writingUntil(Int64)
  }

  struct Run: Equatable {
    var node: Int
    var start: Int64
    var end: Int64 = -1
    var overhead: Int64 = 0
    var kept: Int64 = 0
  }

  private struct Node {
    var free: Int32
    var isUp = true
    /// In the order in which they came.
    var kept: [(image: Int, lastUse: Int64)]
    var pulls: [Int] = []
    /// Until when it unpacks the first of them; nil: it is still pulled.
    var unpacks: Int64?
  }

  private struct Flow {
    /// A node for the registry; a job; or a class whose data stay.
    var owner: Int
    /// In 2^-20 x 10^-9 bytes: finer by far than what flows in a nanosecond.
    var left: Int128
    var isOfClass = false
  }

  /// 0: the registry, 1 and 2: the tiers, 3: between the sites.
  private struct Link {
    var whole: Int128
    var most: Int128
    var flows: [Flow] = []
    /// When it changed last, and when the next flow is done.
    var last: Int64 = 0
    var due: Int64?
    /// Of several that are due at an instant the one that changed first goes first.
    var turn = 0
  }

  let scenario: RandomStorage
  private(set) var runs: [[Run]]
  private(set) var doing: [Doing]
  private var nodes: [Node]
  private var links: [Link] = []
  private var now: Int64 = 0
  private var turns = 0
  /// By job: work left at the start of its run, done in the stretches that are
  /// over, on its way to be saved, and saved; when its present stretch ends.
  private var left: [Int64]
  private var worked: [Int64]
  private var underWay: [Int64]
  private var saved: [Int64]
  private var stretchEnd: [Int64]
  private var isRestart: [Bool]
  /// Since when it waits for a write, and for how long it did before.
  private var waitBegan: [Int64]
  private var waited: [Int64]
  /// By class: 0 absent at the cloud, 1 under way, 2 there.
  private var dataAtCloud = [0, 0, 0, 0]

  init(_ scenario: RandomStorage) {
    self.scenario = scenario
    let count = scenario.jobs.count
    runs = Array(repeating: [], count: count)
    doing = Array(repeating: .absent, count: count)
    nodes = scenario.nodes.map { Node(free: Int32($0.gpus), kept: []) }
    left = scenario.jobs.map(\.duration)
    saved = Array(repeating: 0, count: count)
    stretchEnd = Array(repeating: .max, count: count)
    worked = saved
    underWay = saved
    waitBegan = saved
    waited = saved
    isRestart = Array(repeating: false, count: count)
    for n in nodes.indices { nodes[n].kept = preloaded }
    for spec in [scenario.storage.registry!] + scenario.storage.tiers {
      let most = min(spec.perFlow ?? .max, spec.bytesPerSecond)
      links.append(Link(whole: Int128(spec.bytesPerSecond), most: Int128(most)))
    }
    let between = Int128(scenario.link.bytesPerSecond)
    links.append(Link(whole: scenario.link.isShared ? between : between * 1_000, most: between))
  }

  private var preloaded: [(image: Int, lastUse: Int64)] {
    scenario.storage.preloaded.map { (Int($0.dropFirst())!, -1) }
  }

  private func terms(_ job: Int) -> RandomStorage.Terms { scenario.classes[scenario.classOf[job]] }

  private func isRunning(_ job: Int) -> Bool { ![.absent, .waiting, .done].contains(doing[job]) }

  private static func span(_ bytes: Int64, at rate: Int64) -> Int64 {
    Int64((Int128(bytes) * 1_000_000_000 + Int128(rate) - 1) / Int128(rate))
  }

  // MARK: - Links

  /// Moves all flows of a link on to this instant.
  private mutating func advance(_ link: Int) {
    let elapsed = Int128(now - links[link].last) << 20
    let count = Int128(links[link].flows.count)
    links[link].last = now
    if count == 0 { return }
    let served = min(links[link].most * elapsed, links[link].whole * elapsed / count)
    for place in links[link].flows.indices { links[link].flows[place].left -= served }
  }

  /// The flows of a link have changed.
  private mutating func retime(_ link: Int) {
    turns += 1
    links[link].turn = turns
    links[link].due = nil
    guard let least = links[link].flows.map(\.left).min() else { return }
    let count = Int128(links[link].flows.count)
    let rest = max(1, least)
    let alone = (rest + (links[link].most << 20) - 1) / (links[link].most << 20)
    let shared = (rest * count + (links[link].whole << 20) - 1) / (links[link].whole << 20)
    links[link].due = now + Int64(max(alone, shared))
  }

  private mutating func begin(_ owner: Int, on link: Int, bytes: Int64, isOfClass: Bool = false) {
    advance(link)
    links[link].flows.append(
      Flow(owner: owner, left: (Int128(bytes) * 1_000_000_000) << 20, isOfClass: isOfClass)
    )
    retime(link)
  }

  private mutating func cut(_ owner: Int, from link: Int) {
    guard links[link].flows.contains(where: { $0.owner == owner && !$0.isOfClass }) else { return }
    advance(link)
    links[link].flows.removeAll { $0.owner == owner && !$0.isOfClass }
    retime(link)
  }

  // MARK: - Instants

  mutating func run() {
    var arrived = 0
    var changed = 0
    let changes = scenario.changes
    while true {
      var next = Int64.max
      if arrived < scenario.jobs.count { next = scenario.jobs[arrived].arrival }
      if changed < changes.count { next = min(next, changes[changed].atNanoseconds) }
      for job in doing.indices {
        if case .until(let time) = doing[job] { next = min(next, time) }
        if case .writingUntil(let time) = doing[job] { next = min(next, time) }
        if doing[job] == .working { next = min(next, stretchEnd[job]) }
        if terms(job).isService, ![.absent, .done].contains(doing[job]) {
          next = min(next, wantedUntil(job))
        }
      }
      for node in nodes { next = min(next, node.unpacks ?? .max) }
      for link in links { next = min(next, link.due ?? .max) }
      guard next < .max else { return }
      now = next
      for job in doing.indices {
        if terms(job).isService, ![.absent, .done].contains(doing[job]), wantedUntil(job) == now {
          if isRunning(job) { leave(job) }
          doing[job] = .done
        }
        if case .until(let time) = doing[job], time == now { work(job) }
        if case .writingUntil(let time) = doing[job], time == now { endWrite(job) }
        if doing[job] == .working, stretchEnd[job] == now { endStretch(job) }
      }
      while changed < changes.count, changes[changed].atNanoseconds == now {
        change(changes[changed])
        changed += 1
      }
      while arrived < scenario.jobs.count, scenario.jobs[arrived].arrival == now {
        doing[arrived] = .waiting
        arrived += 1
      }
      while let link = links.indices.filter({ links[$0].due == now }).min(by: {
        links[$0].turn < links[$1].turn
      }) {
        finish(link)
      }
      for n in nodes.indices where nodes[n].unpacks == now { endPull(n) }
      for job in doing.indices where doing[job] == .waiting { tryToStart(job) }
    }
  }

  private mutating func finish(_ link: Int) {
    advance(link)
    let done = links[link].flows.filter { $0.left <= 0 }
    links[link].flows.removeAll { $0.left <= 0 }
    for flow in done { arrive(flow, over: link) }
    retime(link)
  }

  private func wantedUntil(_ job: Int) -> Int64 { scenario.jobs[job].arrival + scenario.jobs[job].duration }

  private mutating func change(_ change: FleetChange) {
    let n = Int(change.nodes[0].rawValue)
    if change.action == .repair || change.action == .join {
      nodes[n].isUp = true
      return
    }
    for job in doing.indices where isRunning(job) && runs[job].last!.node == n {
      leave(job)
      left[job] -= saved[job]
      isRestart[job] = terms(job).plan != nil
      doing[job] = .waiting
    }
    if change.action == .interrupt { return }
    nodes[n].isUp = false
    nodes[n].pulls = []
    nodes[n].unpacks = nil
    cut(n, from: 0)
    if change.action == .leave { nodes[n].kept = preloaded }
  }

  // MARK: - Runs

  private mutating func tryToStart(_ job: Int) {
    let gpus = scenario.jobs[job].gpus
    guard let n = nodes.indices.first(where: { nodes[$0].isUp && nodes[$0].free >= gpus }) else { return }
    nodes[n].free -= gpus
    runs[job].append(Run(node: n, start: now))
    (worked[job], saved[job], waited[job]) = (0, 0, 0)
    let image = terms(job).image
    guard image >= 0 else { return read(job) }
    if let place = nodes[n].kept.firstIndex(where: { $0.image == image }) {
      nodes[n].kept[place].lastUse = now
      return read(job)
    }
    doing[job] = .image
    if !nodes[n].pulls.contains(image) {
      nodes[n].pulls.append(image)
      if nodes[n].pulls.count == 1 { pull(n) }
    }
  }

  private mutating func pull(_ n: Int) { begin(n, on: 0, bytes: scenario.images[nodes[n].pulls[0]]) }

  private mutating func endPull(_ n: Int) {
    let image = nodes[n].pulls.removeFirst()
    nodes[n].unpacks = nil
    let ready = doing.indices.filter {
      doing[$0] == .image && runs[$0].last!.node == n && terms($0).image == image
    }
    if let cache = scenario.storage.cacheBytes {
      while nodes[n].kept.reduce(scenario.images[image], { $0 + scenario.images[$1.image] }) > cache {
        let inUse = doing.indices.filter { isRunning($0) && doing[$0] != .image && runs[$0].last!.node == n }
          .map { terms($0).image }
        let unused = nodes[n].kept.filter { !inUse.contains($0.image) }
        guard let oldest = unused.min(by: { $0.lastUse < $1.lastUse }) else { break }
        nodes[n].kept.removeAll { $0.image == oldest.image }
      }
    }
    nodes[n].kept.append((image, now))
    for job in ready { read(job) }
    if !nodes[n].pulls.isEmpty { pull(n) }
  }

  private mutating func read(_ job: Int) {
    guard let read = terms(job).read else { return stage(job) }
    doing[job] = .reading
    begin(job, on: 1 + read.tier, bytes: read.bytes)
  }

  private mutating func stage(_ job: Int) {
    let data = terms(job).data
    guard data > 0, runs[job].last!.node >= scenario.homeCount else { return restart(job, after: 0) }
    if terms(job).keepsData {
      let number = scenario.classOf[job]
      if dataAtCloud[number] == 2 { return restart(job, after: 0) }
      doing[job] = .staging
      if dataAtCloud[number] == 0 {
        dataAtCloud[number] = 1
        begin(number, on: 3, bytes: data, isOfClass: true)
      }
    } else if scenario.link.isShared {
      doing[job] = .staging
      begin(job, on: 3, bytes: data)
    } else {
      restart(job, after: Self.span(data, at: scenario.link.bytesPerSecond))
    }
  }

  private mutating func restart(_ job: Int, after span: Int64) {
    let more = isRestart[job] ? terms(job).plan!.restart : 0
    if span + more == 0 { work(job) } else { doing[job] = .until(now + span + more) }
  }

  private mutating func work(_ job: Int) {
    runs[job][runs[job].count - 1].overhead = now - runs[job].last!.start
    doing[job] = .working
    stretchEnd[job] = .max
    if !terms(job).isService { beginStretch(job) }
  }

  private func interval(_ job: Int) -> Int64 { terms(job).plan?.interval ?? .max }

  private mutating func beginStretch(_ job: Int) {
    doing[job] = .working
    stretchEnd[job] = now + min(interval(job), left[job] - worked[job])
  }

  private mutating func endStretch(_ job: Int) {
    guard left[job] - worked[job] > interval(job) else {
      leave(job)
      doing[job] = .done
      return
    }
    worked[job] += interval(job)
    let isWriting = links[1...2].contains { $0.flows.contains { $0.owner == job } }
    if !isWriting {
      underWay[job] = worked[job]
      if let write = terms(job).sharedWrite { begin(job, on: 1 + write.tier, bytes: write.bytes) }
    }
    if terms(job).isInBackground, !isWriting { return beginStretch(job) }
    waitBegan[job] = now
    doing[job] = .writing
    guard terms(job).sharedWrite == nil else { return }
    doing[job] = .writingUntil(now + terms(job).write)
    if terms(job).write == 0 { endWrite(job) }
  }

  private mutating func endWrite(_ job: Int) {
    saved[job] = underWay[job]
    if doing[job] == .working { return }
    waited[job] += now - waitBegan[job]
    if terms(job).isInBackground {
      underWay[job] = worked[job]
      let write = terms(job).sharedWrite!
      begin(job, on: 1 + write.tier, bytes: write.bytes)
    }
    beginStretch(job)
  }

  private mutating func arrive(_ flow: Flow, over link: Int) {
    switch link {
    case 0:
      if let rate = scenario.storage.unpackBytesPerSecond {
        nodes[flow.owner].unpacks = now + Self.span(scenario.images[nodes[flow.owner].pulls[0]], at: rate)
      } else {
        endPull(flow.owner)
      }
    case 1, 2:
      if doing[flow.owner] == .reading { stage(flow.owner) } else { endWrite(flow.owner) }
    default:
      guard flow.isOfClass else { return restart(flow.owner, after: 0) }
      dataAtCloud[flow.owner] = 2
      for job in doing.indices where doing[job] == .staging && scenario.classOf[job] == flow.owner {
        restart(job, after: 0)
      }
    }
  }

  /// The run is over, whatever it was doing.
  private mutating func leave(_ job: Int) {
    var run = runs[job].removeLast()
    run.end = now
    switch doing[job] {
    case .working: run.overhead += waited[job]
    case .writing, .writingUntil: run.overhead += waited[job] + now - waitBegan[job]
    default: run.overhead = now - run.start
    }
    if !terms(job).isService { run.kept = saved[job] }
    runs[job].append(run)
    nodes[run.node].free += scenario.jobs[job].gpus
    for link in 1...3 { cut(job, from: link) }
    stretchEnd[job] = .max
  }
}
