import ArgumentParser
import Hardware
import Reporting

extension CatalogCommand {
  struct MIG: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "mig",
      abstract: "Print the MIG profiles and layouts of one GPU.",
      discussion: """
        Starts, slots and counts are the driver's; layouts are counted by trying all.

        Examples:
          headroom catalog mig h100
          headroom catalog mig a30 --json
        """
    )

    @Argument(help: "Its id, name or alias.")
    var name: String

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
      try Failure.reporting {
        let model = try CatalogCommand.model(named: name)
        let geometry = try CatalogCommand.geometry(of: model)
        Terminal.write(
          json ? try MIGText.json(model, geometry) : MIGText.page(model, geometry, style: Terminal.style)
        )
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
}
