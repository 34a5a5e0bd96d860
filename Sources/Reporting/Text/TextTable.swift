/// Rows of cells, lined up.
struct TextTable {
  private var rows: [[String]] = []
  /// Columns from this one on are aligned to the right.
  private let firstNumeric: Int
  private let style: TextStyle

  init(style: TextStyle, firstNumeric: Int = 1) {
    self.style = style
    self.firstNumeric = firstNumeric
  }

  mutating func add(_ cells: [String]) { rows.append(cells.map(style.plain)) }

  /// Removes columns, given by their headings in the order in which they can
  /// be spared, until the table is no wider than the style allows.
  mutating func fit(sparing headings: [String]) {
    guard style.narrows else { return }
    for heading in headings where width > style.width {
      guard let column = rows.first?.firstIndex(of: heading) else { continue }
      for row in rows.indices where rows[row].indices.contains(column) { rows[row].remove(at: column) }
    }
  }

  private var width: Int { 2 + widths.reduce(0, +) + 2 * max(0, widths.count - 1) }

  private var widths: [Int] {
    (0..<(rows.map(\.count).max() ?? 0)).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
  }

  /// The lines, with two spaces between columns and none at the end.
  ///
  /// - Parameter hangingTitle: the first row is a heading and stands two
  ///   columns to the left of the others.
  func lines(hangingTitle: Bool = false) -> [String] {
    let widths = widths
    return rows.enumerated().map { index, row in
      let isTitle = hangingTitle && index == 0
      var line = isTitle ? "" : "  "
      for (column, cell) in row.enumerated() {
        let isHung = isTitle && column == 0
        let space = String(repeating: " ", count: widths[column] - cell.count + (isHung ? 2 : 0))
        line += (column == 0 ? "" : "  ") + (column < firstNumeric ? cell + space : space + cell)
      }
      while line.last == " " { line.removeLast() }
      return isTitle ? style.heading(line) : line
    }
  }
}
