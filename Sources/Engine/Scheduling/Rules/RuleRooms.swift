import Hardware
import Workload

/// How many workers the empty fleet could hold under a rule.
struct RuleRooms {
  private let fleet: Fleet
  private let machines: [MachineKind]

  init(_ fleet: Fleet, _ classes: NodeClasses) {
    self.fleet = fleet
    machines = fleet.nodes.enumerated().map { MachineKind($1, nodeClass: classes.classOf[$0]) }
  }

  /// Whether the workers of a job could ever run at once, were nobody else
  /// there. A gang states one rule at most.
  ///
  /// - Complexity: O(nodes) where there is a rule.
  func isPossible(_ worker: Request, _ rules: JobRules) -> Bool {
    if worker.workers == 1 {
      let keys = [rules.together?.topology, rules.spread?.key].compactMap { $0 }.filter {
        $0 != JobRules.node
      }
      return keys.isEmpty
        || machines.indices.contains { n in
          machines[n].workers(worker) > 0 && keys.allSatisfy { fleet.nodes[n].label($0) != nil }
        }
    }
    if let apart = rules.apart {
      let (domains, outside) = rooms(worker, apart.topology)
      return outside + Int64(domains.count { $0 > 0 }) >= Int64(worker.workers)
    }
    if let spread = rules.spread {
      // The fullest domain is at most `maxSkew` ahead of the one with the
      // least room.
      let domains = rooms(worker, spread.key).domains
      let most = (domains.min() ?? 0) + Int64(spread.maxSkew)
      return domains.reduce(0) { $0 + min($1, most) } >= Int64(worker.workers)
    }
    return true
  }

  /// Workers that fit in each domain with an accepted node, and on accepted
  /// nodes outside all domains.
  private func rooms(_ worker: Request, _ topology: String) -> (domains: [Int64], outside: Int64) {
    let index = DomainIndex(fleet, topology)
    var room = [Int64](repeating: 0, count: index.nodesOf.count)
    var isCompared = [Bool](repeating: false, count: index.nodesOf.count)
    var outside: Int64 = 0
    for (n, machine) in machines.enumerated()
    where machine.classBit & worker.classes != 0 && (worker.gpuCount == 0 || machine.gpuCount > 0) {
      let held = Int64(min(machine.workers(worker), worker.workers))
      let domain = Int(index.domainOf[n])
      if domain < 0 {
        outside += held
      } else {
        room[domain] += held
        isCompared[domain] = true
      }
    }
    return (room.indices.filter { isCompared[$0] }.map { room[$0] }, outside)
  }
}
