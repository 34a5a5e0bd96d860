/// Percentiles of many durations in little memory, with a bounded relative
/// error.
///
/// Values are counted in buckets whose width is a fixed fraction of their
/// value: the leading binary digits of the value are the bucket. The estimate
/// is the middle of the bucket, so its relative error is at most
/// ``relativeError``. Values below 256 (at the default error) are exact, and
/// so are the least and the greatest.
///
/// Source: C. Masson, J. E. Rim, H. K. Lee, "DDSketch: a fast and
/// fully-mergeable quantile sketch with relative-error guarantees", PVLDB 12
/// (2019), section 2, with the logarithm replaced by binary digits (its
/// linear interpolation), so that buckets are the same on every machine.
///
/// - Complexity: `add` O(1) amortised; `quantile` O(buckets). One octave of
///   values takes 128 buckets of 8 bytes at the default error.
public struct QuantileSketch: Equatable, Sendable {
  /// How many binary digits follow the leading one in a bucket's name.
  private let precision: Int
  /// The counts of the buckets from ``firstIndex`` on.
  private var counts: [Int64] = []
  private var firstIndex = 0
  private var low: Int64 = .max
  private var high: Int64 = .min

  /// The number of values.
  public private(set) var count: Int64 = 0

  /// An empty sketch.
  ///
  /// - Parameter relativeError: the bound that the estimates must keep, in
  ///   2^-32 ..< 1; the sketch keeps the next power of two below.
  public init(relativeError: Double = 0.005) {
    precondition(
      relativeError >= 0x1p-32 && relativeError < 1,
      "the relative error must lie in 2^-32 ..< 1"
    )
    var precision = 0
    while 1 / Double(2 << precision) > relativeError { precision += 1 }
    self.precision = precision
  }

  /// The bound on the relative error of an estimate.
  public var relativeError: Double { 1 / Double(2 << precision) }

  /// The least value, exact; nil if there is none.
  public var minimum: Int64? { count > 0 ? low : nil }

  /// The greatest value, exact; nil if there is none.
  public var maximum: Int64? { count > 0 ? high : nil }

  /// Adds a value.
  ///
  /// - Precondition: `value` is not negative.
  public mutating func add(_ value: Int64) {
    precondition(value >= 0, "a quantile sketch takes no negative value")
    let index = index(of: value)
    reserve(index...index)
    counts[index - firstIndex] += 1
    count += 1
    low = min(low, value)
    high = max(high, value)
  }

  /// Adds the values of another sketch. The result is the same as if all of
  /// them had been added to one.
  ///
  /// - Precondition: both sketches have the same error.
  public mutating func merge(_ other: QuantileSketch) {
    precondition(precision == other.precision, "sketches of different error cannot be merged")
    guard other.count > 0 else { return }
    reserve(other.index(of: other.low)...other.index(of: other.high))
    for (offset, number) in other.counts.enumerated() where number > 0 {
      counts[other.firstIndex + offset - firstIndex] += number
    }
    count += other.count
    low = min(low, other.low)
    high = max(high, other.high)
  }

  /// An estimate of the value of rank floor(q (n - 1)) among the n values in
  /// ascending order, counted from 0; nil if there is none.
  ///
  /// - Precondition: 0 <= q <= 1.
  public func quantile(_ q: Double) -> Int64? {
    precondition(q >= 0 && q <= 1, "a quantile's probability must lie in 0 ... 1")
    guard count > 0 else { return nil }
    let rank = Int64(q * Double(count - 1))
    if rank == 0 { return low }
    if rank == count - 1 { return high }
    var passed: Int64 = 0
    for (offset, number) in counts.enumerated() {
      passed += number
      if passed > rank { return min(max(middle(of: firstIndex + offset), low), high) }
    }
    return high
  }

  public static func == (a: QuantileSketch, b: QuantileSketch) -> Bool {
    guard a.precision == b.precision, a.count == b.count else { return false }
    guard a.count > 0 else { return true }
    guard a.low == b.low, a.high == b.high else { return false }
    return (a.index(of: a.low)...a.index(of: a.high)).allSatisfy {
      a.counts[$0 - a.firstIndex] == b.counts[$0 - b.firstIndex]
    }
  }

  /// The bucket of a value: its exponent above the precision, then its
  /// leading digits.
  private func index(of value: Int64) -> Int {
    let exponent = 63 - (value | 1).leadingZeroBitCount
    let shift = max(0, exponent - precision)
    return shift << precision + Int(value >> Int64(shift))
  }

  /// The middle of a bucket's values.
  private func middle(of index: Int) -> Int64 {
    guard index >= 2 << precision else { return Int64(index) }
    let shift = index >> precision - 1
    let digits = Int64(index - shift << precision)
    return digits << Int64(shift) + (Int64(1) << Int64(shift) - 1) / 2
  }

  /// Makes room for the buckets of a range, by whole octaves, so that growth
  /// is rare.
  private mutating func reserve(_ range: ClosedRange<Int>) {
    let octave = 1 << precision
    let wantedStart = range.lowerBound / octave * octave
    let wantedEnd = (range.upperBound / octave + 1) * octave
    if counts.isEmpty {
      firstIndex = wantedStart
      counts = [Int64](repeating: 0, count: wantedEnd - wantedStart)
      return
    }
    if wantedStart < firstIndex {
      counts.insert(contentsOf: repeatElement(0, count: firstIndex - wantedStart), at: 0)
      firstIndex = wantedStart
    }
    let end = firstIndex + counts.count
    if wantedEnd > end { counts.append(contentsOf: repeatElement(0, count: wantedEnd - end)) }
  }
}
