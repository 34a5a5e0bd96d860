/// Owning GPUs against renting the same GPU-hours: everything that the
/// comparison depends on.
///
/// GPUs are bought at the start, running costs and the rent that is avoided
/// fall on year ends, what is left is sold at the end of the last year. There
/// is no tax.
///
/// ## Topics
/// - ``OwnershipResult``: what follows.
/// - ``QuickCase``: a case from a file.
public struct OwnershipCase: Hashable, Sendable {
  /// One kind of running cost in its first year.
  public struct RunningCost: Hashable, Sendable {
    public var name: String
    public var perYear: Money

    public init(_ name: String, _ perYear: Money) {
      self.name = name
      self.perYear = perYear
    }
  }

  /// Paid at the start.
  public var capital: Money
  /// What it is worth at the end of the last year.
  public var residual: Money
  /// Whole years, 1 or more.
  public var years: Int
  /// Weighted average cost of capital, a year; above -1.
  public var costOfCapital: Double
  public var gpus: Int
  /// The share of all hours in which a GPU can be used, above 0, up to 1.
  public var availability: Double = 1
  /// The share of the available GPU-hours that is used, 0 to 1. The same
  /// GPU-hours are what renting would have to pay for.
  public var utilisation: Double
  /// USD per GPU-hour in the first year.
  public var cloudPrice: Double
  public var runningCosts: [RunningCost]
  /// Growth of the running costs a year.
  public var costGrowth: Double = 0
  /// Fall of the cloud's price a year.
  public var cloudPriceDecline: Double = 0

  /// Hours in a year of 365 days.
  public static let hoursPerYear = 8760.0

  public init(
    capital: Money,
    residual: Money,
    years: Int,
    costOfCapital: Double,
    gpus: Int,
    utilisation: Double,
    cloudPrice: Double,
    runningCosts: [RunningCost]
  ) {
    self.capital = capital
    self.residual = residual
    self.years = years
    self.costOfCapital = costOfCapital
    self.gpus = gpus
    self.utilisation = utilisation
    self.cloudPrice = cloudPrice
    self.runningCosts = runningCosts
  }

  /// GPU-hours in a year, whether available or not.
  public var gpuHours: Double { Double(gpus) * Self.hoursPerYear }

  /// GPU-hours in a year that can be used.
  public var availableGPUHours: Double { gpuHours * availability }

  /// GPU-hours in a year that are used.
  public var usedGPUHours: Double { availableGPUHours * utilisation }

  /// The running costs of the first year together, exactly.
  public var runningCost: Money { runningCosts.map(\.perYear).total() }
}
