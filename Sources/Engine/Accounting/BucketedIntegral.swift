/// The integral of a sum of rectangles per bucket of time.
///
/// - Complexity: adding a rectangle is O(1) however many buckets it spans:
///   whole buckets in its middle are kept as a difference.
struct BucketedIntegral {
  private let from: Int64
  private let end: Int64
  private let bucket: Int64
  private var partial: [Int128]
  private var step: [Int64]

  init(from: Int64, end: Int64, bucket: Int64) {
    self.from = from
    self.end = end
    self.bucket = bucket
    let count = end > from ? Int((end - from + bucket - 1) / bucket) : 0
    partial = Array(repeating: 0, count: count)
    step = Array(repeating: 0, count: count + 1)
  }

  /// Adds `level` over [start, stop), cut to the window.
  mutating func add(_ level: Int64, from start: Int64, to stop: Int64) {
    let a = max(start, from) - from
    let b = min(stop, end) - from
    guard b > a else { return }
    let first = Int(a / bucket)
    let last = Int((b - 1) / bucket)
    if first == last {
      partial[first] += Int128(level) * Int128(b - a)
    } else {
      partial[first] += Int128(level) * Int128(Int64(first + 1) * bucket - a)
      partial[last] += Int128(level) * Int128(b - Int64(last) * bucket)
      step[first + 1] += level
      step[last] -= level
    }
  }

  /// One integral a bucket.
  var values: [Int128] {
    var running: Int64 = 0
    return partial.indices.map { index in
      running += step[index]
      return partial[index] + Int128(running) * Int128(bucket)
    }
  }
}
