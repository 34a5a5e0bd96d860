import Economics

/// The sheet that compares the options, and the first that owns something with
/// every other one.
struct ComparisonSheet {
  private(set) var sheet = Sheet("Comparison", widths: [34, 22] + Array(repeating: 16, count: 10))
  private let comparison: TCOComparison
  private let cash: CashFlowSheet
  private let rate: String

  init(_ comparison: TCOComparison, _ cash: CashFlowSheet, rate: String) {
    self.comparison = comparison
    self.cash = cash
    self.rate = rate
    addOptions()
    addWorths()
  }

  private var years: Int { comparison.terms.years }

  private mutating func addOptions() {
    sheet.add(
      [
        "option", "jobs start", "purchase, USD", "first year, USD", "present cost, USD", "USD a year",
        "served GPU-h a year", "USD per served GPU-h", "unserved GPU-h a year", "waiting GPU-h a year",
      ].map { .text($0, .heading) }
    )
    for (place, option) in comparison.options.enumerated() {
      let row = sheet.rows.count + 1
      let present = Sheet.reference(row: row, column: 4)
      let year = Sheet.reference(row: row, column: 5)
      let served = Sheet.reference(row: row, column: 6)
      let net = "NPV(\(rate),\(cash.total(place, year: 1)):\(lastTotal(place)))"
      let level = "IF(\(rate)=0,\(present)/\(years),\(present)*\(rate)/(1-(1+\(rate))^-\(years)))"
      let perHour = option.costPerServedGPUHour(rate: comparison.rate)
      sheet.add([
        .text(option.name), .text(option.service.rawValue),
        .formula(cash.total(place, year: 0), option.capital.units, .cents),
        .formula(cash.total(place, year: 1), option.schedule.total(ofYear: 1).units, .cents),
        .formula("\(cash.total(place, year: 0))+\(net)", option.presentCost(rate: comparison.rate), .cents),
        .formula(level, option.annualCost(rate: comparison.rate), .cents),
        .number(option.servedPerYear, .count),
        perHour.map { .formula("\(year)/\(served)", $0, .price) } ?? .text("-"),
        .number(option.unservedPerYear, .count), .number(option.waitingPerYear, .count),
      ])
    }
    if Set(comparison.options.map(\.service)).count > 1 {
      sheet.add([.text("the options do not serve the jobs equally", .note)])
    }
  }

  private mutating func addWorths() {
    guard let (option, worths) = comparison.owningWorths,
      let owned = comparison.options.firstIndex(where: { $0.name == option.name })
    else { return }
    for worth in worths {
      guard let other = comparison.options.firstIndex(where: { $0.name == worth.other }) else { continue }
      sheet.addEmptyRow()
      sheet.add(
        [.text("\(option.name) against \(worth.other)", .heading), .empty]
          + (0...years).map { .text("year \($0)", .heading) }
      )
      let flows = worth.flows.flows.map(\.units)
      let row = sheet.add(
        [.text("saved by \(option.name)"), .empty]
          + (0...years).map { year in
            .formula("\(cash.total(other, year: year))-\(cash.total(owned, year: year))", flows[year], .cents)
          }
      )
      var (sum, discounted, discount) = (0.0, 0.0, 1.0)
      var sums: [Cell] = []
      var discountedSums: [Cell] = []
      for year in 0...years {
        sum += flows[year]
        discounted += flows[year] * discount
        discount /= 1 + worth.rate
        let flow = at(row, year)
        let before = year == 0 ? "" : at(row + 1, year - 1) + "+"
        let beforeDiscounted = year == 0 ? "" : at(row + 2, year - 1) + "+"
        sums.append(.formula("\(before)\(flow)", sum, .cents))
        discountedSums.append(.formula("\(beforeDiscounted)\(flow)/(1+\(rate))^\(year)", discounted, .cents))
      }
      sheet.add([.text("so far"), .empty] + sums)
      sheet.add([.text("so far, discounted"), .empty] + discountedSums)
      let range = "\(at(row, 0)):\(at(row, years))"
      sheet.add([
        .text("net present value"), .formula(at(row + 2, years), worth.netPresentValue, .cents),
      ])
      sheet.add([.text("internal rate of return"), internalRate(worth, range)])
      sheet.add([.text("payback, years"), payback(worth, row + 1, isDiscounted: false)])
      sheet.add([.text("payback, discounted, years"), payback(worth, row + 2, isDiscounted: true)])
    }
  }

  private func internalRate(_ worth: OwningWorth, _ range: String) -> Cell {
    switch worth.internalRate {
    // The search begins where the rate is now; without a start it may end below -100 %.
    case .unique(let found):
      .formula("IFERROR(IRR(\(range),\(found)),\"does not exist\")", found, .percent)
    case .none: .textFormula("IFERROR(IRR(\(range)),\"does not exist\")", "does not exist")
    // A spreadsheet would tell any one of them.
    case .several(let rates): .text("not unique: \(rates.map { "\($0)" }.joined(separator: ", "))")
    }
  }

  /// The first year whose sum is 0 or more, in proportion inside the year.
  private func payback(_ worth: OwningWorth, _ row: Int, isDiscounted: Bool) -> Cell {
    var formula = "\"never\""
    for year in stride(from: years, through: 1, by: -1) {
      let (before, now) = (at(row, year - 1), at(row, year))
      formula = "IF(\(now)>=0,\(year - 1)+\(before)/(\(before)-\(now)),\(formula))"
    }
    formula = "IF(\(at(row, 0))>=0,0,\(formula))"
    guard let found = worth.payback(isDiscounted: isDiscounted).years else {
      return .textFormula(formula, "never")
    }
    return .formula(formula, found, .figure)
  }

  private func lastTotal(_ place: Int) -> String {
    Sheet.reference(row: cash.totals[place], column: CashFlowSheet.column(ofYear: years))
  }

  private func at(_ row: Int, _ year: Int) -> String { Sheet.letters(year + 2) + "\(row)" }
}
