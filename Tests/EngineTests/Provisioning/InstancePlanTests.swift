import Hardware
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Engine

/// Which nodes are launched for jobs that ask for MIG instances, and how these
/// are cut, against models that try everything.
@Suite struct InstancePlanTests {
  /// A type of nodes.
  struct Kind {
    var board: String
    var gpus: Int
    var cpu: Int32 = 64_000
    var price = 1.0
    var left = 6
  }

  typealias Ask = NaiveInstanceNode.Ask

  /// What a provisioner sees of types, jobs and layouts.
  struct Setting {
    var kinds: [Kind]
    var asks: [Ask]
    var cpus: [Int32]
    var layouts: [[MIGInstance]]?
    var rule = MIGInstanceRule.largestFreeRun
    var plan = AutoNodes.Plan.karpenter

    static func geometry(_ board: String) -> MIGGeometry {
      GPUCatalogue.builtin.model(named: board).flatMap(MIGGeometry.of)!
    }

    var input: SimulationInput {
      let jobs = zip(asks, cpus).map { ask, cpu -> JobSketch in
        var job: JobSketch
        switch ask {
        case .whole(let count): job = .gpu(Int32(count), at: 0, for: AutoNodesRun.nanoseconds(3_000))
        case .instance(let name):
          job = .part(125, at: 0, for: AutoNodesRun.nanoseconds(3_000))
          job.device.profile = name
        }
        job.cpu = cpu
        return job
      }
      let run = AutoNodesRun(
        groups: kinds.map { kind in
          (
            Array(repeating: NodeSketch(cpu: kind.cpu, gpus: kind.gpus, model: kind.board), count: 6),
            { $0.pricePerHour = kind.price }
          )
        }
      )
      return run.input(jobs) {
        $0.sharing = .mig
        $0.rejectsImpossibleJobs = true
        $0.mig = MIGSpec(instances: rule, createTime: .zero)
        $0.autoNodes!.plan = plan
        if let layouts {
          $0.mig.layouts = layouts
          $0.mig.cuts = $0.fleet.nodes.map { Array(repeating: .chosen, count: $0.gpuCount) }
        }
      }
    }

    /// An idle node of the kind, by lists.
    func naive(_ kind: Kind) -> NaiveInstanceNode {
      let geometry = Self.geometry(kind.board)
      return NaiveInstanceNode(
        geometry,
        gpus: kind.gpus,
        cpu: kind.cpu,
        longestRun: rule == .largestFreeRun,
        layouts: layouts.map { $0.compactMap { Self.placed($0, geometry) } }
      )
    }

    private static func placed(_ layout: [MIGInstance], _ geometry: MIGGeometry) -> [MIGPlacement]? {
      let found = layout.compactMap { one in
        geometry.placements.first {
          geometry.profiles[$0.profile].name == one.profile && $0.start == one.start
        }
      }
      return found.count == layout.count ? found : nil
    }

    static func random(_ draws: inout SplitMix, most: Int, chooses: Bool? = nil) -> Setting {
      let boards = ["h100-80gb-sxm", "a100-40gb-sxm", "a30"]
      let some = Array(boards.shuffled(using: &draws).prefix(Int.random(in: 1...2, using: &draws)))
      let kinds = (0..<Int.random(in: 1...3, using: &draws)).map { _ in
        Kind(
          board: some.randomElement(using: &draws)!,
          gpus: Int.random(in: 1...2, using: &draws),
          cpu: Int32.random(in: 3...12, using: &draws),
          price: Double(Int.random(in: 1...6, using: &draws)),
          left: Int.random(in: 0...3, using: &draws)
        )
      }
      let names = kinds.flatMap { geometry($0.board).profiles.map(\.name) }
      let asks = (0..<Int.random(in: 1...most, using: &draws)).map { _ -> Ask in
        Int.random(in: 0..<6, using: &draws) == 0
          ? .whole(Int.random(in: 1...2, using: &draws)) : .instance(names.randomElement(using: &draws)!)
      }
      var setting = Setting(
        kinds: kinds,
        asks: asks,
        cpus: asks.map { _ in Int32.random(in: 0...2, using: &draws) },
        rule: Bool.random(using: &draws) ? .largestFreeRun : .lowestStart
      )
      if chooses ?? Bool.random(using: &draws) {
        setting.layouts = some.flatMap { board -> [[MIGInstance]] in
          let geometry = geometry(board)
          let all = MIGLayouts.withoutMedia(geometry).maximal
          return (0..<Int.random(in: 1...2, using: &draws)).map { _ in
            all.randomElement(using: &draws)!.map { geometry.instance(geometry.placements[$0]) }
          }
        }
      }
      return setting
    }
  }

