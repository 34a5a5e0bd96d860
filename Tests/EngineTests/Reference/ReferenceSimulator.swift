import Engine
import Hardware
import Outcome
import Workload

/// The engine's rules once more, slowly: a sorted array of events, nodes
/// scanned one by one, every score computed from its definition at every
/// decision, every waiting job looked at in every pass.
struct ReferenceSimulator {
  enum Happening: Equatable { case end(Int), fleet(Int), arrival(Int) }
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
  }
  /// The cluster from this instant on.
  struct Moment {
    var time: Int64
    var nodes: [ReferenceNode]
    var waiting: [Int]
  }

  let input: SimulationInput
  let scores: ReferenceScores
  let requests: [ReferenceRequest]
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
  var timer: Int64?
  let rank: [Int]
  var events: [Event] = []
  private var pushed = 0
  var waiting: [Int] = []
  /// Shapes (or, with blocking, the head alone) whose refusal stands.
  var refusedShapes: Set<Int64> = []
  var refusedHead: Int?
  /// Nodes with more room than at the last pass.
  var freed: Set<Int> = []
  /// Why a job of the shape was refused last.
  var lastCause: [Int64: WaitCause] = [:]
  let blocks: Bool
  let loses: Bool

  init(_ input: SimulationInput) {
    self.input = input
    scores = ReferenceScores(input)
    requests = input.jobs.shape.map { ReferenceRequest(input.jobs.shapes[Int($0.rawValue)], input) }
    emptyNodes = input.fleet.nodes.indices.map {
      ReferenceNode(input.fleet, $0, isPooled: input.sharing == .pooled)
    }
    nodes = emptyNodes
    laid = input.jobs.shape.map { _ in [] }
    progress = input.jobs.duration.map { Progress(work: $0.nanoseconds) }
    if let given = input.nodeRanks {
      rank = given.map(Int.init)
    } else {
      let names = input.fleet.nodes.map(\.name)
      rank = names.map { name in names.filter { $0 < name }.count }
    }
    if case .ordered(_, headOfLineBlocking: true) = input.queue { blocks = true } else { blocks = false }
    loses = input.queue == .none
    let n = input.jobs.count
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

  private mutating func push(_ time: Int64, _ phase: Int, _ what: Happening) {
    events.append(Event(time: time, phase: phase, order: pushed, what: what))
    pushed += 1
  }

  mutating func run() {
    history.append(Moment(time: 0, nodes: nodes, waiting: []))
    while let now = (events.map(\.time) + (timer.map { [$0] } ?? [])).min(),
      now <= input.horizon?.nanoseconds ?? .max
    {
      end = now
      var isPassDue = spec == nil || timer == now
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
          arrive(j)
          if jobs.state[j] == .waiting { isPassDue = true }
        }
      }
      if isPassDue {
        timer = nil
        if spec != nil { rankedPass(now) } else { pass(now) }
        freed = []
      }
      history.append(Moment(time: now, nodes: nodes, waiting: waiting))
    }
    end = input.horizon?.nanoseconds ?? end
    for j in waiting where jobs.cause[j] == .none { jobs.cause[j] = untried(j) }
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
  }

  private func endOfService(_ j: Int) -> Int64 {
    input.jobs.arrival[j].nanoseconds + input.jobs.duration[j].nanoseconds
  }

  private mutating func arrive(_ j: Int) {
    if layout(j, on: emptyNodes) == nil {
      jobs.state[j] = .rejected
      return
    }
    jobs.state[j] = .waiting
    join(j)
    list.append(j)
    if input.jobs.kind[j] == .service { push(endOfService(j), 0, .end(j)) }
  }

  private mutating func finish(_ j: Int, _ now: Int64) {
    jobs.endNanoseconds[j] = now
    if jobs.state[j] == .running {
      jobs.state[j] = .completed
      giveBack(j)
      list.removeAll { $0 == j }
    } else {
      jobs.state[j] = .withdrawn
      if jobs.cause[j] == .none { jobs.cause[j] = untried(j) }
      remove(j)
    }
  }

  private mutating func giveBack(_ j: Int) {
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
      nodes[n].condition = nodes[n].residents.isEmpty ? .maintenance : .draining
      return false
    case .interrupt: return clear(n, now)
    case .leave, .fail, .maintain:
      let hasLost = clear(n, now)
      nodes[n].condition = action == .leave ? .absent : action == .fail ? .fault : .maintenance
      return hasLost
    }
  }

  /// All that lies on the node is interrupted. Returns whether anything was.
  private mutating func clear(_ n: Int, _ now: Int64) -> Bool {
    var hasLost = false
    while let j = nodes[n].residents.last?.job {
      if spec != nil { loseRank(j, now) } else { stop(j, now) }
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
        kept: kept
      )
    )
    giveBack(j)
    laid[j] = []
    if input.jobs.kind[j] == .batch { events.removeAll { $0.what == .end(j) } }
    jobs.state[j] = .waiting
    jobs.startNanoseconds[j] = -1
    jobs.cause[j] = .none
    jobs.interruptions[j] += 1
    join(j)
  }

  /// Starts the job if all its workers fit.
  mutating func tryToStart(_ j: Int, _ now: Int64) -> Bool {
    guard let layout = layout(j, on: nodes) else { return false }
    nodes = layout.nodes
    laid[j] = layout.pieces
    jobs.state[j] = .running
    jobs.startNanoseconds[j] = now
    if now == input.jobs.arrival[j].nanoseconds {
      jobs.cause[j] = .none
    } else if jobs.cause[j] == .none {
      jobs.cause[j] = untried(j)
    }
    if input.jobs.kind[j] == .batch { push(now + progress[j].due + progress[j].work, 0, .end(j)) }
    remove(j)
    liftRefusals(because: j)
    return true
  }
}
