import ArgumentParser
import Scenario

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check a scenario without running it.",
    discussion: """
      Everything that is wrong is listed with file, line and column, and exits with 2.

      Examples:
        headroom validate scenarios/quickstart.yaml
        headroom validate scenarios/quickstart.yaml --resolved
        headroom validate --schema > scenarios/schema.json
      """
  )

  @Flag(help: "Print the scenario with every default and override explicit.")
  var resolved = false

  @Flag(help: "Print the JSON Schema of scenario files, for editors; needs no scenario.")
  var schema = false

  @Argument(help: "The scenario file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var scenario: String?

  @Option(
    name: .customLong("set"),
    parsing: .singleValue,
    help: ArgumentHelp("Override a value of the scenario; may be repeated.", valueName: "key=value")
  )
  var overrides: [String] = []

  func validate() throws {
    if scenario == nil, !schema { throw ValidationError("Missing expected argument '<scenario>'.") }
  }

  func run() throws {
    try Failure.reporting {
      if schema { return Terminal.write(ScenarioLoader.jsonSchema) }
      guard let scenario else { return }
      let loaded = try ScenarioFile.load(scenario, overrides: overrides)
      try loaded.check()
      if resolved { return Terminal.write(loaded.resolvedYAML) }
      for note in loaded.notes { Terminal.printError("Note: \(note)") }
      Terminal.write("\(scenario): fine (\(loaded.name))\n")
    }
  }
}
