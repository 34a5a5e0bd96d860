/// Tables with live formulas, each with the value that it has now.
public struct Workbook: Sendable {
  public var sheets: [Sheet] = []
  /// Names of cells for formulas, such as `facility_pue`, with what they mean:
  /// `Assumptions!$B$4`.
  public var names: [(name: String, reference: String)] = []

  public init() {}

  public subscript(sheet name: String) -> Sheet? { sheets.first { $0.name == name } }
}

/// One table of a workbook.
public struct Sheet: Sendable {
  public let name: String
  public private(set) var rows: [[Cell]] = []
  /// In characters, by column.
  public var widths: [Double]

  public init(_ name: String, widths: [Double]) {
    self.name = name
    self.widths = widths
  }

  /// Adds a row; its number is 1-based, as in formulas.
  @discardableResult
  public mutating func add(_ cells: [Cell]) -> Int {
    rows.append(cells)
    return rows.count
  }

  public mutating func addEmptyRow() { rows.append([]) }

  public mutating func set(_ cell: Cell, row: Int, column: Int) {
    while rows[row - 1].count <= column { rows[row - 1].append(.empty) }
    rows[row - 1][column] = cell
  }

  /// `$B$4` of row 4, column 1.
  public static func reference(row: Int, column: Int) -> String {
    "$\(letters(column))$\(row)"
  }

  /// `'Cash flow'!$B$4`.
  public func cell(row: Int, column: Int) -> String {
    "'\(name)'!\(Self.reference(row: row, column: column))"
  }

  /// A, B, …, Z, AA, …
  static func letters(_ column: Int) -> String {
    let last = String(UnicodeScalar(UInt8(65 + column % 26)))
    return column < 26 ? last : letters(column / 26 - 1) + last
  }
}

/// What stands in a cell.
public enum Cell: Sendable {
  public enum Look: Int, CaseIterable, Sendable {
    case plain, heading, note, money, cents, price, percent, count, figure
  }

  case empty
  case text(String, Look = .plain)
  case number(Double, Look)
  /// A formula without its `=`, and its value.
  case formula(String, Double, Look)
  /// A formula whose value is a text now.
  case textFormula(String, String)

  /// The value as people write it into tables.
  public var valueText: String {
    switch self {
    case .empty: ""
    case .text(let text, _), .textFormula(_, let text): text
    case .number(let value, let look), .formula(_, let value, let look): look.text(value)
    }
  }

  /// The number that it holds or computes.
  public var value: Double? {
    switch self {
    case .number(let value, _), .formula(_, let value, _): value
    default: nil
    }
  }
}

extension Cell.Look {
  /// As `printf` has it.
  func text(_ value: Double) -> String {
    switch self {
    case .money: fixed(value, 0)
    case .cents, .price: fixed(value, self == .cents ? 2 : 4)
    case .percent: fixed(value * 100, 1) + " %"
    case .count: fixed(value, 0)
    case .plain, .heading, .note, .figure: value == value.rounded() ? fixed(value, 0) : "\(value)"
    }
  }

  private func fixed(_ value: Double, _ decimals: Int) -> String {
    let scale = [1.0, 10, 100, 1000, 10_000][decimals]
    let units = (value * scale).rounded(.toNearestOrAwayFromZero)
    guard decimals > 0 else { return "\(Int64(units))" }
    let (whole, part) = Int64(units.magnitude).quotientAndRemainder(dividingBy: Int64(scale))
    let digits = "\(part)"
    let zeros = String(repeating: "0", count: decimals - digits.count)
    return (units < 0 ? "-" : "") + "\(whole).\(zeros)\(digits)"
  }
}
