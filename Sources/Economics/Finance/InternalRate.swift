/// The internal rate of return: the yearly rates at which flows are worth 0.
///
/// There may be none, one or several. A rate is told as the answer only when
/// it is the only one.
public enum InternalRate: Hashable, Sendable {
  case unique(Double)
  /// The flows never change their sign, or their worth never crosses 0.
  case none
  /// All of them, lowest first.
  case several([Double])

  /// The only rate; nil when there is none or more than one.
  public var rate: Double? {
    if case .unique(let rate) = self { rate } else { nil }
  }

  /// Finds all rates above -1.
  ///
  /// With `x = 1 / (1 + r)` the worth is a polynomial in `x > 0`. When its
  /// coefficients change sign once, there is exactly one root (Descartes' rule
  /// of signs); otherwise all roots are found between the roots of the
  /// derivative, found in the same way.
  ///
  /// - Complexity: O(n) halvings for one sign change, O(n^3) at worst.
  public init(of flows: [Double]) {
    var coefficients = flows
    while coefficients.last == 0 { coefficients.removeLast() }
    // A factor of x has no root above 0.
    while coefficients.first == 0 { coefficients.removeFirst() }
    let roots = PositiveRoots.all(of: coefficients)
    switch roots.count {
    case 0: self = .none
    case 1: self = .unique(1 / roots[0] - 1)
    default: self = .several(roots.reversed().map { 1 / $0 - 1 })
    }
  }
}

/// The roots above 0 of a polynomial.
enum PositiveRoots {
  /// In rising order, each once.
  ///
  /// - Parameter coefficients: lowest power first, the last not 0.
  static func all(of coefficients: [Double]) -> [Double] {
    guard signChanges(coefficients) > 0 else { return [] }
    let largest = bound(coefficients)
    guard signChanges(coefficients) > 1 else {
      return [crossing(coefficients, 0, largest)]
    }
    let slope = coefficients.indices.dropFirst().map { coefficients[$0] * Double($0) }
    var edges = [0.0] + all(of: trimmed(slope)) + [largest]
    edges = edges.filter { $0 <= largest }
    var roots: [Double] = []
    for (low, high) in zip(edges, edges.dropFirst()) {
      let (atLow, atHigh) = (sign(coefficients, low), sign(coefficients, high))
      if atHigh == 0, high < largest {
        // Touches 0 at an extremum.
        roots.append(high)
      } else if atLow * atHigh < 0 {
        roots.append(crossing(coefficients, low, high))
      }
    }
    return roots
  }

  private static func trimmed(_ coefficients: [Double]) -> [Double] {
    Array(coefficients.drop { $0 == 0 })
  }

  private static func signChanges(_ coefficients: [Double]) -> Int {
    let signs = coefficients.filter { $0 != 0 }.map { $0 > 0 }
    return zip(signs, signs.dropFirst()).count { $0 != $1 }
  }

  /// Beyond every root (A.-L. Cauchy, 1829).
  private static func bound(_ coefficients: [Double]) -> Double {
    let last = coefficients[coefficients.count - 1].magnitude
    return 1 + coefficients.dropLast().reduce(0) { max($0, $1.magnitude / last) }
  }

  /// -1, 0 or 1; values that are lost in rounding count as 0.
  private static func sign(_ coefficients: [Double], _ x: Double) -> Int {
    var value = 0.0
    var size = 0.0
    for coefficient in coefficients.reversed() {
      value = value * x + coefficient
      size = size * x + coefficient.magnitude
    }
    return value.magnitude <= size * 1e-14 ? 0 : value < 0 ? -1 : 1
  }

  private static func value(_ coefficients: [Double], _ x: Double) -> Double {
    coefficients.reversed().reduce(0) { $0 * x + $1 }
  }

  /// Halves an interval that holds one crossing until its ends are
  /// neighbours.
  private static func crossing(_ coefficients: [Double], _ low: Double, _ high: Double) -> Double {
    var (low, high) = (low, high)
    let isNegativeAtLow = value(coefficients, low) < 0
    while true {
      let middle = low + (high - low) / 2
      guard middle > low, middle < high else { return middle }
      let found = value(coefficients, middle)
      if found == 0 { return middle }
      if (found < 0) == isNegativeAtLow { low = middle } else { high = middle }
    }
  }
}
