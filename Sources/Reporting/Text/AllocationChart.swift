/// A small chart of a percentage over time, in characters.
enum AllocationChart {
  /// Lines of characters; two steps a line in ASCII, eight in Unicode.
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  private static let asciiBlocks: [Character] = [".", "#"]
  private static let axis = 6

  /// - Parameters:
  ///   - percent: one value a bucket, 0 ... 100.
  ///   - seconds: simulated time from the first bucket's start to the last one's end.
  static func lines(percent: [Double], seconds: Double, style: TextStyle, height: Int = 8) -> [String] {
    guard !percent.isEmpty, height > 0 else { return [] }
    let columns = resample(percent, to: min(style.width - axis - 2, max(percent.count, 40)))
    let steps = style.unicode ? blocks : asciiBlocks
    let bar: Character = style.unicode ? "│" : "|"
    var lines: [String] = []
    for row in (0..<height).reversed() {
      let label =
        switch row {
        case height - 1: "100 %"
        case (height - 1) / 2 where height > 2: "50 %"
        case 0: "0 %"
        default: ""
        }
      var line = String(repeating: " ", count: axis - label.count) + label + " " + String(bar)
      for value in columns {
        // How many steps of the whole column the value fills, and of this row.
        let filled = Int((value / 100 * Double(height * steps.count)).rounded()) - row * steps.count
        line.append(filled <= 0 ? " " : steps[min(filled, steps.count) - 1])
      }
      while line.last == " " { line.removeLast() }
      lines.append(line)
    }
    let corner = style.unicode ? "└" : "+"
    let dash = style.unicode ? "─" : "-"
    lines.append(
      String(repeating: " ", count: axis + 1) + corner + String(repeating: dash, count: columns.count)
    )
    let end = NumberText.span(seconds: seconds)
    let gap = max(1, columns.count - end.count - 1)
    lines.append(String(repeating: " ", count: axis + 2) + "0" + String(repeating: " ", count: gap) + end)
    return lines
  }

  /// Means over equal parts of time; each value stands for one bucket.
  static func resample(_ values: [Double], to count: Int) -> [Double] {
    (0..<count).map { column in
      let from = Double(column) * Double(values.count) / Double(count)
      let to = Double(column + 1) * Double(values.count) / Double(count)
      var sum = 0.0
      var index = Int(from)
      while index < values.count, Double(index) < to {
        sum += values[index] * (min(to, Double(index + 1)) - max(from, Double(index)))
        index += 1
      }
      return sum / (to - from)
    }
  }
}
