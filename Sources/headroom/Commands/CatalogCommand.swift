import ArgumentParser
import Hardware
import Reporting

struct CatalogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catalog",
    abstract: "The GPUs that the program knows, and where each figure comes from.",
    discussion: """
      Examples:
        headroom catalog
        headroom catalog show h100-80gb-sxm
        headroom catalog mig h100-80gb-sxm
      """,
    subcommands: [Gpus.self, Show.self, MIG.self],
    defaultSubcommand: Gpus.self
  )

  struct Gpus: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "gpus",
      abstract: "List the GPUs.",
      discussion: """
        Examples:
          headroom catalog gpus
        """
    )

    func run() { Terminal.write(CatalogueText.list(GPUCatalogue.all, style: Terminal.style)) }
  }

  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show",
      abstract: "Print everything about one GPU.",
      discussion: """
        Examples:
          headroom catalog show h100-80gb-sxm
          headroom catalog show l40s
        """
    )

    @Argument(help: "Its id, name or alias.")
    var name: String

    func run() throws {
      try Failure.reporting {
        let model = try CatalogCommand.model(named: name)
        Terminal.write(CatalogueText.page(model, style: Terminal.style))
      }
    }
  }
}