  /// The offers of the nodes to launch, and what each is launched for where
  /// layouts are chosen.
  private func plan(_ setting: Setting) throws -> (launches: [Int], layouts: [[Int]], prepared: PreparedRun) {
    let input = setting.input
    let prepared = try PreparedRun(input)
    let cluster = prepared.cluster()
    let mig = cluster.mig!
    var offers: [ProvisioningPlan.Offer] = []
    for (kind, group) in zip(setting.kinds, input.autoNodes!.groups) {
      let idle = NodeRoom(idle: group.nodes.lowerBound, cluster)
      offers.append(ProvisioningPlan.Offer(pool: 0, price: kind.price, idle: idle, left: kind.left))
    }
    return try withExtendedLifetime(mig) {
      var plan = ProvisioningPlan(offers, weights: [0], rooms: [], variant: setting.plan)
      let pods = input.jobs.shape.enumerated().map {
        ProvisioningPlan.Pod(job: Int32($0.offset), shape: $0.element.rawValue)
      }
      let launches = plan.launches(for: pods) { prepared.requests[$0] }
      let layouts = zip(launches, plan.launched).map { offer, room -> [Int] in
        guard let demand = room.demand, setting.layouts != nil else { return [] }
        let node = input.autoNodes!.groups[offer].nodes.lowerBound
        return mig.packing(of: node)!.choose(demand, gpus: setting.kinds[offer].gpus)!
      }
      try #require(plan.launched.count == launches.count)
      return (launches, layouts, prepared)
    }
  }

  private func launched(_ board: String, _ names: [String], gpus: Int = 1) throws -> Int {
    var setting = Setting(
      kinds: [Kind(board: board, gpus: gpus)],
      asks: names.map { .instance($0) },
      cpus: names.map { _ in 0 }
    )
    let onDemand = try plan(setting).launches.count
    // Of all layouts, chosen with the nodes, the same follows.
    let geometry = Setting.geometry(board)
    setting.layouts = MIGLayouts.withoutMedia(geometry).maximal.map {
      $0.map { geometry.instance(geometry.placements[$0]) }
    }
    #expect(try plan(setting).launches.count == onDemand)
    return onDemand
  }

  @Test func `as many GPUs come as the geometry asks for`() throws {
    let h100 = "h100-80gb-sxm"
    #expect(try launched(h100, Array(repeating: "1g.10gb", count: 7)) == 1)
    #expect(try launched(h100, Array(repeating: "1g.10gb", count: 8)) == 2)
    #expect(try launched(h100, ["4g.40gb", "4g.40gb"]) == 2)
    #expect(try launched(h100, ["4g.40gb", "3g.40gb"]) == 1)
    #expect(try launched(h100, ["3g.40gb", "3g.40gb", "1g.10gb"]) == 2)
    #expect(try launched(h100, ["7g.80gb", "1g.10gb"]) == 2)
    #expect(try launched(h100, ["7g.80gb", "1g.10gb"], gpus: 2) == 1)
    #expect(try launched("a30", Array(repeating: "1g.6gb", count: 5)) == 2)
  }

  // MARK: - First-fit, against lists

  @Test func `first-fit launches what a plain search of placements launches`() throws {
    var total = 0
    var choosing = 0
    for seed in UInt64(0)..<400 {
      var draws = SplitMix(seed: 91_000_000 + seed)
      let setting = Setting.random(&draws, most: 14)
      let found = try plan(setting)
      let expected = naiveClaims(setting)
      #expect(found.launches == expected.map(\.kind), "seed \(seed): \(setting)")
      total += found.launches.count
      guard setting.layouts != nil, found.launches == expected.map(\.kind) else { continue }
      choosing += found.launches.count
      for (claim, layouts) in zip(expected, found.layouts) {
        try checkChoice(layouts, claim.node, found.prepared, "seed \(seed)")
      }
    }
    #expect(total > 600 && choosing > 200, "\(total), \(choosing)")
  }

