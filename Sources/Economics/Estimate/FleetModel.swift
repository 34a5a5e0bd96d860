import Glibc
import Hardware

/// An owned fleet from a few words: so many GPUs of a model, in use for a
/// share of the time; everything else from ``CostParameters``.
///
/// Values of the parameters come as an array by ``CostRole``, so that a draw
/// of an uncertain world is the same computation as the typical one.
public struct FleetModel: Hashable, Sendable {
  public let gpu: GPUModel
  public let gpus: Int
  public let parameters: CostParameters
  /// Whole years; nil: the useful life of the parameters, rounded.
  public let years: Int?
  public let site: Site

  /// Where the nodes stand.
  public enum Site: String, Hashable, Sendable, CaseIterable {
    /// Rented by the kW.
    case colocation
    /// Built for the nodes' maximum, at `facility.build_cost`; written off
    /// evenly over `facility.building_life`.
    case own
  }

  public init(
    gpu: GPUModel,
    gpus: Int,
    parameters: CostParameters,
    years: Int?,
    site: Site = .colocation
  ) {
    self.gpu = gpu
    self.gpus = gpus
    self.parameters = parameters
    self.years = years
    self.site = site
  }

  /// Nodes that the GPUs fill; the last one may not be full.
  public var nodes: Int { (gpus + parameters.gpusPerNode - 1) / parameters.gpusPerNode }

  /// Costs of owning, USD; running costs of the first year.
  ///
  /// 64 bytes of plain numbers: a draw makes no other memory.
  public struct Costs: Sendable {
    public var capital: Double
    public var residual: Double
    public var years: Int
    public var power: Double
    public var rent: Double
    public var maintenance: Double
    public var staff: Double
    public var software: Double
    public var insurance: Double

    public var running: Double { power + rent + maintenance + staff + software + insurance }
  }

  /// - Parameters:
  ///   - values: by the raw value of ``CostRole``.
  ///   - use: the share of the available GPU-hours in use.
  public func costs(_ values: [Double], use: Double) -> Costs {
    func value(_ role: CostRole) -> Double { values[role.rawValue] }
    let nodes = Double(nodes)
    let hardware = (value(.nodePrice) + value(.networkPerNode)) * nodes * (1 + value(.sparesShare))
    let system = hardware * (1 + value(.installShare))
    let building = site == .own ? value(.nodePower) * nodes * value(.buildCost) : 0
    let years = years ?? max(1, Int(value(.life).rounded()))
    let posts = Staff.posts(
      nodes: self.nodes,
      minimum: value(.minimumPosts),
      nodesPerPost: value(.nodesPerPost)
    )
    let energy = energy(values, use: use)
    return Costs(
      capital: system + building,
      residual: system * residualShare(values, years: years)
        + building * max(0, 1 - Double(years) / value(.buildingLife)),
      years: years,
      power: energy * value(.electricity),
      rent: site == .own ? 0 : value(.nodePower) * nodes * 12 * value(.rent),
      maintenance: hardware * value(.maintenance),
      staff: posts * value(.postCost),
      software: Double(gpus) * (value(.vendorSoftware) + value(.orchestrationSoftware)),
      insurance: hardware * value(.insurance)
    )
  }

  /// kWh a year from the grid.
  public func energy(_ values: [Double], use: Double) -> Double {
    Facility.energy(
      itKilowatts: power(values, use: use),
      load: 1,
      pue: values[CostRole.pue.rawValue]
    )
  }

  /// kgCO2e a year: of the grid, and of making the nodes, spread over the
  /// years of use.
  public func carbon(_ values: [Double], use: Double) -> (operational: Double, embodied: Double) {
    (
      Facility.operationalCarbon(
        energy: energy(values, use: use),
        gramsPerKilowattHour: values[CostRole.carbonIntensity.rawValue]
      ),
      Facility.embodiedCarbon(
        perNode: values[CostRole.embodiedCarbon.rawValue],
        nodes: nodes,
        years: costs(values, use: use).years
      )
    )
  }

  /// Mean kW of the IT equipment: hosts, and GPUs between idle and their
  /// sustained load; never above the nodes' limit.
  public func power(_ values: [Double], use: Double) -> Double {
    func value(_ role: CostRole) -> Double { values[role.rawValue] }
    let busy = use * value(.availability)
    let share = value(.idleShare) + (value(.loadShare) - value(.idleShare)) * busy
    let watts = Double(nodes) * value(.hostPower) + Double(gpus) * gpu.tdpWatts.value * share
    return min(watts / 1000, value(.nodePower) * Double(nodes))
  }

  /// What is left of the purchase: between the shares after 3 and 5 years on a
  /// straight line, after 5 years on the same line down to 0, before 3 years
  /// the share of 3 years.
  public func residualShare(_ values: [Double], years: Int) -> Double {
    let (three, five) = (values[CostRole.residual36.rawValue], values[CostRole.residual60.rawValue])
    guard years > 3 else { return three }
    return max(0, three + (five - three) * Double(years - 3) / 2)
  }

  /// The comparison with a cloud's price per GPU-hour, in exact amounts.
  public func comparison(_ values: [Double], use: Double, cloudPrice: Double) -> OwnershipCase {
    let costs = costs(values, use: use)
    var result = OwnershipCase(
      capital: Money(costs.capital),
      residual: Money(costs.residual),
      years: costs.years,
      costOfCapital: values[CostRole.costOfCapital.rawValue],
      gpus: gpus,
      utilisation: use,
      cloudPrice: cloudPrice,
      runningCosts: [
        .init("power", Money(costs.power)), .init("rent", Money(costs.rent)),
        .init("maintenance", Money(costs.maintenance)), .init("staff", Money(costs.staff)),
        .init("software", Money(costs.software)), .init("insurance", Money(costs.insurance)),
      ]
    )
    result.availability = values[CostRole.availability.rawValue]
    result.costGrowth = values[CostRole.costGrowth.rawValue]
    result.cloudPriceDecline = values[CostRole.cloudPriceDecline.rawValue]
    return result
  }
}
