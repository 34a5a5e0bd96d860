import ArgumentParser
import Economics
import Reporting
import Results

struct DecideCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decide",
    abstract: "Weigh building, a managed fleet, the public cloud and a hybrid for a scenario's demand.",
    discussion: """
      Simulates the scenario and stores the run, prices every way for the same demand, and weighs the money with stated \
      needs by rules that are listed. Tells what would change the answer.

      Examples:
        headroom decide scenarios/hybrid-burst.yaml --team 1
        headroom decide my.yaml --residency own --data 500 --reads 4 --growth 60% --horizon 3
        headroom decide my.yaml --without growth --weight team=3 --against aws,nebius --json
      """
  )

  @OptionGroup var options: ScenarioOptions
  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp(
      "Providers of the price book, separated by commas. (default: lambda and aws where they have a price)",
      valueName: "names"
    )
  )
  var against: String?

  @Option(
    help: ArgumentHelp(
      "The steady share of the demand, such as 60%. (default: as simulated)",
      valueName: "share"
    )
  )
  var steady: String?

  @Option(help: "From whom the work must be kept apart: none, dedicated or site.")
  var isolation = DecisionInputs.Isolation.none

  @Option(help: "Where the data must stay: none, country or own.")
  var residency = DecisionInputs.Residency.none

  @Option(help: ArgumentHelp("Data beside the GPUs, TB.", valueName: "tb"))
  var data = 0.0

  @Option(help: ArgumentHelp("How often a month the data are read out.", valueName: "n"))
  var reads = 0.0

  @Option(help: ArgumentHelp("People who can run an own site.", valueName: "posts"))
  var team = 0.0

  @Option(help: ArgumentHelp("Growth of the demand a year, such as 30%.", valueName: "share"))
  var growth = "0%"

  @Option(help: ArgumentHelp("Years.", valueName: "n"))
  var horizon = 4

  @Option(help: ArgumentHelp("Weeks until the GPUs are needed.", valueName: "weeks"))
  var neededIn: Double?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Weigh a rule otherwise; repeatable.", valueName: "rule=n")
  )
  var weight: [String] = []

  @Option(parsing: .singleValue, help: ArgumentHelp("Leave a rule out; repeatable.", valueName: "rule"))
  var without: [String] = []

  @Option(
    help: ArgumentHelp("A table of owned-cost parameters (CSV).", valueName: "file"),
    completion: .file()
  )
  var costs: String?

  @OptionGroup var book: PriceOptions

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if !(1...100).contains(horizon) { throw ValidationError("--horizon must be 1 ... 100.") }
    for (name, value) in [("data", data), ("reads", reads), ("team", team), ("needed-in", neededIn ?? 0)]
    where !(0...1e6).contains(value) {
      throw ValidationError("--\(name) must be 0 ... 1,000,000.")
    }
    if let steady { _ = try share(steady, "--steady", most: 1) }
    _ = try share(growth, "--growth", most: 100)
    _ = try weights()
    if let against, against.split(separator: ",").isEmpty {
      throw ValidationError("--against needs a provider.")
    }
  }

  private func share(_ text: String, _ flag: String, most: Double) throws -> Double {
    let isPercent = text.hasSuffix("%")
    guard let value = Double(isPercent ? String(text.dropLast()) : text),
      (0...most).contains(isPercent ? value / 100 : value)
    else { throw ValidationError("\(flag) \(text): write a share such as 30% or 0.3.") }
    return isPercent ? value / 100 : value
  }

  private func weights() throws -> [String: Double] {
    let names = DecisionRule.all.map(\.name)
    var weights: [String: Double] = [:]
    func check(_ name: String) throws {
      guard names.contains(name) else {
        throw ValidationError("there is no rule `\(name)`; the rules are \(names.joined(separator: ", ")).")
      }
    }
    for text in weight {
      let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, let value = Double(parts[1]), (0...1000).contains(value) else {
        throw ValidationError("--weight \(text): write it as team=3.")
      }
      try check(parts[0])
      weights[parts[0]] = value
    }
    for name in without {
      try check(name)
      weights[name] = 0
    }
    return weights
  }

  func run() throws {
    try Failure.reporting {
      Interrupt.listen()
      try ResultStore.checkWritable(store.db)
      let plan = try RunPlan(options.load(), verify: false)
      try checkPrices(plan)
      let record = try SimulatedCell.record(plan.cells[0], of: plan, threads: nil, quiet: json)
      let ids = try ResultStore.store([record], at: store.db) { Interrupt.isRequested }
      let stored = try StoredDemand(ResultStore(path: store.db, access: .read), run: ids[0], replication: 0)
      try decide(stored)
    }
  }

  /// Finds out before anything is simulated and stored what cannot be priced.
  private func checkPrices(_ plan: RunPlan) throws {
    let parts = FleetPart.parts(of: plan.fleet).filter { $0.gpus > 0 }
    let demand = RunDemand(
      fleet: parts.map { .init(gpu: $0.gpuModel, gpus: $0.gpus) },
      kinds: parts.map { .init(accepts: [$0.gpuModel], offered: [1]) },
      served: 0,
      waiting: 0,
      window: 1,
      bucket: 1
    )
    let (prices, parameters) = (try book.load(), try StoredParameters.of(demand, costs: costs))
    _ = try TCOComparison(
      demand: demand,
      terms: TCOTerms(years: horizon),
      names: ["owned"] + (against?.split(separator: ",").map(String.init) ?? []),
      parameters: { parameters[$0.id] },
      book: prices
    )
  }

  private func decide(_ stored: StoredDemand) throws {
    let demand = stored.demand
    let parameters = try StoredParameters.of(demand, costs: costs)
    let prices = try book.load()
    let usual = UsualProviders.of(demand, prices)
    if against == nil { for note in usual.notes { Terminal.printError("Note: \(note)") } }
    let providers = against.map { $0.split(separator: ",").map(String.init) } ?? usual.names
    let names = ["owned"] + providers + (providers.isEmpty ? [] : ["hybrid"])
    func comparison(_ years: Int) throws -> TCOComparison {
      try TCOComparison(
        demand: demand,
        terms: TCOTerms(years: years),
        names: names,
        parameters: { parameters[$0.id] },
        book: prices
      )
    }
    let priced = try comparison(horizon)
    var inputs = DecisionInputs(
      steadyShare: try steady.map { try share($0, "--steady", most: 1) }
        ?? DecisionInputs.steadyShare(of: demand)
    )
    inputs.isolation = isolation
    inputs.residency = residency
    inputs.terabytes = data
    inputs.readsPerMonth = reads
    inputs.team = team
    inputs.growth = try share(growth, "--growth", most: 100)
    inputs.horizon = horizon
    inputs.neededInWeeks = neededIn
    let weights = try weights()
    func figures(_ comparison: TCOComparison) -> DecisionFigures {
      comparison.decisionFigures(monthlyEgress: data * reads)
    }
    let sheet = DecisionSheet(inputs, figures(priced), weights: weights)
    let flips = try sheet.flips(weights: weights) { figures(try comparison($0)) }
    let source = DecisionText.Source(
      name: stored.figures.header.name,
      run: stored.id,
      options: priced.ways.mapValues { $0.name },
      providers: names.joined(separator: ",")
    )
    Terminal.write(
      try json
        ? DecisionText.json(sheet, flips, source)
        : DecisionText.page(sheet, flips, source, style: Terminal.style)
    )
  }
}

extension DecisionInputs.Isolation: ExpressibleByArgument {}
extension DecisionInputs.Residency: ExpressibleByArgument {}
