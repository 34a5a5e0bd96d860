import ArgumentParser
import Economics
import Foundation
import Hardware
import Reporting
import Results

extension TCOCommand {
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "run",
      abstract: "Price a stored run: owned, rented, committed, spot and hybrid.",
      discussion: """
        All options meet the demand that the run offered; nothing is simulated again. Without a number the latest \
        run is priced. The first replication counts unless another is named; --monte-carlo takes all of them.

        Examples:
          headroom tco 3 --compare owned,lambda,aws,hybrid
          headroom tco 3 --compare owned,lambda -o tco.xlsx --tornado --save
          headroom tco 3 --prices spring.csv --prices autumn.csv --compare owned,mycloud --json
          headroom tco 3 --compare owned --chargeback --idle consumption --basis request --jobs 10
          headroom tco 3 --compare owned --chargeback --hard-limit research=20000 --focus focus.csv
        """
    )

    @Argument(help: ArgumentHelp("The number of the run (see `headroom runs`).", valueName: "run"))
    var number: Int64?

    @OptionGroup var store: StoreOptions

    @Option(help: ArgumentHelp("The replication.", valueName: "n"))
    var replication = 0

    @Option(
      help: ArgumentHelp(
        "Options, separated by commas: owned, hybrid, and providers. (default: owned, lambda and aws where they have a "
          + "price, hybrid)",
        valueName: "names"
      )
    )
    var compare: String?

    @OptionGroup(title: "What is counted") var terms: TCOTermOptions

    @Option(
      help: ArgumentHelp("A table of owned-cost parameters over the shipped ones (CSV).", valueName: "file"),
      completion: .file()
    )
    var costs: String?

    @OptionGroup var power: GridOptions

    @Option(
      parsing: .singleValue,
      help: ArgumentHelp(
        "A table of prices (CSV) whose rows replace the shipped ones; repeat it to price by several books.",
        valueName: "file"
      ),
      completion: .file()
    )
    var prices: [String] = []

    @Option(
      help: ArgumentHelp(
        "Exchange rates into USD (CSV: currency,usd_per_unit,date,source).",
        valueName: "file"
      ),
      completion: .file()
    )
    var rates: String?

    @Flag(help: "Show what moves the worth of the first option against the cheapest other one.")
    var tornado = false

    @Option(
      help: ArgumentHelp(
        "Draw parameters and replications so often: P10, P50 and P90 of each option.",
        valueName: "n"
      )
    )
    var monteCarlo: Int?

    @Option(help: ArgumentHelp("Seed of the draws.", valueName: "n"))
    var seed: UInt64 = 1

    @OptionGroup(title: "Chargeback") var charge: ChargebackOptions
    @OptionGroup(title: "Files") var files: HandoverOptions

    @Flag(help: "Keep the comparison in the results file (tco_option, cost_line, cash_flow).")
    var save = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      if rates != nil, prices.isEmpty { throw ValidationError("--rates goes with --prices.") }
      if replication < 0 { throw ValidationError("--replication must be 0 or more.") }
      if let compare, compare.split(separator: ",").isEmpty {
        throw ValidationError("--compare needs an option.")
      }
      if let monteCarlo, !(1...10_000_000).contains(monteCarlo) {
        throw ValidationError("--monte-carlo must be 1 ... 10,000,000.")
      }
    }

    func run() throws {
      var hasBrokenBudget = false
      try Failure.reporting {
        try files.checkWritable()
        let results = try ResultStore(path: store.db, access: .read)
        if save { try ResultStore.checkWritable(store.db) }
        let stored = try StoredDemand(results, run: number, replication: replication)
        let parameters = try StoredParameters.of(stored.demand, costs: costs)
        let books = try books()
        let names = options(stored.demand, books[0].book)
        var report = TCOReport(
          source: TCOText.Source(
            run: stored.id,
            name: stored.figures.header.name,
            policy: stored.figures.header.policy,
            replication: replication,
            seconds: Double(stored.demand.window) / 1e9
          ),
          books: try books.map { ($0.name, try comparison(stored.demand, names, parameters, $0.book)) }
        )
        report.grid = try power.intensity(parameters)
        if tornado { report.tornado = Tornado(report.comparison) }
        if let monteCarlo {
          let all = try stored.figures.replications.map { one in
            try comparison(
              StoredDemand(results, run: stored.id, replication: one.number).demand,
              names,
              parameters,
              books[0].book
            )
          }
          report.joint = JointUncertainty(all, draws: monteCarlo, seed: seed)
        }
        if charge.isAsked {
          let bill = try charge.bill(report.bill, stored, results)
          report.chargeback = bill
          report.verdicts = try charge.verdicts(on: bill, stored)
          report.listedJobs = charge.jobs ?? 0
        }
        try files.write(report, stored)
        if save { try keep(report) }
        Terminal.write(try json ? TCOText.json(report) : TCOText.page(report, style: Terminal.style))
        hasBrokenBudget = report.verdicts.contains { $0.isBroken && $0.budget.isHard }
      }
      if hasBrokenBudget { throw ExitReason.regression }
    }

    private func books() throws -> [(name: String, book: PriceBook)] {
      guard !prices.isEmpty else { return [("shipped prices", .builtin)] }
      let rates = try rates.map { try ExchangeRates(path: $0) } ?? ExchangeRates()
      return try prices.map { path in
        (path, PriceBook.builtin.overridden(by: try PriceBook.rows(path: path, rates: rates)))
      }
    }

    /// The options asked for, or the usual ones that can be priced.
    private func options(_ demand: RunDemand, _ book: PriceBook) -> [String] {
      if let compare { return compare.split(separator: ",").map(String.init) }
      let usual = UsualProviders.of(demand, book)
      for note in usual.notes { Terminal.printError("Note: \(note)") }
      return ["owned"] + usual.names + (usual.names.isEmpty ? [] : ["hybrid"])
    }

    private func comparison(
      _ demand: RunDemand,
      _ names: [String],
      _ parameters: [String: CostParameters],
      _ book: PriceBook
    ) throws -> TCOComparison {
      try TCOComparison(
        demand: demand,
        terms: terms.terms,
        names: names,
        parameters: { parameters[$0.id] },
        book: book
      )
    }

    private func keep(_ report: TCOReport) throws {
      let record = try MoneyRecord(report)
      let study = try ResultStore(path: store.db, access: .write).write(record)
      if !json { Terminal.printError("Stored as study \(study) of run \(record.run) in \(store.db).") }
    }
  }
}
