import Economics

/// The sheet of payments by year and line, a block an option; costs are
/// positive, years are columns.
struct CashFlowSheet {
  private(set) var sheet: Sheet
  /// Row of each option's total.
  private(set) var totals: [Int] = []
  private let comparison: TCOComparison
  private let names: AssumptionsSheet
  private let fleet: FleetSheet

  init(_ comparison: TCOComparison, _ names: AssumptionsSheet, _ fleet: FleetSheet) {
    self.comparison = comparison
    self.names = names
    self.fleet = fleet
    let years = comparison.terms.years
    sheet = Sheet("Cash flow", widths: [34] + Array(repeating: 16, count: years + 1))
    for place in comparison.options.indices { addBlock(place) }
  }

  /// The column of a year.
  static func column(ofYear year: Int) -> Int { year + 1 }

  /// A cell of an option's total.
  func total(_ place: Int, year: Int) -> String {
    sheet.cell(row: totals[place], column: Self.column(ofYear: year))
  }

  private mutating func addBlock(_ place: Int) {
    let option = comparison.options[place]
    let years = comparison.terms.years
    sheet.add([.text(option.name, .heading)] + (0...years).map { .text("year \($0)", .heading) })
    var rows: [String: Int] = [:]
    let first = sheet.rows.count + 1
    let lines = option.schedule.lines
    for (offset, line) in lines.enumerated() { rows[line.name] = first + offset }
    let formulas = LineFormulas(comparison, place, names, fleet, rows)
    let taxRow = first + lines.count + 1
    for line in lines {
      sheet.add(
        [.text(line.name)]
          + line.amounts.enumerated().map { year, amount in
            let formula = formulas.formula(line.name, year, bookRow: taxRow)
            return formula.map { .formula($0, amount.units, .cents) } ?? .number(0, .cents)
          }
      )
    }
    let last = first + lines.count - 1
    totals.append(
      sheet.add(
        [.text("total", .heading)]
          + (0...years).map { year in
            let column = Sheet.letters(Self.column(ofYear: year))
            let value = option.schedule.total(ofYear: year).units
            return lines.isEmpty
              ? .number(0, .cents) : .formula("SUM(\(column)\(first):\(column)\(last))", value, .cents)
          }
      )
    )
    if comparison.terms.isTaxed { addWriteOff(option, formulas) }
    sheet.addEmptyRow()
  }

  /// Book values and what is written off, below the total.
  private mutating func addWriteOff(_ option: TCOOption, _ formulas: LineFormulas) {
    let years = comparison.terms.years
    let writeOff = option.schedule.writeOff(comparison.terms)
    var book = option.capital
    var books: [Double] = [book.units]
    for part in writeOff {
      book = book - part
      books.append(book.units)
    }
    let row = sheet.rows.count + 1
    sheet.add(
      [.text("book value", .note)]
        + (0...years).map { year in
          let formula =
            year == 0
            ? formulas.capital : "\(Self.at(row, year - 1))-\(Self.at(row + 1, year))"
          return .formula(formula, books[year], .cents)
        }
    )
    sheet.add(
      [.text("written off", .note), .empty]
        + (1...years).map { year in
          .formula(formulas.writeOff(year, bookRow: row), writeOff[year - 1].units, .cents)
        }
    )
  }

  static func at(_ row: Int, _ year: Int) -> String { Sheet.letters(column(ofYear: year)) + "\(row)" }
}

/// The formulas of one option's lines.
struct LineFormulas {
  private let comparison: TCOComparison
  private let place: Int
  private let names: AssumptionsSheet
  private let fleet: FleetSheet
  /// Row of each line on the sheet.
  private let rows: [String: Int]

  init(
    _ comparison: TCOComparison,
    _ place: Int,
    _ names: AssumptionsSheet,
    _ fleet: FleetSheet,
    _ rows: [String: Int]
  ) {
    self.comparison = comparison
    self.place = place
    self.names = names
    self.fleet = fleet
    self.rows = rows
  }

  private var option: TCOOption { comparison.options[place] }
  private var years: Int { comparison.terms.years }

