import Hardware
import Reporting
import Scenario

/// The named groups of nodes that a suggestion may change.
enum NodePools {
  /// Empty when the scenario's nodes come from a trace or a study: they have
  /// no key to set.
  static func pools(of scenario: LoadedScenario) -> [SuggestionContext.Pool] {
    guard scenario.study == nil, scenario.resolvedYAML.contains("gpusPerNode:") else { return [] }
    var pools: [SuggestionContext.Pool] = []
    for node in scenario.nodes.nodes where node.gpuCount > 0 && !node.isForLoans {
      // The loader names the nodes of a pool NAME-0, NAME-1 ...
      guard let dash = node.name.lastIndex(of: "-") else { return [] }
      let name = String(node.name[..<dash])
      if pools.last?.name == name {
        pools[pools.count - 1].nodes += 1
      } else {
        pools.append(.init(name: name, nodes: 1, cpuMilli: node.cpuMilli, memoryMiB: node.memoryMiB))
      }
    }
    return pools
  }
}
