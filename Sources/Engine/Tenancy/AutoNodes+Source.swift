import Hardware
import SimulationKernel

extension AutoNodes {
  /// Machines of the host that move to nodes of a group, and back.
  ///
  /// A machine is a node of the host (up), or one of a group that starts, is up,
  /// or is on its way back; of the host's nodes those that are on loan are
  /// absent, so that each machine is part of capacity once.
  public struct Source: Equatable, Sendable {
    /// Which work of the host is stopped when no idle machine is left.
    public enum Eviction: String, Hashable, Sendable, CaseIterable {
      /// None: only idle machines are taken.
      case never
      /// Machines on which everything has a lower priority than the job that
      /// waits.
      case lowerPriority
      /// Any.
      case any
    }

    /// The host's nodes, of the same hardware as the group's.
    public var nodes: Range<Int>
    /// Seconds: the host releases the machine; its disks are erased; it is
    /// inspected, booted and given an image. `join` and `gpuStack` of the group
    /// follow. On the way back the same again but for the drain, which is the
    /// termination of auto nodes.
    public var drain: Variate
    public var wipe: Variate
    public var provision: Variate
    /// Machines are emptied for the group by this rule, so many at a time at
    /// most. What runs there has ``AutoNodes/grace`` to stop.
    public var evict = Eviction.never
    public var evictAtOnce = 1
    /// So many machines stay with the host, idle or not.
    public var keep = 0

    public init(
      nodes: Range<Int>,
      drain: Variate = .constant(30),
      wipe: Variate = .constant(60),
      provision: Variate = .constant(600)
    ) {
      self.nodes = nodes
      self.drain = drain
      self.wipe = wipe
      self.provision = provision
    }

    /// What comes before joining, in order; the names are those of the random
    /// streams.
    var legs: [(name: String, delay: Variate)] {
      [("drain", drain), ("wipe", wipe), ("provision", provision)]
    }
  }
}

extension AutoNodes {
  /// Whether work of the host may be stopped for a group.
  var emptiesMachines: Bool { empties(for: groups.map(\.name)) }

  /// The same for groups of these names.
  func empties(for names: [String]) -> Bool {
    groups.contains { ($0.source?.evict ?? .never) != .never && names.contains($0.name) }
  }
}

extension PreparedRun {
  /// Why machines cannot move, or nil.
  static func mountProblem(_ spec: AutoNodes, _ input: SimulationInput) -> String? {
    for group in spec.groups {
      guard let source = group.source else { continue }
      if source.nodes.isEmpty || source.nodes.upperBound > input.fleet.nodes.count {
        return "group '\(group.name)' takes machines that there are not"
      }
      if spec.groups.contains(where: { $0.nodes.overlaps(source.nodes) }) {
        return "group '\(group.name)' takes machines of nodes that come and go themselves"
      }
      if spec.groups.contains(where: {
        $0.source.map { $0.nodes != source.nodes && $0.nodes.overlaps(source.nodes) } ?? false
      }) {
        return "groups that take machines from one another's part of a pool"
      }
      if !(0...source.nodes.count).contains(source.keep) || source.evictAtOnce < 1 {
        return
          "group '\(group.name)' leaves the host 0 to \(source.nodes.count) machines, and empties one at a time or more"
      }
      if source.evict != .never, input.tenancy == nil {
        return "machines are emptied for virtual clusters, and there are none"
      }
      if spec.clusterAutoscaler != nil {
        return "machines move between the host and virtual clusters by the provisioner karpenter only"
      }
      if group.losesNodes || group.replicas != nil || group.launchTimeout != nil {
        return "machines on loan are not taken back, do not expire or drift, and come only for jobs"
      }
      if group.atStart > 0 { return "machines of group '\(group.name)' are with the host at the start" }
      for (name, delay) in source.legs {
        do { try delay.validate() } catch { return "the \(name) of group '\(group.name)': \(error)" }
      }
      let isAlike = { (a: NodeSpec, b: NodeSpec) in
        a.cpuMilli == b.cpuMilli && a.memoryMiB == b.memoryMiB && a.gpuCount == b.gpuCount
          && a.gpuModel == b.gpuModel
      }
      let first = input.fleet.nodes[source.nodes.lowerBound]
      if (Array(group.nodes) + Array(source.nodes)).contains(where: { !isAlike(input.fleet.nodes[$0], first) }
      ) {
        return "the nodes of group '\(group.name)' are not the machines that it takes"
      }
      let moves = { (nodes: [NodeID]) in nodes.contains { source.nodes.contains(Int($0.rawValue)) } }
      if input.fleetChanges.contains(where: { moves($0.nodes) })
        || input.maintenances.contains(where: { moves($0.nodes) })
      {
        return "machines that move between the host and virtual clusters do not fail and have no maintenance"
      }
    }
    return nil
  }
}
