import Hardware
import Workload

/// The rules between jobs of a run, numbered, and which shapes they bind.
///
/// A rule is one bit: the jobs of one class (or tenant) that state it. At most
/// 64 of them.
struct RuleBook {
  /// One rule for one group of jobs.
  struct Rule: Hashable {
    enum Kind: Hashable {
      /// No domain holds two workers.
      case apart
      /// All domains but those that hold one are closed once there is one.
      case together
      /// Nodes that hold a job of the tenant that wants its nodes to itself are
      /// closed to other tenants.
      case guarded
      /// Nodes that hold a job of another tenant are closed to those jobs.
      case strangers
      /// No domain gets more than this ahead of the one that has fewest.
      case spread(maxSkew: Int32)
    }
    var kind: Kind
    /// `node`, or the key of a label.
    var topology: String
    /// Of the class or tenant that the rule is about; -1: of the gang that is
    /// being laid.
    var group: Int32
    var isOfTenant = false
    /// Spread: the classes of nodes whose domains are compared.
    var classes: UInt64 = .max
    /// Nodes without GPUs are not compared: the jobs need some.
    var isForGPUs = false
  }

  /// By shape: the rules that close nodes to it, and those that count its
  /// workers.
  private(set) var obeys: [UInt64] = []
  private(set) var counts: [UInt64] = []
  private(set) var rules: [Rule] = []

  static let mostRules = 64

  /// - Parameters:
  ///   - jobs: shapes are of one class and tenant where they state a rule, see
  ///     ``SimulationInput/withShapesByGroup()``.
  ///   - requests: by shape.
  init(_ jobs: JobTable, _ requests: [Request]) throws {
    guard jobs.constraints.contains(where: { !$0.rules.isEmpty }) || jobs.wantsNodes else { return }
    var someJob = [Int](repeating: -1, count: jobs.shapes.count)
    for (job, shape) in jobs.shape.enumerated() { someJob[Int(shape.rawValue)] = job }
    obeys = Array(repeating: 0, count: jobs.shapes.count)
    for shape in jobs.shapes.indices where someJob[shape] >= 0 {
      let stated = jobs.constraints[Int(jobs.shapes[shape].constraints.rawValue)].rules
      let jobClass = Int32(jobs.jobClass[someJob[shape]].rawValue)
      let tenant = Int32(jobs.tenant[someJob[shape]].rawValue)
      func rule(_ kind: Rule.Kind, _ affinity: JobRules.Affinity) -> Rule {
        let group = affinity.scope == .tenant ? tenant : affinity.scope == .gang ? -1 : jobClass
        return Rule(
          kind: kind,
          topology: affinity.topology,
          group: group,
          isOfTenant: affinity.scope == .tenant
        )
      }
      if let apart = stated.apart { try add(rule(.apart, apart), to: shape) }
      if let together = stated.together { try add(rule(.together, together), to: shape) }
      if let spread = stated.spread {
        var own = rule(.spread(maxSkew: spread.maxSkew), .init(scope: .jobClass, topology: spread.key))
        own.classes = requests[shape].classes
        own.isForGPUs = requests[shape].gpuCount > 0
        try add(own, to: shape)
      }
    }
    // Jobs of a class count for each other's spread, also where their own
    // domains are others.
    counts = obeys.map { own in
      var all = own
      for (r, rule) in rules.enumerated() where own >> UInt64(r) & 1 != 0 {
        for (s, other) in rules.enumerated() where rule.isAlike(other) { all |= 1 << UInt64(s) }
      }
      return all
    }
    try addIsolation(jobs, someJob)
  }

  /// Tenants with jobs that demand nodes of their own: such a job and one of
  /// another tenant keep off each other's nodes.
  private mutating func addIsolation(_ jobs: JobTable, _ someJob: [Int]) throws {
    guard jobs.wantsNodes else { return }
    func tenant(_ shape: Int) -> Int32 { Int32(jobs.tenant[someJob[shape]].rawValue) }
    let all = jobs.shapes.indices.filter { someJob[$0] >= 0 }
    let alone = all.filter { jobs.deviceDemand(of: jobs.shapes[$0]).isolation == .node }
    for owner in Set(alone.map(tenant)).sorted() {
      let own = alone.filter { tenant($0) == owner }
      let others = all.filter { tenant($0) != owner }
      for (kind, counted, bound) in [(Rule.Kind.guarded, own, others), (.strangers, others, own)] {
        let rule = Rule(kind: kind, topology: JobRules.node, group: owner, isOfTenant: true)
        for shape in bound { try add(rule, to: shape) }
        guard let number = rules.firstIndex(of: rule) else { continue }
        for shape in counted { counts[shape] |= 1 << UInt64(number) }
      }
    }
  }

  private mutating func add(_ rule: Rule, to shape: Int) throws {
    if let known = rules.firstIndex(of: rule) {
      obeys[shape] |= 1 << UInt64(known)
      return
    }
    guard rules.count < RuleBook.mostRules else {
      throw SimulationError.invalidInput(
        "a run has at most \(RuleBook.mostRules) rules between jobs, counted for each class or tenant that they are "
          + "about; two for each tenant with nodes of its own"
      )
    }
    obeys[shape] |= 1 << UInt64(rules.count)
    rules.append(rule)
  }

  var isEmpty: Bool { rules.isEmpty }
}

extension RuleBook.Rule {
  /// Equal but for the domains that they compare.
  fileprivate func isAlike(_ other: Self) -> Bool {
    var copy = other
    copy.classes = classes
    copy.isForGPUs = isForGPUs
    return copy == self
  }
}

extension SimulationInput {
  /// Jobs that state a rule wait for others of their class or tenant, and where
  /// a tenant wants nodes of its own all jobs do: the table gets such a shape once more for each of them but the first, so that
  /// a refusal holds for all jobs of a shape.
  func withShapesByGroup() -> SimulationInput {
    let isBound = jobs.shapes.map { !jobs.constraints[Int($0.constraints.rawValue)].rules.isEmpty }
    let isByTenant = jobs.wantsNodes
    guard isByTenant || isBound.contains(true) else { return self }
    struct Key: Hashable {
      var shape: ShapeID
      var jobClass: JobClassID
      var tenant: TenantID
    }
    var copy = self
    var numbers: [Key: ShapeID] = [:]
    var isTaken = [Bool](repeating: false, count: jobs.shapes.count)
    for job in 0..<jobs.count where isByTenant || isBound[Int(jobs.shape[job].rawValue)] {
      let shape = jobs.shape[job]
      // Where only tenants matter, the classes of one share its shapes.
      let jobClass = isBound[Int(shape.rawValue)] ? jobs.jobClass[job] : JobClassID(rawValue: 0)
      let key = Key(shape: shape, jobClass: jobClass, tenant: jobs.tenant[job])
      if numbers[key] == nil {
        if isTaken[Int(shape.rawValue)] {
          numbers[key] = ShapeID(rawValue: Int32(copy.jobs.shapes.count))
          copy.jobs.shapes.append(jobs.shapes[Int(shape.rawValue)])
        } else {
          numbers[key] = shape
          isTaken[Int(shape.rawValue)] = true
        }
      }
      copy.jobs.shape[job] = numbers[key]!
    }
    return copy
  }
}

extension JobTable {
  /// Whether some job demands nodes that its tenant has to itself.
  var wantsNodes: Bool { shapes.contains { deviceDemand(of: $0).isolation == .node } }
}
