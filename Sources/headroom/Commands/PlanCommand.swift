import ArgumentParser
import Hardware
import Planning
import Reporting

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Find the best layout or fleet for a demand.",
    discussion: """
      Examples:
        headroom plan mig --gpu h100 1g.10gb=20 2g.20gb=3 3g.40gb=2
      """,
    subcommands: [MIG.self]
  )

  struct MIG: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "mig",
      abstract: "Cut GPUs into MIG instances: the fewest GPUs, or the least unserved.",
      discussion: """
        The demand is how many instances of each profile are wanted at the same time. Without --gpus the plan uses \
        the fewest GPUs that hold them all; with --gpus it leaves the fewest memory slots unserved. Both are proven \
        best (an integer programme over all layouts).

        Examples:
          headroom plan mig --gpu h100 1g.10gb=20 2g.20gb=3 3g.40gb=2
          headroom plan mig --gpu a100-40gb --gpus 4 nvidia.com/mig-1g.5gb=30 4g.20gb=2 --json
        """
    )

    @Option(help: ArgumentHelp("The GPU: its id, name or alias.", valueName: "name"))
    var gpu: String

    @Option(help: ArgumentHelp("Use so many GPUs at most. (default: as many as needed)", valueName: "n"))
    var gpus: Int?

    @Argument(
      help: ArgumentHelp(
        "Instances wanted: a profile or its resource name, = and how many.",
        valueName: "profile=n"
      )
    )
    var demand: [String]

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      if let gpus, !(1...1_000_000).contains(gpus) {
        throw ValidationError("--gpus must be 1 ... 1,000,000.")
      }
    }

    func run() throws {
      try Failure.reporting {
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

    /// The demand by profile.
    private func counts(_ model: GPUModel, _ geometry: MIGGeometry) throws -> [Int] {
      var result = Array(repeating: 0, count: geometry.profiles.count)
      for text in demand {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let count = Int(parts[1]), (0...10_000_000).contains(count) else {
          throw InputError("'\(text)' is no demand; expected PROFILE=COUNT, such as 1g.10gb=20")
        }
        let name = MIGResource.profile(ofName: parts[0]) ?? parts[0]
        guard let profile = geometry.profile(named: name) else {
          let near = Suggestion.nearest(to: name, among: geometry.profiles.map(\.name))
          let hint =
            near.isEmpty ? "`headroom catalog mig \(model.id)` lists them" : "did you mean \(near[0])?"
          throw InputError("'\(name)' is no MIG profile of \(model.id); \(hint)")
        }
        result[profile] += count
      }
      return result
    }
  }
}
