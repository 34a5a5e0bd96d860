import SimulationKernel
import Workload

/// Makes limits, failures, retries and deadlines from the keys of a class.
enum LifeBuilder {
  /// RetryDelay grows to this where nothing is said: as for Kubernetes Jobs.
  private static let longestDelay = SimDuration.seconds(360)

  /// nil: something is wrong.
  static func life(_ node: Decoded, into diagnostics: inout DiagnosticList) -> LifeSpec? {
    if node.sets("service") {
      let stated = LifeSection.keys.compactMap { node[$0] }
      for value in stated {
        let key = value.keyPath.split(separator: ".").last ?? ""
        diagnostics.add(
          value.origin,
          value.keyPath,
          "a service has no '\(key)'",
          hint: "replicas stay as long as the request rate asks for them"
        )
      }
      return stated.isEmpty ? LifeSpec() : nil
    }
    guard LifeSection.keys.allSatisfy({ node[$0]?.isSound ?? true }) else { return nil }
    var life = LifeSpec()
    life.timeLimit = node["timeLimit"].map { SimDuration(nanoseconds: $0.nanoseconds) }
    if node["retries"] != nil || node["retryDelay"] != nil {
      guard let rule = retry(node, into: &diagnostics) else { return nil }
      life.retry = rule
    }
    if let failure = node["failure"] {
      guard let built = attempts(failure, hasEnd: node["retries"] != nil, into: &diagnostics) else {
        return nil
      }
      life.failure = built
    }
    if let deadline = node["deadline"] {
      guard let built = due(deadline, into: &diagnostics) else { return nil }
      life.deadline = built
    }
    return life
  }

  private static func retry(_ node: Decoded, into diagnostics: inout DiagnosticList) -> RetryRule? {
    var rule = RetryRule(most: node["retries"].map { Int32($0.integer) })
    guard let delay = node["retryDelay"], let first = delay["first"] else { return rule }
    rule.delay = SimDuration(nanoseconds: first.nanoseconds)
    rule.longestDelay = max(rule.delay, longestDelay)
    if let longest = delay["longest"] {
      guard longest.nanoseconds >= first.nanoseconds else {
        diagnostics.add(
          longest.origin,
          longest.keyPath,
          "is below first; found \(QueueBuilder.written(longest)) after \(QueueBuilder.written(first))"
        )
        return nil
      }
      rule.longestDelay = SimDuration(nanoseconds: longest.nanoseconds)
    }
    return rule
  }

  private static func attempts(
    _ node: Decoded,
    hasEnd: Bool,
    into diagnostics: inout DiagnosticList
  ) -> AttemptFailure? {
    guard let probability = node["probability"], let after = node["after"],
      let share = DistributionBuilder.build(after, into: &diagnostics)
    else { return nil }
    guard hasEnd || probability.double <= LifeSpec.mostEndlessProbability else {
      diagnostics.add(
        probability.origin,
        probability.keyPath,
        "jobs would fail again and again; found \(QueueBuilder.written(probability)); accepted: at most 99% "
          + "where retries have no end",
        hint: "state retries"
      )
      return nil
    }
    return AttemptFailure(probability: probability.double, share: share)
  }

  private static func due(_ node: Decoded, into diagnostics: inout DiagnosticList) -> DeadlineSpec? {
    if let after = node["after"] { return .after(SimDuration(nanoseconds: after.nanoseconds)) }
    guard let factor = node["factor"] else { return nil }
    return DistributionBuilder.build(factor, into: &diagnostics).map { .factor($0) }
  }
}
