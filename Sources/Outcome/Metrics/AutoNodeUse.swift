import SimulationKernel
import Workload

/// Who holds the nodes that come and go, by share of their GPUs.
///
/// The time of a node is divided among the tenants whose jobs hold its GPUs;
/// what nobody holds, and all time in which it starts or goes, is nobody's. The
/// parts add up exactly in thousandths of a GPU x ns.
public struct AutoNodeUse: Hashable, Sendable {
  /// By group, then tenant: thousandths x ns.
  public private(set) var held: [[Int128]]

  init(_ outcome: RunOutcome, _ jobs: JobTable) {
    let groups = outcome.autoNodes
    var sums = groups.map { _ in [Int128](repeating: 0, count: jobs.tenants.count) }
    outcome.forEachStay(jobs) { stay in
      guard let group = groups.firstIndex(where: { $0.nodes.contains(Int(stay.node)) }) else { return }
      let tenant = Int(jobs.tenant[Int(stay.job)].rawValue)
      sums[group][tenant] += Int128(stay.milliGPU) * Int128(stay.end - stay.start)
    }
    held = sums
  }
}

extension OutcomeMetrics {
  /// Node time by who held it, and what that cost; no rows where no node with
  /// GPUs comes and goes.
  static func autoNodeUse(_ outcome: RunOutcome, _ jobs: JobTable) -> [Metric] {
    let groups = outcome.autoNodes
    guard groups.contains(where: { $0.gpusPerNode > 0 }) else { return [] }
    let use = AutoNodeUse(outcome, jobs)
    let span = Int128((outcome.end - outcome.measuredFrom).nanoseconds)
    /// Hours of whole nodes.
    func hours(_ held: Int128, _ group: AutoNodeTotals) -> Double {
      group.gpusPerNode > 0 ? GPUTime.hours(held) / Double(group.gpusPerNode) : 0
    }
    func rows(_ places: [Int], scope: String) -> [Metric] {
      var (held, all, cost, present, milliGPU) = (0.0, 0.0, 0.0, Int128(0), Int128(0))
      for place in places where groups[place].gpusPerNode > 0 {
        let sum = use.held[place].reduce(0, +)
        held += hours(sum, groups[place])
        cost += hours(sum, groups[place]) * groups[place].pricePerHour
        all += Double(groups[place].allNodeNanoseconds) / 3.6e12
        present += sum
        milliGPU += Int128(groups[place].nodes.count * groups[place].gpusPerNode * 1000)
      }
      let total = places.reduce(0) { $0 + groups[$1].cost }
      var rows = [
        Metric(name: "node_time.held", scope: scope, unit: "node_h", value: held),
        Metric(name: "node_time.unheld", scope: scope, unit: "node_h", value: all - held),
        Metric(name: "nodes.cost_unheld", scope: scope, unit: "USD", value: total - cost),
      ]
      if all > 0 {
        rows.append(Metric(name: "nodes.use", scope: scope, unit: "percent", value: 100 * held / all))
      }
      if let share = GPUTime.percent(present, of: milliGPU * span) {
        rows.append(Metric(name: "nodes.use_if_all_stayed", scope: scope, unit: "percent", value: share))
      }
      return rows
    }
    let tenants = jobs.tenants.indices.flatMap { tenant -> [Metric] in
      let parts = groups.indices.map { hours(use.held[$0][tenant], groups[$0]) }
      let scope = "tenant:\(jobs.tenants[tenant])"
      let cost = zip(parts, groups).reduce(0) { $0 + $1.0 * $1.1.pricePerHour }
      return [
        Metric(name: "node_time.held", scope: scope, unit: "node_h", value: parts.reduce(0, +)),
        Metric(name: "nodes.cost", scope: scope, unit: "USD", value: cost),
      ]
    }
    return rows(Array(groups.indices), scope: "fleet")
      + groups.indices.flatMap { rows([$0], scope: "nodes:\(groups[$0].name)") } + tenants
  }
}
