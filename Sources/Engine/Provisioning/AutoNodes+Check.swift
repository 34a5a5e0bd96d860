import Hardware
import Outcome
import SimulationKernel

extension AutoNodes {
  /// What is wrong with it, or nil.
  func problem(_ fleet: Fleet) -> String? {
    if groups.isEmpty { return "auto nodes need a group of nodes" }
    let optional = [consolidateAfter, drainLimit].compactMap { $0 }
    let spans =
      [batchIdle, batchLongest, termination, stockOutPause, grace, spotNotice, trialTime] + optional
      + protectedFor.values
    if spans.contains(where: Self.isNoSpan) { return "the times of auto nodes must be 0 ... 36 years" }
    if batchLongest < batchIdle { return "a batch of waiting jobs ends before its idle time" }
    if termination < .tick { return "a node is gone some time after the decision" }
    if !(0...1).contains(budget) { return "the disruption budget must be 0 ... 1" }
    if consolidatesUnderused && consolidateAfter == nil {
      return "underused nodes go some time after they last changed: it is not set"
    }
    if let balance, !(balance > 0 && balance.isFinite) || !consolidatesUnderused {
      return "a balance of saving and disruption must be above 0, and needs underused nodes to go"
    }
    if let problem = budgetProblem { return problem }
    if let problem = clusterAutoscaler?.problem { return problem }
    if let problem = bufferProblem ?? warmProblem { return problem }
    if let problem = healthProblem { return problem }
    for pool in pools where (pool.mostNodes ?? 0) < 0 || (pool.mostGPUs ?? 0) < 0 {
      return "the limits of pool '\(pool.name)' must be 0 or more"
    }
    var end = 0
    for group in groups.sorted(by: { $0.nodes.lowerBound < $1.nodes.lowerBound }) {
      if group.nodes.lowerBound < end || group.nodes.upperBound > fleet.nodes.count || group.nodes.isEmpty {
        return "the groups of auto nodes are not separate parts of the fleet"
      }
      end = group.nodes.upperBound
      if !pools.indices.contains(group.pool) { return "group '\(group.name)' is in no pool" }
      if let problem = group.problem { return "group '\(group.name)' \(problem)" }
      if group.least > 0 && clusterAutoscaler == nil {
        return "group '\(group.name)' has a least size, which only a cluster-autoscaler knows"
      }
    }
    return Set(groups.map(\.name)).count < groups.count ? "two groups of auto nodes have one name" : nil
  }

  static func isNoSpan(_ span: SimDuration) -> Bool { span < .zero || span > SimTime.latest - .zero }

  private var budgetProblem: String? {
    for budget in budgets {
      switch budget.limit {
      case .share(let share) where !(0...1).contains(share): return "a budget must be 0 ... 1"
      case .nodes(let count) where count < 0: return "a budget must be 0 nodes or more"
      default: break
      }
      if let window = budget.window {
        if window.length < .tick || Self.isNoSpan(window.length) {
          return "the time of a budget must be 1 ns ... 36 years"
        }
        if case .each(let period, let from) = window.start,
          period <= window.length || Self.isNoSpan(period) || Self.isNoSpan(from)
        {
          return "the time of a budget must be shorter than its period"
        }
      }
      if let reason = NodeRemoval.allCases.first(where: { !$0.isVoluntary && budget.reasons.contains($0) }) {
        return "budgets bind only nodes that are empty, drifted or underused; found \(reason)"
      }
      if let pool = budget.pool, !pools.contains(where: { $0.name == pool }) {
        return "a budget names pool '\(pool)', which does not exist"
      }
    }
    return nil
  }
}

extension AutoNodes.Group {
  fileprivate var problem: String? {
    if !(0...nodes.count).contains(atStart) {
      return "has \(nodes.count) nodes; found \(atStart) at the start"
    }
    if let replicas, !(0...nodes.count).contains(replicas) {
      return "has \(nodes.count) nodes; found \(replicas) that are to be kept"
    }
    if !(0...nodes.count).contains(least) {
      return "has \(nodes.count) nodes; found \(least) as the fewest"
    }
    if least > 0 && !isDynamic { return "has a least size, though none of its nodes goes" }
    if !(0...1).contains(stockOut) || !(pricePerHour >= 0 && pricePerHour.isFinite) {
      return "needs a price of 0 or more and a share of stock-outs of 0 ... 1"
    }
    if !(0...1).contains(neverJoins) || !(interruptionsPerHour >= 0 && interruptionsPerHour.isFinite) {
      return "needs a rate of interruptions of 0 or more and a share of failed launches of 0 ... 1"
    }
    if neverJoins > 0 && registrationTimeout == nil {
      return "has launches that fail, and no time-out after which they are given up"
    }
    if interruptionsPerHour > 0 && purchase != .spot {
      return "is not spot: nobody takes its nodes back"
    }
    if purchase == .owned && (replicas != nil || expireAfter != nil || !driftsAt.isEmpty) {
      return "is owned: its nodes stay"
    }
    let optional = [launchTimeout, registrationTimeout, expireAfter].compactMap { $0 }
    if optional.contains(where: { AutoNodes.isNoSpan($0) || $0 < .tick }) {
      return "needs time-outs and an age of 1 ns ... 36 years"
    }
    if driftsAt.contains(where: { $0 < .zero || $0 > .latest }) {
      return "drifts at an instant outside the 36 years of a run"
    }
    for delay in [launch, join, gpuStack] {
      do { try delay.validate() } catch { return "has an impossible delay: \(error)" }
    }
    return nil
  }
}
