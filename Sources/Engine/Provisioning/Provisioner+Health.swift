import Outcome
import SimulationKernel

/// Nodes that fail and are mended, and their books.
extension Provisioner {
  /// Kept where nodes of a group fail.
  static func health(_ spec: AutoNodes, gpusPerNode: [Int], _ input: SimulationInput) -> NodeHealth? {
    guard spec.groups.contains(where: { !$0.failures.isEmpty }) else { return nil }
    let count = input.fleet.nodes.count
    let clocks = FailureClocks(spec.groups, gpusPerNode: gpusPerNode, nodes: count, seed: input.seed)
    return NodeHealth(clocks, nodes: count)
  }

  /// Whether its machine is one of the cluster's nodes, and may fail.
  func isInService(_ n: Int) -> Bool {
    switch stage(n) {
    case .up, .cordoned, .draining: true
    case .none, .gone, .starting, .failed, .terminating: false
    }
  }

  /// A failure took the node down, or ended its draining.
  func noteFailure(_ n: Int, at now: Int64) {
    if now >= from { totals[Int(groupOf[n])].failures! += 1 }
  }

  /// A run was stopped because its node failed; `attempt`: its place among the
  /// runs that were cut short, nil where its job ended with it.
  func noteFailureLoss(_ n: Int, attempt: Int?, lostMilliNanoseconds lost: Int128, at now: Int64) {
    if let attempt {
      evictions.append(NodeEviction(attempt: Int32(attempt), node: Int32(n), removal: .unhealthy))
    }
    guard now >= from else { return }
    totals[Int(groupOf[n])].evictions[NodeRemoval.unhealthy.rawValue] += 1
    totals[Int(groupOf[n])].lostMilliNanoseconds[NodeRemoval.unhealthy.rawValue] += lost
  }

  /// The node is down from now on. One that was to go still is.
  func fails(_ n: Int, _ health: NodeHealth, _ cause: FailureCause, repair: Int64, at now: Int64) {
    closeStage(n, at: now)
    enter(n, .failed, at: now)
    emptySince[n] = -1
    isChosen[n] = false
    turn[n] &+= 1
    func instant(after span: Int64) -> Int64 {
      span <= SimTime.latest.nanoseconds - now ? now + span : Self.never
    }
    health.failed(
      n,
      mendedAt: instant(after: repair),
      tolerableUntil: toleration(of: n, cause).map { instant(after: $0.nanoseconds) } ?? Self.never,
      isReady: cause.condition == .accelerator
    )
  }

  /// How long the node may be down for this before it is removed; nil: until it
  /// is mended.
  private func toleration(of n: Int, _ cause: FailureCause) -> SimDuration? {
    group(n).purchase == .owned ? nil : spec.repair?.toleration(cause.condition)
  }

  /// The node's repair is over: it takes work, or is to go as before it failed.
  func mends(_ n: Int, _ health: NodeHealth, at now: Int64) {
    health.forget(n)
    closeStage(n, at: now)
    enter(n, removal[n] < 0 ? .up : .cordoned, at: now)
  }

  /// A node that is down is to go, and does not wait for its replacement.
  func condemn(_ n: Int, _ reason: NodeRemoval) {
    if removal[n] < 0 { leaving[Int(groupOf[n])] += 1 }
    removal[n] = Int8(reason.rawValue)
    commandOf[n] = -1
  }

  /// Nodes of the pool that are down, whatever becomes of them.
  func downCount(pool: Int, _ health: NodeHealth) -> Int {
    health.down.count { group(Int($0)).pool == pool }
  }

  /// Nodes of the pool that are not ready and do not go: budgets count them as if
  /// they did, as Karpenter's do.
  func unreadyCount(pool: Int) -> Int {
    guard let health else { return 0 }
    return health.down.count { n in
      let n = Int(n)
      return group(n).pool == pool && stage(n) == .failed && removal[n] < 0 && !health.isReady[n]
    }
  }

  /// Whether node repair may remove a node of the pool: not too many of those that
  /// have been up are down.
  func mayRepair(pool: Int, _ health: NodeHealth) -> Bool {
    guard let repair = spec.repair else { return false }
    let total = spec.groups.indices.reduce(0) { $0 + (spec.groups[$1].pool == pool ? serving[$1] : 0) }
    return repair.mayAct(down: downCount(pool: pool, health), of: total)
  }
}
