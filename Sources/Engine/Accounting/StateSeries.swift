import Outcome

/// Integrals of fleet levels per bucket of time and GPU model.
struct StateSeries: ~Copyable {
  private struct Level {
    var free: Int64 = 0
    var stranded: Int64 = 0
    var down: Int64 = 0
    var since: Int64 = 0
  }
  /// Room for the default number of buckets and as many again while a queue
  /// drains, so that nothing is allocated during the run.
  private static let usualBuckets = 512
  private let from: Int64
  private let bucket: Int64
  private var level: [Level]
  /// Per model, 3 values a bucket: free, stranded (weighted), down.
  private var values: [[Int128]]

  init(models: Int, from: Int64, bucket: Int64) {
    self.from = from
    self.bucket = bucket
    level = Array(repeating: Level(since: from), count: models)
    values = (0..<models).map { _ in
      var empty: [Int128] = []
      empty.reserveCapacity(3 * StateSeries.usualBuckets)
      return empty
    }
  }

  mutating func change(model: Int, at now: Int64, free: Int64, stranded: Int64, down: Int64) {
    if now > level[model].since { advance(model, to: now) }
    level[model].free += free
    level[model].stranded += stranded
    level[model].down += down
  }

  private mutating func advance(_ model: Int, to now: Int64) {
    let current = level[model]
    var at = current.since
    while at < now {
      let index = Int((at - from) / bucket)
      let stop = min(now, from + Int64(index + 1) * bucket)
      while values[model].count < 3 * (index + 1) { values[model].append(0) }
      let span = Int128(stop - at)
      values[model][3 * index] += Int128(current.free) * span
      values[model][3 * index + 1] += Int128(current.stranded) * span
      values[model][3 * index + 2] += Int128(current.down) * span
      at = stop
    }
    level[model].since = now
  }

  mutating func finish(at end: Int64, models: [String], weight: Int128) -> [Series] {
    var result: [Series] = []
    for m in models.indices {
      if end > level[m].since { advance(m, to: end) }
      for (offset, name) in ["free", "stranded", "down"].enumerated() {
        let column = stride(from: offset, to: values[m].count, by: 3).map {
          offset == 1 ? values[m][$0] / weight : values[m][$0]
        }
        result.append(
          Series(name: name, tenant: "", gpuModel: models[m], unit: "milliGPU_ns", values: column)
        )
      }
    }
    return result
  }
}
