import ArgumentParser
import Foundation
import Hardware
import Scenario

/// The file and what is laid over it: shared by the commands that read a
/// scenario.
struct ScenarioOptions: ParsableArguments {
  @Argument(help: "The scenario file (YAML).", completion: .file(extensions: ["yaml", "yml"]))
  var scenario: String

  @Option(
    name: .customLong("set"),
    parsing: .singleValue,
    help: ArgumentHelp("Override a value of the scenario; may be repeated.", valueName: "key=value")
  )
  var overrides: [String] = []

  @Option(help: "The seed of all random draws, in place of the scenario's.")
  var seed: UInt64?

  /// Overrides in the order in which they apply.
  var allOverrides: [String] { overrides + (seed.map { ["seed=\($0)"] } ?? []) }

  /// Reads the scenario.
  func load(adding more: [String] = []) throws -> LoadedScenario {
    try ScenarioFile.load(scenario, overrides: allOverrides + more)
  }

  /// The words that ask for the same scenario again.
  var words: String {
    let sets = overrides.map { " --set \(Shell.quoted($0))" }.joined()
    return Shell.quoted(scenario) + sets + (seed.map { " --seed \($0)" } ?? "")
  }
}

/// Reading a scenario file that the user named.
enum ScenarioFile {
  static func load(_ path: String, overrides: [String]) throws -> LoadedScenario {
    guard FileManager.default.fileExists(atPath: path) else {
      throw InputError(NearFiles.message(missing: path))
    }
    return try ScenarioLoader.load(
      path: path,
      overrides: overrides,
      environment: ProcessInfo.processInfo.environment
    )
  }
}

/// Scenario files that a mistyped path may have meant.
enum NearFiles {
  /// - Parameter otherwise: what to do when no file is near; nil: make a
  ///   scenario.
  static func message(missing path: String, otherwise: String? = nil) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    let name = (path as NSString).lastPathComponent
    var found: [String] = []
    for place in [folder.isEmpty ? "." : folder, "scenarios"] {
      let files = ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []).sorted()
        .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
      let near = Suggestion.nearest(to: name, among: files) + files.filter { $0.hasPrefix(name + ".") }
      for file in near {
        let path = place == "." ? file : (place as NSString).appendingPathComponent(file)
        if !found.contains(path) { found.append(path) }
      }
    }
    let text = "\(path): no such file"
    guard !found.isEmpty else {
      let make = "`headroom init \(Shell.quoted(path))` writes a scenario to start from"
      return "\(text); \(otherwise ?? make)"
    }
    return text + "; did you mean \(found.prefix(3).joined(separator: " or "))?"
  }
}

/// Words as a shell takes them.
enum Shell {
  static func quoted(_ word: String) -> String {
    let safe = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:,+%@".contains($0) }
    return safe && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
