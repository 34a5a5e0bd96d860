import ArgumentParser
import Engine
import Hardware
import Planning
import Reporting
import Scenario

extension CatalogCommand {
  struct MIG: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "mig",
      abstract: "Print the MIG profiles and layouts of one GPU.",
      discussion: """
        Starts, slots and counts are the driver's; layouts are counted by trying all. With --next it tells where an \
        instance could go beside others, what would then be left, and which rule takes which start. With --mix it also \
        tells what each start would cost the mix of jobs, by which least-loss and the placement fgd choose.

        Examples:
          headroom catalog mig h100
          headroom catalog mig a30 --json
          headroom catalog mig h100 --next 1g.10gb --beside 1g.10gb@0,3g.40gb@4
          headroom catalog mig h100 --next 1g.10gb --beside 1g.10gb@0 --mix 1g.10gb=20,3g.40gb=2
          headroom catalog mig h100 --next 2g.20gb --mix scenarios/mig-churn.yaml
        """
    )

    @Argument(help: "Its id, name or alias.")
    var name: String

    @Option(help: ArgumentHelp("A profile to be placed.", valueName: "profile"))
    var next: String?

    @Option(
      help: ArgumentHelp("Instances on the GPU, as PROFILE@START, separated by commas.", valueName: "list")
    )
    var beside: String?

    @Option(
      help: ArgumentHelp(
        "The jobs that are to come: a scenario file, or PROFILE=COUNT, separated by commas; whole=COUNT are "
          + "jobs on whole GPUs.",
        valueName: "mix"
      )
    )
    var mix: String?

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
      if mix != nil && next == nil { throw ValidationError("--mix goes with --next.") }
      if beside != nil && next == nil { throw ValidationError("--beside goes with --next.") }
    }

    func run() throws {
      try Failure.reporting {
        let model = try CatalogCommand.model(named: name)
        let geometry = try CatalogCommand.geometry(of: model)
        if let next {
          let profile = try CatalogCommand.profile(named: next, of: model, geometry)
          let present = try instances(beside ?? "", of: model, geometry)
          let losses = try mix.map { text in
            MIGPlacementLosses(
              geometry,
              try counts(text, model, geometry),
              profile: profile,
              beside: present
            )
          }
          return Terminal.write(
            json
              ? try MIGPlacementText.json(model, geometry, profile: profile, beside: present, losses)
              : MIGPlacementText.page(
                model,
                geometry,
                profile: profile,
                beside: present,
                losses,
                style: Terminal.style
              )
          )
        }
        Terminal.write(
          json ? try MIGText.json(model, geometry) : MIGText.page(model, geometry, style: Terminal.style)
        )
      }
    }

    /// Jobs by what they ask for, stated or of a scenario.
    private func counts(_ text: String, _ model: GPUModel, _ geometry: MIGGeometry) throws -> MIGMixLoss.Mix {
      guard text.contains("=") else { return try scenarioMix(text, model, geometry) }
      var mix = MIGMixLoss.Mix(instances: Array(repeating: 0, count: geometry.profiles.count))
      for item in text.split(separator: ",") {
        let parts = item.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int64(parts[1]), (1...1_000_000_000).contains(count) else {
          throw InputError("a mix is PROFILE=COUNT, such as 1g.10gb=20, a count 1 or more; found '\(item)'")
        }
        if parts[0] == "whole" {
          mix.wholeGPUs += count
        } else {
          mix.instances[try CatalogCommand.profile(named: String(parts[0]), of: model, geometry)] += count
        }
      }
      return mix
    }

    /// What the jobs of the scenario's first replication ask for.
    private func scenarioMix(_ path: String, _ model: GPUModel, _ geometry: MIGGeometry) throws
      -> MIGMixLoss.Mix
    {
      let scenario = try ScenarioFile.load(path, overrides: [])
      guard scenario.study == nil, let placement = scenario.placements.first else {
        throw InputError("'\(path)' is a study, which has no mix of jobs")
      }
      let input = try scenario.input(placement: placement, replication: 0)
      guard let mix = try input.mixOfInstances(on: geometry) else {
        throw InputError("'\(path)' cuts no \(model.id) by MIG; state a mix, such as 1g.10gb=20,3g.40gb=2")
      }
      guard mix.jobs > 0 else { throw InputError("no job of '\(path)' asks for GPUs") }
      return mix
    }

    private func instances(_ list: String, of model: GPUModel, _ geometry: MIGGeometry) throws
      -> [MIGPlacement]
    {
      var state = MIGState.empty
      return try list.split(separator: ",").map { item in
        let parts = item.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = Int(parts[1]) else {
          throw InputError("an instance is PROFILE@START, such as 1g.10gb@0; found '\(item)'")
        }
        let profile = try CatalogCommand.profile(named: String(parts[0]), of: model, geometry)
        guard let found = geometry.placements.first(where: { $0.profile == profile && $0.start == start })
        else {
          let starts = geometry.profiles[profile].starts.map(String.init).joined(separator: ", ")
          throw InputError("\(parts[0]) starts at slot \(starts); found '\(item)'")
        }
        guard found.parts.isDisjoint(with: state) else {
          throw InputError("'\(item)' overlaps an instance before it")
        }
        state = state.union(found.parts)
        return found
      }
    }
  }

  /// The catalogue's board of this id, name or alias.
  static func model(named name: String) throws -> GPUModel {
    guard let model = GPUCatalogue.builtin.model(named: name) else {
      let near = GPUCatalogue.builtin.suggestions(for: name)
      let hint =
        near.isEmpty ? "`headroom catalog` lists all" : "did you mean \(near.joined(separator: " or "))?"
      throw InputError("no GPU is called '\(name)'; \(hint)")
    }
    return model
  }
  /// How the board can be cut.
  static func geometry(of model: GPUModel) throws -> MIGGeometry {
    guard let geometry = MIGGeometry.of(model) else {
      throw InputError(
        model.isMIGCapable
          ? "the MIG profiles of '\(model.id)' are not in the catalogue"
          : "'\(model.id)' has no MIG; boards that have: "
            + GPUCatalogue.all.filter { MIGGeometry.of($0) != nil }.map(\.id).joined(separator: ", ")
      )
    }
    return geometry
  }

  /// The position of the board's profile of this name, or of this resource's.
  static func profile(named text: String, of model: GPUModel, _ geometry: MIGGeometry) throws -> Int {
    let name = MIGResource.profile(ofName: text) ?? text
    guard let profile = geometry.profile(named: name) else {
      let near = Suggestion.nearest(to: name, among: geometry.profiles.map(\.name))
      let hint =
        near.isEmpty ? "`headroom catalog mig \(model.id)` lists them" : "did you mean \(near[0])?"
      throw InputError("'\(name)' is no MIG profile of \(model.id); \(hint)")
    }
    return profile
  }
}
