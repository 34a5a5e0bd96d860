import Outcome
import SimulationKernel
import Workload

/// Who may leave in a run, what that is expected to cost, and the books of
/// those that left.
final class BurstState {
  let plan: BurstPlan
  var spec: Bursting { plan.spec }
  private let jobs: JobTable
  private let from: Int64

  /// By job: since when it waits, ns, and the sites to which it has leave.
  private let since: Column<Int64>
  private let leave: Column<UInt32>
  /// By job: whether it has had leave, and whether the budget alone has held it.
  private let hasHadLeave: Column<Bool>
  private let isOverBudget: Column<Bool>
  /// By job: stands in ``held``.
  private let isHeld: Column<Bool>
  /// By job, millionths of a USD: what its leave is charged, and how much of it
  /// in which period last.
  private let charge: Column<Int64>
  private let lastCharge: Column<Int64>
  private let chargedIn: Column<Int64>
  /// By class and site: millionths of a USD for its egress.
  private let egress: [[Int64]]
  /// What a share of a node costs at each site.
  private let offers: BurstOffers
  /// Jobs whose time has come and that the budget holds.
  private(set) var held: [Int32] = []
  /// Millionths of a USD for a period, less agreements, and what is charged in
  /// the present one.
  private let limit: Int64
  private var spent: Int64 = 0
  private var period: Int64 = 0
  /// The instant for which a review of the held jobs is scheduled.
  var nextReview = Int64.max
  /// Jobs that wait as another shape than the table's; some may run by now.
  var away: [Int32] = []

  private(set) var totals: BurstTotals
  private var nodeBooks: BurstNodeBooks
  /// Kept where the budget counts nodes.
  private var paid: BurstPeriodBooks?

  private static let million = 1e6

  init(_ plan: BurstPlan, _ input: SimulationInput) {
    self.plan = plan
    jobs = input.jobs
    from = input.measuredFrom.nanoseconds
    let spec = plan.spec
    let count = input.jobs.count
    since = Column(repeating: 0, count: count)
    leave = Column(repeating: 0, count: count)
    hasHadLeave = Column(repeating: false, count: count)
    isOverBudget = Column(repeating: false, count: count)
    isHeld = Column(repeating: false, count: count)
    charge = Column(repeating: 0, count: count)
    lastCharge = Column(repeating: 0, count: count)
    chargedIn = Column(repeating: -1, count: count)
    egress = input.jobs.classes.map { name in
      spec.sites.indices.map { Int64((spec.egress(spec.terms(of: name), to: $0) * Self.million).rounded()) }
    }
    offers = BurstOffers(plan, input)
    if let budget = spec.budget {
      let committed = spec.agreements.reduce(0) { $0 + Double($1.nodes) * $1.pricePerHour }
      limit = Int64(max(0, budget.usd - committed * budget.every.seconds / 3600) * Self.million)
    } else {
      limit = .max
    }
    totals = BurstTotals(sites: spec.sites.map { BurstTotals.Site(name: $0) })
    nodeBooks = BurstNodeBooks(input, spec)
    if let budget = spec.budget, budget.counts == .nodes {
      paid = BurstPeriodBooks(input, plan, every: budget.every)
    }
  }

  // MARK: - Leave

  /// The job begins to wait: at home.
  func beginsToWait(_ job: Int, at now: Int64) {
    since[job] = now
    leave[job] = 0
    charge[job] = 0
    chargedIn[job] = -1
  }

  func sites(_ job: Int) -> UInt32 { leave[job] }

  /// Where the job may go by now but for the budget, and when it may go to more
  /// (`.max`: never).
  func due(_ job: Int, at now: Int64) -> (sites: UInt32, next: Int64) {
    var sites: UInt32 = 0
    var next = Int64.max
    let rules = plan.rulesOf[job]
    for rule in spec.rules.indices where rules & (1 << UInt8(rule)) != 0 {
      let opens = opens(job, rule)
      if opens <= now {
        sites |= plan.reach(job, rule, jobs)
      } else if opens < SimTime.latest.nanoseconds {
        next = min(next, opens)
      }
    }
    return (sites, next)
  }

