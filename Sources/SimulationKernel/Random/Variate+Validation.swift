/// What is wrong with the parameters of a distribution.
public enum VariateError: Error, Equatable, CustomStringConvertible {
  /// A parameter is infinite or not a number.
  case notFinite(parameter: String, found: Double)
  /// A parameter must be above zero.
  case notPositive(parameter: String, found: Double)
  /// A parameter must not be below zero.
  case negative(parameter: String, found: Double)
  /// The upper end of an interval lies below its lower end.
  case reversedInterval(low: Double, high: Double)
  /// There is nothing to draw from.
  case empty(parameter: String)
  /// The values do not ascend at the given position.
  case notAscending(parameter: String, position: Int)
  /// A quantile table does not reach from probability 0 to 1.
  case incompleteTable(first: Double, last: Double)

  public var description: String {
    switch self {
    case .notFinite(let parameter, let found):
      "\(parameter) is \(found); a finite number is needed"
    case .notPositive(let parameter, let found):
      "\(parameter) is \(found); a number above 0 is needed"
    case .negative(let parameter, let found):
      "\(parameter) is \(found); a number of at least 0 is needed"
    case .reversedInterval(let low, let high):
      "the interval's high end \(high) lies below its low end \(low)"
    case .empty(let parameter):
      "\(parameter) is empty; at least one is needed"
    case .notAscending(let parameter, let position):
      "\(parameter) must ascend, but entry \(position) is below the one before it"
    case .incompleteTable(let first, let last):
      "the quantile table reaches from probability \(first) to \(last); from 0 to 1 is needed"
    }
  }
}

extension Variate {
  /// Checks the parameters; ``quantile(_:)`` is defined for those that pass.
  public func validate() throws(VariateError) {
    switch self {
    case .constant(let value):
      try Self.finite(value, "constant")
    case .uniform(let low, let high):
      try Self.finite(low, "low")
      try Self.finite(high, "high")
      if high < low { throw .reversedInterval(low: low, high: high) }
    case .exponential(let mean):
      try Self.positive(mean, "mean")
    case .normal(let mean, let deviation):
      try Self.finite(mean, "mean")
      try Self.atLeastZero(deviation, "standardDeviation")
    case .logNormal(let mu, let sigma):
      try Self.finite(mu, "mu")
      try Self.atLeastZero(sigma, "sigma")
    case .gamma(let shape, let scale), .weibull(let shape, let scale):
      try Self.positive(shape, "shape")
      try Self.positive(scale, "scale")
    case .pareto(let shape, let minimum):
      try Self.positive(shape, "shape")
      try Self.positive(minimum, "minimum")
    case .hyperexponential(let branches):
      if branches.isEmpty { throw .empty(parameter: "branches") }
      for (index, branch) in branches.enumerated() {
        try Self.positive(branch.weight, "branches[\(index)].weight")
        try Self.positive(branch.mean, "branches[\(index)].mean")
      }
    case .empirical(let values):
      if values.isEmpty { throw .empty(parameter: "values") }
      try Self.ascending(values, "values")
    case .quantileTable(let points):
      guard let first = points.first, let last = points.last, points.count > 1 else {
        throw .empty(parameter: "points")
      }
      try Self.ascending(points.map(\.probability), "probabilities")
      try Self.ascending(points.map(\.value), "values")
      if first.probability != 0 || last.probability != 1 {
        throw .incompleteTable(first: first.probability, last: last.probability)
      }
    }
  }

  private static func finite(_ value: Double, _ parameter: String) throws(VariateError) {
    if !value.isFinite { throw .notFinite(parameter: parameter, found: value) }
  }

  private static func positive(_ value: Double, _ parameter: String) throws(VariateError) {
    try finite(value, parameter)
    if value <= 0 { throw .notPositive(parameter: parameter, found: value) }
  }

  private static func atLeastZero(_ value: Double, _ parameter: String) throws(VariateError) {
    try finite(value, parameter)
    if value < 0 { throw .negative(parameter: parameter, found: value) }
  }

  private static func ascending(_ values: [Double], _ parameter: String) throws(VariateError) {
    for (index, value) in values.enumerated() {
      try finite(value, "\(parameter)[\(index)]")
      if index > 0 && value < values[index - 1] {
        throw .notAscending(parameter: parameter, position: index)
      }
    }
  }
}
