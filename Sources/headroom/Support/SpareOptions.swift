import ArgumentParser
import Planning
import Scenario

/// Spare nodes of a plan.
struct SpareOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Plan spares, so that with this probability (99.9%) all the nodes of the plan are up.",
      valueName: "share"
    )
  )
  var availability: String?

  @Option(
    help: ArgumentHelp(
      "Failures in 1,000 days of a node. (default: those of the scenario)",
      valueName: "rate"
    )
  )
  var nodeFailures: Double?

  @Option(help: ArgumentHelp("Mean time to repair a node, with --node-failures.", valueName: "time"))
  var repair: String?

  func validate() throws {
    if let share = try share, !(share > 0 && share < 1) {
      throw ValidationError("--availability must be above 0% and below 100%, such as 99.9%.")
    }
    if availability == nil, nodeFailures != nil || repair != nil {
      throw ValidationError("--node-failures and --repair go with --availability, such as 99.9%.")
    }
    if (nodeFailures == nil) != (repair == nil) {
      throw ValidationError("--node-failures and --repair go together, such as 6.5 and 24h.")
    }
    if let nodeFailures, !(nodeFailures > 0 && nodeFailures <= 1000) {
      throw ValidationError("--node-failures must be above 0 and at most 1,000.")
    }
    if let repair { _ = try SpanText.seconds(repair, option: "--repair") }
  }

  /// The probability that is asked for; nil: no spares are planned.
  var share: Double? {
    get throws {
      guard let availability else { return nil }
      guard availability.hasSuffix("%"), let value = Double(availability.dropLast()) else {
        throw ValidationError("--availability \(availability): write a share such as 99.9%.")
      }
      return value / 100
    }
  }

  /// The share of the time for which a node of each pool is up.
  func nodeAvailability(_ scenario: LoadedScenario, pools: [String]) throws -> [Double] {
    if let nodeFailures, let repair {
      let days = try SpanText.seconds(repair, option: "--repair") / 86_400
      return pools.map { _ in SpareNodes.availability(downDaysPerDay: nodeFailures / 1000 * days) }
    }
    return try pools.map { pool in
      guard let down = scenario.downDaysPerDay(ofPool: pool) else {
        throw InputError(
          "--availability: the scenario states no failures of `\(pool)`; give --node-failures 6.5 --repair 24h, or "
            + "fleet.failures"
        )
      }
      return SpareNodes.availability(downDaysPerDay: down)
    }
  }

  /// Overrides for fleets whose nodes do not fail: spares stand for what does.
  static func soundNodes(_ scenario: LoadedScenario, pools: [String]) -> [String] {
    ["fleet.failures=null"]
      + pools.flatMap { ["fleet.nodes.\($0).failures=null", "fleet.nodes.\($0).spares=0"] }
  }

  /// Overrides for a fleet of so many nodes and spares whose nodes fail.
  func failing(_ pools: [String], spares: [Int]) -> [String] {
    var words = zip(pools, spares).map { "fleet.nodes.\($0).spares=\($1)" }
    if let nodeFailures, let repair {
      words.append(
        "fleet.failures={perThousandNodeDays: \(nodeFailures), repair: {exponential: {mean: \(repair)}}}"
      )
      words += pools.map { "fleet.nodes.\($0).failures=null" }
    }
    return words
  }
}
