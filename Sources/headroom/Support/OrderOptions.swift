import ArgumentParser
import Planning
import Scenario
import Workload

/// When to order the nodes of a plan whose demand grows.
struct OrderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Plan when to order nodes that arrive so long after their order, such as 30w.",
      valueName: "time"
    )
  )
  var leadTime: String?

  @Option(
    help: ArgumentHelp(
      "Growth of all arrivals and services, beside what the scenario states, such as 6%/month.",
      valueName: "share/time"
    )
  )
  var growth: String?

  @Option(help: ArgumentHelp("How far to plan orders. (default: the horizon)", valueName: "time"))
  var until: String?

  @Option(help: ArgumentHelp("Stretches of which each is planned for its largest demand.", valueName: "time"))
  var step = "4w"

  @Option(
    help: ArgumentHelp(
      "How long each fleet is simulated. (default: the horizon, at most 8w)",
      valueName: "time"
    )
  )
  var window: String?

  func validate() throws {
    guard leadTime != nil else {
      if growth != nil || until != nil || window != nil {
        throw ValidationError("--growth, --until and --window go with --lead-time, such as 30w.")
      }
      return
    }
    _ = try SpanText.seconds(leadTime ?? "", option: "--lead-time")
    if let growth { _ = try SpanText.growth(growth, option: "--growth") }
    if let until { try positive(until, "--until") }
    if let window { try positive(window, "--window") }
    try positive(step, "--step")
  }

  private func positive(_ text: String, _ option: String) throws {
    guard try SpanText.seconds(text, option: option) > 0 else {
      throw ValidationError("\(option) must be above 0.")
    }
  }

  /// What is simulated for each stretch; nil: orders are not planned.
  struct Terms {
    var leadSeconds: Double
    var growth: DemandGrowth?
    /// Ends of the stretches.
    var ends: [Double]
    var overrides: [String]
  }

  func terms(_ scenario: LoadedScenario) throws -> Terms? {
    guard let leadTime else { return nil }
    guard let horizon = scenario.horizonSeconds else {
      throw InputError("--lead-time needs a scenario with a horizon")
    }
    let growth = try growth.map { try SpanText.growth($0, option: "--growth") }
    guard growth != nil || scenario.statesGrowth else {
      throw InputError("--lead-time: demand does not grow; give --growth 6%/month, or growth of arrivals")
    }
    let last = try until.map { try SpanText.seconds($0, option: "--until") } ?? horizon
    let step = try SpanText.seconds(step, option: "--step")
    guard last / step <= Self.mostStretches else {
      throw InputError(
        "--step \(self.step) makes more than \(Int(Self.mostStretches)) stretches until the end"
      )
    }
    let window = min(
      try window.map { try SpanText.seconds($0, option: "--window") } ?? Self.usualWindow,
      window == nil ? horizon : .infinity
    )
    let warmup = min(scenario.warmupSeconds, window / 4)
    return Terms(
      leadSeconds: try SpanText.seconds(leadTime, option: "--lead-time"),
      growth: growth,
      ends: (1...max(1, Int((last / step).rounded(.up)))).map { min(Double($0) * step, last) },
      overrides: ["horizon=\(Int(window))s", "warmup=\(Int(warmup))s", "fleetChanges=null"]
    )
  }

  private static let usualWindow = 8 * 7 * 86_400.0
  private static let mostStretches = 1000.0
}
