/// What an option pays, by line and year.
public struct CostSchedule: Hashable, Sendable {
  /// Costs of years 0 (the start), 1, …; income is negative.
  public struct Line: Hashable, Sendable {
    public var name: String
    public var amounts: [Money]
  }

  public private(set) var lines: [Line] = []
  public let years: Int

  init(years: Int) { self.years = years }

  /// Adds to a line, which is made where there is none.
  mutating func add(_ name: String, _ amount: Money, inYear year: Int) {
    let place =
      lines.firstIndex { $0.name == name }
      ?? {
        lines.append(Line(name: name, amounts: Array(repeating: .zero, count: years + 1)))
        return lines.count - 1
      }()
    lines[place].amounts[year] += amount
  }

  /// The sum of all lines of a year, exactly.
  public func total(ofYear year: Int) -> Money { lines.map { $0.amounts[year] }.total() }

  /// The same sums as flows: costs are negative.
  public var flows: CashFlows { CashFlows((0...years).map { -total(ofYear: $0) }) }

  /// What is bought, sold or saved in tax; all other lines are what running and
  /// renting cost.
  public static let exceptional: Set<String> = [purchase, storagePurchase, residual, tax]
  public static let purchase = "purchase"
  public static let storagePurchase = "storage, bought"
  public static let residual = "residual"
  public static let tax = "tax"
  public static let storage = "storage"
  public static let egress = "egress"
  public static let support = "support"
  public static let lostWork = "work lost on spot"
}

/// The values by which the costs of an option are computed: typical ones, or a
/// draw of uncertain ones.
struct CostWorld {
  let terms: TCOTerms
  /// By model of the fleet, then by ``CostRole``.
  var values: [[Double]]

  func value(_ role: CostRole) -> Double { values.first?[role.rawValue] ?? 0 }

  var rate: Double { value(.costOfCapital) }

  /// The part of the first year that passes before the delivery.
  var leadShare: Double {
    terms.countsLeadTime ? min(1, value(.leadTime) / TCOTerms.weeksPerYear) : 0
  }
}
