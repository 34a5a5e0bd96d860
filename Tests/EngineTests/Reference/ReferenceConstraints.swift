import Engine
import Hardware
import Workload

/// Which nodes a job accepts, prefers, and shares with others: read literally
/// from Kubernetes' documentation, node by node, nothing kept.
extension ReferenceNode {
  /// Selector, required node affinity, and taints without PreferNoSchedule.
  func admits(_ c: JobConstraints) -> Bool {
    for label in c.selector where labels[label.key] != label.value { return false }
    if !c.required.isEmpty && !c.required.contains(where: meets) { return false }
    return untolerated(c, .noSchedule) == 0
  }

  private func meets(_ term: LabelTerm) -> Bool {
    if term.expressions.isEmpty { return false }
    for e in term.expressions {
      let value = labels[e.key]
      let holds: Bool
      switch e.operator {
      case .isIn: holds = value != nil && e.values.contains(value!)
      case .notIn: holds = value == nil || !e.values.contains(value!)
      case .exists: holds = value != nil
      case .doesNotExist: holds = value == nil
      case .greaterThan: holds = value.flatMap { Int($0) }.map { $0 > Int(e.values[0])! } ?? false
      case .lessThan: holds = value.flatMap { Int($0) }.map { $0 < Int(e.values[0])! } ?? false
      }
      if !holds { return false }
    }
    return true
  }

  private func untolerated(_ c: JobConstraints, _ effect: NodeTaint.Effect) -> Int {
    var count = 0
    for taint in taints where taint.effect == effect {
      var isTolerated = false
      for t in c.tolerations {
        if t.effect != nil && t.effect != taint.effect { continue }
        if t.key != nil && t.key != taint.key { continue }
        if t.value != nil && t.value != taint.value { continue }
        isTolerated = true
      }
      if !isTolerated { count += 1 }
    }
    return count
  }

  /// How little the job likes the node: lower numbers are tried first.
  func dislike(_ r: ReferenceRequest) -> [Int] {
    let c = r.constraints
    var place = c.preferredModels.count
    if r.count > 0, let name = modelName, let at = c.preferredModels.firstIndex(of: name) { place = at }
    var missed = 0
    for term in c.preferred where !meets(term.term) { missed += Int(term.weight) }
    return [place, untolerated(c, .preferNoSchedule), missed]
  }

  /// The value of a topology, or nil.
  func domain(_ key: String) -> String? { key == "node" ? "#\(number)" : labels[key] }
}

extension ReferenceSimulator {
  /// Whether the rules towards other jobs let a worker of the job onto node n.
  func rulesAllow(_ j: Int, _ r: ReferenceRequest, on n: Int, _ nodes: [ReferenceNode]) -> Bool {
    let rules = r.constraints.rules
    func workers(in domain: String?, _ key: String, where isCounted: (Int, ReferenceNode) -> Bool) -> Int {
      nodes.reduce(0) { sum, node in
        guard let own = node.domain(key), domain == nil || own == domain else { return sum }
        return sum + node.residents.count { isCounted($0.job, node) }
      }
    }
    if let apart = rules.apart, let own = nodes[n].domain(apart.topology) {
      let others = workers(in: own, apart.topology) { k, _ in
        apart.scope == .gang
          ? k == j : requests[k].constraints.rules.apart == apart && isAlike(j, k, apart.scope)
      }
      if others > 0 { return false }
    }
    if let together = rules.together {
      guard let own = nodes[n].domain(together.topology) else { return false }
      let isMate = { (k: Int, _: ReferenceNode) in
        self.requests[k].constraints.rules.together == together && self.isAlike(j, k, together.scope)
      }
      if workers(in: nil, together.topology, where: isMate) > 0,
        workers(in: own, together.topology, where: isMate) == 0
      {
        return false
      }
    }
    if let spread = rules.spread {
      guard let own = nodes[n].domain(spread.key) else { return false }
      let isEligible = { (node: ReferenceNode) in
        node.acceptsAnywhere(r) && (r.count == 0 || node.gpuCapacity > 0)
      }
      let count = { (domain: String) in
        workers(in: domain, spread.key) { k, node in
          isEligible(node) && self.requests[k].constraints.rules.spread == spread
            && self.isAlike(j, k, .jobClass)
        }
      }
      let domains = Set(nodes.filter(isEligible).compactMap { $0.domain(spread.key) })
      if count(own) + 1 - (domains.map(count).min() ?? 0) > Int(spread.maxSkew) { return false }
    }
    return true
  }

  private func isAlike(_ j: Int, _ k: Int, _ scope: JobRules.Scope) -> Bool {
    scope == .tenant
      ? input.jobs.tenant[j] == input.jobs.tenant[k] : input.jobs.jobClass[j] == input.jobs.jobClass[k]
  }

  /// Somebody whom rules count has come or gone: refusals of jobs that look at
  /// it no longer stand.
  mutating func liftRefusals(because j: Int) {
    let rules = requests[j].constraints.rules
    let looked = waiting.filter { k in
      let own = requests[k].constraints.rules
      if let apart = rules.apart, apart.scope != .gang, own.apart == apart, isAlike(j, k, apart.scope) {
        return true
      }
      if let together = rules.together, own.together == together, isAlike(j, k, together.scope) {
        return true
      }
      return rules.spread != nil && own.spread == rules.spread && isAlike(j, k, .jobClass)
    }
    for k in looked { refusedShapes.remove(shapeNow(k)) }
    if countsForOthers(j) { refusedHead = nil }
  }

  func countsForOthers(_ j: Int) -> Bool {
    let rules = requests[j].constraints.rules
    return rules.together != nil || rules.spread != nil || (rules.apart.map { $0.scope != .gang } ?? false)
  }

  /// The sets of nodes that the job tries one after the other.
  func preferences(_ r: ReferenceRequest) -> [ReferenceRequest] {
    if r.constraints.isEmpty && !emptyNodes.contains(where: { !$0.taints.isEmpty }) { return [r] }
    let accepted = emptyNodes.filter { $0.acceptsAnywhere(r) }
    let steps = Set(accepted.map { $0.dislike(r) }).sorted { $0.lexicographicallyPrecedes($1) }
    if steps.count < 2 { return [r] }
    return steps.map { step in
      var own = r
      own.allowed = Set(accepted.filter { !step.lexicographicallyPrecedes($0.dislike(r)) }.map(\.number))
      return own
    }
  }
}
