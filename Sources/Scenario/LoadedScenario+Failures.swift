import Engine

extension LoadedScenario {
  /// The sum over causes of failures a day of a node in service x mean days to
  /// repair; nil: nothing is said of the nodes of this pool, or a mean is
  /// infinite.
  public func downDaysPerDay(ofPool pool: String) -> Double? {
    guard let first = fleet.nodes.firstIndex(where: { $0.name.hasPrefix(pool + "-") }),
      let group = settings.failures.first(where: { $0.nodes.contains(first) })
    else { return nil }
    var sum = 0.0
    for cause in group.causes {
      guard let repair = cause.repair else { continue }
      guard let mean = repair.mean else { return nil }
      sum += cause.perDay(gpus: fleet.nodes[first].gpuCount) * mean / 86_400
    }
    return sum
  }
}
