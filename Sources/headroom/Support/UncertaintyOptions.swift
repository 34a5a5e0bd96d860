import ArgumentParser
import Economics
import Reporting

/// What to tell about how sure an estimate is.
struct UncertaintyOptions: ParsableArguments {
  @Flag(help: "Move each parameter alone to its low and its high value.")
  var tornado = false

  @Option(
    name: .customLong("monte-carlo"),
    help: ArgumentHelp(
      "Draw all parameters so many times: P10, P50, P90, how often owning wins.",
      valueName: "n"
    )
  )
  var draws: Int?

  @Option(help: ArgumentHelp("The seed of the draws.", valueName: "n"))
  var seed: UInt64 = 42

  @Flag(help: "Print the worth of owning by use and cloud price.")
  var table = false

  @Option(
    name: .customLong("use-range"),
    help: ArgumentHelp(
      "The lowest and highest share in use, such as 0.4:0.9. (default: --use is certain)",
      valueName: "low:high"
    )
  )
  var useRange: String?

  var isAsked: Bool { tornado || draws != nil || table || useRange != nil }

  func validate() throws {
    if let draws, !(1...100_000_000).contains(draws) {
      throw ValidationError("--monte-carlo must be 1 ... 100,000,000.")
    }
    if useRange != nil, range == nil {
      throw ValidationError("--use-range must be LOW:HIGH with 0 < LOW <= HIGH <= 1, such as 0.4:0.9.")
    }
    if useRange != nil, !tornado, draws == nil {
      throw ValidationError("--use-range serves --tornado and --monte-carlo.")
    }
  }

  private var range: (low: Double, high: Double)? {
    let parts = (useRange ?? "").split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard parts.count == 2, let low = parts[0], let high = parts[1], low > 0, low <= high, high <= 1 else {
      return nil
    }
    return (low, high)
  }

  func report(of estimate: QuickEstimate) throws -> UncertaintyReport {
    let (low, high) = range ?? (estimate.use, estimate.use)
    guard (low...high).contains(estimate.use) else {
      throw InputError("--use \(estimate.use) lies outside --use-range \(low):\(high)")
    }
    return UncertaintyReport(
      estimate,
      use: .init(low: low, typical: estimate.use, high: high),
      tornado: tornado,
      draws: draws,
      seed: seed,
      table: table
    )
  }
}
