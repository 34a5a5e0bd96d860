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
private struct RandomBursts {
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

/// At every instant: ends, arrivals, leaves, then the queue from its front.
private struct NaiveBursts {
  let scenario: RandomBursts
  var starts: [Int64]
  var ends: [Int64]
  var nodes: [Int]
  private var free: [Int32]
  private var waiting: [Int] = []
  private var leave: [Set<Int>]
  private var charges: [(period: Int64, amount: Int64)]
  private var spent: [Int64: Int64] = [:]
  private var held: Set<Int> = []
  private var review = Int64.max
  /// Where the budget counts nodes: jobs with leave that have not ended, when
  /// they began elsewhere, and egress by period.
  private var leavers: Set<Int> = []
  private var begun: [Int: Int64] = [:]
  private var egressPaid: [Int64: Int64] = [:]
  private(set) var holds = 0

  init(_ scenario: RandomBursts) {
    self.scenario = scenario
    let count = scenario.jobs.count
    starts = Array(repeating: -1, count: count)
    ends = starts
    nodes = Array(repeating: -1, count: count)
    free = scenario.nodes.map { Int32($0.gpus) }
    leave = Array(repeating: [], count: count)
    charges = Array(repeating: (-1, 0), count: count)
  }

  private func terms(_ job: Int) -> Bursting.ClassTerms {
    scenario.spec.classes["class-\(scenario.classOf[job])"]!
  }

  private func home(_ job: Int) -> Int { terms(job).home ?? 0 }

  private func staging(_ job: Int, _ site: Int) -> Int64 {
    let from = terms(job).dataSite ?? home(job)
    if from == site { return 0 }
    let rate = scenario.spec.links.first { $0.from == from && $0.to == site }!.bytesPerSecond
    return (terms(job).dataBytes * 1_000_000_000 + rate - 1) / rate
  }

  private func cost(_ job: Int, _ site: Int) -> Int64 {
    let gpus = Double(scenario.jobs[job].gpus)
    let perHour =
      scenario.nodes.indices.filter {
        scenario.siteOf[$0] == site && Double(scenario.nodes[$0].gpus) >= gpus
      }.map { gpus * 1000 / Double(scenario.nodes[$0].gpus * 1000) * scenario.prices[$0] }.max() ?? 0
    let seconds = Double(scenario.estimate[job].nanoseconds) / 1e9 + Double(staging(job, site)) / 1e9
    return Int64((perHour * seconds / 3600 * 1e6).rounded(.up)) + egress(job, site)
  }

  /// What the nodes of other sites and egress have cost in the period.
  private func paid(_ now: Int64) -> Int64 {
    let every = scenario.spec.budget!.every.nanoseconds
    let rate = scenario.prices.reduce(Int128(0)) { $0 + Int128($1 * 1e6) }
    let time = rate * Int128(now - now / every * every)
    return Int64((time + 3_599_999_999_999) / 3_600_000_000_000) + egressPaid[now / every, default: 0]
  }

  /// What the job is expected to cost still.
  private func due(_ job: Int, _ now: Int64) -> Int64 {
    let whole = leave[job].map { cost(job, $0) }.max()!
    guard let start = begun[job] else { return whole }
    let span = scenario.estimate[job].nanoseconds + leave[job].map { staging(job, $0) }.max()!
    let left = max(0, start + span - now)
    let amount = max(0, whole - leave[job].map { egress(job, $0) }.max()!)
    return Int64((Int128(amount) * Int128(left) + Int128(span) - 1) / Int128(span))
  }

  private func egress(_ job: Int, _ site: Int) -> Int64 {
    if (terms(job).dataSite ?? home(job)) == site { return 0 }
    return Int64((Double(terms(job).dataBytes) / 1_073_741_824 * 1e6).rounded())
  }

