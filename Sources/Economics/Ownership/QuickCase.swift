/// An ``OwnershipCase`` from a table of two columns, `quantity,value`.
///
/// The rows are the inputs of ``QuickInput`` and any number of running costs
/// `opex.NAME_usd_year`, at least one.
public struct QuickCase: Sendable {
  public var ownership: OwnershipCase
  public var power: Power

  /// What energy and carbon follow from; each may be missing.
  public struct Power: Hashable, Sendable {
    public var itKilowatts: Double?
    /// Mean IT power as a share of ``itKilowatts``.
    public var load: Double?
    public var pue: Double?
    /// USD per kWh.
    public var energyPrice: Double?
    /// gCO2e per kWh.
    public var carbonIntensity: Double?
    /// The intensity as the file writes it: part of a quantity's name.
    public var carbonIntensityText = ""

    public init() {}

    /// kWh a year, when all that it needs is there.
    public var energy: Double? {
      guard let itKilowatts, let load, let pue else { return nil }
      return Facility.energy(itKilowatts: itKilowatts, load: load, pue: pue)
    }
  }
}

/// The inputs of a ``QuickCase``, by their name in the table.
public enum QuickInput: String, CaseIterable, Sendable {
  case capital = "input.capex_usd"
  case residual = "input.residual_usd"
  case years = "input.life_years"
  case costOfCapital = "input.wacc"
  case gpus = "input.gpus"
  case utilisation = "input.utilisation"
  case cloudPrice = "input.cloud_price_usd_gpu_h"
  case availability = "input.availability"
  case itKilowatts = "input.it_kw"
  case load = "input.load"
  case pue = "input.pue"
  case energyPrice = "input.energy_price_usd_kwh"
  case carbonIntensity = "input.carbon_g_kwh"

  /// Without these there is nothing to compute.
  static let required: [QuickInput] = [
    .capital, .residual, .years, .costOfCapital, .gpus, .utilisation, .cloudPrice,
  ]

  /// The values that make sense.
  struct Domain {
    var holds: (Double) -> Bool
    var text: String
  }

  /// Lives longer than this are a slip of the pen.
  static let longestLife = 100

  var domain: Domain {
    switch self {
    case .capital: Domain(holds: { $0 > 0 && $0 <= 1e15 }, text: "an amount above 0")
    case .residual: Domain(holds: { $0 >= 0 && $0 <= 1e15 }, text: "0 or more, at most the capital")
    case .years:
      Domain(
        holds: { $0 >= 1 && $0 <= Double(Self.longestLife) && $0 == $0.rounded() },
        text: "whole years, 1 to \(Self.longestLife)"
      )
    case .costOfCapital:
      Domain(holds: { $0 > -1 && $0 <= 10 }, text: "a rate a year above -1 (-100 %), such as 0.1, at most 10")
    case .gpus:
      Domain(holds: { $0 >= 1 && $0 <= 1e9 && $0 == $0.rounded() }, text: "a whole number, 1 or more")
    case .utilisation: Domain(holds: { (0...1).contains($0) }, text: "a share, 0 to 1")
    case .availability, .load: Domain(holds: { $0 > 0 && $0 <= 1 }, text: "a share above 0, up to 1")
    case .pue: Domain(holds: { $0 >= 1 && $0 <= 10 }, text: "a ratio of 1 or more, at most 10")
    case .cloudPrice, .itKilowatts, .energyPrice, .carbonIntensity:
      Domain(holds: { $0 >= 0 && $0 <= 1e9 }, text: "0 or more")
    }
  }
}
