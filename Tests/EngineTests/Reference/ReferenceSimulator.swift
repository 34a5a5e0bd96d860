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
    var node: Int
    var gpuMask: UInt16
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
  private var events: [Event] = []
  private var pushed = 0
  private var waiting: [Int] = []
  private var rank: [Int]
  /// Shapes (or, with blocking, the head alone) whose refusal stands.
  private var refusedShapes: Set<Int32> = []
  private var refusedHead: Int?
  /// Why a job of the shape was refused last.
  private var lastCause: [Int32: WaitCause] = [:]
  private let blocks: Bool
  private let loses: Bool

  init(_ input: SimulationInput) {
    self.input = input
    scores = ReferenceScores(input)
    requests = input.jobs.shape.map { ReferenceRequest(input.jobs.shapes[Int($0.rawValue)], input) }
    nodes = input.fleet.nodes.map { ReferenceNode($0) }
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
    while let now = events.map(\.time).min(), now <= input.horizon?.nanoseconds ?? .max {
      end = now
      while let next = events.filter({ $0.time == now }).min(by: {
        ($0.phase, $0.order) < ($1.phase, $1.order)
      }) {
        events.removeAll { $0.order == next.order }
        switch next.what {
        case .end(let j): finish(j, now)
        case .fleet(let i):
          for node in input.fleetChanges[i].nodes {
            change(Int(node.rawValue), input.fleetChanges[i].action, now)
          }
        case .arrival(let j): arrive(j)
        }
      }
      pass(now)
      history.append(Moment(time: now, nodes: nodes, waiting: waiting))
    }
    end = input.horizon?.nanoseconds ?? end
    for j in waiting where jobs.cause[j] == .none { jobs.cause[j] = untried(j) }
    jobs.firstStartNanoseconds = jobs.startNanoseconds.indices.map { j in
      attempts.first { $0.job == j }?.start ?? jobs.startNanoseconds[j]
    }
    jobs.preemptions = jobs.state.map { _ in 0 }
  }

  private mutating func join(_ j: Int) {
    waiting = (waiting + [j]).sorted { (key($0), $0) < (key($1), $1) }
    if waiting.first == j { refusedHead = nil }
  }

  /// Lower goes first.
  private func key(_ j: Int) -> Int64 {
    switch input.queue {
    case .none, .ordered(.fifo, _): 0
    case .ordered(.priority, _): -Int64(input.jobs.priority[j])
    case .ordered(.shortestJob, _): input.jobs.duration[j].nanoseconds
    case .ordered(.shortestEstimate, _): input.jobs.expectedDuration(j).nanoseconds
    // Service, then size; small numbers, so that one key holds both.
    case .ordered(.leastService, _): input.jobs.expectedDuration(j).nanoseconds * milli(j) << 20 + milli(j)
    case .preemptive: preconditionFailure("not modelled here")
    }
  }

  private func milli(_ j: Int) -> Int64 { input.jobs.shapes[Int(input.jobs.shape[j].rawValue)].milliGPU }

  private func endOfService(_ j: Int) -> Int64 {
    input.jobs.arrival[j].nanoseconds + input.jobs.duration[j].nanoseconds
  }

  private mutating func arrive(_ j: Int) {
    if !input.fleet.nodes.contains(where: { ReferenceNode($0).fits(requests[j]) }) {
      jobs.state[j] = .rejected
      return
    }
    jobs.state[j] = .waiting
    join(j)
    if input.jobs.kind[j] == .service { push(endOfService(j), 0, .end(j)) }
  }

  private mutating func finish(_ j: Int, _ now: Int64) {
    jobs.endNanoseconds[j] = now
    if jobs.state[j] == .running {
      jobs.state[j] = .completed
      leave(j, Int(jobs.node[j].rawValue))
    } else {
      jobs.state[j] = .withdrawn
      if jobs.cause[j] == .none { jobs.cause[j] = untried(j) }
      remove(j)
    }
  }

  private mutating func remove(_ j: Int) {
    waiting.removeAll { $0 == j }
    if refusedHead == j { refusedHead = nil }
    let shape = input.jobs.shape[j]
    if !waiting.contains(where: { input.jobs.shape[$0] == shape }) { refusedShapes.remove(shape.rawValue) }
  }

  private mutating func change(_ n: Int, _ action: FleetChange.Action, _ now: Int64) {
    switch action {
    case .join, .repair: nodes[n].condition = .up
    case .drain:
      guard nodes[n].condition == .up else { return }
      nodes[n].condition = nodes[n].residents.isEmpty ? .maintenance : .draining
    case .interrupt: clear(n, now)
    case .leave, .fail, .maintain:
      clear(n, now)
      nodes[n].condition = action == .leave ? .absent : action == .fail ? .fault : .maintenance
    }
  }

  private mutating func clear(_ n: Int, _ now: Int64) {
    for resident in nodes[n].residents.reversed() {
      let j = resident.job
      attempts.append(
        Attempt(job: j, start: jobs.startNanoseconds[j], end: now, node: n, gpuMask: jobs.gpuMask[j])
      )
      leave(j, n)
      if input.jobs.kind[j] == .batch { events.removeAll { $0.what == .end(j) } }
      jobs.state[j] = .waiting
      jobs.startNanoseconds[j] = -1
      jobs.node[j] = .none
      jobs.gpuMask[j] = 0
      jobs.cause[j] = .none
      jobs.interruptions[j] += 1
      join(j)
    }
  }

  private mutating func leave(_ j: Int, _ n: Int) {
    nodes[n].giveBack(j)
    if nodes[n].condition == .draining && nodes[n].residents.isEmpty { nodes[n].condition = .maintenance }
  }

  private mutating func pass(_ now: Int64) {
    refusedShapes = refusedShapes.filter { shape in
      let r = ReferenceRequest(input.jobs.shapes[Int(shape)], input)
      return !nodes.contains { $0.fits(r) }
    }
    for j in waiting {
      let r = requests[j]
      let shape = input.jobs.shape[j].rawValue
      if let n = choose(r) {
        start(j, on: n, now)
        continue
      }
      // A refusal that stands is not repeated: its cause stays.
      if blocks {
        if refusedHead != j { jobs.cause[j] = cause(r) }
        refusedHead = j
        return
      }
      if loses {
        jobs.state[j] = .rejected
        jobs.cause[j] = cause(r)
        events.removeAll { $0.what == .end(j) }
        remove(j)
        refusedShapes = []
      } else if refusedShapes.insert(shape).inserted {
        jobs.cause[j] = cause(r)
        lastCause[shape] = jobs.cause[j]
      }
    }
  }

  private func choose(_ r: ReferenceRequest) -> Int? {
    let fitting = nodes.indices.filter { nodes[$0].fits(r) }
    let scored = fitting.map { (score: scores.total(r, nodes[$0]), rank: rank[$0], node: $0) }
    return scored.max { ($0.score, -$0.rank) < ($1.score, -$1.rank) }?.node
  }

  private mutating func start(_ j: Int, on n: Int, _ now: Int64) {
    let gpus = scores.gpus(requests[j], nodes[n])
    nodes[n].take(j, requests[j], gpus: gpus)
    jobs.state[j] = .running
    jobs.startNanoseconds[j] = now
    jobs.node[j] = NodeID(rawValue: Int32(n))
    jobs.gpuMask[j] = gpus.reduce(0) { $0 | 1 << UInt16($1) }
    if now > input.jobs.arrival[j].nanoseconds && jobs.cause[j] == .none { jobs.cause[j] = untried(j) }
    if input.jobs.kind[j] == .batch { push(now + input.jobs.duration[j].nanoseconds, 0, .end(j)) }
    remove(j)
  }

  /// The cause of a job that waited and was not tried itself.
  private func untried(_ j: Int) -> WaitCause {
    blocks ? .headOfLine : lastCause[input.jobs.shape[j].rawValue] ?? .headOfLine
  }

  private func cause(_ r: ReferenceRequest) -> WaitCause {
    let up = nodes.filter { $0.condition == .up }
    if r.count > 0 {
      var any = r
      any.models = nil
      if up.contains(where: { $0.fits(any) }) { return .gpuModel }
      let accepted = up.filter { $0.accepts(r) }
      if accepted.reduce(0, { $0 + $1.gpuFree }) < r.taken { return .capacity }
      if !accepted.contains(where: { $0.hasGPUs(r) }) { return .fragmentation }
    }
    return up.contains { $0.accepts(r) && $0.hasGPUs(r) && $0.cpuFree >= r.cpu } ? .memory : .cpu
  }
}
