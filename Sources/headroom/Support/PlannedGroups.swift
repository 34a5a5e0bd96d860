import Economics
import Hardware
import Planning
import Scenario

/// The groups of nodes that a plan varies, and what fleets of them cost.
struct PlannedGroups {
  struct Group {
    var gpu: GPUModel
    var gpusPerNode: Int
    var parameters: CostParameters
  }

  let pools: [FleetPlanner.Pool]
  let groups: [Group]
  let years: Int

  /// - Parameters:
  ///   - ranges: texts `name=least..most`; empty: all groups.
  ///   - sparesAreNodes: spares are counted as nodes, not as a share of the
  ///     price.
  init(
    _ scenario: LoadedScenario,
    ranges: [String],
    years: Int,
    costs: String?,
    sparesAreNodes: Bool = false
  ) throws {
    let found = NodePools.pools(of: scenario)
    guard !found.isEmpty else {
      throw InputError("the scenario has no named groups of GPU nodes whose count could be planned")
    }
    let names = found.map(\.name)
    var pools = found.map { FleetPlanner.Pool(name: $0.name, least: $0.nodes, most: $0.nodes) }
    if ranges.isEmpty {
      pools = found.map { FleetPlanner.Pool(name: $0.name, least: 1, most: 2 * $0.nodes) }
    }
    var planned: Set<String> = []
    for text in ranges {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      let ends = parts.count == 2 ? parts[1].split(separator: ".").compactMap { Int($0) } : []
      guard ends.count == 2, parts[1].contains(".."), ends[0] >= 0, ends[0] <= ends[1], ends[1] <= 1_000_000
      else {
        throw InputError("--pool \(text): write it as \(names[0])=1..20")
      }
      guard let place = names.firstIndex(of: parts[0]) else {
        throw InputError(
          "--pool \(text): there is no group `\(parts[0])`; "
            + (Suggestion.hint(for: parts[0], among: names) ?? "there are \(names.joined(separator: ", "))")
        )
      }
      guard planned.insert(parts[0]).inserted else {
        throw InputError("--pool \(text): the range of `\(parts[0])` is given twice")
      }
      pools[place] = FleetPlanner.Pool(name: parts[0], least: ends[0], most: ends[1])
    }
    guard pools.contains(where: { $0.most > 0 }) else { throw InputError("every group is 0 nodes at most") }
    var groups: [Group] = []
    for pool in found {
      guard let node = scenario.nodes.nodes.first(where: { $0.name.hasPrefix(pool.name + "-") }),
        let name = node.gpuModel.map({ scenario.nodes.gpuModels[Int($0.rawValue)] }),
        let gpu = GPUCatalogue.builtin.model(named: name), let shipped = CostParameters.builtin(for: gpu)
      else {
        throw InputError(
          "no purchase price of the GPUs of `\(pool.name)` is known; known are "
            + CostParameters.pricedGPUs.joined(separator: ", ")
        )
      }
      var parameters = try costs.map { try shipped.overridden(path: $0) } ?? shipped
      if sparesAreNodes { parameters[.sparesShare].typical = 0 }
      groups.append(Group(gpu: gpu, gpusPerNode: node.gpuCount, parameters: parameters))
    }
    self.pools = pools
    self.groups = groups
    self.years = years
  }

  /// Overrides of the scenario for a fleet.
  func overrides(_ counts: [Int]) -> [String] {
    zip(pools, counts).map { "fleet.nodes.\($0.name).count=\($1)" }
  }

  /// The cheapest way to have a fleet; nil: a group can be had in no way.
  ///
  /// - Parameter billed: by group, the share of the time for which the 1st,
  ///   2nd … node is billed.
  func purchase(
    _ counts: [Int],
    billed: [[Double]],
    offers: [[NodeOffer]],
    mayOwn: Bool
  ) -> NodePurchase? {
    let parts = groups.indices.map { place in
      NodePurchase.Group(
        model: FleetModel(
          gpu: groups[place].gpu,
          gpus: groups[place].gpusPerNode,
          parameters: groups[place].parameters,
          years: years
        ),
        nodes: counts[place],
        billed: billed.indices.contains(place) ? billed[place] : [],
        offers: offers[place],
        mayBeOwned: mayOwn
      )
    }
    return NodePurchase(cheapestFor: parts, years: years)
  }

  /// Level cost of owning a fleet, USD a year, at full use; one team looks
  /// after all of it.
  var cost: ([Int]) -> Double {
    { counts in
      let fleets = zip(groups, counts).filter { $1 > 0 }.map { group, count in
        FleetModel(
          gpu: group.gpu,
          gpus: count * group.gpusPerNode,
          parameters: group.parameters,
          years: years
        )
      }
      return TCOOption.levelCost(ofOwning: fleets, use: 1, years: years)
    }
  }
}
