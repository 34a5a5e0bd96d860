import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Runs with random sites, rules, data and budgets against a simulator that
/// scans everything at every instant.
@Suite struct BurstComparisonTests {
  @Test func `random runs start and end every job as the naive simulator does`() throws {
    var left = 0
    var held = 0
    var heldByNodes = 0
    for seed in UInt64(0)..<400 {
      let scenario = RandomBursts(seed: seed)
      let outcome = try Simulation.run(scenario.input())
      var naive = NaiveBursts(scenario)
      naive.run()
      #expect(outcome.jobs.startNanoseconds == naive.starts, "seed \(seed)")
      #expect(outcome.jobs.endNanoseconds == naive.ends, "seed \(seed)")
      #expect(outcome.jobs.node.map { Int($0.rawValue) } == naive.nodes, "seed \(seed)")
      left += Int(outcome.bursts!.sites.reduce(0) { $0 + $1.jobs })
      held += Int(outcome.bursts!.held[BurstTotals.Condition.budget.rawValue])
      if scenario.spec.budget?.counts == .nodes { heldByNodes += naive.holds }
    }
    #expect(left > 2_000)
    #expect(held > 50)
    #expect(heldByNodes > 50)
  }
}

/// A base and one or two other sites whose nodes are always there.
struct RandomBursts {
  var seed: UInt64
  var nodes: [NodeSketch] = []
  var siteOf: [Int] = []
  var jobs: [JobSketch] = []
  var classOf: [Int] = []
  var priority: [Int32] = []
  var deadline: [SimDuration] = []
  var estimate: [SimDuration] = []
  var spec: Bursting
  /// By node: USD an hour.
  var prices: [Double] = []

  init(seed: UInt64) {
    self.seed = seed
    var draws = SplitMix(seed: seed)
    let siteCount = Int.random(in: 2...3, using: &draws)
    spec = Bursting(sites: (0..<siteCount).map { "site-\($0)" }, home: 0, rules: [])
    for site in 0..<siteCount {
      for _ in 0..<Int.random(in: 1...3, using: &draws) {
        nodes.append(.gpu(Int.random(in: 1...4, using: &draws)))
        siteOf.append(site)
      }
    }
    nodes[0] = .gpu(4)
    for from in 0..<siteCount {
      for to in 0..<siteCount where from != to {
        spec.links.append(
          Bursting.Link(
            from: from,
            to: to,
            bytesPerSecond: Int64.random(in: 1...1_000, using: &draws),
            usdPerGiB: 1
          )
        )
      }
    }
    for number in 0..<3 {
      var terms = Bursting.ClassTerms()
      terms.mayLeave = number != 2 || Bool.random(using: &draws)
      if number > 0 {
        terms.dataBytes = Int64.random(in: 0...50_000, using: &draws)
        terms.dataSite = Bool.random(using: &draws) ? nil : Int.random(in: 0..<siteCount, using: &draws)
      }
      if number == 1, Bool.random(using: &draws) { terms.home = 1 }
      spec.classes["class-\(number)"] = terms
    }
    for _ in 0..<Int.random(in: 1...3, using: &draws) {
      var rule = Bursting.Rule(
        sites: (0..<siteCount).filter { _ in Bool.random(using: &draws) } + [siteCount - 1]
      )
      func sometimes(_ body: () -> Void) { if Int.random(in: 0..<3, using: &draws) == 0 { body() } }
      rule.after = SimDuration(nanoseconds: Int64.random(in: 0...60_000_000_000, using: &draws))
      if Bool.random(using: &draws) { rule.after = .zero }
      sometimes { rule.leastPriority = 1 }
      sometimes { rule.longest = SimDuration(nanoseconds: 60_000_000_000) }
      sometimes { rule.shortest = SimDuration(nanoseconds: 10_000_000_000) }
      sometimes { rule.longestStaging = SimDuration(nanoseconds: 100_000_000_000) }
      sometimes { rule.deadlineSlack = SimDuration(nanoseconds: 10_000_000_000) }
      sometimes { rule.classes = ["class-0", "class-1"] }
      spec.rules.append(rule)
    }
    if Bool.random(using: &draws) {
      let usd = Double.random(in: 0...400, using: &draws) * 1e-6
      spec.budget = Bursting.Budget(usd: usd, every: .seconds(200))
    }
    for _ in 0..<40 {
      let duration = Int64.random(in: 1_000_000_000...120_000_000_000, using: &draws)
      jobs.append(
        JobSketch(
          arrival: Int64.random(in: 0...600_000_000_000, using: &draws),
          duration: duration,
          gpus: Int32.random(in: 1...4, using: &draws)
        )
      )
      classOf.append(Int.random(in: 0..<3, using: &draws))
      priority.append(Int32.random(in: 0...2, using: &draws))
      let due = Int64.random(in: 1...300_000_000_000, using: &draws)
      deadline.append(Bool.random(using: &draws) ? .zero : SimDuration(nanoseconds: due))
      let factor = Double.random(in: 0.5..<2, using: &draws)
      estimate.append(SimDuration(nanoseconds: Int64(Double(duration) * factor)))
    }
    jobs.sort { $0.arrival < $1.arrival }
    for job in jobs.indices {
      let home = spec.classes["class-\(classOf[job])"]!.home ?? 0
      let most = nodes.indices.filter { siteOf[$0] == home }.map { nodes[$0].gpus }.max()!
      jobs[job].gpus = min(jobs[job].gpus, Int32(most))
    }
    prices = Array(repeating: 0, count: nodes.count)
    guard spec.budget != nil, Bool.random(using: &draws) else { return }
    // The nodes of other sites are owned, and paid all the time.
    spec.budget = Bursting.Budget(usd: Double.random(in: 0...1.5, using: &draws), every: .seconds(200))
    spec.budget!.counts = .nodes
    for n in nodes.indices where siteOf[n] > 0 { prices[n] = Double(Int.random(in: 1...9, using: &draws)) }
  }

  func input() -> SimulationInput {
    EngineTests.input(nodes, jobs, seed: seed).with {
      for n in nodes.indices where siteOf[n] > 0 || n % 2 == 0 {
        $0.fleet.nodes[n].labels = [NodeLabel(Bursting.siteLabel, spec.sites[siteOf[n]])]
      }
      $0.jobs.classes = ["class-0", "class-1", "class-2"]
      $0.jobs.jobClass = classOf.map { JobClassID(rawValue: UInt16($0)) }
      $0.jobs.priority = priority
      $0.jobs.deadline = deadline
      $0.jobs.estimate = estimate
      $0.queue = .fifo(headOfLineBlocking: false)
      $0.burst = spec
      guard spec.budget?.counts == .nodes else { return }
      $0.horizon = SimTime.zero + .seconds(1_000_000)
      $0.autoNodes = AutoNodes(pools: [AutoNodes.Pool(name: "p")], groups: [])
      for n in nodes.indices where siteOf[n] > 0 {
        var group = AutoNodes.Group(
          name: "n\(n)",
          nodes: n..<n + 1,
          pool: 0,
          pricePerHour: prices[n],
          atStart: 1
        )
        group.purchase = .owned
        $0.autoNodes!.groups.append(group)
      }
    }
  }
}
