import Hardware

/// Reads a throughput table.
///
/// Columns, by name: `gpu` (model), `gpus` (of the whole job), `span` (`node`,
/// `nvlinkDomain`, `rack` or `fleet`) and `steps_per_s` (of the whole job,
/// millionths count).
public enum ThroughputReader {
  public static func read(path: String, name: String) throws(TraceError) -> ThroughputTable {
    let columns = ["gpu", "gpus", "span", "steps_per_s"]
    var reader = try CSVReader(path: path, expecting: columns)
    try reader.acceptOnly(columns)
    let gpu = try reader.column("gpu")
    let gpus = try reader.column("gpus")
    let width = try reader.column("span")
    let speed = try reader.column("steps_per_s")
    var table = ThroughputTable(name: name, rows: [])
    while try reader.next() {
      let word = try reader.nonEmptyText(width)
      guard let span = PlacementSpan.allCases.first(where: { $0.name == word }) else {
        throw reader.error(
          at: width,
          .unknownValue(column: "span", found: word, known: PlacementSpan.allCases.map(\.name))
        )
      }
      let text = try reader.nonEmptyText(speed)
      guard let value = Double(text), (1e-6...1e9).contains(value) else {
        throw reader.error(
          at: speed,
          .notANumber(column: "steps_per_s", found: text, accepted: "a number from 0.000001 to 1e9")
        )
      }
      let row = ThroughputTable.Row(
        gpu: try reader.nonEmptyText(gpu),
        gpus: try reader.integer(gpus, in: 1...1_000_000),
        span: span,
        stepsPerSecond: value
      )
      if table.rows.contains(where: { $0.gpu == row.gpu && $0.gpus == row.gpus && $0.span == row.span }) {
        throw reader.error(
          at: gpu,
          .contradiction(
            "a second speed of \(row.gpus) GPUs \(row.gpu) in one \(row.span.name)",
            hint: "keep one of the rows"
          )
        )
      }
      table.rows.append(row)
    }
    return table
  }
}
