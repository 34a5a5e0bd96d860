@testable import Scenario

/// Small scenarios that tests change.
enum Sample {
  /// Loads in a quarter of a millisecond; nothing optional is set.
  static let text = """
    version: 1
    name: sample
    horizon: 1d
    fleet:
      nodes:
        - {name: a, count: 4, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 96, memory: 1TiB}
        - {name: b, count: 12, cpu: 64, memory: 256GiB}
    workload:
      classes:
        - name: train
          demand: [{gpus: 1, cpu: 8, memory: 64GiB}, {gpus: 8, cpu: 64, memory: 512GiB, weight: 0.5}]
          arrivals: {poisson: {rate: 30/h}}
          duration: {lognormal: {median: 2h, sigma: 1}}
        - name: serve
          tenants: [web, {name: app, weight: 2}]
          demand: {gpus: 0.25, cpu: 500m, memory: 8GiB}
          service: {requests: 100/s, perReplica: 10/s, maxReplicas: 20}
    """ + "\n"

  /// The sample with its batch class only.
  static let withoutService: String = {
    guard let service = text.firstRange(of: "    - name: serve") else { preconditionFailure("no service") }
    return String(text[..<service.lowerBound])
  }()

  static func load(_ text: String = text, _ overrides: String...) throws -> LoadedScenario {
    try ScenarioLoader.load(text: text, label: "sample.yaml", overrides: overrides, environment: [:])
  }

  /// The sample with one piece of text replaced.
  static func changing(_ old: String, to new: String) -> String {
    precondition(text.contains(old), "the sample does not hold '\(old)'")
    return text.replacing(old, with: new)
  }

  /// What loading fails with.
  static func failure(_ text: String = text, overrides: [String] = []) -> String {
    do {
      _ = try ScenarioLoader.load(text: text, label: "bad.yaml", overrides: overrides, environment: [:])
      return "loads\n"
    } catch {
      return "\(error)\n"
    }
  }
}
