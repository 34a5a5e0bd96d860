extension ValueKind {
  /// The meaning of `text`.
  func parse(_ text: String) throws(ValueFault) -> ScalarValue {
    switch self {
    case .name:
      guard !text.isEmpty, text.utf8.count <= Self.longestName, text.utf8.allSatisfy(Self.isNameByte)
      else { throw ValueFault(problem: "is not a name") }
      return .text(text)
    case .text: return .text(text)
    case .label:
      guard !text.isEmpty, text.utf8.count <= Self.longestName,
        text.utf8.allSatisfy({ Self.isNameByte($0) || $0 == UInt8(ascii: "/") })
      else { throw ValueFault(problem: "is not a label") }
      return .text(text)
    case .path, .gpuModel:
      guard !text.isEmpty else { throw ValueFault(problem: "is empty") }
      return .text(text)
    case .boolean:
      switch text {
      case "true": return .boolean(true)
      case "false": return .boolean(false)
      default: throw ValueFault(problem: "is neither true nor false")
      }
    case .word(let words, let noun):
      guard words.contains(text) else {
        throw ValueFault(problem: "unknown \(noun)", hint: Hint.didYouMean(text, among: words))
      }
      return .text(text)
    case .integer(let range):
      let number = try Self.bare(text)
      guard number.isWhole(times: 1) else { throw ValueFault(problem: "is not a whole number") }
      guard let value = number.times(1), range.contains(value) else {
        throw ValueFault(problem: number.isNegative ? "is negative" : "is out of range")
      }
      return .integer(value)
    case .number(let minimum, let exclusive, let maximum):
      let number = try Self.bare(text)
      let value = number.double
      guard exclusive ? value > minimum : value >= minimum, value <= maximum else {
        throw ValueFault(problem: number.isNegative && minimum >= 0 ? "is negative" : "is out of range")
      }
      return .number(value)
    case .duration(let positive):
      let number = try Self.number(text)
      guard let factor = Units.factor(of: number.unit, in: Units.time) else {
        throw Self.wrongUnit(number, of: text, noun: "unit of time", example: "15m")
      }
      try Self.refuseNegative(number)
      guard let value = number.times(factor), value <= Units.longestNanoseconds else {
        throw ValueFault(problem: "is longer than 36 years")
      }
      guard value > 0 || !positive else { throw ValueFault(problem: "must be more than nothing") }
      return .nanoseconds(value)
    case .durationOrWord(let words, let noun):
      if words.contains(text) { return .text(text) }
      if text.first?.isLetter == true {
        throw ValueFault(problem: "unknown \(noun)", hint: Hint.didYouMean(text, among: words))
      }
      return try ValueKind.duration(positive: true).parse(text)
    case .countOrShare:
      guard text.last == "%" else { return try ValueKind.integer(0...1_000_000).parse(text) }
      return try ValueKind.fraction(positive: false, maximum: 1).parse(text)
    case .memory:
      let number = try Self.number(text)
      guard let factor = Units.factor(of: number.unit, in: Units.memory) else {
        throw Self.wrongUnit(number, of: text, noun: "unit of memory", example: "80GiB")
      }
      try Self.refuseNegative(number)
      guard let bytes = number.times(factor), bytes / Int64(Units.bytesPerMiB) <= Self.mostMiB else {
        throw ValueFault(problem: "is too large")
      }
      let half = Int64(Units.bytesPerMiB) / 2
      return .mebibytes((bytes + half) / Int64(Units.bytesPerMiB))
    case .size:
      let number = try Self.number(text)
      guard let factor = Units.factor(of: number.unit, in: Units.memory) else {
        throw Self.wrongUnit(number, of: text, noun: "unit of memory", example: "500GiB")
      }
      try Self.refuseNegative(number)
      return .integer(try Self.wholeBytes(number, factor))
    case .bandwidth: return try Self.bandwidth(text)
    case .rate(let positive): return try Self.rate(text, positive: positive)
    case .fraction(let positive, let maximum):
      let number = try Self.number(text)
      guard number.unit == "%" || number.unit.isEmpty else {
        throw Self.wrongUnit(number, of: text, noun: "share", example: "70%")
      }
      try Self.refuseNegative(number)
      let value = number.unit == "%" ? number.double / 100 : number.double
      guard value <= maximum else {
        let percent = number.unit.isEmpty && value <= 100
        throw ValueFault(
          problem: "is more than \(Self.plain(maximum * 100))%",
          hint: percent ? "write \(text)%" : ""
        )
      }
      guard value > 0 || !positive else { throw ValueFault(problem: "must be more than nothing") }
      return .fraction(value)
    case .cpu:
      let number = try Self.number(text)
      guard number.unit == "m" || number.unit.isEmpty else {
        throw Self.wrongUnit(number, of: text, noun: "unit of CPU", example: "12")
      }
      try Self.refuseNegative(number)
      let factor: Int128 = number.unit == "m" ? 1 : 1000
      guard number.isWhole(times: factor) else {
        throw ValueFault(problem: "is not a whole number of thousandths of a core")
      }
      guard let value = number.times(factor), value <= Self.mostMilliCPU else {
        throw ValueFault(problem: "is too large")
      }
      return .milliCPU(value)
    case .gpus:
      let number = try Self.bare(text)
      try Self.refuseNegative(number)
      guard number.isWhole(times: 1000) else {
        throw ValueFault(problem: "is not a whole number of thousandths of a GPU")
      }
      guard let value = number.times(1000), value <= 16_000 else {
        throw ValueFault(problem: "is more than a node can have")
      }
      guard value <= 1000 || value % 1000 == 0 else {
        throw ValueFault(
          problem: "mixes whole GPUs and a part of one",
          hint: "write \(value / 1000) or \((value + 999) / 1000)"
        )
      }
      return .milliGPU(value)
    }
  }

  /// Fits the 32 bits of a node's memory in MiB.
  static let mostMiB: Int64 = 1023 * 1024 * 1024
  /// Fits the 32 bits of a node's CPU in thousandths.
  static let mostMilliCPU: Int64 = 1_000_000_000

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 48...57, 65...90, 97...122, 45, 46, 95: true
    default: false
    }
  }

  private static func number(_ text: String) throws(ValueFault) -> ExactNumber {
    do {
      return try ExactNumber(text)
    } catch {
      switch error {
      case .notANumber: throw ValueFault(problem: "is not a finite number")
      case .tooLong:
        throw ValueFault(problem: "has more than \(ExactNumber.mostDigits) significant digits")
      }
    }
  }

  private static func bare(_ text: String) throws(ValueFault) -> ExactNumber {
    let number = try number(text)
    guard number.unit.isEmpty else {
      throw ValueFault(problem: "takes no unit", hint: "remove '\(number.unit)'")
    }
    return number
  }

  private static func refuseNegative(_ number: ExactNumber) throws(ValueFault) {
    if number.isNegative { throw ValueFault(problem: "is negative") }
  }

  private static func wrongUnit(
    _ number: ExactNumber,
    of text: String,
    noun: String,
    example: String
  ) -> ValueFault {
    guard number.unit.isEmpty else { return ValueFault(problem: "'\(number.unit)' is not a \(noun)") }
    return ValueFault(problem: "has no unit", hint: "write it as \(example)")
  }

  private static func wholeBytes(_ number: ExactNumber, _ factor: Int128) throws(ValueFault) -> Int64 {
    guard number.isWhole(times: factor) else { throw ValueFault(problem: "is not a whole number of bytes") }
    guard let bytes = number.times(factor) else { throw ValueFault(problem: "is too large") }
    return bytes
  }

  private static func bandwidth(_ text: String) throws(ValueFault) -> ScalarValue {
    var number = try number(text)
    guard number.unit.hasSuffix("/s") else {
      throw ValueFault(problem: "is not a bandwidth", hint: "say how much a second, for example 10Gbit/s")
    }
    number.unit = String(number.unit.dropLast(2))
    while number.unit.last == " " { number.unit.removeLast() }
    try refuseNegative(number)
    let bytes: Int64
    if let factor = Units.factor(of: number.unit, in: Units.memory) {
      bytes = try wholeBytes(number, factor)
    } else if let factor = Units.factor(of: number.unit, in: Units.bits) {
      bytes = try wholeBytes(number, factor / 8)
    } else {
      throw ValueFault(
        problem: "'\(number.unit)' is not a unit of data",
        hint: "for example 10Gbit/s or 5GB/s"
      )
    }
    guard bytes > 0 else { throw ValueFault(problem: "must be more than nothing") }
    return .integer(bytes)
  }

  private static func rate(_ text: String, positive: Bool) throws(ValueFault) -> ScalarValue {
    let number = try number(text)
    guard number.unit.hasPrefix("/") else {
      let example = number.unit.isEmpty ? text : "30"
      throw ValueFault(problem: "is not a rate", hint: "say for each which time, for example \(example)/h")
    }
    let symbol = String(number.unit.dropFirst().drop { $0 == " " })
    guard let factor = Units.factor(of: symbol, in: Units.time) else {
      throw ValueFault(problem: "'\(symbol)' is not a unit of time", hint: "for example 30/h")
    }
    try refuseNegative(number)
    let value = number.double * Double(Units.nanosecondsPerSecond) / Double(factor)
    guard value <= 1e9 else { throw ValueFault(problem: "is more than one a nanosecond") }
    guard value > 0 || !positive else { throw ValueFault(problem: "must be more than nothing") }
    return .perSecond(value)
  }
}
