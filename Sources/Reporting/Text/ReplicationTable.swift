/// Our figures of a study next to the published ones.
public enum ReplicationTable {
  /// Lines up the rows under a heading; the first `labels` columns are text.
  public static func text(heading: [String], rows: [[String]], labels: Int, style: TextStyle) -> String {
    var table = TextTable(style: style, firstNumeric: labels)
    table.add(heading)
    for row in rows { table.add(row) }
    return table.lines(hangingTitle: true).joined(separator: "\n") + "\n"
  }
}
