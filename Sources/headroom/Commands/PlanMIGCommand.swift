import ArgumentParser
import Engine
import Foundation
import Hardware
import Planning
import Reporting
import Scenario

/// `headroom plan mig`.
struct PlanMIGCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mig",
    abstract: "Cut GPUs into MIG instances: the fewest GPUs, or the least unserved.",
    discussion: """
      The demand is how many instances of each profile are wanted at the same time. Without --gpus the plan uses \
      the fewest GPUs that hold them all; with --gpus it leaves the fewest memory slots unserved. Both are proven \
      best (an integer programme over all layouts).

      For a scenario the demand is what its jobs would hold if each started on its arrival, at the peak or at \
      another share of the time (--at); where the fleet has too few GPUs, the plan leaves the least unserved. The \
      jobs are then replayed on that layout, and on instances that are created on demand, side by side.

      Examples:
        headroom plan mig --gpu h100 1g.10gb=20 2g.20gb=3 3g.40gb=2
        headroom plan mig --gpu a100-40gb --gpus 4 nvidia.com/mig-1g.5gb=30 4g.20gb=2 --json
        headroom plan mig scenarios/eight-gb-services.yaml --at 95%
      """
  )

  @Option(help: ArgumentHelp("The GPU: its id, name or alias; not for a scenario.", valueName: "name"))
  var gpu: String?

  @Option(help: ArgumentHelp("Use so many GPUs at most. (default: as many as needed)", valueName: "n"))
  var gpus: Int?

  @Argument(
    help: ArgumentHelp(
      "A scenario file; or instances wanted: a profile or its resource name, = and how many.",
      valueName: "demand"
    )
  )
  var demand: [String]

  @Option(
    help: ArgumentHelp(
      "For a scenario: the demand that is not exceeded for this share of the time; 100% is the peak.",
      valueName: "share"
    )
  )
  var at = "100%"

  @Option(
    name: .customLong("set"),
    parsing: .singleValue,
    help: ArgumentHelp("Override a value of the scenario; may be repeated.", valueName: "key=value")
  )
  var overrides: [String] = []

  @Option(help: "For a scenario: how many replications. (default: the scenario's)")
  var replications: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let replications, replications < 1 { throw ValidationError("--replications must be at least 1.") }
    if let gpus, !(1...1_000_000).contains(gpus) {
      throw ValidationError("--gpus must be 1 ... 1,000,000.")
    }
  }

  func run() throws {
    try Failure.reporting {
      if demand.count == 1, !demand[0].contains("=") { return try planScenario(demand[0]) }
      guard overrides.isEmpty, replications == nil, at == "100%" else {
        throw InputError("--at, --set and --replications are for a scenario")
      }
      guard let gpu else { throw InputError("which GPU? name it with --gpu, or name a scenario") }
      let model = try CatalogCommand.model(named: gpu)
      let geometry = try CatalogCommand.geometry(of: model)
      let wanted = try counts(model, geometry)
      let plan =
        if let gpus {
          MIGPlan.leastUnserved(of: wanted, gpus: gpus, geometry)
        } else {
          MIGPlan.fewestGPUs(for: wanted, geometry)
        }
      guard let plan else { throw InputError("the solver found no plan for this demand") }
      Terminal.write(
        json
          ? try MIGPlanText.json(plan, model, geometry)
          : MIGPlanText.page(plan, model, geometry, style: Terminal.style)
      )
    }
  }

  private func planScenario(_ path: String) throws {
    guard gpu == nil, gpus == nil else {
      throw InputError("--gpu and --gpus do not go with a scenario, which states its fleet")
    }
    let number = at.hasSuffix("%") ? Double(at.dropLast()).map { $0 / 100 } : Double(at)
    guard let share = number, share > 0, share <= 1 else {
      throw InputError("--at '\(at)' is no share of the time; expected above 0% to 100%, such as 95%")
    }
    Interrupt.listen()
    let scenario = try ScenarioFile.load(path, overrides: overrides)
    guard scenario.study == nil else {
      throw InputError("\(path): a published experiment has no jobs to plan for")
    }
    let count = replications ?? scenario.replications
    let line = CountLine(
      label: "plan",
      total: count * (1 + MIGInstanceRule.allCases.count),
      isShown: Terminal.isTerminal(STDERR_FILENO)
    )
    defer { line.clear() }
    let plan: MIGScenarioPlan
    do {
      plan = try MIGScenarioPlan(
        scenario,
        quantile: share,
        replications: count,
        threads: ProcessInfo.processInfo.activeProcessorCount,
        observer: InterruptObserver(),
        finished: { line.step() }
      )
    } catch let problem as MIGScenarioPlan.Problem {
      throw InputError("\(path): \(problem)")
    }
    line.clear()
    Terminal.write(
      json
        ? try MIGScenarioPlanText.json(plan) : MIGScenarioPlanText.page(plan, at: at, style: Terminal.style)
    )
  }

  /// The demand by profile.
  private func counts(_ model: GPUModel, _ geometry: MIGGeometry) throws -> [Int] {
    var result = Array(repeating: 0, count: geometry.profiles.count)
    for text in demand {
      let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, let count = Int(parts[1]), (0...10_000_000).contains(count) else {
        throw InputError("'\(text)' is no demand; expected PROFILE=COUNT, such as 1g.10gb=20")
      }
      result[try CatalogCommand.profile(named: parts[0], of: model, geometry)] += count
    }
    return result
  }
}