  /// nil: nothing is paid.
  func formula(_ line: String, _ year: Int, bookRow: Int) -> String? {
    switch line {
    case CostSchedule.purchase: return year == 0 ? sum(.purchase) : nil
    case CostSchedule.storagePurchase: return year == 0 ? "storage_tb*\(names.name(.storagePrice))" : nil
    case CostSchedule.residual: return year == years ? "-(\(sum(.residual)))" : nil
    default: break
    }
    guard year > 0 else { return nil }
    if let column = FleetSheet.running.first(where: { $0.title == line }) { return running(column, year) }
    switch line {
    case CostSchedule.storage: return "storage_tb*1000*12*\(names.name(.objectStorage))"
    case CostSchedule.egress: return "\(AssumptionsSheet.egress(place))*12"
    case CostSchedule.support:
      let rent = rentedLines.compactMap { rows[$0] }.map { CashFlowSheet.at($0, year) }
      return "(\(rent.joined(separator: "+")))*\(names.name(.supportShare))"
    case CostSchedule.lostWork:
      let spot = Set(option.rentals.filter(\.isSpot).map(\.line)).sorted().compactMap { rows[$0] }
      return "(\(spot.map { CashFlowSheet.at($0, year) }.joined(separator: "+")))*\(lostShare)"
    case CostSchedule.tax:
      let costs = option.schedule.lines.map(\.name).filter { !CostSchedule.exceptional.contains($0) }
        .compactMap { rows[$0] }.map { CashFlowSheet.at($0, year) }
      let all = (costs + [CashFlowSheet.at(bookRow + 1, year)]).joined(separator: "+")
      return "-(\(all))*\(names.name(.taxRate))"
    default: return rented(line, year)
    }
  }

  var capital: String {
    [CostSchedule.purchase, CostSchedule.storagePurchase].compactMap { rows[$0] }
      .map { CashFlowSheet.at($0, 0) }.joined(separator: "+").ifEmpty("0")
  }

  func writeOff(_ year: Int, bookRow: Int) -> String {
    let residual = rows[CostSchedule.residual].map { "(-\(CashFlowSheet.at($0, years)))" } ?? "0"
    let start = CashFlowSheet.at(bookRow, 0)
    switch comparison.terms.writeOff {
    case .straightLine: return "(\(start)-\(residual))/\(years)"
    case .doubleDeclining:
      let book = CashFlowSheet.at(bookRow, year - 1)
      let rest = "(\(book)-\(residual))"
      return "MIN(MAX(\(book)*2/\(years),\(rest)/\(years - year + 1)),\(rest))"
    }
  }

  private var lostShare: String {
    "\(names.name(.interruptions))*(\(names.name(.checkpointInterval))/2+\(names.name(.restartTime)))"
  }

  private var rentedLines: [String] {
    option.schedule.lines.map(\.name).filter { name in option.rentals.contains { $0.line == name } }
  }

  private func sum(_ column: FleetSheet.Column) -> String {
    fleet.rows[place].map { fleet.cell($0, column) }.joined(separator: "+").ifEmpty("0")
  }

  private func running(_ column: FleetSheet.Column, _ year: Int) -> String {
    var first = sum(column == .power && year == 1 ? .firstPower : column)
    if column == .staff, fleet.rows[place].count > 1 {
      first = FleetFormulas.staff(sum(.nodes)) { names.name($0) }
    }
    let lead = year == 1 ? "*(1-lead_share)" : ""
    return "(\(first))*(1+\(names.name(.costGrowth)))^\(year - 1)\(lead)"
  }

  private func rented(_ line: String, _ year: Int) -> String? {
    let parts = option.rentals.indices.filter { option.rentals[$0].line == line }
    let first = parts.map {
      "\(AssumptionsSheet.price(place, $0))*\(AssumptionsSheet.hours(place, $0))"
    }
    guard let kind = parts.first.map({ option.rentals[$0].kind }) else { return nil }
    let base = "(\(first.joined(separator: "+")))*(1-\(names.name(.cloudPriceDecline)))^\(year - 1)"
    switch kind {
    case .metered: return year == 1 ? base + "*first_year_demand" : base
    case .fixed: return base
    case .untilDelivery: return year == 1 ? base + "*first_year_demand*lead_share" : nil
    }
  }
}

extension String {
  func ifEmpty(_ other: String) -> String { isEmpty ? other : self }
}
