import Foundation
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Engine

/// Decisions against a second, slow statement of Karpenter's rules.
@Suite struct ConsolidationReferenceTests {
  /// A node as plain numbers.
  private struct Machine {
    var gpus: Int
    var cpu: Int
    var price: Double
    var isSpot = false
    var type: Int
    var pool = 0
    /// GPUs and CPU of each job on it, by the number of the job.
    var jobs: [(job: Int, gpus: Int, cpu: Int)] = []

    var freeGPUs: Int { gpus - jobs.reduce(0) { $0 + $1.gpus } }
    var freeCPU: Int { cpu - jobs.reduce(0) { $0 + $1.cpu } }
  }

  private struct Model {
    var up: [Machine]
    var types: [Machine]
    var left: [Int]
    /// Whether savings must be worth the disruption: the threshold; 0: they need not.
    var threshold = 0
    var pools = 1

    /// Whether what is saved is worth it, in whole numbers: the score of each pool,
    /// (part of the saving / price) / (disruption / all disruption), by the threshold.
    func isWorth(_ gone: [Int], _ options: [Int]) -> Bool {
      if threshold == 0 { return true }
      let price = gone.reduce(0) { $0 + Int(up[$1].price) }
      let saving = price - (options.map { Int(types[$0].price) }.min() ?? 0)
      for pool in 0..<pools {
        let own = gone.filter { up[$0].pool == pool }
        if own.isEmpty { continue }
        let all = up.filter { $0.pool == pool }
        let allPrice = all.reduce(0) { $0 + Int($1.price) }
        let allCost = all.reduce(0) { $0 + 1 + $1.jobs.count }
        let cost = own.reduce(0) { $0 + 1 + up[$1].jobs.count }
        let ownPrice = own.reduce(0) { $0 + Int(up[$1].price) }
        if saving <= 0 || saving * ownPrice * allCost * threshold < cost * allPrice * price { return false }
      }
      return true
    }

    /// The first of each pool, then the second of each: by taking them away.
    func turns(_ ordered: [Int], first unseen: [Int]) -> [Int] {
      var rest = ordered
      var result: [Int] = []
      let pools = (0..<pools).filter(unseen.contains) + (0..<pools).filter { !unseen.contains($0) }
      while !rest.isEmpty {
        for pool in pools {
          guard let place = rest.firstIndex(where: { up[$0].pool == pool }) else { continue }
          result.append(rest.remove(at: place))
        }
      }
      return result
    }

    /// The types of each new node, or nil where some work finds no place.
    func without(_ gone: Set<Int>) -> [[Int]]? {
      var nodes = up.indices.filter { !gone.contains($0) }.map { up[$0] }
      var claims: [(options: [Int], gpus: Int, cpu: Int, pods: Int)] = []
      var open = Array(repeating: 0, count: types.count)
      let moved = gone.flatMap { up[$0].jobs }.sorted { ($1.cpu, $0.job) < ($0.cpu, $1.job) }
      for work in moved {
        if let place = nodes.indices.first(where: {
          nodes[$0].freeGPUs >= work.gpus && nodes[$0].freeCPU >= work.cpu
        }) {
          nodes[place].jobs.append(work)
          continue
        }
        let byPods = claims.indices.sorted { (claims[$0].pods, $0) < (claims[$1].pods, $1) }
        let joined = byPods.first { place in
          claims[place].options.contains {
            types[$0].gpus >= claims[place].gpus + work.gpus && types[$0].cpu >= claims[place].cpu + work.cpu
          }
        }
        if let joined {
          claims[joined].gpus += work.gpus
          claims[joined].cpu += work.cpu
          claims[joined].pods += 1
          let sum = (gpus: claims[joined].gpus, cpu: claims[joined].cpu)
          claims[joined].options.removeAll { types[$0].gpus < sum.gpus || types[$0].cpu < sum.cpu }
          continue
        }
        let options = types.indices.filter {
          left[$0] > open[$0] && types[$0].gpus >= work.gpus && types[$0].cpu >= work.cpu
        }
        if options.isEmpty { return nil }
        for option in options { open[option] += 1 }
        claims.append((options, work.gpus, work.cpu, 1))
      }
      return claims.map(\.options)
    }

    /// nil: they stay; empty: they go; else what replaces them.
    func verdict(_ gone: [Int], spotToSpot: Bool) -> [Int]? {
      possible(gone, spotToSpot: spotToSpot).flatMap { isWorth(gone, $0) ? $0 : nil }
    }

    private func possible(_ gone: [Int], spotToSpot: Bool) -> [Int]? {
      guard let claims = without(Set(gone)) else { return nil }
      if claims.isEmpty { return [] }
      if claims.count > 1 { return nil }
      let price = gone.reduce(0) { $0 + up[$1].price }
      var options = claims[0].filter { types[$0].price < price }
      let spot = options.filter { types[$0].isSpot }
      if gone.allSatisfy({ up[$0].isSpot }), !spot.isEmpty {
        return spotToSpot && gone.count == 1 && spot.count >= 15 ? spot : nil
      }
      if !spot.isEmpty { options = spot }
      if gone.count > 1 {
        let same = gone.filter { node in options.contains { types[$0].type == up[node].type } }
        if let limit = same.map({ up[$0].price }).min() {
          options = options.filter { types[$0].price < limit }
        }
      }
      return options.isEmpty ? nil : options
    }
  }

