/// The unique names of a trace's jobs, held as one prefix for as long as every
/// name is that prefix followed by the row's index.
struct NameColumn {
  /// What comes before the index, while ``listed`` is nil.
  private var prefix = ""
  /// The prefix as the file spells it (quotes doubled).
  private var rawPrefix: ArraySlice<UInt8> = []
  /// The line of each row, to tell where a repeated name stood.
  private var lines: [Int32] = []
  /// Every name, once the pattern is broken.
  private var listed: TextInterner?

  /// Takes the name in a field of the reader's current row.
  mutating func append(_ field: Int, of reader: CSVReader) throws(TraceError) {
    if reader.isEmpty(field) { throw reader.error(at: field, .emptyField(column: "name")) }
    if lines.isEmpty {
      let first = try reader.text(field)
      if first.utf8.last == UInt8(ascii: "0") {
        prefix = String(first.dropLast())
        rawPrefix = reader.bytes[reader.fields[field].range].dropLast()
      } else {
        listed = TextInterner()
      }
    }
    if listed == nil, !isPrefixed(field, of: reader) {
      listed = TextInterner(lines.indices.map { prefix + String($0) })
    }
    if listed != nil {
      let (row, isNew) = try listed!.intern(field, of: reader)
      guard isNew else {
        let name = try reader.text(field)
        throw reader.error(at: field, .duplicateName(name, firstLine: Int(lines[row])))
      }
    }
    lines.append(Int32(truncatingIfNeeded: reader.line))
  }

  /// The names; numbered ones are spelled out where rows will change places.
  func names(keepingNumbers: Bool) -> JobNames {
    if let listed { return .listed(listed.texts) }
    if lines.isEmpty { return JobTable().names }
    return keepingNumbers ? .numbered(prefix: prefix) : .listed(list)
  }

  /// All names, spelled out, by row.
  var list: [String] { listed?.texts ?? lines.indices.map { prefix + String($0) } }

  /// Whether the field is the prefix followed by this row's index.
  private func isPrefixed(_ field: Int, of reader: CSVReader) -> Bool {
    let range = reader.fields[field].range
    var at = range.upperBound - 1
    var index = lines.count
    // Digits from the last to the first, then the prefix.
    repeat {
      guard at >= range.lowerBound, reader.bytes[at] == UInt8(ascii: "0") + UInt8(index % 10) else {
        return false
      }
      index /= 10
      at -= 1
    } while index > 0
    let head = reader.bytes[range.lowerBound..<(at + 1)]
    return head == rawPrefix
  }
}
