/// A unit that a value may carry.
struct Unit {
  var symbol: String
  /// How many of the base unit it is.
  var factor: Int128
}

/// The units of the language.
enum Units {
  /// Base: nanosecond.
  static let time = [
    Unit(symbol: "ns", factor: 1),
    Unit(symbol: "us", factor: 1_000),
    Unit(symbol: "ms", factor: 1_000_000),
    Unit(symbol: "s", factor: 1_000_000_000),
    Unit(symbol: "m", factor: 60_000_000_000),
    Unit(symbol: "min", factor: 60_000_000_000),
    Unit(symbol: "h", factor: 3_600_000_000_000),
    Unit(symbol: "d", factor: 86_400_000_000_000),
    Unit(symbol: "w", factor: 604_800_000_000_000),
  ]

  /// Base: byte. `Gi` is Kubernetes' way to write `GiB`.
  static let memory: [Unit] = {
    var units: [Unit] = []
    for (power, letter) in ["K", "M", "G", "T"].enumerated() {
      let binary = (0...power).reduce(Int128(1)) { product, _ in product * 1024 }
      let decimal = (0...power).reduce(Int128(1)) { product, _ in product * 1000 }
      units.append(Unit(symbol: letter + "iB", factor: binary))
      units.append(Unit(symbol: letter + "i", factor: binary))
      units.append(Unit(symbol: letter + "B", factor: decimal))
    }
    return units
  }()

  /// Base: bit. Networks are sold in powers of ten.
  static let bits = [
    Unit(symbol: "kbit", factor: 1_000),
    Unit(symbol: "Mbit", factor: 1_000_000),
    Unit(symbol: "Gbit", factor: 1_000_000_000),
    Unit(symbol: "Tbit", factor: 1_000_000_000_000),
  ]

  /// The factor of a symbol.
  static func factor(of symbol: String, in units: [Unit]) -> Int128? {
    units.first { $0.symbol == symbol }?.factor
  }

  static func list(_ units: [Unit]) -> String { units.map(\.symbol).joined(separator: ", ") }

  static let bytesPerMiB: Int128 = 1_048_576
  static let nanosecondsPerSecond: Int128 = 1_000_000_000
  /// `Horizons` of 36 years of 365 days fit an event key.
  static let longestNanoseconds: Int64 = 36 * 365 * 86_400 * 1_000_000_000
}
