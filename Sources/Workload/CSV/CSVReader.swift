import Hardware

/// A strict reader of comma-separated values with a header line.
///
/// The dialect is RFC 4180 (fields in double quotes may hold commas, line ends
/// and doubled quotes); a byte-order mark and CRLF line ends are accepted. Every
/// row must have as many fields as the header, and the last row must end with
/// a line end, so that a file cut short is noticed.
///
/// Rows are read one after the other; fields of the current row are read by
/// column index, straight from the file's bytes, so that numbers cost no
/// allocation:
///
///     var reader = try CSVReader(path: path)
///     let size = try reader.column("size")
///     while try reader.next() {
///       total += try reader.integer(size, in: 0...1000)
///     }
public struct CSVReader: Sendable {
  /// The file's name in errors.
  public let path: String
  /// The names in the header line.
  public private(set) var header: [String] = []
  /// The line on which the current row begins, from 1.
  public private(set) var line = 0

  let bytes: [UInt8]
  /// Where the fields of the current row are.
  private(set) var fields: [CSVField] = []
  /// The first byte of the next row.
  private var position = 0
  /// The line of ``position``.
  private var nextLine = 1
  /// The first byte of the current row.
  private var rowStart = 0

  /// Reads the file and its header line.
  ///
  /// `expecting` only serves the message for an empty file.
  public init(path: String, expecting: [String] = []) throws(TraceError) {
    try self.init(bytes: FileBytes.read(path), path: path, expecting: expecting)
  }

  /// Reads the header line of a text in memory.
  public init(bytes: [UInt8], path: String, expecting: [String] = []) throws(TraceError) {
    self.bytes = bytes
    self.path = path
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    guard position < bytes.count else {
      throw TraceError(file: path, problem: .empty(accepted: expecting))
    }
    try scanRow(expected: nil)
    for field in fields.indices {
      let name = try text(field)
      if header.contains(name) { throw error(at: field, .duplicateColumn(name)) }
      header.append(name)
    }
  }

  /// Moves to the next row; false at the end of the file.
  public mutating func next() throws(TraceError) -> Bool {
    guard position < bytes.count else { return false }
    try scanRow(expected: header.count)
    return true
  }

  /// The index of a column that must be there.
  public func column(_ name: String) throws(TraceError) -> Int {
    guard let index = header.firstIndex(of: name) else {
      throw TraceError(file: path, line: 1, problem: .missingColumn(name, present: header))
    }
    return index
  }

  /// The index of a column that may be there.
  public func optionalColumn(_ name: String) -> Int? { header.firstIndex(of: name) }

  /// Refuses columns that the format does not have.
  public func acceptOnly(_ known: [String]) throws(TraceError) {
    for name in header where !known.contains(name) {
      throw TraceError(file: path, line: 1, problem: .unknownColumn(name, known: known))
    }
  }

  /// The text of a field of the current row.
  public func text(_ field: Int) throws(TraceError) -> String {
    let raw = bytes[fields[field].range]
    let found: String? =
      if fields[field].hasDoubledQuotes {
        String(validating: undoubled(raw), as: UTF8.self)
      } else {
        String(validating: raw, as: UTF8.self)
      }
    guard let found else { throw error(at: field, .notUTF8) }
    return found
  }

  /// The text of a field of the current row that may not be empty.
  public func nonEmptyText(_ field: Int) throws(TraceError) -> String {
    guard !isEmpty(field) else { throw error(at: field, .emptyField(column: header[field])) }
    return try text(field)
  }

  /// Whether a field of the current row is empty.
  public func isEmpty(_ field: Int) -> Bool { fields[field].start == fields[field].end }

  /// An error at a field of the current row.
  public func error(at field: Int, _ problem: TraceError.Problem) -> TraceError {
    error(atByte: fields[field].start, onLine: line, problem)
  }

  /// Where a field of the current row stands, for an error that is found later.
  func place(of field: Int) -> CSVPlace {
    CSVPlace(line: line, rowStart: rowStart, byte: fields[field].start)
  }

  /// An error at a field of an earlier row.
  func error(at place: CSVPlace, _ problem: TraceError.Problem) -> TraceError {
    let characters = String(decoding: bytes[place.rowStart..<place.byte], as: UTF8.self).count
    return TraceError(file: path, line: place.line, column: characters + 1, problem: problem)
  }

  /// An error about the whole current row.
  public func rowError(_ problem: TraceError.Problem) -> TraceError {
    TraceError(file: path, line: line, problem: problem)
  }

  /// A field's text for a message, shortened, whatever its bytes.
  func excerpt(_ field: Int) -> String {
    let text = String(decoding: bytes[fields[field].range], as: UTF8.self)
    return text.count <= 40 ? text : text.prefix(39) + "…"
  }

  /// Finds the fields of the row at ``position`` and moves behind it.
  private mutating func scanRow(expected: Int?) throws(TraceError) {
    line = nextLine
    rowStart = position
    let outcome = bytes.withUnsafeBufferPointer { CSVScan.row($0, from: position, into: &fields) }
    switch outcome {
    case .row(let next, let lineEnds):
      position = next
      nextLine += lineEnds
      if let expected, fields.count != expected {
        throw rowError(.wrongColumnCount(found: fields.count, expected: expected))
      }
    case .endOfFile:
      if let expected, fields.count < expected {
        throw rowError(.wrongColumnCount(found: fields.count, expected: expected))
      }
      throw rowError(.truncated)
    case .failure(let byte, let problem):
      throw error(atByte: byte, onLine: line, problem)
    }
  }

  private func error(atByte byte: Int, onLine line: Int, _ problem: TraceError.Problem) -> TraceError {
    error(at: CSVPlace(line: line, rowStart: rowStart, byte: byte), problem)
  }

  private func undoubled(_ raw: ArraySlice<UInt8>) -> [UInt8] {
    var plain: [UInt8] = []
    var skips = false
    for byte in raw {
      skips = byte == UInt8(ascii: "\"") && !skips
      if !skips { plain.append(byte) }
    }
    return plain
  }
}

/// Where a field of some row stands in the file's bytes.
struct CSVPlace: Sendable {
  /// The line on which the row begins, from 1.
  var line: Int
  var rowStart: Int
  var byte: Int
}
