import Hardware
import Workload

/// Racks and NVLink domains as the loop reads them; kept where some gang
/// wishes for one, or a job's speed depends on where it lies.
final class Topology {
  /// By node: the number of its NVLink domain and of its rack.
  let domainOf: [Int32]
  let rackOf: [Int32]
  let fabricOf: [Fabric]
  /// Nodes of each, by rank; the one whose first node has the lowest rank
  /// comes first.
  private let domains: [[Int]]
  private let racks: [[Int]]

  init(_ fleet: Fleet, ranks: [Int32]) {
    let byRank = fleet.nodes.indices.sorted { ranks[$0] < ranks[$1] }
    // A number that is stated, or the node's own.
    (domainOf, domains) = Topology.groups(byRank) { n in
      fleet.nodes[n].place.nvlinkDomain.map(Int64.init) ?? ~Int64(n)
    }
    let domainOf = domainOf
    (rackOf, racks) = Topology.groups(byRank) { n in
      fleet.nodes[n].place.rack.map(Int64.init) ?? ~Int64(domainOf[n])
    }
    fabricOf = fleet.nodes.map(\.place.fabric)
  }

  private static func groups(_ nodes: [Int], _ key: (Int) -> Int64) -> (of: [Int32], members: [[Int]]) {
    var number: [Int64: Int] = [:]
    var of = [Int32](repeating: 0, count: nodes.count)
    var members: [[Int]] = []
    for n in nodes {
      let key = key(n)
      let group = number[key] ?? members.count
      if group == members.count {
        number[key] = group
        members.append([])
      }
      of[n] = Int32(group)
      members[group].append(n)
    }
    return (of, members)
  }

  /// The groups of nodes of which a gang with this wish takes one.
  func groups(_ wish: PlacementWish) -> [[Int]] { wish == .rack ? racks : domains }

  /// By node: the number of its group among those; empty where the wish is for
  /// none.
  func groupOf(_ wish: PlacementWish) -> [Int32] {
    switch wish {
    case .rack: rackOf
    case .nvlinkDomain: domainOf
    case .anywhere, .oneNode, .consolidated: []
    }
  }

  /// Whether one group of the empty fleet holds all workers.
  func holds(_ worker: Request, _ wish: PlacementWish, machines: [MachineKind]) -> Bool {
    groups(wish).contains { nodes in
      var room: Int64 = 0
      for n in nodes { room += Int64(min(machines[n].workers(worker), worker.workers)) }
      return room >= Int64(worker.workers)
    }
  }

  /// Why the places of the fleet's nodes contradict each other, or nil.
  static func problem(_ fleet: Fleet) -> String? {
    var rackOfDomain: [Int32: Int32?] = [:]
    for node in fleet.nodes {
      if let rack = node.place.rack, !fleet.racks.indices.contains(Int(rack)) {
        return "node '\(node.name)' stands in a rack that the fleet does not list"
      }
      guard let domain = node.place.nvlinkDomain else { continue }
      if let other = rackOfDomain[domain], other != node.place.rack {
        return "the NVLink domain of node '\(node.name)' lies in two racks"
      }
      rackOfDomain[domain] = .some(node.place.rack)
    }
    return nil
  }
}
