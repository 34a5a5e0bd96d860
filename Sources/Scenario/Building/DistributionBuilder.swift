import Foundation
import SimulationKernel

/// Makes a variate from a distribution section. Times become seconds.
enum DistributionBuilder {
  static func build(_ section: Decoded, into diagnostics: inout DiagnosticList) -> Variate? {
    guard section.isSound, let (key, value) = section.chosen else { return nil }
    let variate = variate(key, value)
    do {
      try variate.validate()
      return variate
    } catch {
      diagnostics.add(value.blame, value.keyPath, "cannot be drawn from, times in seconds: \(error)")
      return nil
    }
  }

  private static func number(_ node: Decoded) -> Double {
    if case .nanoseconds? = node.scalar { return node.seconds }
    return node.double
  }

  private static func variate(_ key: String, _ value: Decoded) -> Variate {
    func part(_ key: String) -> Double {
      guard let node = value[key] else { preconditionFailure("'\(value.keyPath)' has no '\(key)'") }
      return number(node)
    }
    switch key {
    case "fixed": return .constant(number(value))
    case "uniform": return .uniform(low: part("from"), high: part("to"))
    case "exponential": return .exponential(mean: part("mean"))
    case "normal": return .normal(mean: part("mean"), standardDeviation: part("deviation"))
    case "lognormal":
      let sigma = part("sigma")
      // The median of a log-normal variate is exp(mu), its mean
      // exp(mu + sigma^2 / 2).
      let mu = value["median"] == nil ? log(part("mean")) - sigma * sigma / 2 : log(part("median"))
      return .logNormal(mu: mu, sigma: sigma)
    case "gamma": return .gamma(shape: part("shape"), scale: part("mean") / part("shape"))
    case "weibull": return .weibull(shape: part("shape"), scale: part("scale"))
    case "pareto": return .pareto(shape: part("shape"), minimum: part("minimum"))
    case "hyperexponential":
      return .hyperexponential(
        value.elements.compactMap { branch in
          guard let weight = branch["weight"], let mean = branch["mean"] else { return nil }
          return .init(weight: weight.double, mean: number(mean))
        }
      )
    case "empirical": return .empirical(value.elements.map(number).sorted())
    case "quantiles":
      return .quantileTable(
        value.elements.compactMap { point in
          guard let probability = point["probability"], let at = point["value"] else { return nil }
          return .init(probability: probability.double, value: number(at))
        }
      )
    default: preconditionFailure("no distribution is called '\(key)'")
    }
  }
}
