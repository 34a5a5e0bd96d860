import Glibc

extension Variate {
  /// The expected value; nil where it is infinite.
  public var mean: Double? {
    switch self {
    case .constant(let value): return value
    case .uniform(let low, let high): return low + (high - low) / 2
    case .exponential(let mean): return mean
    case .normal(let mean, _): return mean
    case .logNormal(let mu, let sigma): return exp(mu + sigma * sigma / 2)
    case .gamma(let shape, let scale): return shape * scale
    case .weibull(let shape, let scale): return scale * tgamma(1 + 1 / shape)
    case .pareto(let shape, let minimum):
      return shape > 1 ? shape * minimum / (shape - 1) : nil
    case .hyperexponential(let branches):
      let total = branches.reduce(0) { $0 + $1.weight }
      return branches.reduce(0) { $0 + $1.weight / total * $1.mean }
    case .empirical(let values):
      return values.reduce(0, +) / Double(values.count)
    case .quantileTable(let points):
      return zip(points, points.dropFirst()).reduce(0) { sum, ends in
        let (a, b) = ends
        return sum + (b.probability - a.probability) * (a.value + b.value) / 2
      }
    }
  }

  /// The variance; nil where it is infinite.
  public var variance: Double? {
    switch self {
    case .constant: return 0
    case .uniform(let low, let high): return (high - low) * (high - low) / 12
    case .exponential(let mean): return mean * mean
    case .normal(_, let deviation): return deviation * deviation
    case .logNormal(let mu, let sigma):
      return expm1(sigma * sigma) * exp(2 * mu + sigma * sigma)
    case .gamma(let shape, let scale): return shape * scale * scale
    case .weibull(let shape, let scale):
      let first = tgamma(1 + 1 / shape)
      return scale * scale * (tgamma(1 + 2 / shape) - first * first)
    case .pareto(let shape, let minimum):
      guard shape > 2 else { return nil }
      return minimum * minimum * shape / ((shape - 1) * (shape - 1) * (shape - 2))
    case .hyperexponential(let branches):
      // The variance within the branches plus that between their means.
      guard let mean else { return nil }
      let total = branches.reduce(0) { $0 + $1.weight }
      return branches.reduce(0) { sum, branch in
        let distance = branch.mean - mean
        return sum + branch.weight / total * (branch.mean * branch.mean + distance * distance)
      }
    case .empirical(let values):
      guard let mean else { return nil }
      let squares = values.reduce(0.0) { sum, value in
        let distance = value - mean
        return sum + distance * distance
      }
      return squares / Double(values.count)
    case .quantileTable(let points):
      guard let mean else { return nil }
      // The integral of (x - mean)^2 along each straight line.
      return zip(points, points.dropFirst()).reduce(0.0) { sum, ends in
        let a = ends.0.value - mean
        let b = ends.1.value - mean
        let square = (a * a + a * b + b * b) / 3
        return sum + (ends.1.probability - ends.0.probability) * square
      }
    }
  }
}
