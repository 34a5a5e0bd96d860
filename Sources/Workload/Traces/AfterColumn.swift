/// Column `after` of a ``HeadroomTrace``: names of jobs, also of later rows,
/// separated by `;`.
struct AfterColumn {
  /// A field that is not empty.
  private struct Entry {
    var row: Int
    var place: CSVPlace
    var names: [Substring]
  }

  private var entries: [Entry] = []
  private var rows = 0

  /// Takes the field of the reader's current row.
  mutating func append(_ field: Int, of reader: CSVReader, kind: JobKind) throws(TraceError) {
    defer { rows += 1 }
    if reader.isEmpty(field) { return }
    if kind == .service {
      throw reader.error(
        at: field,
        .contradiction("a service has no `after`", hint: "its replicas come and go by the clock")
      )
    }
    let names = try reader.text(field).split(separator: ";", omittingEmptySubsequences: false)
    entries.append(Entry(row: rows, place: reader.place(of: field), names: names))
  }

  /// The rows that each row waits for; no lists when none waits.
  func lists(_ names: [String], of reader: CSVReader) throws(TraceError) -> JobLists {
    if entries.isEmpty { return JobLists() }
    var rowOf: [Substring: Int32] = [:]
    for (row, name) in names.enumerated() { rowOf[name[...]] = Int32(row) }
    var lists = [[Int32]](repeating: [], count: rows)
    for entry in entries {
      for name in entry.names {
        guard let row = rowOf[name] else {
          throw reader.error(at: entry.place, .unknownJob(column: "after", found: String(name), names: names))
        }
        if Int(row) == entry.row {
          throw reader.error(
            at: entry.place,
            .contradiction("the job `\(name)` waits for itself", hint: "remove its own name")
          )
        }
        if lists[entry.row].contains(row) {
          throw reader.error(
            at: entry.place,
            .contradiction("`after` names the job `\(name)` twice", hint: "once will do")
          )
        }
        lists[entry.row].append(row)
      }
    }
    let result = JobLists(lists)
    if let ring = result.cycle, let entry = entries.first(where: { $0.row == ring[0] }) {
      throw reader.error(
        at: entry.place,
        .contradiction(
          "the jobs wait for one another: \(Self.told(ring.map { names[$0] }))",
          hint: "none of them could ever start"
        )
      )
    }
    return result
  }

  /// `a after b after c after a`; a long ring is cut short.
  private static func told(_ ring: [String]) -> String {
    let shown = ring.count > 8 ? Array(ring.prefix(7)) + ["… (\(ring.count) in all)"] : ring
    return (shown + [ring[0]]).joined(separator: " after ")
  }
}
