import Economics

/// The sheet of assumptions: every parameter, term and price, each in a named
/// cell that the other sheets read.
struct AssumptionsSheet {
  private(set) var sheet = Sheet("Assumptions", widths: [38, 16, 14, 14, 22, 12, 60])
  private(set) var names: [(name: String, reference: String)] = []
  /// Name of the parameter's cell, by model and role.
  private var parameters: [[String]] = []
  private var rows: [String: Int] = [:]
  private let comparison: TCOComparison

  init(_ comparison: TCOComparison) {
    self.comparison = comparison
    addParameters()
    addTerms()
    addRentals()
  }

  /// The name of a parameter.
  func name(_ role: CostRole, _ model: Int = 0) -> String { parameters[model][role.rawValue] }

  /// Cells of a parameter's low and high value.
  func range(_ name: String) -> (low: String, high: String)? {
    rows[name].map { (sheet.cell(row: $0, column: 2), sheet.cell(row: $0, column: 3)) }
  }

  static func price(_ option: Int, _ rental: Int) -> String { "price_\(option + 1)_\(rental + 1)" }
  static func hours(_ option: Int, _ rental: Int) -> String { "hours_\(option + 1)_\(rental + 1)" }
  static func onDemand(_ option: Int, _ rental: Int) -> String { "on_demand_\(option + 1)_\(rental + 1)" }
  static func egress(_ option: Int) -> String { "egress_month_\(option + 1)" }

  private mutating func addParameters() {
    sheet.add(
      ["parameter", "value", "low", "high", "unit", "confidence", "source"].map { .text($0, .heading) }
    )
    var owners: [String: CostParameter] = [:]
    for model in comparison.models {
      var cells: [String] = []
      for role in CostRole.allCases {
        let parameter = model.parameters[role]
        var name = Self.identifier(parameter.name)
        // The same name may stand for other values of another GPU.
        if let owner = owners[name], owner.typical != parameter.typical || owner.high != parameter.high {
          name += "_" + Self.identifier(model.gpu.id)
        }
        cells.append(name)
        guard owners[name] == nil else { continue }
        owners[name] = parameter
        let row = sheet.add([
          .text(parameter.name), .number(parameter.typical, .figure), .number(parameter.low, .figure),
          .number(parameter.high, .figure), .text(parameter.unit), .text(parameter.evidence.rawValue),
          .text(parameter.source),
        ])
        rows[name] = row
        define(name, row)
      }
      parameters.append(cells)
    }
  }

  private mutating func addTerms() {
    let terms = comparison.terms
    sheet.addEmptyRow()
    sheet.add([.text("terms", .heading)])
    sheet.add([
      .text("years that the run stands for"), .number(Double(terms.years), .count),
      .text("sets the number of columns: make a new workbook for another", .note),
    ])
    func add(_ label: String, _ name: String, _ cell: Cell, _ note: String, _ this: inout Self) {
      let row = this.sheet.add([.text(label), cell, .text(note, .note)])
      this.define(name, row)
    }
    add(
      "first year's demand, share of the run's",
      "first_year_demand",
      .number(terms.firstYearDemandShare, .figure),
      "1 without ramp-up",
      &self
    )
    let lead = comparison.leadShare
    let weeks = name(.leadTime)
    add(
      "first year before the delivery, share",
      "lead_share",
      terms.countsLeadTime ? .formula("MIN(1,\(weeks)*7/365)", lead, .figure) : .number(0, .figure),
      "0 when lead time is not counted",
      &self
    )
    add("storage, TB", "storage_tb", .number(terms.storageTerabytes, .figure), "", &self)
    for (place, option) in comparison.options.enumerated() where option.rentedShare > 0 {
      add(
        "egress, USD a month: \(option.name)",
        Self.egress(place),
        .number(comparison.egressPerMonth(option).units, .cents),
        "by the provider's steps",
        &self
      )
    }
  }

  private mutating func addRentals() {
    sheet.addEmptyRow()
    sheet.add(
      ["rented instances", "USD/h", "hours a year", "on demand", "cost line", "date", "source"].map {
        .text($0, .heading)
      }
    )
    for (place, option) in comparison.options.enumerated() {
      for (number, rental) in option.rentals.enumerated() {
        let row = sheet.rows.count + 1
        let onDemand = (rental.row.onDemand ?? .zero).units
        let price: Cell =
          rental.hasTypicalDiscount
          ? .formula(
            "\(Sheet.reference(row: row, column: 3))*(1-\(name(.oneYearDiscount)))",
            rental.price.units,
            .price
          ) : .number(rental.price.units, .price)
        sheet.add([
          .text("\(option.name): \(rental.row.offer)"), price, .number(rental.hoursPerYear, .figure),
          .number(onDemand, .price), .text(rental.line), .text(rental.row.date ?? "no date"),
          .text(rental.row.source),
        ])
        define(Self.price(place, number), row)
        define(Self.hours(place, number), row, column: 2)
        define(Self.onDemand(place, number), row, column: 3)
      }
    }
  }

  private mutating func define(_ name: String, _ row: Int, column: Int = 1) {
    names.append((name, sheet.cell(row: row, column: column)))
  }

  /// `facility.pue` as `facility_pue`.
  private static func identifier(_ name: String) -> String {
    String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }
}
