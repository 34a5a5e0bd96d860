import Engine
import Hardware
import Outcome
import Workload

/// The engine's rules once more, slowly: a sorted array of events, nodes
/// scanned one by one, every score computed from its definition at every
/// decision, every waiting job looked at in every pass.
struct ReferenceSimulator {
  enum Happening: Equatable { case end(Int), fleet(Int), arrival(Int), relax(Int) }
  struct Event {
    var time: Int64
    var phase: Int
    var order: Int
    var what: Happening
  }
  struct Attempt: Equatable {
    var job: Int
    var start: Int64
    var end: Int64
    var pieces: [Piece]
    var isPreemption = false
    var overhead: Int64 = 0
    var kept: Int64 = 0
    var rate: Int64 = 0
    var isFailure = false
    var backoff: Int64 = 0
  }
  /// Places that a gang held before it started.
  struct Hold: Hashable {
    var job: Int
    var piece: Piece
    var start: Int64
    var end: Int64
    var ending: GangHold.Ending
  }
  /// The cluster from this instant on.
  struct Moment {
    var time: Int64
    var nodes: [ReferenceNode]
    var waiting: [Int]
  }

  let input: SimulationInput
  let scores: ReferenceScores
  var requests: [ReferenceRequest]
  var nodes: [ReferenceNode]
  var jobs = JobColumns()
  var attempts: [Attempt] = []
  var history: [Moment] = []
  var end: Int64 = 0
  /// Where each job lies or lay last.
  var laid: [[Piece]]
  /// The fleet with nothing on it.
  let emptyNodes: [ReferenceNode]
  /// Of a preemptive queue: all unfinished jobs by rank, what each has left,
  /// and when the next pass is due if nothing happens.
  var list: [Int] = []
  var progress: [Progress]
  var lives: [Life]
  var timer: Int64?
  var rank: [Int]
  /// How many steps each job's wish is relaxed by.
  var rung: [Int]
  var events: [Event] = []
  private var pushed = 0
  var waiting: [Int] = []
  /// Shapes (or, with blocking, the head alone) whose refusal stands.
  var refusedShapes: Set<Int64> = []
  var refusedHead: Int?
  /// Where the order changes while jobs wait: the lines whose head's refusal
  /// stands.
  var refusedLines: Set<Line> = []
  /// Nodes with more room than at the last pass.
  var freed: Set<Int> = []
  /// Chosen in the last pass of a preemptive queue, and not placed.
  var unplaced: Set<Int> = []
  /// By job: ns waited for each cause, and what it waits for since the last
  /// instant.
  var waits: [[WaitCause: Int64]]
  private var causes: [Int: WaitCause] = [:]
  let blocks: Bool
  let loses: Bool
  /// Gangs that hold; gangs that gave up, with the time of their return; how
  /// often they did; and what was held.
  var holders: [Int: Holder] = [:]
  var away: [Int: Int64] = [:]
  var timeouts: [Int: Int] = [:]
  var holds: [Hold] = []
  var keepsFreed = false
  let holdsGangs: Bool

  init(_ input: SimulationInput) {
    self.input = input
    scores = ReferenceScores(input)
    requests = input.jobs.shape.map { ReferenceRequest(input.jobs.shapes[Int($0.rawValue)], input) }
    emptyNodes = input.fleet.nodes.indices.map {
      ReferenceNode(input.fleet, $0, isPooled: input.sharing == .pooled)
    }
    nodes = emptyNodes
    laid = input.jobs.shape.map { _ in [] }
    lives = input.jobs.duration.map { _ in Life() }
    waits = input.jobs.shape.map { _ in [:] }
    progress = input.jobs.duration.indices.map { j in
      Progress(work: input.jobs.duration[j].nanoseconds, left: Self.work(j, input.jobs))
    }
    rung = input.jobs.shape.map { _ in 0 }
    if let given = input.nodeRanks {
      rank = given.map(Int.init)
    } else {
      let names = input.fleet.nodes.map(\.name)
      rank = names.map { name in names.filter { $0 < name }.count }
    }
    switch input.queue {
    case .ordered(_, let isBlocking), .ageing(_, let isBlocking), .fairShare(_, let isBlocking):
      blocks = isBlocking
    default: blocks = false
    }
    loses = input.queue == .none
    holdsGangs = input.gangs.holding != nil
    let n = input.jobs.count
    if input.jobs.hasSpeeds {
      for j in 0..<n { progress[j].work = time(j, bestRate(j)) }
      jobs.rate = Array(repeating: 0, count: n)
      jobs.bestRate = (0..<n).map { bestRate($0) }
    }
    jobs.state = Array(repeating: .unseen, count: n)
    jobs.startNanoseconds = Array(repeating: -1, count: n)
    jobs.endNanoseconds = Array(repeating: -1, count: n)
    jobs.node = Array(repeating: .none, count: n)
    jobs.gpuMask = Array(repeating: 0, count: n)
    jobs.cause = Array(repeating: .none, count: n)
    jobs.interruptions = Array(repeating: 0, count: n)
    jobs.preemptions = Array(repeating: 0, count: n)
    for n in nodes.indices {
      let own = input.fleetChanges.filter { $0.nodes.contains(NodeID(rawValue: Int32(n))) }
      if own.first?.action == .join { nodes[n].condition = .absent }
    }
    for (i, change) in input.fleetChanges.enumerated() {
      push(change.atNanoseconds, change.action == .join || change.action == .repair ? 1 : 2, .fleet(i))
    }
    for j in 0..<n { push(input.jobs.arrival[j].nanoseconds, 3, .arrival(j)) }
  }

