import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Engine

/// The engine's cluster-autoscaler against ``ReferenceAutoscaler``.
@Suite struct AutoscalerComparisonTests {
  private static let second: Int64 = 1_000_000_000
  private static let end: Int64 = 14_400 * second

  /// One scenario, told twice.
  private struct Scenario {
    var input: SimulationInput
    var model: ReferenceAutoscaler
  }

  private func scenario(_ seed: UInt64) -> Scenario {
    var draws = SplitMix(seed: seed)
    func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &draws) }
    func one<T>(_ values: T...) -> T { values[int(0...values.count - 1)] }
    func seconds(_ value: Int) -> SimDuration { SimDuration(nanoseconds: Int64(value) * Self.second) }

    var spec = ClusterAutoscaler()
    spec.scan = seconds(one(10, 10, 30))
    let expanders = ClusterAutoscaler.Expander.allCases
    spec.expanders = (0..<int(1...3)).map { _ in expanders[int(0...expanders.count - 1)] }
    spec.provisionTime = seconds(one(900, 300))
    spec.backoff = seconds(one(300, 60))
    spec.longestBackoff = seconds(one(1_800, 300))
    spec.scalesDown = int(0...9) > 0
    spec.threshold = Double(int(2...10)) / 10
    spec.gpuThreshold = Double(int(2...10)) / 10
    spec.unneededTime = seconds(one(0, 40, 300, 600))
    spec.delayAfterAdd = seconds(one(0, 60, 600))
    spec.emptyAtOnce = one(1, 2, 10)
    spec.movesGangs = one(false, true)
    spec.priorityCutoff = one(-10, -10, 1)
    spec.balancesSimilarGroups = one(false, true)
    let grace = one(0, 7, 30)
    let termination = one(1, 30, 45)

    let types: [NodeSketch] = [
      NodeSketch(cpu: 16_000, memory: 64_000, gpus: 4), NodeSketch(cpu: 48_000, memory: 96_000, gpus: 8),
      NodeSketch(cpu: 8_000, memory: 32_000, gpus: 2), NodeSketch(cpu: 16_000, memory: 32_000, gpus: 0),
    ]
    var sketches: [NodeSketch] = []
    var nodes: [ReferenceAutoscaler.Node] = []
    var groups: [ReferenceAutoscaler.Group] = []
    var auto = AutoNodes(pools: [], groups: [])
    var pools: [ReferenceAutoscaler.Pool] = []
    for name in ["a", "b"] {
      let pool = ReferenceAutoscaler.Pool(
        weight: int(0...2),
        mostNodes: one(nil, nil, 4),
        mostGPUs: one(nil, nil, 20)
      )
      pools.append(pool)
      auto.pools.append(
        AutoNodes.Pool(
          name: name,
          weight: pool.weight,
          mostNodes: pool.mostNodes,
          mostGPUs: pool.mostGPUs
        )
      )
    }
    func add(_ type: NodeSketch, _ count: Int, group: Int, up: Int) {
      for place in 0..<count {
        sketches.append(type)
        let size = ReferenceAutoscaler.Amount(cpu: Int(type.cpu), memory: Int(type.memory), gpus: type.gpus)
        nodes.append(ReferenceAutoscaler.Node(size: size, group: group, state: place < up ? .up : .gone))
      }
    }
    // Nodes that are always there, before the groups or behind them. One of them
    // holds any job.
    let statics = int(1...2)
    let isFirst = one(false, true)
    func addStatics() {
      add(types[1], 1, group: -1, up: 1)
      if statics == 2 { add(types[3], 1, group: -1, up: 1) }
    }
    if isFirst { addStatics() }
    for number in 0..<int(1...4) {
      let type = types[int(0...types.count - 1)]
      let count = int(2...5)
      let first = nodes.count
      let least = one(0, 0, 1, 2)
      let atStart = one(0, least, int(0...count))
      add(type, count, group: number, up: atStart)
      let group = ReferenceAutoscaler.Group(
        nodes: first..<first + count,
        pool: int(0...1),
        price: Double(int(0...20)) / 2,
        isSpot: int(0...3) == 0,
        least: least,
        launch: Int64(one(0, 60, 90, 400)) * Self.second,
        join: Int64(one(0, 30)) * Self.second,
        gpuStack: Int64(one(0, 180, 600)) * Self.second,
        stockOut: one(0, 0, 0.3),
        neverJoins: one(0, 0, 0.3)
      )
      groups.append(group)
      var given = AutoNodes.Group(name: "g\(number)", nodes: group.nodes, pool: group.pool)
      given.pricePerHour = group.price
      given.purchase = group.isSpot ? .spot : .onDemand
      given.atStart = atStart
      given.least = least
      given.launch = .constant(Double(group.launch / Self.second))
      given.join = .constant(Double(group.join / Self.second))
      given.gpuStack = .constant(Double(group.gpuStack / Self.second))
      given.stockOut = group.stockOut
      given.neverJoins = group.neverJoins
      auto.groups.append(given)
    }
    if !isFirst { addStatics() }
    auto.use(spec)
    auto.grace = seconds(grace)
    auto.termination = seconds(termination)
    auto.doNotDisrupt = ["kept"]

    let gangs = one(0, 0, 3)
    let kinds = (0..<int(2...5)).map { number in
      let hasGPUs = int(0...5) > 0
      return ReferenceAutoscaler.Kind(
        ask: .init(cpu: int(1...4) * 1_000, memory: int(1...4) * 4_000, gpus: hasGPUs ? one(1, 1, 2) : 0),
        workers: number < gangs ? int(2...4) : 1
      )
    }
    let lowest = one(0, -20)
    let keeps = int(0...3) == 0
    let step = one(1, 5)
    var jobs = (0..<int(15...60)).map { _ in
      ReferenceAutoscaler.Job(
        arrival: Int64(int(0...8_000) / step * step) * Self.second,
        duration: Int64(max(step, int(10...2_500) / step * step)) * Self.second,
        kind: kinds[int(0...kinds.count - 1)],
        priority: int(0...3) == 0 ? lowest : 0,
        isProtected: keeps && int(0...5) == 0
      )
    }
    jobs.sort { $0.arrival < $1.arrival }
    var changes: [FleetChange] = []
    if one(false, true) {
      let n = nodes.firstIndex { $0.group < 0 }!
      nodes[n].failsAt = Int64(int(0...400)) * 10 * Self.second + 3 * Self.second
      nodes[n].repairedAt = nodes[n].failsAt + Int64(int(1...200)) * 10 * Self.second
      changes = [
        FleetChange(at: nodes[n].failsAt, .fail, n), FleetChange(at: nodes[n].repairedAt, .repair, n),
      ]
    }

    let sketched = jobs.map { job in
      JobSketch(
        arrival: job.arrival,
        duration: job.duration,
        cpu: Int32(job.kind.ask.cpu),
        memory: Int32(job.kind.ask.memory),
        gpus: Int32(job.kind.ask.gpus),
        workers: Int32(job.kind.workers)
      )
    }
    let input = EngineTests.input(sketches, sketched, seed: seed).with {
      $0.horizon = SimTime(nanoseconds: Self.end)
      $0.bucket = SimDuration(nanoseconds: Self.end)
      $0.queue = .fifo(headOfLineBlocking: false)
      $0.autoNodes = auto
      $0.fleetChanges = changes
      $0.jobs.classes = ["class", "kept"]
      for (number, job) in jobs.enumerated() {
        $0.jobs.priority[number] = Int32(job.priority)
        $0.jobs.jobClass[number] = JobClassID(rawValue: job.isProtected ? 1 : 0)
      }
    }
    let model = ReferenceAutoscaler(
      spec,
      seed: seed,
      grace: seconds(grace).nanoseconds,
      termination: seconds(termination).nanoseconds,
      nodes: nodes,
      groups: groups,
      pools: pools,
      jobs: jobs
    )
    return Scenario(input: input, model: model)
  }

  @Test func `nodes come and go, and jobs start, as in a slow model that looks at everything at each scan`()
    throws
  {
    var counts = (launched: 0, gone: 0, withWork: 0, gangs: 0, draws: 0, given: 0, stopped: 0, kept: 0)
    for seed in UInt64(1)...600 {
      let scenario = scenario(seed)
      var model = scenario.model
      model.run(until: Self.end)
      let outcome = try Simulation.run(scenario.input)
      func moments(_ isWanted: (NodeStageChange) -> Bool) -> [ReferenceAutoscaler.Moment] {
        outcome.nodeStages.filter(isWanted)
          .map { ReferenceAutoscaler.Moment(at: $0.atNanoseconds, node: Int($0.node)) }
          .sorted { ($0.at, $0.node) < ($1.at, $1.node) }
      }
      func sorted(_ moments: [ReferenceAutoscaler.Moment]) -> [ReferenceAutoscaler.Moment] {
        moments.sorted { ($0.at, $0.node) < ($1.at, $1.node) }
      }
      let removals = outcome.nodeDisruptions.map {
        ReferenceAutoscaler.Removal(
          at: $0.atNanoseconds,
          node: Int($0.nodes[0]),
          wasEmpty: $0.removal == .empty
        )
      }
      let comment: Comment = "seed \(seed)"
      #expect(moments { $0.stage == .launching } == sorted(model.launches), comment)
      #expect(moments { $0.stage == .up && $0.atNanoseconds > 0 } == sorted(model.ups), comment)
      #expect(removals == model.removals, comment)
      #expect(moments { $0.stage == nil } == sorted(model.goings), comment)
      #expect(outcome.jobs.startNanoseconds == model.jobs.map(\.start), comment)
      #expect(outcome.jobs.interruptions.map(Int.init) == model.jobs.map(\.interruptions), comment)
      #expect(outcome.jobs.state.map { $0 == .completed } == model.jobs.map(\.isDone), comment)
      counts.launched += model.launches.count
      counts.gone += model.goings.count
      counts.withWork += model.removals.count { !$0.wasEmpty }
      counts.gangs += model.gangNodesGone
      counts.draws += Int(model.draws)
      counts.given += outcome.autoNodes.reduce(0) {
        $0 + Int($1.removedBy[NodeRemoval.registrationTimeout.rawValue])
      }
      counts.stopped += model.jobs.reduce(0) { $0 + $1.interruptions }
      counts.kept += scenario.model.groups.contains { $0.least > 0 } ? 1 : 0
    }
    #expect(counts.launched > 1_500 && counts.gone > 1_500 && counts.withWork > 200, "\(counts)")
    #expect(counts.gangs > 20 && counts.draws > 100 && counts.given > 100, "\(counts)")
    #expect(counts.stopped > 200 && counts.kept > 200, "\(counts)")
  }

  /// The balancing of the original: groups by size, and a walk that gives nodes to
  /// the first while it is not larger than the next.
  private func walked(_ count: Int, _ members: [SimilarGroups.Member]) -> [Int: Int] {
    var infos = members.filter { $0.left > 0 }.map {
      (group: $0.group, size: $0.size, most: $0.size + $0.left)
    }
    infos.sort { ($0.size, $0.group) < ($1.size, $1.group) }
    let before = infos
    var left = min(count, infos.reduce(0) { $0 + $1.most - $1.size })
    var current = 0
    var start = 0
    while left > 0 {
      if infos[current].size < infos[current].most {
        infos[current].size += 1
        left -= 1
      } else {
        // Full groups are moved to the front and passed over.
        infos.swapAt(start, current)
        start += 1
      }
      if current < infos.count - 1 && infos[current].size > infos[current + 1].size {
        current += 1
      } else {
        current = start
      }
    }
    var result: [Int: Int] = [:]
    for info in infos { result[info.group] = info.size - before.first { $0.group == info.group }!.size }
    return result
  }

  @Test func `growth is divided as the original walks over groups`() {
    for seed in UInt64(1)...400 {
      var draws = SplitMix(seed: seed)
      let members = (0..<Int.random(in: 2...5, using: &draws)).map { number in
        SimilarGroups.Member(
          group: number,
          pool: 0,
          size: Int.random(in: 0...6, using: &draws),
          left: Int.random(in: 0...6, using: &draws)
        )
      }
      let similar = SimilarGroups(groups: members, mostOfPool: [.max])
      let count = Int.random(in: 0...20, using: &draws)
      let expected = walked(count, members)
      let found = similar.balanced(count)
      #expect(found.reduce(0) { $0 + $1.nodes } == min(count, similar.count), "seed \(seed)")
      // Which of equal groups gets the odd node is nobody's concern.
      let sizes = { (added: (SimilarGroups.Member) -> Int) in members.map { $0.size + added($0) }.sorted() }
      #expect(
        sizes { expected[$0.group] ?? 0 }
          == sizes { member in found.first { $0.group == member.group }!.nodes },
        "seed \(seed): \(members), \(count)"
      )
    }
  }
}
