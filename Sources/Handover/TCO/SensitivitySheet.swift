import Economics

/// The sheet of the tornado: the worth of the first option against the
/// cheapest other one, with each parameter alone at its low and high value.
///
/// Each cell is one formula of the whole model with that parameter replaced.
struct SensitivitySheet {
  private(set) var sheet = Sheet("Sensitivity", widths: [38, 14, 14, 18, 18, 18])

  /// Spreadsheets take no longer formula.
  private static let longestFormula = 8000

  init(_ comparison: TCOComparison, _ tornado: Tornado, _ names: AssumptionsSheet, _ fleet: FleetSheet) {
    guard let other = comparison.options.firstIndex(where: { $0.name == tornado.against }) else { return }
    let title = "\(comparison.options[0].name) against \(comparison.options[other].name)"
    func cell(_ replaced: (name: String, by: String)?, _ value: Double) -> Cell {
      let formula = [other, 0].map {
        PresentCostFormula(comparison, $0, names, fleet, replaced: replaced).text
      }.joined(separator: "-")
      let isLive = comparison.terms.isTaxed == false && formula.count < Self.longestFormula
      return isLive ? .formula(formula, value, .cents) : .number(value, .cents)
    }
    sheet.add(
      [title, "low", "high", "NPV at low, USD", "NPV at high, USD", "width, USD"].map { .text($0, .heading) }
    )
    sheet.add([.text("typical"), .empty, .empty, cell(nil, tornado.worth), .empty, .empty])
    for bar in tornado.bars {
      let row = sheet.rows.count + 1
      let places = ["B", "C", "D", "E"].map { "$\($0)$\(row)" }
      let name = String(bar.name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
      let range = names.range(name)
      sheet.add([
        .text(bar.name), range.map { .formula($0.low, bar.low, .figure) } ?? .number(bar.low, .figure),
        range.map { .formula($0.high, bar.high, .figure) } ?? .number(bar.high, .figure),
        cell((name, places[0]), bar.worthAtLow), cell((name, places[1]), bar.worthAtHigh),
        .formula("ABS(\(places[3])-\(places[2]))", bar.width, .cents),
      ])
    }
    if comparison.terms.isTaxed {
      sheet.add([.text("values as computed: with tax these cells are not live", .note)])
    }
  }
}

/// The present cost of an option, without tax, as one formula.
struct PresentCostFormula {
  private let comparison: TCOComparison
  private let place: Int
  private let names: AssumptionsSheet
  private let fleet: FleetSheet
  private let replaced: (name: String, by: String)?

  init(
    _ comparison: TCOComparison,
    _ place: Int,
    _ names: AssumptionsSheet,
    _ fleet: FleetSheet,
    replaced: (name: String, by: String)?
  ) {
    self.comparison = comparison
    self.place = place
    self.names = names
    self.fleet = fleet
    self.replaced = replaced
  }

  private func name(_ role: CostRole, _ model: Int = 0) -> String {
    let name = names.name(role, model)
    return name == replaced?.name ? replaced!.by : name
  }

  private var option: TCOOption { comparison.options[place] }
  private var years: Int { comparison.terms.years }
  private var rate: String { name(.costOfCapital) }

  /// What 1 a year is worth when it changes by a factor each year.
  private func annuity(_ factor: String) -> String {
    let closed = "(1-(\(factor)/(1+\(rate)))^\(years))/(1+\(rate)-\(factor))"
    return "IF(ABS(1+\(rate)-\(factor))<1E-9,\(years)/(1+\(rate)),\(closed))"
  }

  private var leadShare: String {
    comparison.terms.countsLeadTime ? "MIN(1,\(name(.leadTime))*7/365)" : "0"
  }

  var text: String {
    let parts = owned + rented + data
    return parts.isEmpty ? "0" : "(\(parts.joined(separator: "+")))"
  }

  private var owned: [String] {
    guard !option.fleets.isEmpty else { return [] }
    var (capital, residual, running): ([String], [String], [String]) = ([], [], [])
    var (power, firstPower): ([String], [String]) = ([], [])
    for (number, owned) in option.fleets.enumerated() {
      let formulas = FleetFormulas(owned, row: fleet.rows[place][number], years: years, isInlined: true) {
        name($0, owned.place)
      }
      capital.append(formulas[.purchase])
      residual.append(formulas[.residual])
      power.append(formulas[.power])
      firstPower.append(formulas[.firstPower])
      let lines = FleetSheet.running.filter { $0 != .power && ($0 != .staff || option.fleets.count == 1) }
      running += lines.map { formulas[$0] }
    }
    if option.fleets.count > 1 {
      let nodes = fleet.rows[place].map { fleet.cell($0, .nodes) }.joined(separator: "+")
      running.append(FleetFormulas.staff(nodes) { name($0) })
    }
    func sum(_ parts: [String]) -> String { "(" + parts.joined(separator: "+") + ")" }
    let year = sum(running + power)
    var text = "\(sum(capital))-\(sum(residual))/(1+\(rate))^\(years)"
    text += "+\(year)*(\(annuity("(1+\(name(.costGrowth)))")))"
    if comparison.terms.countsLeadTime { text += "-\(year)*\(leadShare)/(1+\(rate))" }
    if comparison.terms.rampWeeks > 0 {
      text += "+(\(sum(firstPower))-\(sum(power)))*(1-\(leadShare))/(1+\(rate))"
    }
    return [text]
  }

  private var rented: [String] {
    let market = "(1-\(name(.cloudPriceDecline)))"
    return option.rentals.indices.map { number in
      let rental = option.rentals[number]
      let price =
        rental.hasTypicalDiscount
        ? "\(AssumptionsSheet.onDemand(place, number))*(1-\(name(.oneYearDiscount)))"
        : AssumptionsSheet.price(place, number)
      let year = "\(price)*\(AssumptionsSheet.hours(place, number))"
      var text: String
      switch rental.kind {
      case .fixed: text = "\(year)*\(annuity(market))"
      case .metered: text = "\(year)*(\(annuity(market))+(first_year_demand-1)/(1+\(rate)))"
      case .untilDelivery: text = "\(year)*first_year_demand*\(leadShare)/(1+\(rate))"
      }
      if rental.isSpot {
        let lost = "\(name(.interruptions))*(\(name(.checkpointInterval))/2+\(name(.restartTime)))"
        text += "*(1+\(lost))"
      }
      return comparison.terms.countsSupport ? text + "*(1+\(name(.supportShare)))" : text
    }
  }

  private var data: [String] {
    var parts: [String] = []
    if comparison.terms.storageTerabytes > 0 {
      parts.append(
        option.fleets.isEmpty
          ? "storage_tb*12000*\(name(.objectStorage))*\(annuity("1"))" : "storage_tb*\(name(.storagePrice))"
      )
    }
    if comparison.egressPerMonth(option) > .zero {
      parts.append("\(AssumptionsSheet.egress(place))*12*\(annuity("1"))")
    }
    return parts
  }
}
