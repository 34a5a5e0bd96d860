import Outcome
import SimulationKernel
import Workload

/// The shapes as which jobs wait at home, and as which they may leave.
struct BurstShapes {
  private(set) var jobs: JobTable
  private(set) var sitesOf: [UInt32]
  private(set) var homeSite: [UInt8]
  private(set) var homeRow: [Int32]
  private(set) var everywhere: [Int32]
  private(set) var rows: [UInt64: Int32] = [:]
  private let sites: [String]
  /// Shapes and constraints as they were given.
  private let given: JobTable
  /// By row: the constraints as they were stated.
  private var stated: [ConstraintsID]
  /// By given shape: whether a job has bound it to its home.
  private var isBound: [Bool]
  private var constraints: [JobConstraints: Int32] = [:]

  init(_ jobs: JobTable, sites: [String]) {
    self.jobs = jobs
    given = jobs
    self.sites = sites
    let count = jobs.shapes.count
    sitesOf = Array(repeating: 0, count: count)
    homeSite = Array(repeating: 0, count: count)
    homeRow = (0..<Int32(count)).map { $0 }
    everywhere = Array(repeating: -1, count: count)
    stated = jobs.shapes.map(\.constraints)
    isBound = Array(repeating: false, count: count)
  }

  /// The job belongs to this site: the first of its shape binds the shape's row,
  /// one of another home gets a row behind.
  mutating func bind(_ job: Int, to home: UInt8) {
    let shape = Int(given.shape[job].rawValue)
    if isBound[shape], homeSite[shape] != home {
      let key = UInt64(shape) << 32 | UInt64(1) << 31 | UInt64(home)
      if rows[key] == nil {
        rows[key] = append(shape, at: [Int(home)])
        homeSite[Int(rows[key]!)] = home
      }
      jobs.shape[job] = ShapeID(rawValue: rows[key]!)
      return
    }
    guard !isBound[shape] else { return }
    isBound[shape] = true
    homeSite[shape] = home
    jobs.shapes[shape].constraints = bound(stated[shape], to: [Int(home)])
  }

  /// Jobs of the row at home may go to these sites.
  mutating func add(_ row: Int, _ mask: UInt32) {
    let key = UInt64(row) << 32 | UInt64(mask)
    guard rows[key] == nil else { return }
    let home = Int(homeSite[row])
    let places = sites.indices.filter { $0 == home || mask & (1 << UInt32($0)) != 0 }
    let new = append(row, at: places)
    rows[key] = new
    sitesOf[Int(new)] = mask
    homeSite[Int(new)] = UInt8(home)
    homeRow[Int(new)] = Int32(row)
  }

  /// For every row at home one that may go wherever it likes, to ask whether
  /// the site alone keeps a job waiting.
  mutating func addEverywhere() {
    let all: UInt32 = sites.count == 32 ? .max : (1 << UInt32(sites.count)) - 1
    for row in homeRow.indices where sitesOf[row] == 0 {
      let mask = all & ~(1 << UInt32(homeSite[row]))
      if mask == 0 { continue }
      add(row, mask)
      everywhere[row] = rows[UInt64(row) << 32 | UInt64(mask)]!
    }
  }

  private mutating func append(_ row: Int, at places: [Int]) -> Int32 {
    var shape = jobs.shapes[row]
    shape.constraints = bound(stated[row], to: places)
    stated.append(stated[row])
    jobs.shapes.append(shape)
    sitesOf.append(0)
    homeSite.append(0)
    homeRow.append(Int32(jobs.shapes.count - 1))
    everywhere.append(-1)
    return Int32(jobs.shapes.count - 1)
  }

  /// What is stated, and a node of one of these sites.
  private mutating func bound(_ stated: ConstraintsID, to places: [Int]) -> ConstraintsID {
    var result = given.constraints[Int(stated.rawValue)]
    let site = LabelExpression(Bursting.siteLabel, .isIn, places.map { sites[$0] })
    if result.required.isEmpty {
      result.required = [LabelTerm([site])]
    } else {
      // A term without conditions holds for no node, and stays so.
      result.required = result.required.map {
        $0.expressions.isEmpty ? $0 : LabelTerm($0.expressions + [site])
      }
    }
    if constraints[result] == nil {
      constraints[result] = Int32(jobs.constraints.count)
      jobs.constraints.append(result)
    }
    return ConstraintsID(rawValue: constraints[result]!)
  }
}

/// Which rules jobs meet, but for time and money.
struct BurstJudge {
  private let spec: Bursting
  private let jobs: JobTable
  private let reach: [[UInt32]]
  /// By class: the mean of |estimate / duration - 1| over the run's jobs.
  private let errors: [Double]

  init(_ spec: Bursting, _ jobs: JobTable, reach: [[UInt32]]) {
    self.spec = spec
    self.jobs = jobs
    self.reach = reach
    var sums = [Double](repeating: 0, count: jobs.classes.count)
    var counts = [Double](repeating: 0, count: jobs.classes.count)
    for job in 0..<(jobs.estimate.isEmpty ? 0 : jobs.count) {
      let number = Int(jobs.jobClass[job].rawValue)
      sums[number] += abs(jobs.estimate[job].seconds / jobs.duration[job].seconds - 1)
      counts[number] += 1
    }
    errors = zip(sums, counts).map { $1 == 0 ? 0 : $0 / $1 }
  }

  /// The first condition of the rule that the job does not meet; nil: it meets
  /// all that do not change with time.
  func lacking(_ job: Int, _ number: Int) -> BurstTotals.Condition? {
    let rule = spec.rules[number]
    let jobClass = Int(jobs.jobClass[job].rawValue)
    let name = jobs.classes[jobClass]
    let terms = spec.terms(of: name)
    if !terms.mayLeave { return .compliance }
    let isAtHome = rule.sites.allSatisfy { $0 == terms.home ?? spec.home }
    if isAtHome || !(rule.classes?.contains(name) ?? true) { return .jobClass }
    let tenant = jobs.tenants[Int(jobs.tenant[job].rawValue)]
    if !(rule.tenants?.contains(tenant) ?? true) { return .tenant }
    if let least = rule.leastPriority, jobs.priority[job] < least { return .priority }
    let expected = jobs.expectedDuration(job)
    if expected < rule.shortest ?? .zero || rule.longest.map({ expected > $0 }) ?? false { return .duration }
    if let most = rule.largestEstimateError, errors[jobClass] > most { return .predictability }
    if reach[jobClass][number] == 0 { return .staging }
    return rule.deadlineSlack != nil && jobs.due(of: job) == nil ? .deadline : nil
  }
}
