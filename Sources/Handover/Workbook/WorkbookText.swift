/// The values of a workbook as text.
public enum WorkbookText {
  /// Each sheet as Markdown tables; rows without cells part tables.
  public static func markdown(_ workbook: Workbook, title: String) -> String {
    var lines = ["# \(title)", ""]
    for sheet in workbook.sheets {
      lines += ["## \(sheet.name)", ""]
      for block in sheet.rows.split(whereSeparator: \.isEmpty) { lines += table(Array(block)) + [""] }
    }
    return lines.joined(separator: "\n")
  }

  private static func table(_ rows: [[Cell]]) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    func line(_ cells: [String]) -> String {
      "| " + (cells + Array(repeating: "", count: columns - cells.count)).joined(separator: " | ") + " |"
    }
    let texts = rows.map { $0.map { $0.valueText.replacing("|", with: "\\|") } }
    let isNumber = (0..<columns).map { column in
      rows.dropFirst().contains { column < $0.count && $0[column].value != nil }
    }
    return [line(texts[0]), "|" + isNumber.map { $0 ? "---:|" : "---|" }.joined()]
      + texts.dropFirst().map(line)
  }
}
