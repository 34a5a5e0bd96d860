import ArgumentParser
import Economics
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
        run is priced. The first replication counts unless another is named.

        Examples:
          headroom tco 3 --compare owned,lambda,aws,hybrid
          headroom tco run 3 --prices my-prices.csv --years 5 --compare owned,mycloud --json
          headroom tco run 3 --compare owned --chargeback --idle consumption
        """
    )

    @Argument(help: ArgumentHelp("The number of the run (see `headroom runs`).", valueName: "run"))
    var number: Int64?

    @OptionGroup var store: StoreOptions

    @Option(help: ArgumentHelp("The replication.", valueName: "n"))
    var replication = 0

    @Option(help: ArgumentHelp("Years that the run stands for.", valueName: "n"))
    var years = 4

    @Option(
      help: ArgumentHelp("Options, separated by commas: owned, hybrid, and providers.", valueName: "names")
    )
    var compare = "owned,lambda,aws,hybrid"

    @Option(
      help: ArgumentHelp("A table of owned-cost parameters over the shipped ones (CSV).", valueName: "file"),
      completion: .file()
    )
    var costs: String?

    @OptionGroup var book: PriceOptions

    @Flag(help: "Divide the cost of the first option, over the measured time, among the tenants.")
    var chargeback = false

    @Option(
      help: ArgumentHelp(
        "Who pays for idle capacity: own (nobody), evenly or consumption.",
        valueName: "rule"
      )
    )
    var idle = Chargeback.Idle.own

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      if !(1...100).contains(years) { throw ValidationError("--years must be 1 ... 100.") }
      if replication < 0 { throw ValidationError("--replication must be 0 or more.") }
      if compare.isEmpty { throw ValidationError("--compare needs an option.") }
    }

    func run() throws {
      try Failure.reporting {
        let results = try ResultStore(path: store.db, access: .read)
        let stored = try StoredDemand(results, run: number, replication: replication)
        let parameters = try parameters(stored.demand)
        let comparison = try TCOComparison(
          demand: stored.demand,
          years: years,
          names: compare.split(separator: ",").map(String.init),
          parameters: { parameters[$0.id] },
          book: book.load()
        )
        try write(comparison, stored)
      }
    }

    /// Of the owned fleet, by GPU id; models without a purchase price are left
    /// out.
    private func parameters(_ demand: RunDemand) throws -> [String: CostParameters] {
      var found: [String: CostParameters] = [:]
      for part in demand.fleet {
        guard let gpu = GPUCatalogue.builtin.model(named: part.gpu),
          let shipped = CostParameters.builtin(for: gpu)
        else { continue }
        found[gpu.id] = try costs.map { try shipped.overridden(path: $0) } ?? shipped
      }
      return found
    }

    private func write(_ comparison: TCOComparison, _ stored: StoredDemand) throws {
      let bill = chargeback ? self.bill(comparison, stored) : nil
      let source = TCOText.Source(
        run: stored.id,
        name: stored.figures.header.name,
        policy: stored.figures.header.policy,
        replication: replication,
        seconds: Double(stored.demand.window) / 1e9
      )
      if json { return Terminal.write(try TCOText.json(comparison, source, chargeback: bill)) }
      Terminal.write(TCOText.page(comparison, source, style: Terminal.style))
      if let bill {
        Terminal.write(ChargebackText.page(bill, of: comparison.options[0].name, style: Terminal.style))
      }
    }

    /// The levelled cost of the first option over the measured time.
    private func bill(_ comparison: TCOComparison, _ stored: StoredDemand) -> Chargeback {
      let year = comparison.options[0].annualCost(rate: comparison.rate)
      return Chargeback(
        bill: Money(year / stored.demand.repeatsPerYear),
        held: stored.held,
        capacity: stored.capacity,
        idle: idle
      )
    }
  }
}

extension Chargeback.Idle: ExpressibleByArgument {}
