import Engine
import SimulationKernel

/// At every instant: ends, arrivals, leaves, then the queue from its front.
struct NaiveBursts {
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
  /// those that began elsewhere are expected to, and egress by period.
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

  /// What jobs with leave will make the period cost still: those that wait by
  /// their charges, the nodes of the others until the last of them ends.
  private func due(_ now: Int64) -> Int64 {
    let waits = leavers.filter { begun[$0] == nil }.reduce(Int64(0)) { sum, job in
      sum + leave[job].map { cost(job, $0) }.max()!
    }
    var time = Int128(0)
    for n in scenario.nodes.indices where scenario.siteOf[n] > 0 {
      let ends = begun.keys.filter { nodes[$0] == n }.map { begun[$0]! }
      time += Int128(scenario.prices[n] * 1e6) * Int128(max(0, (ends.max() ?? now) - now))
    }
    return waits + Int64((time + 3_599_999_999_999) / 3_600_000_000_000)
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
        let taken = paid(now) + due(now)
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
            begun[job] = now + scenario.estimate[job].nanoseconds + staging(job, site)
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
