import SimulationKernel

/// Numbers straight from the bytes of a field.
extension CSVReader {
  /// A whole number: digits with no sign, blanks or separators.
  ///
  /// `range` may not begin below 0.
  public func integer(_ field: Int, in range: ClosedRange<Int64>) throws(TraceError) -> Int64 {
    guard let value = digits(fields[field].start, fields[field].end), range.contains(value) else {
      throw integerError(field, range)
    }
    return value
  }

  /// A whole number that fits 32 bits, 0 or more.
  public func int32(_ field: Int, in range: ClosedRange<Int32> = 0...Int32.max) throws(TraceError) -> Int32 {
    Int32(try integer(field, in: Int64(range.lowerBound)...Int64(range.upperBound)))
  }

  /// A whole number that fits 32 bits and may carry a minus sign.
  public func signedInt32(_ field: Int) throws(TraceError) -> Int32 {
    let range = Int64(Int32.min)...Int64(Int32.max)
    let isNegative = !isEmpty(field) && bytes[fields[field].start] == UInt8(ascii: "-")
    guard let magnitude = digits(fields[field].start + (isNegative ? 1 : 0), fields[field].end) else {
      throw integerError(field, range)
    }
    let value = isNegative ? -magnitude : magnitude
    guard range.contains(value) else { throw integerError(field, range) }
    return Int32(value)
  }

  /// The value of 1 to 18 digits, which cannot overflow; nil for anything else.
  @inline(__always)
  private func digits(_ start: Int, _ end: Int) -> Int64? {
    guard start < end, end - start <= 18 else { return nil }
    return bytes.withUnsafeBufferPointer { bytes in
      var value: Int64 = 0
      for at in start..<end {
        let digit = bytes[at] &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        value = value &* 10 &+ Int64(digit)
      }
      return value
    }
  }

  /// Seconds as digits with up to nine decimals, exact to the nanosecond; at
  /// most ``SimTime/latest``.
  public func nanoseconds(_ field: Int) throws(TraceError) -> Int64 {
    let (start, end) = (fields[field].start, fields[field].end)
    // Most times are whole seconds: one pass.
    if let seconds = digits(start, end), seconds <= Self.latestSecond { return seconds * 1_000_000_000 }
    var point = start
    while point < end, bytes[point] != UInt8(ascii: ".") { point += 1 }
    guard let seconds = digits(start, point), seconds <= Self.latestSecond else {
      throw secondsError(field)
    }
    var nanoseconds = seconds * 1_000_000_000
    if point < end {
      let decimals = end - point - 1
      guard decimals <= 9, var fraction = digits(point + 1, end) else { throw secondsError(field) }
      for _ in decimals..<9 { fraction *= 10 }
      nanoseconds += fraction
    }
    guard nanoseconds <= SimTime.latest.nanoseconds else { throw secondsError(field) }
    return nanoseconds
  }

  private static var latestSecond: Int64 { SimTime.latest.nanoseconds / 1_000_000_000 }

  /// Tells a wrong number from one out of range.
  private func integerError(_ field: Int, _ range: ClosedRange<Int64>) -> TraceError {
    let accepted = "a whole number, \(range.lowerBound) to \(range.upperBound)"
    return numberError(field, accepted, isNumber: Self.isWhole(excerpt(field)))
  }

  private func secondsError(_ field: Int) -> TraceError {
    let accepted = "seconds from 0 to \(Self.latestSecond) with up to nine decimals"
    let parts = excerpt(field).split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let isNumber = parts.count == 1 || Self.isWhole(parts[1], signed: false)
    return numberError(field, accepted, isNumber: isNumber && Self.isWhole(parts[0]))
  }

  private func numberError(_ field: Int, _ accepted: String, isNumber: Bool) -> TraceError {
    let name = header[field]
    if isEmpty(field) { return error(at: field, .emptyField(column: name)) }
    let found = excerpt(field)
    return error(
      at: field,
      isNumber
        ? .outOfRange(column: name, found: found, accepted: accepted)
        : .notANumber(column: name, found: found, accepted: accepted)
    )
  }

  /// Whether a text, perhaps shortened at its end, is all digits.
  private static func isWhole(_ text: some StringProtocol, signed: Bool = true) -> Bool {
    let digits = signed && text.hasPrefix("-") ? String(text.dropFirst()) : String(text)
    return !digits.isEmpty && digits.allSatisfy { ("0"..."9").contains($0) || $0 == "…" }
  }
}