  /// When the rule lets the waiting job go.
  private func opens(_ job: Int, _ number: Int) -> Int64 {
    let rule = spec.rules[number]
    let (waited, overflow) = since[job].addingReportingOverflow(rule.after.nanoseconds)
    if overflow { return .max }
    guard let slack = rule.deadlineSlack, let due = jobs.due(of: job) else { return waited }
    let staging = leastStaging(job, number)
    let latest = due.nanoseconds - jobs.expectedDuration(job).nanoseconds - staging - slack.nanoseconds
    return max(waited, latest)
  }

  private func leastStaging(_ job: Int, _ rule: Int) -> Int64 {
    let sites = plan.reach(job, rule, jobs)
    return spec.sites.indices.filter { sites & (1 << UInt32($0)) != 0 }.map { staging(job, at: $0) }.min()
      ?? 0
  }

  func staging(_ job: Int, at site: Int) -> Int64 {
    spec.staging(spec.terms(of: jobs.classes[Int(jobs.jobClass[job].rawValue)]), to: site) ?? 0
  }

  /// Gives the job leave to these sites if the budget suffices; otherwise it is
  /// held.
  func allow(_ job: Int, _ sites: UInt32, at now: Int64) -> Bool {
    guard let budget = spec.budget else {
      leave[job] = sites
      hasHadLeave[job] = true
      return true
    }
    let present = now / budget.every.nanoseconds
    if present != period { (period, spent) = (present, 0) }
    let whole = cost(job, sites)
    let more = max(0, whole - charge[job])
    let taken = paid == nil ? spent : paid!.taken(at: now)
    guard more <= limit - taken else {
      if !isHeld[job] { held.append(Int32(job)) }
      isHeld[job] = true
      isOverBudget[job] = true
      return false
    }
    spent += more
    charge[job] = max(charge[job], whole)
    paid?.mayGo(job, charge[job])
    lastCharge[job] = chargedIn[job] == present ? lastCharge[job] + more : more
    chargedIn[job] = present
    leave[job] = sites
    hasHadLeave[job] = true
    if now >= from { totals.permittedCost += Double(more) / Self.million }
    return true
  }

  /// The jobs that are held, which are no longer.
  func takeHeld() -> [Int32] {
    for job in held { isHeld[Int(job)] = false }
    defer { held.removeAll(keepingCapacity: true) }
    return held
  }

  /// The next period after this instant; nil where there is no budget.
  func nextPeriod(after now: Int64) -> Int64? {
    spec.budget.map { (now / $0.every.nanoseconds + 1) * $0.every.nanoseconds }
  }

  /// The job does not go, or not any more. Returns whether others may go for
  /// that.
  func refund(_ job: Int, at now: Int64) -> Bool {
    if paid != nil { return takeBack(job, at: now) }
    guard let budget = spec.budget, charge[job] > 0 else { return false }
    charge[job] = 0
    guard chargedIn[job] == now / budget.every.nanoseconds, chargedIn[job] == period else { return false }
    chargedIn[job] = -1
    spent -= lastCharge[job]
    if now >= from { totals.permittedCost -= Double(lastCharge[job]) / Self.million }
    return !held.isEmpty
  }

  /// Millionths of a USD that the job is expected to cost at the dearest of the
  /// sites, rounded up.
  private func cost(_ job: Int, _ sites: UInt32) -> Int64 {
    let shape = jobs.shapes[Int(jobs.shape[job].rawValue)]
    let number = Int(jobs.jobClass[job].rawValue)
    var most: Int64 = 0
    for site in spec.sites.indices where sites & (1 << UInt32(site)) != 0 {
      let perHour = offers.pricePerHour(of: shape, at: site)
      let span = jobs.expectedDuration(job).seconds + Double(staging(job, at: site)) / 1e9
      let usd = (perHour * span / 3600 * Self.million).rounded(.up)
      most = max(most, Int64(min(usd, 1e18)) + egress[number][site])
    }
    return most
  }

  // MARK: - Books