  /// The layouts hold what the node was launched for, and no others that do
  /// leave the mix more.
  private func checkChoice(
    _ layouts: [Int],
    _ node: NaiveInstanceNode,
    _ prepared: PreparedRun,
    _ comment: Comment
  ) throws {
    let mix = try prepared.input.mixOfInstances(on: node.geometry)!
    func value(_ profiles: [Int]) -> Int64 {
      profiles.reduce(0) {
        $0 + mix.instances[$1]
          * Int64(node.geometry.profiles[$1].memorySlots * 1000 / node.geometry.slotCount)
      }
    }
    func value(_ choice: [[MIGPlacement]]) -> Int64 {
      choice.reduce(0) { $0 + ($1.isEmpty ? mix.wholeGPUs * 1000 : value($1.map(\.profile))) }
    }
    let best = node.choices(holding: node.taken).map { choice in
      value(choice.map { $0 < 0 ? [] : node.layouts![$0] })
    }.max()
    // By position among those of the kind, of which the first leaves a GPU whole.
    let all = prepared.mig!.kinds.first { $0.geometry.name == node.geometry.name }!.layouts!
    let chosen = layouts.map { all[$0].map { node.geometry.placements[$0] } }
    #expect(value(chosen) == best, comment)
    var left = chosen.flatMap { $0.map { node.geometry.profiles[$0.profile].name } }
    var wholes = chosen.count { $0.isEmpty }
    for ask in node.taken {
      switch ask {
      case .whole(let count): wholes -= count
      case .instance(let name): left.remove(at: try #require(left.firstIndex(of: name), comment))
      }
    }
    #expect(wholes >= 0, comment)
  }

  /// Karpenter's claims, with nodes that are lists of instances.
  private func naiveClaims(_ setting: Setting) -> [(kind: Int, node: NaiveInstanceNode)] {
    struct Claim {
      var candidates: [(kind: Int, node: NaiveInstanceNode)]
      var pods = 1
    }
    var claims: [Claim] = []
    let order = setting.asks.indices.sorted { (-setting.cpus[$0], $0) < (-setting.cpus[$1], $1) }
    next: for job in order {
      func fitting(_ candidates: [(kind: Int, node: NaiveInstanceNode)])
        -> [(kind: Int, node: NaiveInstanceNode)]
      {
        candidates.compactMap { candidate in
          var node = candidate.node
          return node.take(setting.asks[job], cpu: setting.cpus[job]) ? (candidate.kind, node) : nil
        }
      }
      for place in claims.indices.sorted(by: { (claims[$0].pods, $0) < (claims[$1].pods, $1) }) {
        let fits = fitting(claims[place].candidates)
        if fits.isEmpty { continue }
        claims[place].candidates = fits
        claims[place].pods += 1
        continue next
      }
      let left = setting.kinds.indices.filter { kind in
        setting.kinds[kind].left > claims.count { $0.candidates.contains { $0.kind == kind } }
      }
      let fits = fitting(left.map { ($0, setting.naive(setting.kinds[$0])) })
      if !fits.isEmpty { claims.append(Claim(candidates: fits)) }
    }
    return claims.map { claim in
      claim.candidates.min {
        (setting.kinds[$0.kind].price, $0.kind) < (setting.kinds[$1.kind].price, $1.kind)
      }!
    }
  }

  // MARK: - The cheapest plan, against all sets of nodes

  @Test func `no set of nodes serves instances for less than the cheapest plan`() throws {
    var dearer = 0
    for seed in UInt64(0)..<400 {
      var draws = SplitMix(seed: 92_000_000 + seed)
      var setting = Setting.random(&draws, most: 5)
      for kind in setting.kinds.indices { setting.kinds[kind].left = min(2, setting.kinds[kind].left) }
      setting.plan = .cheapestPlan
      let found = try plan(setting).launches
      let best = bruteForce(setting)
      let counts = setting.kinds.indices.map { kind in found.count { $0 == kind } }
      #expect(served(setting, counts) == best.served, "seed \(seed): \(setting)")
      #expect(abs(cost(setting, counts) - best.cost) < 1e-9, "seed \(seed): \(setting)")
      setting.plan = .karpenter
      let plain = try plan(setting).launches
      let others = setting.kinds.indices.map { kind in plain.count { $0 == kind } }
      if served(setting, others) < best.served || cost(setting, others) > best.cost + 1e-9 { dearer += 1 }
    }
    // First-fit often is not the cheapest, so that equality says something.
    #expect(dearer > 10)
  }

  private func cost(_ setting: Setting, _ counts: [Int]) -> Double {
    zip(setting.kinds, counts).reduce(0) { $0 + $1.0.price * Double($1.1) }
  }

  private func bruteForce(_ setting: Setting) -> (served: Int, cost: Double) {
    var best = (served: 0, cost: 0.0)
    var counts = setting.kinds.map { _ in 0 }
    while true {
      let cost = cost(setting, counts)
      let served = served(setting, counts)
      if served > best.served || served == best.served && cost < best.cost { best = (served, cost) }
      guard let place = counts.indices.first(where: { counts[$0] < setting.kinds[$0].left }) else {
        return best
      }
      for smaller in 0..<place { counts[smaller] = 0 }
      counts[place] += 1
    }
  }

  /// The most jobs that these nodes hold, over all ways to divide them.
  private func served(_ setting: Setting, _ counts: [Int]) -> Int {
    let nodes = setting.kinds.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
    var known: [[Int]: Bool] = [:]
    /// Jobs as bits.
    func holds(_ kind: Int, _ jobs: Int) -> Bool {
      if let answer = known[[kind, jobs]] { return answer }
      let asks = setting.asks.indices.filter { jobs & 1 << $0 != 0 }
        .map { (ask: setting.asks[$0], cpu: setting.cpus[$0]) }
      let answer = setting.naive(setting.kinds[kind]).holds(asks)
      known[[kind, jobs]] = answer
      return answer
    }
    func most(_ job: Int, _ contents: [Int]) -> Int {
      if job == setting.asks.count { return 0 }
      var best = most(job + 1, contents)
      var tried: Set<[Int]> = []
      for n in nodes.indices where tried.insert([nodes[n], contents[n]]).inserted {
        if best == setting.asks.count - job { break }
        var next = contents
        next[n] |= 1 << job
        if holds(nodes[n], next[n]) { best = max(best, 1 + most(job + 1, next)) }
      }
      return best
    }
    return most(0, nodes.map { _ in 0 })
  }
}
