import Economics

/// A priced run as a workbook whose formulas are live.
public enum TCOWorkbook {
  /// - Parameters:
  ///   - tornado: nil: none, as with one option.
  ///   - chargeback: of the first option; nil: none was asked for.
  public static func make(
    _ comparison: TCOComparison,
    tornado: Tornado?,
    chargeback: Chargeback?,
    about: [String]
  ) -> Workbook {
    var book = Workbook()
    let names = AssumptionsSheet(comparison)
    let fleet = FleetSheet(comparison, names)
    let cash = CashFlowSheet(comparison, names, fleet)
    let overview = ComparisonSheet(comparison, cash, rate: names.name(.costOfCapital))
    var first = Sheet("About", widths: [100])
    for line in about { first.add([.text(line)]) }
    book.sheets = [first, overview.sheet, names.sheet, fleet.sheet, cash.sheet]
    if let tornado { book.sheets.append(SensitivitySheet(comparison, tornado, names, fleet).sheet) }
    if let chargeback, let option = comparison.options.first {
      book.sheets.append(
        ChargebackSheet(
          chargeback,
          option: option.name,
          annualCost: overview.sheet.cell(row: 2, column: 5),
          repeatsPerYear: comparison.demand.repeatsPerYear
        ).sheet
      )
    }
    book.names = names.names
    return book
  }
}