  /// When each rule lets the job go, and where to.
  private func openings(_ job: Int) -> [(at: Int64, sites: Set<Int>)] {
    let spec = scenario.spec
    let sketch = scenario.jobs[job]
    var result: [(at: Int64, sites: Set<Int>)] = []
    for rule in spec.rules {
      let expected = scenario.estimate[job].nanoseconds
      guard terms(job).mayLeave, rule.classes?.contains("class-\(scenario.classOf[job])") ?? true,
        scenario.priority[job] >= rule.leastPriority ?? .min,
        expected >= rule.shortest?.nanoseconds ?? 0, expected <= rule.longest?.nanoseconds ?? .max
      else { continue }
      let sites = Set(rule.sites).filter {
        $0 != home(job) && staging(job, $0) <= rule.longestStaging?.nanoseconds ?? .max
      }
      if sites.isEmpty { continue }
      var at = sketch.arrival + rule.after.nanoseconds
      if let slack = rule.deadlineSlack {
        guard scenario.deadline[job] > .zero else { continue }
        let due = sketch.arrival + scenario.deadline[job].nanoseconds
        at = max(at, due - expected - sites.map { staging(job, $0) }.min()! - slack.nanoseconds)
      }
      result.append((at, sites))
    }
    return result
  }

  private mutating func seekLeave(_ job: Int, _ now: Int64) {
    let sites = openings(job).filter { $0.at <= now }.reduce(into: Set<Int>()) { $0.formUnion($1.sites) }
    if sites == leave[job] { return }
    if let budget = scenario.spec.budget {
      let period = now / budget.every.nanoseconds
      let before = leave[job].map { cost(job, $0) }.max() ?? 0
      let more = max(0, sites.map { cost(job, $0) }.max()! - before)
      if budget.counts == .nodes {
        let taken = paid(now) + leavers.reduce(0) { $0 + due($1, now) }
        guard taken + more <= Int64(budget.usd * 1e6) else {
          holds += 1
          held.insert(job)
          review = min(review, (period + 1) * budget.every.nanoseconds)
          return
        }
        leavers.insert(job)
        leave[job] = sites
        return
      }
      guard spent[period, default: 0] + more <= Int64(budget.usd * 1e6) else {
        held.insert(job)
        review = min(review, (period + 1) * budget.every.nanoseconds)
        return
      }
      spent[period, default: 0] += more
      charges[job] = (period, charges[job].period == period ? charges[job].amount + more : more)
    }
    leave[job] = sites
  }

  mutating func run() {
    let jobs = scenario.jobs
    var arrived = 0
    var now: Int64 = -1
    while true {
      var next = review
      if arrived < jobs.count { next = min(next, jobs[arrived].arrival) }
      for job in jobs.indices where ends[job] > now { next = min(next, ends[job]) }
      for job in waiting {
        for opening in openings(job) where opening.at > now { next = min(next, opening.at) }
      }
      if next == .max { return }
      now = next
      for job in jobs.indices where ends[job] == now {
        free[nodes[job]] += jobs[job].gpus
        if begun.removeValue(forKey: job) != nil { releases(job, now) }
      }
      while arrived < jobs.count, jobs[arrived].arrival == now {
        waiting.append(arrived)
        seekLeave(arrived, now)
        arrived += 1
      }
      for job in waiting where openings(job).contains(where: { $0.at == now }) { seekLeave(job, now) }
      if review == now {
        review = .max
        let asking = held.sorted().filter(waiting.contains)
        held = []
        for job in asking { seekLeave(job, now) }
      }
      var left: [Int] = []
      for job in waiting where !start(job, now) { left.append(job) }
      waiting = left
    }
  }

  /// What the job may cost still is free for others.
  private mutating func releases(_ job: Int, _ now: Int64) {
    leavers.remove(job)
    if !held.isEmpty { review = min(review, now + 1) }
  }

  private mutating func start(_ job: Int, _ now: Int64) -> Bool {
    for site in [home(job)] + leave[job].sorted() {
      for n in free.indices where scenario.siteOf[n] == site && free[n] >= scenario.jobs[job].gpus {
        free[n] -= scenario.jobs[job].gpus
        starts[job] = now
        ends[job] = now + staging(job, site) + scenario.jobs[job].duration
        nodes[job] = n
        if scenario.spec.budget?.counts == .nodes {
          if site == home(job) {
            if leavers.contains(job) { releases(job, now) }
          } else {
            begun[job] = now
            egressPaid[now / scenario.spec.budget!.every.nanoseconds, default: 0] += egress(job, site)
          }
          return true
        }
        if site == home(job), let budget = scenario.spec.budget,
          charges[job].period == now / budget.every.nanoseconds
        {
          spent[charges[job].period]! -= charges[job].amount
          if !held.isEmpty { review = min(review, now + 1) }
        }
        return true
      }
    }
    return false
  }
}
