import ArgumentParser
import Economics
import Hardware
import Reporting

struct TCOCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tco",
    abstract: "Owning GPUs against renting them: cost, worth and payback.",
    discussion: """
      Examples:
        headroom tco quick --gpu h100-sxm --count 64 --use 0.7 --against lambda,aws
        headroom tco quick case.csv --json
        headroom tco 3 --compare owned,lambda,aws,hybrid
      """,
    subcommands: [Run.self, Quick.self],
    defaultSubcommand: Run.self
  )

  struct Quick: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "quick",
      abstract: "Compare owning and renting without a run.",
      discussion: """
        With a FILE (CSV: quantity,value) of inputs and running costs, prints every quantity that they determine. \
        With --gpu, --count and --use, fills in the rest from the price book and from parameters with sources, and \
        lists every assumption.

        Examples:
          headroom tco quick case.csv
          headroom tco quick --gpu h100-sxm --count 64 --use 0.7 --against lambda,aws
          headroom tco quick --gpu h100-sxm --count 64 --use 0.7 --against aws --tornado --monte-carlo 100000
          headroom tco quick --gpu h100-sxm --count 64 --use 0.7 --against nebius --years 4 --costs mine.csv --json
        """
    )

    @Argument(help: "Inputs and running costs, a table quantity,value.", completion: .file())
    var file: String?

    @Option(help: ArgumentHelp("The GPU: its id, name or alias.", valueName: "name"))
    var gpu: String?

    @Option(help: ArgumentHelp("GPUs.", valueName: "n"))
    var count: Int?

    @Option(help: ArgumentHelp("The share of the available GPU-hours in use, 0 to 1.", valueName: "share"))
    var use: Double?

    @Option(help: ArgumentHelp("Providers of the price book, separated by commas.", valueName: "names"))
    var against: String?

    @Option(help: ArgumentHelp("Years of use. (default: the typical life)", valueName: "n"))
    var years: Int?

    @Option(
      help: ArgumentHelp(
        "A table of owned-cost parameters (CSV: parameter,low,typical,high) over the shipped ones.",
        valueName: "file"
      ),
      completion: .file()
    )
    var costs: String?

    @OptionGroup var uncertainty: UncertaintyOptions
    @OptionGroup var book: PriceOptions

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      let words = [gpu, against].contains { $0 != nil } || count != nil || use != nil
      if file != nil, words {
        throw ValidationError("Give a FILE, or --gpu, --count, --use and --against, not both.")
      }
      if file != nil, years != nil || costs != nil || book.file != nil || book.rates != nil {
        throw ValidationError(
          "A FILE holds all inputs: --years, --costs, --prices and --rates go with --gpu."
        )
      }
      if file == nil, gpu == nil || count == nil || use == nil || against == nil {
        throw ValidationError("Give a FILE, or all of --gpu, --count, --use and --against.")
      }
      if let count, !(1...10_000_000).contains(count) {
        throw ValidationError("--count must be 1 ... 10,000,000.")
      }
      if let use, !(use > 0 && use <= 1) { throw ValidationError("--use must be above 0, at most 1.") }
      if file != nil, uncertainty.isAsked {
        throw ValidationError(
          "A FILE has no ranges: --tornado, --monte-carlo, --table and --use-range go with --gpu."
        )
      }
      if let years, !(1...100).contains(years) { throw ValidationError("--years must be 1 ... 100.") }
    }

    func run() throws {
      try Failure.reporting {
        if let file {
          let quantities = QuickQuantities(try QuickCase(path: file))
          Terminal.write(
            json
              ? try QuantityText.json(quantities) : QuantityText.page(quantities, style: Terminal.style)
          )
        } else {
          let estimate = try estimate()
          let report = try uncertainty.report(of: estimate)
          if json {
            Terminal.write(try EstimateText.json(estimate, report))
          } else {
            Terminal.write(EstimateText.page(estimate, style: Terminal.style))
            if !report.isEmpty { Terminal.write(UncertaintyText.page(report, style: Terminal.style)) }
          }
        }
      }
    }

    private func estimate() throws -> QuickEstimate {
      let model = try CatalogCommand.model(named: gpu ?? "")
      guard var parameters = CostParameters.builtin(for: model) else {
        throw InputError(
          "no purchase price of \(model.id) is known; known are \(CostParameters.pricedGPUs.joined(separator: ", "))"
        )
      }
      if let costs { parameters = try parameters.overridden(path: costs) }
      let fleet = FleetModel(gpu: model, gpus: count ?? 0, parameters: parameters, years: years)
      let providers = (against ?? "").split(separator: ",").map(String.init)
      return try QuickEstimate(model: fleet, use: use ?? 0, against: providers, book: book.load())
    }
  }
}
