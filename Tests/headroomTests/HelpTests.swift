import ArgumentParser
import OutcomeFixtures
import Studies
import Testing

@testable import headroom

@Suite("Help")
struct HelpTests {
  private static let commands: [(name: String, command: ParsableCommand.Type)] = [
    ("headroom", Headroom.self), ("init", InitCommand.self), ("run", RunCommand.self),
    ("compare", CompareCommand.self), ("check", CheckCommand.self),
    ("validate", ValidateCommand.self), ("synth", SynthCommand.self), ("show", ShowCommand.self),
    ("explain", ExplainCommand.self), ("shared", SharedCommand.self),
    ("runs", RunsCommand.self), ("catalog", CatalogCommand.self), ("catalog-gpus", CatalogCommand.Gpus.self),
    ("catalog-show", CatalogCommand.Show.self),
    ("catalog-mig", CatalogCommand.MIG.self), ("replicate", ReplicateCommand.self),
    ("claims", ClaimsCommand.self), ("decide", DecideCommand.self), ("plan-fleet", PlanFleetCommand.self),
    ("export", ExportCommand.self),
    ("export-notebook", ExportCommand.Notebook.self),
    ("tco", TCOCommand.self), ("tco-run", TCOCommand.Run.self), ("tco-quick", TCOCommand.Quick.self),
    ("prices", PricesCommand.self),
    ("prices-list", PricesCommand.List.self), ("prices-show", PricesCommand.Show.self),
    ("prices-check", PricesCommand.Check.self),
    ("plan", PlanCommand.self), ("plan-mig", PlanMIGCommand.self),
    ("replicate-fgd", ReplicateCommand.FGD.self),
    ("replicate-tiresias", JobStudyCommand<TiresiasStudy>.self),
    ("replicate-helios", JobStudyCommand<HeliosStudy>.self),
    ("replicate-pai", JobStudyCommand<PAIStudy>.self),
    ("replicate-philly", JobStudyCommand<PhillyStudy>.self),
    ("replicate-gavel", JobStudyCommand<GavelStudy>.self),
  ]

  @Test("every command's help is what the golden file says, and has an example")
  func help() throws {
    for (name, command) in Self.commands {
      let text = Headroom.helpMessage(for: command, columns: 100) + "\n"
      try Golden.expect(text, equals: "Tests/headroomTests/Goldens/help-\(name).txt")
      #expect(text.contains("Examples:\n"), "\(name)")
    }
  }

  @Test("every command of the program has a golden help")
  func complete() {
    let known = Self.commands.map(\.command)
    for command in Headroom.configuration.subcommands {
      #expect(known.contains { $0 == command }, "\(command)")
    }
  }
}
