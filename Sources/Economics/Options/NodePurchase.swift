/// The cheapest way to have the nodes of a fleet: which are owned, committed
/// for a year, or rented while they are used.
///
/// The nodes of a group are numbered by use: the k-th is needed whenever at
/// least k hold a job. Owned ones are the first, then committed ones, then those
/// that are rented by the time of use. One team looks after all that is owned,
/// so that staff, which comes in whole posts, joins the groups; everything else
/// is a sum over nodes. The least sum is found exactly, by trying every number of
/// owned nodes of every group (a knapsack over groups).
public struct NodePurchase: Hashable, Sendable {
  /// Nodes of one kind.
  public struct Group: Sendable {
    /// The GPUs of one node, bought.
    public var model: FleetModel
    public var nodes: Int
    /// The share of the time for which the 1st, 2nd, … node is billed when it
    /// is rented by use; 0 for those beyond.
    public var billed: [Double]
    /// What may be rented.
    public var offers: [NodeOffer]
    public var mayBeOwned: Bool

    public init(model: FleetModel, nodes: Int, billed: [Double], offers: [NodeOffer], mayBeOwned: Bool) {
      self.model = model
      self.nodes = nodes
      self.billed = billed
      self.offers = offers
      self.mayBeOwned = mayBeOwned
    }
  }

  /// Nodes of a group that are had in one way.
  public struct Part: Hashable, Sendable {
    /// nil: owned.
    public var offer: NodeOffer?
    public var nodes: Int
    /// Mean share of the time for which they are billed; 1 but for rent by use.
    public var billedShare: Double
    /// USD a year, without staff.
    public var costPerYear: Double

    public var kind: PurchaseKind { offer?.kind ?? .owned }
  }

  /// By group; parts without nodes are left out.
  public private(set) var parts: [[Part]]
  /// Of the team that looks after what is owned, USD a year.
  public private(set) var staffPerYear: Double

  /// USD a year.
  public var costPerYear: Double { parts.joined().reduce(staffPerYear) { $0 + $1.costPerYear } }

  /// USD a year for an hour of every day of one rented node.
  private static let hoursPerYear = OwnershipCase.hoursPerYear

  /// nil: some group has nodes and can be had in no way.
  public init?(cheapestFor groups: [Group], years: Int) {
    let books = groups.map { GroupBook($0, years: years) }
    for (group, book) in zip(groups, books) where group.nodes > 0 && !group.mayBeOwned && !book.canBeRented {
      return nil
    }
    // least[m]: the least cost without staff where m nodes of the groups so far
    // are owned, and how many of each.
    var least: [(cost: Double, owned: [Int])?] = [(0, [])]
    for book in books {
      var next = [(cost: Double, owned: [Int])?](repeating: nil, count: least.count + book.costs.count - 1)
      for (before, entry) in least.enumerated() {
        guard let entry else { continue }
        for (owned, cost) in book.costs.enumerated() where cost < .infinity {
          if next[before + owned].map({ entry.cost + cost < $0.cost }) ?? true {
            next[before + owned] = (entry.cost + cost, entry.owned + [owned])
          }
        }
      }
      least = next
    }
    let staff = { (nodes: Int) in Self.staff(nodes, groups.first?.model, years) }
    var best: (cost: Double, place: Int)?
    for (place, entry) in least.enumerated() {
      guard let entry else { continue }
      let cost = entry.cost + staff(place)
      if best.map({ cost < $0.cost }) ?? true { best = (cost, place) }
    }
    guard let best, let owned = least[best.place]?.owned else { return nil }
    staffPerYear = staff(best.place)
    parts = zip(books, owned).map { $0.parts(owned: $1) }
  }

  /// Level cost of the posts that so many nodes need.
  private static func staff(_ nodes: Int, _ model: FleetModel?, _ years: Int) -> Double {
    guard nodes > 0, let model else { return 0 }
    let parameters = model.parameters
    func value(_ role: CostRole) -> Double { parameters[role].typical }
    // Nodes of the price's size.
    let whole = (nodes * model.gpus + parameters.gpusPerNode - 1) / parameters.gpusPerNode
    let posts = Staff.posts(nodes: whole, minimum: value(.minimumPosts), nodesPerPost: value(.nodesPerPost))
    return posts * value(.postCost) * GroupBook.levelGrowth(parameters, years)
  }
}

/// What a group costs by the number of its nodes that are owned.
private struct GroupBook {
  private let group: NodePurchase.Group
  /// Of one owned node, USD a year without staff.
  private let owning: Double
  /// The cheapest rent of the k-th node, and how.
  private let rents: [(cost: Double, offer: NodeOffer)?]
  /// By number of owned nodes; infinite where the rest cannot be rented.
  let costs: [Double]

  var canBeRented: Bool { !group.offers.isEmpty }

  init(_ group: NodePurchase.Group, years: Int) {
    self.group = group
    owning = Self.owning(group.model, years)
    rents = (0..<group.nodes).map { node in
      let billed = node < group.billed.count ? group.billed[node] : 0
      return group.offers.map { ($0.perNodeHour * OwnershipCase.hoursPerYear * Self.paid($0, billed), $0) }
        .min { $0.0 < $1.0 }
    }
    var costs = [0.0]
    for node in (0..<group.nodes).reversed() { costs.append(costs.last! + (rents[node]?.cost ?? .infinity)) }
    // costs[m] is now the rent of the last m nodes.
    let owning = owning
    self.costs = (0...group.nodes).map { owned in
      owned > 0 && !group.mayBeOwned ? .infinity : costs[group.nodes - owned] + Double(owned) * owning
    }
  }

  /// The share of the year that is paid.
  private static func paid(_ offer: NodeOffer, _ billed: Double) -> Double {
    offer.kind == .committed ? 1 : billed
  }

  func parts(owned: Int) -> [NodePurchase.Part] {
    var parts: [NodePurchase.Part] = []
    if owned > 0 {
      parts.append(.init(offer: nil, nodes: owned, billedShare: 1, costPerYear: Double(owned) * owning))
    }
    for offer in group.offers {
      let nodes = (owned..<group.nodes).filter { rents[$0]?.offer == offer }
      guard !nodes.isEmpty else { continue }
      let share = nodes.reduce(0) { sum, node in
        sum + Self.paid(offer, node < group.billed.count ? group.billed[node] : 0)
      }
      let cost = nodes.reduce(0) { $0 + (rents[$1]?.cost ?? 0) }
      parts.append(
        .init(
          offer: offer,
          nodes: nodes.count,
          billedShare: share / Double(nodes.count),
          costPerYear: cost
        )
      )
    }
    return parts
  }

  /// Level cost of one node, USD a year, at full use and without staff.
  private static func owning(_ model: FleetModel, _ years: Int) -> Double {
    var alone = model.parameters
    alone[.postCost].typical = 0
    // So many that they fill whole nodes of the price's size.
    let several = FleetModel(
      gpu: model.gpu,
      gpus: model.gpus * alone.gpusPerNode,
      parameters: alone,
      years: years,
      site: model.site
    )
    return TCOOption.levelCost(ofOwning: [several], use: 1, years: years) / Double(alone.gpusPerNode)
  }

  /// What 1 a year that grows with costs is as a level amount.
  static func levelGrowth(_ parameters: CostParameters, _ years: Int) -> Double {
    let rate = parameters[.costOfCapital].typical
    return Annuity.presentValue(rate: rate, years: years, growth: parameters[.costGrowth].typical)
      * Annuity.recoveryFactor(rate: rate, years: years)
  }
}