  mutating func push(_ time: Int64, _ phase: Int, _ what: Happening) {
    events.append(Event(time: time, phase: phase, order: pushed, what: what))
    pushed += 1
  }

  mutating func run() {
    history.append(Moment(time: 0, nodes: nodes, waiting: []))
    while let now = (events.map(\.time) + [timer, holdTimer].compactMap { $0 }).min(),
      now <= input.horizon?.nanoseconds ?? .max
    {
      for (j, cause) in causes { waits[j][cause, default: 0] += now - end }
      end = now
      var isPassDue = (spec == nil && !holdsGangs) || timer == now || holdTimer == now
      while let next = events.filter({ $0.time == now }).min(by: {
        ($0.phase, $0.order) < ($1.phase, $1.order)
      }) {
        events.removeAll { $0.order == next.order }
        switch next.what {
        case .end(let j):
          finish(j, now)
          isPassDue = true
        case .fleet(let i):
          for node in input.fleetChanges[i].nodes {
            if change(Int(node.rawValue), input.fleetChanges[i].action, now) { isPassDue = true }
          }
        case .arrival(let j):
          arrive(j, now)
          if jobs.state[j] == .waiting, lives[j].eligible >= 0, !holdsGangs || refusedHead == nil {
            isPassDue = true
          }
        case .relax(let j):
          relax(j)
          isPassDue = true
        }
        if settleDependencies(now) { isPassDue = true }
      }
      if isPassDue {
        timer = nil
        if spec != nil { rankedPass(now) } else if holdsGangs { holdingPass(now) } else { pass(now) }
        _ = settleDependencies(now)
        if !keepsFreed { freed = [] }
      }
      history.append(Moment(time: now, nodes: nodes, waiting: waiting))
      causes = Dictionary(
        uniqueKeysWithValues: waiting.map { ($0, causeOfWaiting($0)) } + causesOutsideQueue
      )
    }
    let last = end
    end = input.horizon?.nanoseconds ?? end
    closeHolds(end)
    for (j, cause) in causes { waits[j][cause, default: 0] += end - last }
    waits = waits.map { $0.filter { $0.value > 0 } }
    // In a loss system what was refused has not waited.
    for j in waits.indices where jobs.state[j] == .rejected { waits[j] = [:] }
    for j in waits.indices where jobs.state[j] != .rejected { jobs.cause[j] = mainCause(j) }
    completeLives()
    jobs.firstStartNanoseconds = jobs.startNanoseconds.indices.map { j in
      attempts.first { $0.job == j }?.start ?? jobs.startNanoseconds[j]
    }
    for j in jobs.state.indices where !laid[j].isEmpty {
      jobs.node[j] = NodeID(rawValue: Int32(laid[j][0].node))
      jobs.gpuMask[j] = laid[j][0].gpuMask
    }
    let overhead = jobs.state.indices.map { j in
      let start = jobs.startNanoseconds[j]
      let stop = jobs.endNanoseconds[j] >= 0 ? jobs.endNanoseconds[j] : end
      return start < 0 ? 0 : min(stop - start, progress[j].due)
    }
    if overhead.contains(where: { $0 > 0 }) { jobs.overheadNanoseconds = overhead }
    if input.jobs.shapes.contains(where: { $0.relaxation > 0 }) { jobs.relaxed = rung.map { UInt8($0) } }
  }

  private func endOfService(_ j: Int) -> Int64 {
    input.jobs.arrival[j].nanoseconds + input.jobs.duration[j].nanoseconds
  }

