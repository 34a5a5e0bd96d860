import ArgumentParser
import Economics
import Hardware

/// Which grid the owned site draws from.
struct GridOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The grid of the owned site: a cloud's region there, such as europe-west9.",
      valueName: "region"
    )
  )
  var grid: String?

  @Option(
    help: ArgumentHelp("Its intensity by hour of the day (CSV: hour,g_per_kwh, 24 rows).", valueName: "file"),
    completion: .file()
  )
  var gridHours: String?

  func validate() throws {
    if grid != nil, gridHours != nil { throw ValidationError("Give --grid or --grid-hours, not both.") }
  }

  func intensity(_ parameters: [String: CostParameters]) throws -> GridIntensity {
    if let gridHours { return try GridIntensity(path: gridHours) }
    if let grid {
      guard let found = GridIntensity.named(grid) else {
        throw InputError(
          "no grid of `\(grid)` is known; "
            + (Suggestion.hint(for: grid, among: GridIntensity.names) ?? "give --grid-hours FILE")
        )
      }
      return found
    }
    let usual = parameters.values.first?[.carbonIntensity]
    return .constant(usual?.typical ?? 0, source: usual?.name ?? "")
  }
}
