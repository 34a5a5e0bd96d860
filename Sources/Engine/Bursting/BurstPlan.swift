import Hardware
import Outcome
import SimulationKernel
import Workload

/// What is known before a run of jobs that may leave their home sites: where
/// every node and job belongs, which rules a job meets but for time and money,
/// and as which shapes it waits.
///
/// A job that may leave is a job of another shape: each set of sites is a row of
/// its own behind the table's shapes, as the steps of ``WishLadders`` are, so
/// that a refusal at home says nothing about the other sites. The table's shapes
/// are bound to their home by a condition on the label ``Bursting/siteLabel``.
final class BurstPlan {
  let spec: Bursting
  /// By node, and by job: a position in the sites.
  let siteOf: [UInt8]
  let homeOf: [UInt8]
  /// By job: the rules that it meets but for waiting, deadline and budget.
  let rulesOf: [UInt8]
  /// By job: where it meets no rule, what the rule that came furthest asks.
  let lacks: [BurstTotals.Condition?]
  /// By shape: the sites to which its jobs may go from home; 0: none.
  let sitesOf: [UInt32]
  /// By shape: its home, its row there, and the one that may go everywhere.
  let homeSite: [UInt8]
  let homeRow: [Int32]
  let everywhere: [Int32]
  /// By site: the classes of its nodes.
  private(set) var classesOf: [UInt64] = []
  /// By shape << 32 | sites: the row.
  private let rows: [UInt64: Int32]
  /// By class, then by rule: where it leads to.
  private let reach: [[UInt32]]

  /// Binds the table's shapes to their homes and appends the others.
  init(_ spec: Bursting, _ input: inout SimulationInput) {
    self.spec = spec
    for n in input.fleet.nodes.indices where input.fleet.nodes[n].label(Bursting.siteLabel) == nil {
      input.fleet.nodes[n].labels.append(NodeLabel(Bursting.siteLabel, spec.sites[spec.home]))
      input.fleet.nodes[n].labels.sort()
    }
    siteOf = input.fleet.nodes.map { UInt8(spec.site(of: $0)!) }
    let jobs = input.jobs
    let terms = jobs.classes.map { spec.terms(of: $0) }
    let home = terms.map { UInt8($0.home ?? spec.home) }
    homeOf = jobs.jobClass.map { home[Int($0.rawValue)] }
    reach = terms.map { terms in spec.rules.map { Self.reach($0, terms, spec) } }

    let judge = BurstJudge(spec, jobs, reach: reach)
    var rulesOf = [UInt8](repeating: 0, count: jobs.count)
    var lacks = [BurstTotals.Condition?](repeating: nil, count: jobs.count)
    for job in 0..<jobs.count {
      for rule in spec.rules.indices {
        if let condition = judge.lacking(job, rule) {
          if (lacks[job]?.rawValue ?? -1) < condition.rawValue { lacks[job] = condition }
        } else {
          rulesOf[job] |= 1 << UInt8(rule)
        }
      }
      if rulesOf[job] != 0 { lacks[job] = nil }
    }
    self.rulesOf = rulesOf
    self.lacks = lacks

    // One row at home for each shape and home, then those that may leave.
    var table = BurstShapes(jobs, sites: spec.sites)
    for job in 0..<jobs.count { table.bind(job, to: homeOf[job]) }
    var known: Set<UInt64> = []
    for job in 0..<jobs.count {
      let row = Int(table.jobs.shape[job].rawValue)
      let number = Int(jobs.jobClass[job].rawValue)
      let key = UInt64(row) << 32 | UInt64(number) << 8 | UInt64(rulesOf[job])
      guard known.insert(key).inserted else { continue }
      for sites in Self.unions(of: reach[number], rulesOf[job]) { table.add(row, sites) }
    }
    table.addEverywhere()
    input.jobs = table.jobs
    sitesOf = table.sitesOf
    homeSite = table.homeSite
    homeRow = table.homeRow
    everywhere = table.everywhere
    rows = table.rows
  }

  /// The sites that the rule leads to, for jobs of the class.
  private static func reach(_ rule: Bursting.Rule, _ terms: Bursting.ClassTerms, _ spec: Bursting) -> UInt32 {
    var sites: UInt32 = 0
    for site in rule.sites where site != terms.home ?? spec.home {
      guard let staging = spec.staging(terms, to: site), staging <= rule.longestStaging?.nanoseconds ?? .max
      else { continue }
      sites |= 1 << UInt32(site)
    }
    return sites
  }

  /// What any of the rules together may lead to.
  private static func unions(of reach: [UInt32], _ rules: UInt8) -> Set<UInt32> {
    var result: Set<UInt32> = [0]
    for rule in reach.indices where rules & (1 << UInt8(rule)) != 0 {
      result.formUnion(result.map { $0 | reach[rule] })
    }
    result.remove(0)
    return result
  }

  /// The classes of nodes are known.
  func take(_ classes: NodeClasses) {
    classesOf = Array(repeating: 0, count: spec.sites.count)
    for n in siteOf.indices { classesOf[Int(siteOf[n])] |= 1 << UInt64(classes.classOf[n]) }
  }

  /// The row of a shape whose jobs may go to these sites.
  func row(_ shape: Int, _ sites: UInt32) -> Int {
    let home = Int(homeRow[shape])
    return sites == 0 ? home : Int(rows[UInt64(home) << 32 | UInt64(sites)]!)
  }

  /// The sites to which the job may go by a rule once its time has come.
  func reach(_ job: Int, _ rule: Int, _ jobs: JobTable) -> UInt32 {
    reach[Int(jobs.jobClass[job].rawValue)][rule]
  }

  /// The row as which the job goes wherever any rule could lead it.
  func widest(_ job: Int, _ jobs: JobTable) -> Int {
    var sites: UInt32 = 0
    for rule in spec.rules.indices where rulesOf[job] & (1 << UInt8(rule)) != 0 {
      sites |= reach(job, rule, jobs)
    }
    return row(Int(jobs.shape[job].rawValue), sites)
  }

  /// The sites of a shape in the order in which they are tried: home first.
  func order(_ shape: Int) -> [Int] {
    let sites = sitesOf[shape]
    return [Int(homeSite[shape])] + spec.sites.indices.filter { sites & (1 << UInt32($0)) != 0 }
  }
}