  private mutating func arrive(_ j: Int, _ now: Int64) {
    rung[j] = .max
    let isImpossible = layout(j, on: emptyNodes) == nil
    resetWish(j)
    if isImpossible {
      events.removeAll { $0.what == .relax(j) }
      rung[j] = 0
      jobs.state[j] = .rejected
      return
    }
    jobs.state[j] = .waiting
    if !input.jobs.after[j].isEmpty {
      events.removeAll { $0.what == .relax(j) }
      rung[j] = 0
      return
    }
    lives[j].eligible = now
    lives[j].joined = now
    join(j)
    list.append(j)
    if input.jobs.kind[j] == .service { push(endOfService(j), 0, .end(j)) }
  }

  private mutating func finish(_ j: Int, _ now: Int64) {
    if lives[j].isDelayed { return returnFromDelay(j, now) }
    if jobs.state[j] == .running && endsEarly(j, now) { return }
    jobs.endNanoseconds[j] = now
    if jobs.state[j] == .running {
      jobs.state[j] = .completed
      giveBack(j)
      list.removeAll { $0 == j }
    } else {
      jobs.state[j] = .withdrawn
      events.removeAll { $0.what == .relax(j) }
      leave(j, now, .withdrawn)
      away[j] = nil
      remove(j)
    }
  }

  mutating func giveBack(_ j: Int) {
    for piece in laid[j] {
      nodes[piece.node].giveBack(j)
      if nodes[piece.node].condition == .draining, nodes[piece.node].residents.isEmpty {
        nodes[piece.node].condition = .maintenance
      }
      freed.insert(piece.node)
    }
    liftRefusals(because: j)
  }

  /// Returns whether a preemptive queue must look again.
  private mutating func change(_ n: Int, _ action: FleetChange.Action, _ now: Int64) -> Bool {
    switch action {
    case .join, .repair:
      nodes[n].condition = .up
      freed.insert(n)
      return true
    case .drain:
      guard nodes[n].condition == .up else { return false }
      let hasDropped = dropHolders(n, now)
      nodes[n].condition = nodes[n].residents.isEmpty ? .maintenance : .draining
      return hasDropped
    case .interrupt: return clear(n, now, isFailure: true)
    case .leave, .fail, .maintain:
      let hasLost = clear(n, now, isFailure: action == .fail)
      nodes[n].condition = action == .leave ? .absent : action == .fail ? .fault : .maintenance
      return hasLost
    }
  }

  /// All that lies on the node is interrupted. Returns whether anything was.
  private mutating func clear(_ n: Int, _ now: Int64, isFailure: Bool) -> Bool {
    var hasLost = dropHolders(n, now)
    while let j = nodes[n].residents.last?.job {
      if isFailure { fail(j, now) } else { lose(j, now) }
      hasLost = true
    }
    return hasLost
  }

  /// A run is cut short; the job waits again.
  mutating func stop(
    _ j: Int,
    _ now: Int64,
    isPreemption: Bool = false,
    overhead: Int64 = 0,
    kept: Int64 = 0
  ) {
    attempts.append(
      Attempt(
        job: j,
        start: jobs.startNanoseconds[j],
        end: now,
        pieces: laid[j],
        isPreemption: isPreemption,
        overhead: overhead,
        kept: kept,
        rate: jobs.rate.isEmpty ? 0 : jobs.rate[j]
      )
    )
    giveBack(j)
    laid[j] = []
    if input.jobs.kind[j] == .batch { events.removeAll { $0.what == .end(j) } }
    jobs.state[j] = .waiting
    jobs.startNanoseconds[j] = -1
    jobs.interruptions[j] += 1
    if input.jobs.hasSpeeds { progress[j].work = time(j, bestRate(j)) }
    resetWish(j)
    join(j)
  }

  /// Starts the job if all its workers fit.
  mutating func tryToStart(_ j: Int, _ now: Int64) -> Bool {
    guard let layout = layout(j, on: nodes) else { return false }
    nodes = layout.nodes
    laid[j] = layout.pieces
    hasStarted(j, now)
    return true
  }

  mutating func hasStarted(_ j: Int, _ now: Int64) {
    jobs.state[j] = .running
    jobs.startNanoseconds[j] = now
    events.removeAll { $0.what == .relax(j) }
    if input.jobs.hasSpeeds, input.jobs.kind[j] == .batch {
      jobs.rate[j] = rateNow(j)
      progress[j].work = time(j, jobs.rate[j])
    }
    if input.jobs.kind[j] == .batch { push(now + plannedLength(j), 0, .end(j)) }
    remove(j)
    liftRefusals(because: j)
  }
}
