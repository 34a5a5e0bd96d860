/// What a comparison counts beside the demand, the prices and the parameters.
///
/// Everything optional is off: a figure counts only what somebody asked for.
public struct TCOTerms: Hashable, Sendable {
  /// How a purchase is written off for tax.
  public enum WriteOff: String, Hashable, Sendable, CaseIterable {
    case straightLine = "straight-line"
    case doubleDeclining = "double-declining"
  }

  /// Whole years that the run stands for.
  public var years: Int
  /// Where owned nodes stand.
  public var site = FleetModel.Site.colocation
  /// Costs and depreciation lower a tax on profits, at `finance.tax_rate`.
  public var isTaxed = false
  public var writeOff = WriteOff.straightLine
  /// Owned GPUs come after `lifecycle.lead_time`; until then the demand is
  /// rented on demand, or not served where no provider is named.
  public var countsLeadTime = false
  /// Weeks in which the demand rises evenly from nothing to that of the run.
  public var rampWeeks = 0.0
  /// Data kept beside the GPUs, TB.
  public var storageTerabytes = 0.0
  /// Data sent from the GPUs to the internet, TB a month.
  public var egressTerabytesPerMonth = 0.0
  /// The clouds' paid support, `cloud.support_fraction` of the rent.
  public var countsSupport = false

  public init(years: Int) { self.years = years }

  static let weeksPerYear = 365.0 / 7

  /// The part of the run's demand that the first year has.
  public var firstYearDemandShare: Double {
    let weeks = min(rampWeeks, Self.weeksPerYear)
    // Rising evenly: the mean over the ramp is half of the level at its end.
    let level = rampWeeks > Self.weeksPerYear ? Self.weeksPerYear / rampWeeks : 1
    return 1 - weeks / Self.weeksPerYear * (1 - level / 2)
  }

  /// The parameters that these terms do not read.
  public var unusedRoles: Set<CostRole> {
    var roles: Set<CostRole> = [.life, .carbonIntensity, .embodiedCarbon]
    roles.formUnion(site == .own ? [.rent] : [.buildCost, .buildingLife])
    if !isTaxed { roles.insert(.taxRate) }
    if !countsLeadTime { roles.insert(.leadTime) }
    if storageTerabytes == 0 { roles.formUnion([.storagePrice, .objectStorage]) }
    if !countsSupport { roles.insert(.supportShare) }
    return roles
  }

  /// What the comparison leaves out.
  public var notCounted: [String] {
    var list: [String] = []
    if !isTaxed { list.append("tax (--tax)") }
    if !countsLeadTime { list.append("lead time of the purchase (--lead-time)") }
    if rampWeeks == 0 { list.append("ramp-up (--ramp)") }
    if storageTerabytes == 0 { list.append("storage (--storage)") }
    if egressTerabytesPerMonth == 0 { list.append("egress (--egress)") }
    if !countsSupport { list.append("support of the cloud (--support)") }
    return list
  }
}