  /// A run begins on these nodes; returns how long its data take, ns: 0 where
  /// that depends on what others do.
  func begins(_ job: Int, on nodes: [Int32], at now: Int64) -> Int64 {
    let site = Int(plan.siteOf[Int(nodes[0])])
    let terms = spec.terms(of: jobs.classes[Int(jobs.jobClass[job].rawValue)])
    let alone = staging(job, at: site)
    let staging = spec.followedLink(terms, to: site) == nil ? alone : 0
    if paid != nil, site != Int(plan.homeOf[job]) {
      let amount = terms.keepsData ? 0 : egress[Int(jobs.jobClass[job].rawValue)][site]
      let end = now + jobs.expectedDuration(job).nanoseconds + alone
      paid!.begins(job, on: nodes, until: end, egress: amount, at: now)
    }
    if !terms.keepsData { noteEgress(job, to: site, at: now) }
    guard now >= from else { return staging }
    if site != Int(plan.homeOf[job]) { totals.sites[site].jobs += 1 }
    totals.stagingNanoseconds += Int128(staging)
    return staging
  }

  /// Whether the data of the job's class stay where they were brought.
  func keepsData(_ job: Int) -> Bool {
    spec.terms(of: jobs.classes[Int(jobs.jobClass[job].rawValue)]).keepsData
  }

  /// The data of the job set out for the site.
  func noteEgress(_ job: Int, to site: Int, at now: Int64) {
    let cost = egress[Int(jobs.jobClass[job].rawValue)][site]
    // Data that are not kept were paid for when the run began.
    if keepsData(job), site != Int(plan.homeOf[job]) { paid?.pays(cost, at: now) }
    guard now >= from else { return }
    totals.egressCost += Double(cost) / Self.million
  }

  /// A run that began at `start` has waited so long for data over such a link.
  func noteStaging(_ span: Int64, runSince start: Int64) {
    if start >= from { totals.stagingNanoseconds += Int128(span) }
  }

  /// A run that began at `start` ends, or the books close. Returns whether
  /// others may go for that.
  func ends(_ job: Int, on node: Int, since start: Int64, milli: Int64, at now: Int64) -> Bool {
    bookEnd(job, on: node, since: start, milli: milli, at: now)
    guard paid != nil, paid!.forget(job) else { return false }
    charge[job] = 0
    return !held.isEmpty
  }

  /// The leave of a job that waits is over, where the budget counts nodes.
  private func takeBack(_ job: Int, at now: Int64) -> Bool {
    guard paid!.forget(job) else { return false }
    charge[job] = 0
    if now >= from { totals.permittedCost -= Double(lastCharge[job]) / Self.million }
    return !held.isEmpty
  }

  private func bookEnd(_ job: Int, on node: Int, since start: Int64, milli: Int64, at now: Int64) {
    let site = Int(plan.siteOf[node])
    guard site != Int(plan.homeOf[job]), now > max(start, from) else { return }
    totals.sites[site].milliGPUNanoseconds += Int128(now - max(start, from)) * Int128(milli)
  }

  /// A node of the group has come into being, or is gone.
  func noteNodes(_ group: Int, by change: Int, at now: Int64) {
    nodeBooks.change(group, change, at: now)
    paid?.change(group, change, at: now)
  }

  /// Closes the books; `waited`: jobs that arrived in the window and waited.
  func close(at end: Int64, waited: [Int]) -> BurstTotals {
    for (group, cost) in nodeBooks.costs(at: end).enumerated() {
      totals.sites[Int(plan.siteOf[nodeBooks.firstNode[group]])].nodeCost += cost
    }
    for job in waited where !hasHadLeave[job] {
      totals.held[whatHeld(job, at: end).rawValue] += 1
    }
    return totals
  }

  private func whatHeld(_ job: Int, at end: Int64) -> BurstTotals.Condition {
    if let lacks = plan.lacks[job] { return lacks }
    if isOverBudget[job] { return .budget }
    // The time of no rule came; the deadline is what the first of them waited for.
    let rules = spec.rules.indices.filter { plan.rulesOf[job] & (1 << UInt8($0)) != 0 }
    let first = rules.min { opens(job, $0) < opens(job, $1) }!
    return opens(job, first) > since[job] + spec.rules[first].after.nanoseconds ? .deadline : .wait
  }
}
