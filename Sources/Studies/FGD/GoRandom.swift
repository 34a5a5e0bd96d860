import Workload

/// The additive lagged Fibonacci generator of the FGD study's tool (lags 607
/// and 273), continued from its first 607 outputs.
///
/// The outputs come from a file, one stream a seed; every later one follows
/// from u(k) = u(k - 607) + u(k - 273) mod 2^64.
struct GoRandom {
  private static let longLag = 607
  private static let shortLag = 273
  private var ring: [UInt64]
  private var drawn = 0

  init(firstOutputs: [UInt64]) {
    precondition(firstOutputs.count == GoRandom.longLag, "a stream starts with 607 outputs")
    ring = firstOutputs
  }

  /// The next output.
  mutating func next() -> UInt64 {
    let slot = drawn % GoRandom.longLag
    if drawn >= GoRandom.longLag {
      ring[slot] &+= ring[(drawn - GoRandom.shortLag) % GoRandom.longLag]
    }
    drawn += 1
    return ring[slot]
  }

  private mutating func next63() -> UInt64 { next() & (1 << 63 - 1) }

  /// A draw below `m` as the tool's shuffle makes it.
  mutating func bounded(_ m: UInt32) -> Int {
    var product = (next63() >> 31 & 0xFFFF_FFFF) * UInt64(m)
    if UInt32(truncatingIfNeeded: product) < m {
      let threshold = (0 &- m) % m
      while UInt32(truncatingIfNeeded: product) < threshold {
        product = (next63() >> 31 & 0xFFFF_FFFF) * UInt64(m)
      }
    }
    return Int(product >> 32)
  }

  /// A draw below `m` as the tool's other choices make it.
  mutating func intn(_ m: Int) -> Int {
    let size = UInt64(m)
    var value = next63() >> 32
    if size & (size - 1) == 0 { return Int(value & (size - 1)) }
    let largest = (1 << 31) - 1 - (1 << 31) % size
    while value > largest { value = next63() >> 32 }
    return Int(value % size)
  }

  /// The stream of one seed from a file with columns `seed,k,u64`.
  static func read(path: String, seed: Int) throws -> GoRandom {
    var reader = try CSVReader(path: path, expecting: ["seed", "k", "u64"])
    let (seedColumn, valueColumn) = (try reader.column("seed"), try reader.column("u64"))
    var outputs: [UInt64] = []
    var known: [Int64] = []
    while try reader.next() {
      let found = try reader.integer(seedColumn, in: 0...Int64.max)
      if known.last != found { known.append(found) }
      guard found == Int64(seed) else { continue }
      let text = try reader.text(valueColumn)
      guard let value = UInt64(text) else {
        throw reader.error(
          at: valueColumn,
          .notANumber(column: "u64", found: text, accepted: "an unsigned 64-bit number")
        )
      }
      outputs.append(value)
    }
    if outputs.isEmpty {
      throw StudyError("\(path): has no stream for seed \(seed); it has them for seeds \(ranges(known))")
    }
    guard outputs.count == longLag else {
      throw StudyError("\(path): holds \(outputs.count) outputs for seed \(seed), needs \(longLag)")
    }
    return GoRandom(firstOutputs: outputs)
  }

  /// Numbers as a list of ranges, such as `42-51, 60`.
  private static func ranges(_ numbers: [Int64]) -> String {
    var ranges: [ClosedRange<Int64>] = []
    for number in Set(numbers).sorted() {
      if let last = ranges.last, last.upperBound == number - 1 {
        ranges[ranges.count - 1] = last.lowerBound...number
      } else {
        ranges.append(number...number)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ", ")
  }
}
