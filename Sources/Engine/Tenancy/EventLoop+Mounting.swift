import Outcome
import SimulationKernel

/// Machines move from the host to the nodes of virtual clusters, and back.
extension EventLoop {
  /// Machines that the group could take now: those of the host that are up and
  /// on which nothing runs, less what the host keeps. As many as one likes
  /// where it takes none.
  func machines(of group: Int, _ autoNodes: Provisioner) -> Int {
    guard let source = autoNodes.spec.groups[group].source else { return .max }
    let idle = source.nodes.count { isIdleMachine($0) }
    return source.keep == 0 ? idle : min(idle, sparable(source))
  }

  /// Machines beyond those that the host keeps, idle or not.
  func sparable(_ source: AutoNodes.Source) -> Int {
    let here = source.nodes.count {
      cluster.nodes[$0].condition != NodeCondition.absent.rawValue && mounts.emptying[$0] == nil
    }
    return max(0, here - source.keep)
  }

  private func isIdleMachine(_ n: Int) -> Bool { cluster.isUp(n) && cluster.isIdle(n) }

  /// The first idle machine leaves the host for the node.
  mutating func mount(_ node: Int, _ group: Int, _ autoNodes: Provisioner) {
    guard let source = autoNodes.spec.groups[group].source,
      let machine = source.nodes.first(where: { isIdleMachine($0) })
    else { return }
    mounts.machine[node] = machine
    setCondition(.absent, machine)
  }

  /// When a node that leaves is gone: a machine on loan is back only when it
  /// has been wiped and is a node of the host again.
  func wayBack(_ node: Int, _ autoNodes: Provisioner, from start: Int64) -> Int64 {
    let group = autoNodes.spec.groups[Int(autoNodes.groupOf[node])]
    guard let source = group.source else { return start }
    let legs = [
      ("wipe", source.wipe), ("provision", source.provision), ("join", group.join),
      ("gpu-stack", group.gpuStack),
    ]
    let entity = UInt64(node) << 40 | UInt64(start / 1_000_000_000)
    return legs.reduce(start) { at, leg in
      let stream = StreamName("mount/back/\(leg.0)/\(group.name)")
      let uniform = RandomStream(seed: input.seed, stream: stream, entity: entity).uniform(0)
      let span = leg.1.quantile(uniform) * 1e9
      return span < Double(SimTime.latest.nanoseconds - at)
        ? at + Int64(max(0, span)) : SimTime.latest.nanoseconds
    }
  }

  /// The node is gone: its machine is back with the host.
  mutating func unmount(_ node: Int) {
    guard let machine = mounts.machine.removeValue(forKey: node) else { return }
    raise(machine)
  }

  // MARK: - Why jobs wait

  /// Whether any machine is on its way to a virtual cluster.
  var isMounting: Bool {
    guard let autoNodes, !mounts.machine.isEmpty else { return false }
    return autoNodes.starting.contains { mounts.machine[Int($0)] != nil }
  }

  /// Whether a machine on its way has room for a worker of the shape.
  func isMounted(for shape: Int) -> Bool {
    guard let autoNodes, !mounts.machine.isEmpty else { return false }
    let request = requests[shape]
    return autoNodes.starting.contains { n in
      mounts.machine[Int(n)] != nil && cluster.hasRoom(request, Int(n))
    }
  }

  // MARK: - Verification

  /// Each machine is part of the fleet exactly once: with the host, or as one
  /// node of a group.
  func verifyMachines() throws {
    guard let autoNodes, autoNodes.spec.groups.contains(where: { $0.source != nil }) else { return }
    var seen: Set<Int> = []
    for group in autoNodes.spec.groups {
      guard let source = group.source, seen.insert(source.nodes.lowerBound).inserted else { continue }
      let sharing = autoNodes.spec.groups.filter { $0.source?.nodes == source.nodes }
      let here = source.nodes.count { cluster.nodes[$0].condition != NodeCondition.absent.rawValue }
      let there = sharing.reduce(0) {
        $0 + $1.nodes.count { cluster.nodes[$0].condition != NodeCondition.absent.rawValue }
      }
      if here + there != source.nodes.count {
        throw SimulationError.invariantBroken(
          "\(source.nodes.count) machines of the host are \(here) there and \(there) with virtual clusters"
        )
      }
      let leaving = source.nodes.count { mounts.emptying[$0] != nil }
      if here - leaving < sharing.compactMap(\.source?.keep).min() ?? 0 {
        throw SimulationError.invariantBroken("the host has \(here - leaving) machines, fewer than it keeps")
      }
    }
  }
}

/// Which machine each node on loan is.
struct MountedMachines {
  /// By node. Looked up, never walked.
  var machine: [Int: Int] = [:]
  /// By machine that is being emptied: the group that it is for. Never walked
  /// but to count.
  var emptying: [Int: Int] = [:]
}
