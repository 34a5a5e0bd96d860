/// Where one field of a row is, quotes excluded: 24 bytes.
struct CSVField: Sendable {
  var start: Int
  var end: Int
  /// Whether quotes inside it are doubled.
  var hasDoubledQuotes: Bool

  var range: Range<Int> { start..<end }
}

/// Splits bytes into fields.
///
/// Works on a pointer because the loop over the bytes is most of the cost of
/// reading a trace: with array accesses it took twice as long.
enum CSVScan {
  /// What became of a row.
  enum Outcome {
    /// Where the next row begins, and the line ends passed.
    case row(next: Int, lineEnds: Int)
    /// The file ends before the row does.
    case endOfFile
    /// What is wrong at a byte.
    case failure(at: Int, TraceError.Problem)
  }

  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// The fields of the row that begins at a byte.
  static func row(
    _ bytes: UnsafeBufferPointer<UInt8>,
    from first: Int,
    into fields: inout [CSVField]
  ) -> Outcome {
    fields.removeAll(keepingCapacity: true)
    var lineEnds = 1
    var at = first
    while true {
      if at < bytes.count, bytes[at] == quote {
        if let failure = quotedField(bytes, &at, &lineEnds, into: &fields) { return failure }
      } else {
        let start = at
        // One comparison for most bytes: all special ones are at most ",".
        while at < bytes.count, bytes[at] > comma || !isSpecial(bytes[at]) { at += 1 }
        fields.append(CSVField(start: start, end: at, hasDoubledQuotes: false))
      }
      guard at < bytes.count else { return .endOfFile }
      switch bytes[at] {
      case comma:
        at += 1
      case lineFeed:
        return .row(next: at + 1, lineEnds: lineEnds)
      case carriageReturn:
        guard at + 1 < bytes.count, bytes[at + 1] == lineFeed else {
          return .failure(at: at, .strayCarriageReturn)
        }
        return .row(next: at + 2, lineEnds: lineEnds)
      default:
        return .failure(at: at, .strayQuote)
      }
    }
  }

  @inline(__always)
  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == comma || byte == lineFeed || byte == carriageReturn || byte == quote
  }

  /// A field in quotes; leaves `at` behind the closing one.
  private static func quotedField(
    _ bytes: UnsafeBufferPointer<UInt8>,
    _ at: inout Int,
    _ lineEnds: inout Int,
    into fields: inout [CSVField]
  ) -> Outcome? {
    let opening = at
    var doubled = false
    at += 1
    while at < bytes.count {
      if bytes[at] == quote {
        guard at + 1 < bytes.count, bytes[at + 1] == quote else { break }
        doubled = true
        at += 1
      } else if bytes[at] == lineFeed {
        lineEnds += 1
      }
      at += 1
    }
    guard at < bytes.count else { return .failure(at: opening, .unterminatedQuote) }
    fields.append(CSVField(start: opening + 1, end: at, hasDoubledQuotes: doubled))
    at += 1
    return nil
  }
}
