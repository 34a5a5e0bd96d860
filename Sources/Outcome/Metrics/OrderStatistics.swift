/// Exact order statistics of spans in nanoseconds.
///
/// Percentiles are nearest-rank: the p-th percentile of n values is the
/// ⌈p·n/100⌉-th smallest, so it is always a value that occurred. Nothing is
/// interpolated and nothing is estimated.
struct OrderStatistics {
  /// Ascending.
  private(set) var sorted: [Int64] = []
  private var sum: Int128 = 0

  /// Adds a value that is not below any value added before.
  mutating func append(_ value: Int64) {
    assert(sorted.last.map { $0 <= value } ?? true, "values come in ascending order")
    sorted.append(value)
    sum += Int128(value)
  }

  var count: Int { sorted.count }

  /// The nearest-rank percentile, 0 < `percent` <= 100; nil when there are no
  /// values.
  func percentile(_ percent: Int) -> Int64? {
    guard !sorted.isEmpty else { return nil }
    return sorted[(percent * sorted.count + 99) / 100 - 1]
  }

  /// The mean in nanoseconds, rounded once (the sum is exact).
  var mean: Double? { sorted.isEmpty ? nil : Double(sum) / Double(sorted.count) }

  var maximum: Int64? { sorted.last }
}
