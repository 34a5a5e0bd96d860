/// What a ``QuickCase`` determines, each under its name in the table.
public struct QuickQuantities: Sendable {
  /// A named figure; nil where it does not exist, with the reason.
  public struct Quantity: Hashable, Sendable {
    public var name: String
    public var value: Double?
    /// Why there is no value; empty when there is one.
    public var reason = ""
  }

  /// Inputs first, then everything else, in the order of the table.
  public let all: [Quantity]

  public subscript(name: String) -> Quantity? { all.first { $0.name == name } }

  public init(_ quick: QuickCase) {
    var list: [Quantity] = []
    func add(_ name: String, _ value: Double?, _ reason: String = "") {
      list.append(Quantity(name: name, value: value, reason: value == nil ? reason : ""))
    }
    Self.addInputs(quick, add)
    let input = quick.ownership
    let result = OwnershipResult(input)
    add("opex.total_usd_year", input.runningCost.units)
    add("avoided_cloud_usd_year", result.rent.units)
    let loss = (input.capital - input.residual).units
    add("depreciation.straight_line_usd_year", loss / Double(input.years))
    add("capital_recovery_factor", result.recoveryFactor)
    add("capital_recovery_usd_year", result.capitalRecovery)
    add("equivalent_annual_cost_usd", result.equivalentAnnualCost)
    add("cost_per_available_gpu_hour", result.costPerAvailableGPUHour)
    add("cost_per_utilised_gpu_hour", result.costPerUsedGPUHour, "nothing is used")
    add("npv_usd", result.netPresentValue)
    add("irr", result.internalRate.rate, Self.reason(result.internalRate))
    let never = "not within the life of \(input.years) years"
    add("payback_years_simple", result.simplePayback.years, never)
    add("payback_years_discounted", result.discountedPayback.years, never)
    add("roi_undiscounted", result.returnOnInvestment)
    add("break_even_utilisation", result.breakEvenUtilisation, "the cloud price is 0")
    add("break_even_cloud_price_usd_gpu_h", result.breakEvenCloudPrice, "nothing is used")
    if let energy = quick.power.energy {
      add("energy_kwh_year", energy)
      if let grams = quick.power.carbonIntensity {
        add(
          "carbon_kg_year_at_\(quick.power.carbonIntensityText)g",
          Facility.operationalCarbon(energy: energy, gramsPerKilowattHour: grams)
        )
      }
    }
    let parts = Depreciation.doubleDeclining(
      capital: input.capital,
      residual: input.residual,
      years: input.years
    )
    for (year, part) in parts.enumerated() {
      add("depreciation.double_declining_year\(year + 1)", part.units)
    }
    all = list
  }

  /// Why there is no internal rate of return.
  public static func reason(_ rate: InternalRate) -> String {
    switch rate {
    case .unique: ""
    case .none: "does not exist: the flows are never worth 0"
    case .several(let rates):
      "not unique: \(rates.map { "\($0)" }.joined(separator: ", "))"
    }
  }

  private static func addInputs(_ quick: QuickCase, _ add: (String, Double?, String) -> Void) {
    let input = quick.ownership
    func give(_ name: QuickInput, _ value: Double?) {
      if let value { add(name.rawValue, value, "") }
    }
    give(.capital, input.capital.units)
    give(.residual, input.residual.units)
    give(.years, Double(input.years))
    give(.costOfCapital, input.costOfCapital)
    give(.gpus, Double(input.gpus))
    give(.utilisation, input.utilisation)
    give(.cloudPrice, input.cloudPrice)
    if input.availability != 1 { give(.availability, input.availability) }
    give(.itKilowatts, quick.power.itKilowatts)
    give(.load, quick.power.load)
    give(.pue, quick.power.pue)
    give(.energyPrice, quick.power.energyPrice)
    give(.carbonIntensity, quick.power.carbonIntensity)
    for cost in input.runningCosts { add("opex.\(cost.name)_usd_year", cost.perYear.units, "") }
  }

  /// `rent` of `opex.rent_usd_year`; nil for other names and for the total,
  /// which is computed.
  static func runningCostName(_ name: String) -> String? {
    guard name.hasPrefix("opex."), name.hasSuffix("_usd_year") else { return nil }
    let middle = name.dropFirst("opex.".count).dropLast("_usd_year".count)
    let isName =
      !middle.isEmpty && middle.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") }
    return isName && middle != "total" ? String(middle) : nil
  }

  /// Whether a name is one of the results.
  static func isComputed(_ name: String) -> Bool {
    computed.contains(name) || name.hasPrefix("carbon_kg_year") || name.hasPrefix("depreciation.")
  }

  private static let computed: Set = [
    "opex.total_usd_year", "avoided_cloud_usd_year", "capital_recovery_factor", "capital_recovery_usd_year",
    "equivalent_annual_cost_usd", "cost_per_available_gpu_hour", "cost_per_utilised_gpu_hour", "npv_usd",
    "irr",
    "payback_years_simple", "payback_years_discounted", "roi_undiscounted", "break_even_utilisation",
    "break_even_cloud_price_usd_gpu_h", "energy_kwh_year",
  ]
}