  @Test func `decisions are those of a slow model, and are never dearer`() {
    var counts = (deleted: 0, replaced: 0, together: 0, stayed: 0, cut: 0, unworthy: 0)
    for seed in UInt64(1)...900 {
      var draws = SplitMix(seed: seed)
      let model = randomModel(&draws)
      let spotToSpot = Bool.random(using: &draws)
      var rule = Consolidation(spotToSpot: spotToSpot)
      if model.threshold > 0 {
        let totals = (0..<model.pools).map { pool in
          let all = model.up.filter { $0.pool == pool }
          return Consolidation.Balance.Totals(
            price: all.reduce(0) { $0 + $1.price },
            cost: all.reduce(0) { $0 + Consolidation.cost(priorities: $1.jobs.map { _ in 0 }) }
          )
        }
        rule.balance = .init(threshold: Double(model.threshold), totals: totals)
      }
      let offers = model.types.enumerated().map { number, type in
        DisruptionTrial.Offer(
          pool: 0,
          price: type.price,
          isSpot: type.isSpot,
          type: type.type,
          idle: NodeRoom(node(type), classBit: 1),
          left: model.left[number]
        )
      }
      let trial = DisruptionTrial(offers, weights: [0], limits: [(.max, .max)])
      var candidates: [Consolidation.Candidate] = []
      for (n, machine) in model.up.enumerated() where !machine.jobs.isEmpty {
        candidates.append(
          .init(
            node: n,
            price: machine.price,
            cost: Consolidation.cost(priorities: machine.jobs.map { _ in 0 }),
            isSpot: machine.isSpot,
            type: machine.type,
            pool: machine.pool
          )
        )
      }
      let ordered = Consolidation.ordered(candidates)
      let byHand = candidates.sorted {
        let (a, b) = (
          $0.price / Double(1 + model.up[$0.node].jobs.count),
          $1.price / Double(1 + model.up[$1.node].jobs.count)
        )
        return a == b ? $0.node < $1.node : a > b
      }
      #expect(ordered.map(\.node) == byHand.map(\.node), "seed \(seed)")

      let ask = { (nodes: [Consolidation.Candidate]) in run(trial, model, without: nodes.map(\.node)) }
      // Bisection over the front of the list, as Karpenter does it, until time is up.
      let seconds = Bool.random(using: &draws) ? Int.random(in: 1...40, using: &draws) : 0
      var expected: ([Int], [Int])?
      var (low, high) = (1, ordered.count - 1)
      var clock = 0
      while low <= high {
        if clock > 60 {
          counts.cut += 1
          break
        }
        clock += seconds
        let middle = (low + high) / 2
        let front = ordered[...middle].map(\.node)
        if let verdict = model.verdict(front, spotToSpot: spotToSpot) {
          expected = (front, verdict)
          low = middle + 1
        } else {
          high = middle - 1
        }
      }
      let found = rule.together(
        ordered,
        offers,
        mostTrials: Consolidation.mostTrials(each: Int64(seconds), within: 60),
        trial: ask
      )
      #expect(found?.nodes.map(\.node) == expected?.0, "seed \(seed)")
      if let expected, let found {
        #expect(found.decision == (expected.1.isEmpty ? .delete : .replace(expected.1)), "seed \(seed)")
        counts.together += 1
      }
      checkSingle(model, rule, ordered, offers, seconds: seconds, spotToSpot, &draws, "seed \(seed)", ask)
      for candidate in ordered {
        if model.threshold > 0, rule.decide([candidate], ask([candidate]), offers) == .stay {
          var any = rule
          any.balance = nil
          if any.decide([candidate], ask([candidate]), offers) != .stay { counts.unworthy += 1 }
        }
        let decision = rule.decide([candidate], ask([candidate]), offers)
        switch model.verdict([candidate.node], spotToSpot: spotToSpot) {
        case nil:
          #expect(decision == .stay, "seed \(seed), node \(candidate.node)")
          counts.stayed += 1
        case let options? where options.isEmpty:
          #expect(decision == .delete, "seed \(seed), node \(candidate.node)")
          counts.deleted += 1
        case let options?:
          #expect(decision == .replace(options), "seed \(seed), node \(candidate.node)")
          #expect(options.allSatisfy { model.types[$0].price < candidate.price }, "seed \(seed)")
          counts.replaced += 1
        }
      }
    }
    #expect(
      counts.deleted > 100 && counts.replaced > 100 && counts.together > 50 && counts.stayed > 100
        && counts.cut > 20 && counts.unworthy > 100,
      "\(counts)"
    )
  }

  /// One node after the other, in turns of pools, until time is up.
  private func checkSingle(
    _ model: Model,
    _ rule: Consolidation,
    _ ordered: [Consolidation.Candidate],
    _ offers: [DisruptionTrial.Offer],
    seconds: Int,
    _ spotToSpot: Bool,
    _ draws: inout SplitMix,
    _ comment: Comment,
    _ ask: ([Consolidation.Candidate]) -> DisruptionTrial.Result
  ) {
    let unseen = (0..<model.pools).filter { _ in Bool.random(using: &draws) }
    let allowed = (0..<model.pools).map { _ in Int.random(in: 0...2, using: &draws) }
    let limit = Int.random(in: 0...100, using: &draws)
    var reached: Set<Int> = []
    var clock = 0
    var expected: (node: Int, options: [Int])?
    var isCut = false
    for node in model.turns(ordered.map(\.node), first: unseen) {
      if clock > limit {
        isCut = true
        break
      }
      reached.insert(model.up[node].pool)
      if allowed[model.up[node].pool] == 0 { continue }
      clock += seconds
      if let options = model.verdict([node], spotToSpot: spotToSpot) {
        expected = (node, options)
        break
      }
    }
    var spec = AutoNodes(pools: [], groups: [])
    spec.pools = (0..<model.pools).map { AutoNodes.Pool(name: "\($0)") }
    let single = rule.alone(
      Consolidation.inTurns(ordered, pools: spec.turns(after: Set(unseen))),
      allowed: allowed,
      offers,
      mostTrials: Consolidation.mostTrials(each: Int64(seconds), within: Int64(limit))
    ) { ask([$0]) }
    #expect(single.node?.node == expected?.node, comment)
    if let expected {
      #expect(single.decision == (expected.options.isEmpty ? .delete : .replace(expected.options)), comment)
    } else {
      #expect(single.isCutShort == isCut, comment)
      #expect(single.unseen == (isCut ? Set(ordered.map(\.pool)).subtracting(reached) : []), comment)
    }
  }

  private func randomModel(_ draws: inout SplitMix) -> Model {
    let typeCount = Bool.random(using: &draws) ? Int.random(in: 1...5, using: &draws) : 20
    let types = (0..<typeCount).map { number in
      Machine(
        gpus: Int.random(in: 1...8, using: &draws),
        cpu: Int.random(in: 4...64, using: &draws),
        price: Double(Int.random(in: 1...40, using: &draws)),
        isSpot: Int.random(in: 0..<3, using: &draws) == 0,
        type: number
      )
    }
    let pools = Int.random(in: 1...3, using: &draws)
    let threshold = Bool.random(using: &draws) ? Int.random(in: 1...3, using: &draws) : 0
    var job = 0
    let up = (0..<Int.random(in: 2...9, using: &draws)).map { _ in
      var machine = types.randomElement(using: &draws)!
      machine.pool = Int.random(in: 0..<pools, using: &draws)
      for _ in 0..<Int.random(in: 0...4, using: &draws) {
        let gpus = Int.random(in: 1...2, using: &draws)
        let cpu = Int.random(in: 0...6, using: &draws)
        guard machine.freeGPUs >= gpus, machine.freeCPU >= cpu else { continue }
        machine.jobs.append((job, gpus, cpu))
        job += 1
      }
      return machine
    }
    return Model(
      up: up,
      types: types,
      left: types.map { _ in Int.random(in: 0...2, using: &draws) },
      threshold: threshold,
      pools: pools
    )
  }

  private func node(_ machine: Machine) -> NodeSpec {
    NodeSpec(
      name: "node",
      cpuMilli: Int32(machine.cpu * 1_000),
      memoryMiB: 1_000,
      gpuCount: machine.gpus,
      gpuModel: GPUModelID(rawValue: 0)
    )
  }

  private func request(_ gpus: Int, _ cpu: Int) -> Request {
    Request(
      JobShape(
        cpuMilli: Int32(cpu * 1_000),
        memoryMiB: 0,
        gpuCount: Int32(gpus),
        milliGPUPerDevice: 1_000,
        models: ModelSetID(rawValue: 0)
      ),
      sharing: .wholeGPU
    )
  }

  /// The engine's trial of the same: a shape for each job.
  private func run(_ trial: DisruptionTrial, _ model: Model, without gone: [Int]) -> DisruptionTrial.Result {
    var asks: [Int32: Request] = [:]
    var work: [DisruptionTrial.Work] = []
    var rooms: [NodeRoom] = []
    for (n, machine) in model.up.enumerated() {
      var room = NodeRoom(node(machine), classBit: 1)
      for job in machine.jobs {
        let ask = request(job.gpus, job.cpu)
        if gone.contains(n) {
          let shape = Int32(job.gpus * 100 + job.cpu)
          asks[shape] = ask
          work.append(.init(job: Int32(job.job), shape: shape, isMoved: true))
        } else {
          let isHeld = room.take(ask)
          #expect(isHeld)
        }
      }
      if !gone.contains(n) { rooms.append(room) }
    }
    return trial.run(work, rooms: rooms, up: rooms.count, asks: asks)
  }
}
