import Workload

/// How much carbon a grid emits for a kWh, the same all day or by hour.
public struct GridIntensity: Hashable, Sendable {
  /// gCO2e/kWh by hour of the day (24), or one value.
  public let grams: [Double]
  /// Where it was read.
  public let source: String

  init(_ grams: [Double], source: String) {
    self.grams = grams
    self.source = source
  }

  /// The same all day.
  public static func constant(_ grams: Double, source: String) -> GridIntensity {
    GridIntensity([grams], source: source)
  }

  /// A region of a cloud; nil: not known.
  public static func of(provider: String, region: String) -> GridIntensity? {
    let table =
      provider.lowercased() == "gcp"
      ? GridRegions.gcp : provider.lowercased() == "aws" ? GridRegions.aws : [:]
    return table[region.lowercased()].map { constant($0, source: "grid of \(provider) \(region)") }
  }

  /// Regions by name, whatever the cloud; names are unique across them.
  public static func named(_ region: String) -> GridIntensity? {
    of(provider: "gcp", region: region) ?? of(provider: "aws", region: region)
  }

  /// Known names, in order.
  public static var names: [String] { (Array(GridRegions.gcp.keys) + GridRegions.aws.keys).sorted() }

  /// Reads 24 rows `hour,g_per_kwh`. Errors name file, line and column.
  public init(path: String) throws(TraceError) {
    let columns = ["hour", "g_per_kwh"]
    var reader = try CSVReader(path: path, expecting: columns)
    try reader.acceptOnly(columns)
    let hour = try reader.column("hour")
    let value = try reader.column("g_per_kwh")
    var grams: [Double] = []
    while try reader.next() {
      let number = Int(try reader.integer(hour, in: 0...23))
      guard number == grams.count else {
        throw reader.error(
          at: hour,
          .contradiction(
            "hour \(number) stands where \(grams.count) is due",
            hint: "write the hours 0 to 23 in order"
          )
        )
      }
      let amount = try reader.decimal(value, accepted: "gCO2e/kWh, 0 or more")
      guard (0...1e5).contains(amount) else {
        throw reader.error(
          at: value,
          .outOfRange(column: "g_per_kwh", found: "\(amount)", accepted: "gCO2e/kWh, 0 to 100,000")
        )
      }
      grams.append(amount)
    }
    guard grams.count == 24 else {
      throw TraceError(
        file: path,
        problem: .contradiction(
          "the table has \(grams.count) hours",
          hint: "write one row for each hour, 0 to 23"
        )
      )
    }
    self.init(grams, source: path)
  }

  /// The mean over time, weighed by the power drawn in each bucket.
  ///
  /// - Parameters:
  ///   - power: by bucket, in any unit.
  ///   - bucket: ns.
  ///   - start: the time of day at which the first bucket begins, ns.
  func mean(power: [Double], bucket: Int64, start: Int64) -> Double {
    let total = power.reduce(0, +)
    guard grams.count > 1, total > 0 else { return grams.reduce(0, +) / Double(grams.count) }
    let hour: Int64 = 3_600_000_000_000
    let sum = power.enumerated().reduce(0.0) { sum, entry in
      sum + entry.element * mean(from: start + Int64(entry.offset) * bucket, length: bucket, hour: hour)
    }
    return sum / total
  }

  /// Over a stretch of time.
  private func mean(from start: Int64, length: Int64, hour: Int64) -> Double {
    var (now, sum) = (start, 0.0)
    while now < start + length {
      let end = min(start + length, (now / hour + 1) * hour)
      sum += grams[Int(now / hour % 24)] * Double(end - now)
      now = end
    }
    return sum / Double(length)
  }
}
