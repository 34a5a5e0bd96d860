import ArgumentParser
import Economics

/// The user's prices over the shipped ones.
struct PriceOptions: ParsableArguments {
  @Option(
    name: [.customLong("file"), .customLong("prices")],
    help: ArgumentHelp("A table of prices (CSV) whose rows replace the shipped ones.", valueName: "file"),
    completion: .file()
  )
  var file: String?

  @Option(
    help: ArgumentHelp(
      "Exchange rates into USD (CSV: currency,usd_per_unit,date,source) for prices in other currencies.",
      valueName: "file"
    ),
    completion: .file()
  )
  var rates: String?

  func load() throws -> PriceBook {
    let rates = try rates.map { try ExchangeRates(path: $0) } ?? ExchangeRates()
    guard let file else { return .builtin }
    return PriceBook.builtin.overridden(by: try PriceBook.rows(path: file, rates: rates))
  }
}
