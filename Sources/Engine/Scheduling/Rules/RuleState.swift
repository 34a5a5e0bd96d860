import Hardware
import Workload

/// Who counts where for the rules between jobs, and which nodes they close.
///
/// - Complexity: a worker that comes or goes costs O(nodes of its domain) where
///   that opens or closes the domain; O(nodes) where the first of a group comes
///   or the last goes, or where the fewest of a spread rise or fall.
final class RuleState {
  let book: RuleBook
  /// By rule.
  private var domains: [RuleDomains]
  /// By rule: the shapes that obey it.
  private let shapes: [[Int32]]

  init(_ book: RuleBook, _ fleet: Fleet, _ classes: NodeClasses) {
    self.book = book
    var indexes: [String: DomainIndex] = [:]
    domains = book.rules.map { rule in
      let index = indexes[rule.topology] ?? DomainIndex(fleet, rule.topology)
      indexes[rule.topology] = index
      return RuleDomains(rule, index, fleet, classes)
    }
    shapes = book.rules.indices.map { r in
      book.obeys.indices.filter { book.obeys[$0] >> UInt64(r) & 1 != 0 }.map(Int32.init)
    }
  }

  /// By node: the rules that close it while nobody runs.
  func closedAtStart(_ node: Int) -> UInt64 {
    domains.indices.reduce(0) { domains[$1].isClosed(node) ? $0 | 1 << UInt64($1) : $0 }
  }

  /// Workers of the shape come to the node (+1) or go (-1).
  ///
  /// - Parameters:
  ///   - among: only rules of the gang itself, or only the others.
  ///   - flip: told of each node that a rule closes or opens.
  /// - Returns: the shapes whose refusals may no longer stand.
  func change(
    _ shape: Int,
    node: Int,
    by sign: Int32,
    ofGang: Bool,
    flip: (_ node: Int, _ rule: UInt64, _ isClosed: Bool) -> Void
  ) -> [Int32] {
    var moved: [Int32] = []
    var left = book.counts[shape]
    while left != 0 {
      let r = left.trailingZeroBitCount
      left &= left - 1
      guard (book.rules[r].group < 0) == ofGang else { continue }
      domains[r].change(node, by: sign) { flip($0, 1 << UInt64(r), $1) }
      for other in shapes[r] where !moved.contains(other) { moved.append(other) }
    }
    return moved
  }

  /// Whether the shape obeys any rule.
  func binds(_ shape: Int) -> Bool { book.obeys[shape] != 0 }
}

/// The domains that a fleet has by one key.
struct DomainIndex {
  /// By node; -1: the node does not have the label.
  let domainOf: [Int32]
  let nodesOf: [[Int32]]

  init(_ fleet: Fleet, _ key: String) {
    if key == JobRules.node {
      domainOf = fleet.nodes.indices.map(Int32.init)
      nodesOf = fleet.nodes.indices.map { [Int32($0)] }
      return
    }
    var number: [String: Int32] = [:]
    var nodesOf: [[Int32]] = []
    domainOf = fleet.nodes.indices.map { n in
      guard let value = fleet.nodes[n].label(key) else { return -1 }
      if number[value] == nil {
        number[value] = Int32(nodesOf.count)
        nodesOf.append([])
      }
      nodesOf[Int(number[value]!)].append(Int32(n))
      return number[value]!
    }
    self.nodesOf = nodesOf
  }
}

/// How many workers a rule counts in each domain, and which domains are closed.
struct RuleDomains {
  private let rule: RuleBook.Rule
  private let index: DomainIndex
  /// By node: it counts and may be chosen.
  private let isEligible: [Bool]
  /// By domain: some node of it is eligible.
  private let isCompared: [Bool]
  private var count: [Int32]
  private var isDomainClosed: [Bool]
  private var total: Int64 = 0
  /// Compared domains with so many workers.
  private var domainsWith: [Int32]
  private var fewest = 0

  init(_ rule: RuleBook.Rule, _ index: DomainIndex, _ fleet: Fleet, _ classes: NodeClasses) {
    self.rule = rule
    self.index = index
    let eligible = fleet.nodes.indices.map { n in
      rule.classes >> UInt64(classes.classOf[n]) & 1 != 0 && (!rule.isForGPUs || fleet.nodes[n].gpuCount > 0)
    }
    isEligible = eligible
    isCompared = index.nodesOf.map { $0.contains { eligible[Int($0)] } }
    count = index.nodesOf.map { _ in 0 }
    isDomainClosed = index.nodesOf.map { _ in false }
    domainsWith = [Int32(isCompared.count { $0 })]
  }

  /// Nodes without the label are closed to rules that need a domain
  /// (Kubernetes: affinity and topology spread; anti-affinity ignores them).
  func isClosed(_ node: Int) -> Bool {
    let domain = index.domainOf[node]
    return domain < 0 ? rule.kind != .apart : isDomainClosed[Int(domain)]
  }

  mutating func change(_ node: Int, by sign: Int32, flip: (Int, Bool) -> Void) {
    let domain = Int(index.domainOf[node])
    guard domain >= 0, isEligible[node] else { return }
    count[domain] += sign
    total += Int64(sign)
    switch rule.kind {
    case .apart, .guarded, .strangers: set(domain, count[domain] > 0, flip)
    case .together:
      if total == 0 || (total == 1 && sign > 0) {
        for other in count.indices { set(other, isClosedTogether(other), flip) }
      } else {
        set(domain, isClosedTogether(domain), flip)
      }
    case .spread(let maxSkew):
      let old = fewest
      move(from: Int(count[domain] - sign), to: Int(count[domain]))
      if fewest == old {
        set(domain, isAhead(domain, maxSkew), flip)
      } else {
        for other in count.indices { set(other, isAhead(other, maxSkew), flip) }
      }
    }
  }

  private func isClosedTogether(_ domain: Int) -> Bool { total > 0 && count[domain] == 0 }

  private func isAhead(_ domain: Int, _ maxSkew: Int32) -> Bool {
    isCompared[domain] && count[domain] + 1 - Int32(fewest) > maxSkew
  }

  private mutating func move(from old: Int, to new: Int) {
    domainsWith[old] -= 1
    if new == domainsWith.count { domainsWith.append(0) }
    domainsWith[new] += 1
    if new < fewest { fewest = new } else if old == fewest && domainsWith[old] == 0 { fewest = new }
  }

  private mutating func set(_ domain: Int, _ isClosed: Bool, _ flip: (Int, Bool) -> Void) {
    guard isDomainClosed[domain] != isClosed else { return }
    isDomainClosed[domain] = isClosed
    for node in index.nodesOf[domain] { flip(Int(node), isClosed) }
  }
}
