import Workload

extension QuickCase {
  /// Reads the table. Errors name file, line and column.
  public init(path: String) throws(TraceError) {
    var reader = try CSVReader(path: path, expecting: ["quantity", "value"])
    try reader.acceptOnly(["quantity", "value"])
    let quantity = try reader.column("quantity")
    let value = try reader.column("value")
    var table = QuickTable()
    while try reader.next() { try table.add(reader, quantity, value) }
    try self.init(table, path: path)
  }

  private init(_ table: QuickTable, path: String) throws(TraceError) {
    let missing = QuickInput.required.filter { table.inputs[$0] == nil }.map(\.rawValue)
    guard missing.isEmpty else {
      throw TraceError(
        file: path,
        problem: .contradiction(
          "the file has no row \(missing.map { "`\($0)`" }.joined(separator: ", "))",
          hint: "add \(missing.count == 1 ? "it" : "them"); nothing is taken as 0"
        )
      )
    }
    power = table.power
    var costs = table.runningCosts
    // The power bill follows from the power when it is not given.
    if !costs.contains(where: { $0.name == "power" }), let energy = power.energy,
      let price = power.energyPrice
    {
      costs.insert(
        .init("power", Facility.powerCost(energy: energy, pricePerKilowattHour: price)),
        at: 0
      )
    }
    guard !costs.isEmpty else {
      throw TraceError(
        file: path,
        problem: .contradiction(
          "the file has no running cost `opex.NAME_usd_year`",
          hint: "add them; for none, write `opex.other_usd_year,0`"
        )
      )
    }
    let inputs = table.inputs
    ownership = OwnershipCase(
      capital: table.capital,
      residual: table.residual,
      years: Int(inputs[.years]!),
      costOfCapital: inputs[.costOfCapital]!,
      gpus: Int(inputs[.gpus]!),
      utilisation: inputs[.utilisation]!,
      cloudPrice: inputs[.cloudPrice]!,
      runningCosts: costs
    )
    ownership.availability = inputs[.availability] ?? 1
    if table.residual > table.capital, let place = table.residualPlace {
      throw TraceError(
        file: path,
        line: place.line,
        column: place.column,
        problem: .contradiction(
          "`\(QuickInput.residual.rawValue)` is more than `\(QuickInput.capital.rawValue)`",
          hint: "accepted: \(QuickInput.residual.domain.text)"
        )
      )
    }
  }
}

/// The rows read so far.
private struct QuickTable {
  var inputs: [QuickInput: Double] = [:]
  var capital = Money.zero
  var residual = Money.zero
  var residualPlace: (line: Int, column: Int)?
  var runningCosts: [OwnershipCase.RunningCost] = []
  var power = QuickCase.Power()
  private var lines: [String: Int] = [:]

  mutating func add(_ reader: CSVReader, _ quantity: Int, _ value: Int) throws(TraceError) {
    let name = try reader.nonEmptyText(quantity)
    if let first = lines.updateValue(reader.line, forKey: name) {
      throw reader.error(at: quantity, .duplicateName(name, firstLine: first))
    }
    let text = try reader.nonEmptyText(value)
    if let cost = QuickQuantities.runningCostName(name) {
      let number = try reader.decimal(value, accepted: "USD a year, such as 18760.0")
      guard (0...1e15).contains(number), let amount = DecimalText.money(text) else {
        throw reader.error(
          at: value,
          .outOfRange(column: name, found: text, accepted: "USD a year, 0 or more")
        )
      }
      runningCosts.append(.init(cost, amount))
      return
    }
    guard let input = QuickInput(rawValue: name) else { throw unknown(name, reader, quantity) }
    let number = try reader.decimal(value, accepted: input.domain.text)
    guard input.domain.holds(number) else {
      throw reader.error(at: value, .outOfRange(column: name, found: text, accepted: input.domain.text))
    }
    inputs[input] = number
    switch input {
    case .capital: capital = DecimalText.money(text) ?? .zero
    case .residual:
      residual = DecimalText.money(text) ?? .zero
      let place = reader.error(at: value, .notUTF8)
      residualPlace = (place.line, place.column)
    case .itKilowatts: power.itKilowatts = number
    case .load: power.load = number
    case .pue: power.pue = number
    case .energyPrice: power.energyPrice = number
    case .carbonIntensity: (power.carbonIntensity, power.carbonIntensityText) = (number, text)
    default: break
    }
  }

  private func unknown(_ name: String, _ reader: CSVReader, _ column: Int) -> TraceError {
    if QuickQuantities.isComputed(name) {
      return reader.error(
        at: column,
        .contradiction("`\(name)` is computed, not given", hint: "remove the row")
      )
    }
    let known = QuickInput.allCases.map(\.rawValue) + ["opex.NAME_usd_year"]
    return reader.error(at: column, .unknownValue(column: "quantity", found: name, known: known))
  }
}

extension CSVReader {
  /// A finite decimal number of the current row.
  func decimal(_ field: Int, accepted: String) throws(TraceError) -> Double {
    let text = try nonEmptyText(field)
    guard let number = DecimalText.number(text) else {
      throw error(at: field, .notANumber(column: header[field], found: text, accepted: accepted))
    }
    return number
  }
}
