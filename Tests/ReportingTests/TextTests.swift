import Testing

@testable import Reporting

@Suite("Numbers, tables and charts in text")
struct TextTests {
  @Test(
    "numbers are grouped and rounded",
    arguments: [
      (0.0, 0, "0"), (999, 0, "999"), (1000, 0, "1,000"), (1_234_567.891, 1, "1,234,567.9"),
      (-1234.5, 1, "-1,234.5"),
      (0.04, 1, "0.0"), (0.05, 1, "0.1"), (99.96, 1, "100.0"), (-0.96, 1, "-1.0"),
    ]
  )
  func grouped(value: Double, decimals: Int, text: String) {
    #expect(NumberText.grouped(value, decimals: decimals) == text)
  }

  @Test(
    "spans choose their unit",
    arguments: [
      (0.0, "0 s"), (0.25, "0.3 s"), (5, "5 s"), (59, "59 s"), (119, "119 s"), (120, "2.0 min"),
      (7199, "120.0 min"),
      (7200, "2.0 h"), (172_799, "48.0 h"), (172_800, "2.0 d"), (31_536_000, "365.0 d"),
    ]
  )
  func spans(seconds: Double, text: String) {
    #expect(NumberText.span(seconds: seconds) == text)
  }

  @Test("resampling keeps the mean", arguments: [1, 7, 40, 92, 240, 1000])
  func resampling(count: Int) {
    let values = (0..<240).map { Double($0 * 37 % 101) }
    let resampled = AllocationChart.resample(values, to: count)
    #expect(resampled.count == count)
    let mean = values.reduce(0, +) / 240
    #expect(abs(resampled.reduce(0, +) / Double(count) - mean) < 1e-9)
  }

  @Test("a full column fills every row, an empty one none")
  func chartEdges() {
    for style in [TextStyle(width: 60), TextStyle(width: 60, unicode: false)] {
      let full: Character = style.unicode ? "█" : "#"
      let lines = AllocationChart.lines(
        percent: Array(repeating: 100, count: 30) + Array(repeating: 0, count: 30),
        seconds: 3600,
        style: style
      )
      #expect(lines.prefix(8).allSatisfy { $0.filter { $0 == full }.count == 26 })
      #expect(lines.allSatisfy { $0.count <= 60 })
    }
    #expect(AllocationChart.lines(percent: [], seconds: 0, style: TextStyle()).isEmpty)
  }

  @Test("a table spares columns until it fits")
  func sparing() {
    var table = TextTable(style: TextStyle(width: 60))
    let wide = String(repeating: "x", count: 25)
    table.add(["a", "b", "c"])
    table.add([wide, wide, wide])
    table.fit(sparing: ["b", "c"])
    #expect(table.lines().allSatisfy { $0.count <= 60 })
    #expect(table.lines()[0].contains("c"))
  }
}
