import SimulationKernel

/// Empty nodes that are kept up beside what runs.
extension AutoNodes {
  /// Nodes are launched though nothing waits for them.
  var launchesAhead: Bool { !buffer.isEmpty || groups.contains { $0.warm > 0 } }

  /// What is wrong with the empty nodes that are kept, or nil.
  var warmProblem: String? {
    for group in groups where group.warm != 0 {
      if !(0...group.nodes.count).contains(group.warm) {
        return "group '\(group.name)' has \(group.nodes.count) nodes; found \(group.warm) to be kept empty"
      }
      if group.replicas != nil {
        return "group '\(group.name)' keeps a fixed number of nodes, whatever is empty: it has no warm ones"
      }
      // Work that is to leave an underused node would go to an empty one, for
      // which another would come.
      if consolidatesUnderused || clusterAutoscaler != nil {
        return "empty nodes are kept by Karpenter's provisioner that takes away empty nodes only"
      }
    }
    return nil
  }
}

extension Provisioner {
  /// Empty nodes of the group that are up, and that nothing is meant for.
  func spareNodes(_ group: Int, at now: Int64) -> Int {
    spec.groups[group].nodes.count { isEmpty($0) && nominatedUntil[$0] <= now }
  }

  private func isEmpty(_ n: Int) -> Bool { stages[n] == Stage.up.rawValue && emptySince[n] >= 0 }

  /// Nodes of the group to be launched so that as many are empty as are kept:
  /// those that come for nobody count.
  func lackingWarm(_ group: Int, at now: Int64) -> Int {
    let warm = spec.groups[group].warm
    if warm == 0 { return 0 }
    let coming = starting.count { Int(groupOf[Int($0)]) == group && !meantFor.contains(Int($0)) }
    return max(0, warm - coming - spareNodes(group, at: now))
  }

  /// Whether this empty node is one of those that are kept.
  func isKeptWarm(_ n: Int, at now: Int64) -> Bool {
    let number = Int(groupOf[n])
    return spec.groups[number].warm > 0 && spareNodes(number, at: now) <= spec.groups[number].warm
  }

  /// Books the time in which empty nodes were kept until something has changed
  /// on the group's nodes.
  func bookWarm(_ group: Int, at now: Int64) {
    let spec = spec.groups[group]
    guard spec.warm > 0 else { return }
    let span = max(0, now - max(warmSince[group], from))
    totals[group].warmNanoseconds! += Int128(span) * Int128(warmNodes[group])
    warmSince[group] = now
    warmNodes[group] = min(spec.warm, spec.nodes.count { isEmpty($0) })
  }
}

extension EventLoop {
  /// Launches nodes ahead of the jobs to come; at a limit or without capacity
  /// they come later.
  mutating func launchWarm(_ autoNodes: Provisioner, at now: Int64) {
    autoNodes.lacksWarm = false
    for group in autoNodes.spec.groups.indices {
      for _ in 0..<autoNodes.lackingWarm(group, at: now) {
        guard autoNodes.left(group, at: now) > 0, launch(group, autoNodes, at: now) != nil else {
          autoNodes.lacksWarm = true
          break
        }
      }
    }
  }

  /// A node of the group is no longer there, or will not be: another may come,
  /// also where its pool was at its limit.
  mutating func reviewWarm(_ group: Int, _ autoNodes: Provisioner, at now: Int64) {
    if autoNodes.spec.groups[group].warm > 0 || autoNodes.lacksWarm { scheduleRetry(autoNodes, at: now) }
  }
}
