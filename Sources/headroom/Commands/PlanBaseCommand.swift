import ArgumentParser
import Economics
import Engine
import Foundation
import Hardware
import Planning
import Reporting
import Scenario
import SimulationKernel

/// `headroom plan base`.
struct PlanBaseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "base",
    abstract: "Find how many nodes to own where jobs may burst elsewhere.",
    discussion: """
      Varies the count of one group of owned nodes, simulates each size on the same jobs, and adds the level cost of \
      owning it (power at full use) to what its jobs cost elsewhere (nodes, agreements and egress of policy.burst), both \
      a year. Sizes are compared on the same jobs, and simulated again until 95 % intervals of their differences decide; \
      what stays undecided is told. The scenario needs policy.burst and prices of its auto nodes; use `workload.loadOf` \
      so that the jobs stay the same.

      A target is a metric, perhaps @SCOPE, then <= or >= and a value: times as 15m, shares as 80%.

      Example:
        headroom plan base scenarios/burst.yaml --target "deadlines_met>=95%" --nodes base=4..16
      """
  )

  @OptionGroup var options: ScenarioOptions

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "What must be reached; repeatable. (default: nothing but the least cost)",
      valueName: "metric<=value"
    )
  )
  var target: [String] = []

  @Option(help: ArgumentHelp("The owned group of nodes and its range.", valueName: "name=least..most"))
  var nodes: String

  @OptionGroup var plan: PlanOptions

  func validate() throws {
    for text in target { _ = try TargetText.parse(text) }
  }

  func run() throws {
    try Failure.reporting {
      Interrupt.listen()
      let scenario = try options.load()
      for note in scenario.notes { Terminal.printError("Note: \(note)") }
      let base = try OwnedBase(scenario, range: nodes, years: plan.years, costs: plan.costs)
      let input = try scenario.input(placement: scenario.placements[0], replication: 0)
      guard input.burst != nil, let horizon = input.horizon else {
        throw InputError("no job bursts in the scenario: say when under policy.burst")
      }
      let groups = input.autoNodes?.groups ?? []
      if groups.contains(where: { $0.name == base.name }) {
        throw InputError(
          "--nodes \(nodes): the nodes of `\(base.name)` come and go; plan a group that is always there"
        )
      }
      if let burst = input.burst, burst.agreements.isEmpty, groups.allSatisfy({ $0.pricePerHour == 0 }) {
        throw InputError(
          "nodes of other sites cost nothing in the scenario: say auto: {price: USD an hour} in their pools"
        )
      }
      let line = CountLine(label: "plan", total: nil, isShown: Terminal.isTerminal(STDERR_FILENO))
      defer { line.clear() }
      let simulator = FleetSimulator(options: options, overrides: [], threads: plan.threads, meters: [])
      var planner = BasePlanner(
        sizes: base.sizes,
        targets: try TargetText.targets(target, of: scenario),
        replications: plan.range,
        windowsPerYear: 365 * 86_400 / (horizon - input.measuredFrom).seconds,
        owning: base.cost,
        simulate: { counts, range in
          defer { line.step() }
          return try simulator.trial(counts, [base.override(counts[0])], range)
        }
      )
      let found = try planner.plan()
      line.clear()
      Terminal.write(
        BasePlanText.page(
          scenario: scenario.name,
          group: base.name,
          plan: found,
          evaluations: planner.evaluations,
          style: Terminal.style
        )
      )
      if found == nil { throw ExitReason.regression }
    }
  }
}

/// The owned group of nodes whose number is planned.
private struct OwnedBase {
  let name: String
  let sizes: ClosedRange<Int>
  /// USD a year for so many nodes.
  let cost: (Int) -> Double

  /// - Parameter range: `name=least..most`.
  init(_ scenario: LoadedScenario, range: String, years: Int, costs: String?) throws {
    let found = NodePools.pools(of: scenario)
    let parts = range.split(separator: "=", maxSplits: 1).map(String.init)
    let ends = parts.count == 2 ? parts[1].split(separator: ".").compactMap { Int($0) } : []
    guard ends.count == 2, parts[1].contains(".."), ends[0] >= 1, ends[0] <= ends[1], ends[1] <= 1_000_000
    else {
      throw InputError("--nodes \(range): write it as \(found.first?.name ?? "base")=1..20")
    }
    guard found.contains(where: { $0.name == parts[0] }),
      let node = scenario.nodes.nodes.first(where: { $0.name.hasPrefix(parts[0] + "-") })
    else {
      let names = found.map(\.name)
      throw InputError(
        "--nodes \(range): there is no group of GPU nodes `\(parts[0])`; "
          + (Suggestion.hint(for: parts[0], among: names) ?? "there are \(names.joined(separator: ", "))")
      )
    }
    guard let model = node.gpuModel.map({ scenario.nodes.gpuModels[Int($0.rawValue)] }),
      let gpu = GPUCatalogue.builtin.model(named: model), let shipped = CostParameters.builtin(for: gpu)
    else {
      throw InputError(
        "no purchase price of the GPUs of `\(parts[0])` is known; known are "
          + CostParameters.pricedGPUs.joined(separator: ", ")
      )
    }
    let parameters = try costs.map { try shipped.overridden(path: $0) } ?? shipped
    let gpus = node.gpuCount
    name = parts[0]
    sizes = ends[0]...ends[1]
    cost = { count in
      let fleet = FleetModel(gpu: gpu, gpus: count * gpus, parameters: parameters, years: years)
      return TCOOption.levelCost(ofOwning: [fleet], use: 1, years: years)
    }
  }

  func override(_ count: Int) -> String { "fleet.nodes.\(name).count=\(count)" }
}
