import ArgumentParser
import Foundation
import Hardware
import Scenario
import Workload

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init",
    abstract: "Write a commented scenario to start from.",
    discussion: """
      Flags say what the cluster and its work look like; on a terminal, what no flag says is asked. The file is \
      checked before it is written, and an existing file is kept unless --force is given.

      Examples:
        headroom init my.yaml
        headroom init my.yaml --gpu h100-80gb-sxm --nodes 16 --tenants research,product --load 90%
        headroom init - --gpu l40s --nodes 4
      """
  )

  @Argument(help: "The file to write; - is standard output.", completion: .file(extensions: ["yaml"]))
  var file: String

  @Option(help: ArgumentHelp("The GPU model (see `headroom catalog`).", valueName: "model"))
  var gpu: String?

  @Option(help: "How many nodes.")
  var nodes: Int?

  @Option(help: ArgumentHelp("GPUs in each node.", valueName: "count"))
  var gpusPerNode: Int?

  @Option(help: ArgumentHelp("Teams, separated by commas.", valueName: "names"))
  var tenants: String?

  @Option(help: ArgumentHelp("Share of the GPUs that the jobs ask for on average.", valueName: "percent"))
  var load: String?

  @Option(help: ArgumentHelp("Simulated time, such as 2w.", valueName: "time"))
  var horizon: String?

  @Option(help: ArgumentHelp("The placement policy.", valueName: "name"))
  var policy: String?

  @Flag(help: "Replace the file when it exists.")
  var force = false

  func run() throws {
    try Failure.reporting {
      if file != "-", !force, FileManager.default.fileExists(atPath: file) {
        throw InputError("\(file): exists already and was left as it is; --force replaces it")
      }
      var template = ScenarioTemplate()
      if file != "-" {
        template.name = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
      }
      let asks = Terminal.isTerminal(STDIN_FILENO) && Terminal.isTerminal(STDERR_FILENO)
      template.gpu = try answer(gpu, "--gpu", "GPU model", template.gpu, asks, Self.gpuID)
      template.nodes = try answer(
        nodes.map(String.init),
        "--nodes",
        "Nodes",
        template.nodes,
        asks,
        Self.count(1...100_000)
      )
      template.gpusPerNode = try answer(
        gpusPerNode.map(String.init),
        "--gpus-per-node",
        "GPUs in each node",
        template.gpusPerNode,
        asks,
        Self.count(1...Fleet.maximumGPUsPerNode)
      )
      template.tenants = try answer(
        tenants,
        "--tenants",
        "Teams",
        template.tenants.joined(separator: ","),
        asks,
        Self.names
      )
      template.load = try answer(
        load,
        "--load",
        "Share of the GPUs asked for",
        template.load,
        asks,
        Self.share
      )
      if let horizon { template.horizon = horizon }
      if let policy { template.policy = policy }
      let text = template.text
      try check(text)
      if file == "-" { return Terminal.write(text) }
      try AtomicFile.write(text, to: file)
      Terminal.write("\(file): written; next: headroom run \(Shell.quoted(file))\n")
    }
  }

  /// Loads the scenario. What is wrong is told without line numbers: the
  /// user has no file to look at.
  private func check(_ text: String) throws {
    do {
      _ = try ScenarioLoader.load(
        text: text,
        label: file,
        environment: ProcessInfo.processInfo.environment
      )
    } catch let error as ScenarioError {
      let lines = error.diagnostics.map { fault in
        let place =
          switch fault.keyPath.prefix(while: { $0 != "." }) {
          case "horizon": "--horizon"
          case "policy": "--policy"
          case "": "what the flags give"
          default: fault.keyPath
          }
        return "\(place): \(fault.message)" + (fault.hint.isEmpty ? "" : "; \(fault.hint)")
      }
      throw InputError(lines.joined(separator: "\n"))
    }
  }

  /// The flag's text, the answer on the terminal, or the standard, checked.
  private func answer<Value>(
    _ text: String?,
    _ flag: String,
    _ question: String,
    _ standard: some CustomStringConvertible,
    _ asks: Bool,
    _ check: (String) throws -> Value
  ) throws -> Value {
    if let text {
      do {
        return try check(text)
      } catch {
        throw InputError("\(flag): \(error)")
      }
    }
    guard asks else { return try check(standard.description) }
    while true {
      Terminal.writeError("\(question) [\(standard)]: ")
      guard let line = readLine() else { return try check(standard.description) }
      let text = line.trimmingCharacters(in: .whitespaces)
      do {
        return try check(text.isEmpty ? standard.description : text)
      } catch {
        Terminal.printError("\(error)")
      }
    }
  }

  private static func gpuID(_ text: String) throws -> String {
    if let model = GPUCatalogue.builtin.model(named: text) { return model.id }
    let near = GPUCatalogue.builtin.suggestions(for: text)
    let hint =
      near.isEmpty ? "`headroom catalog` lists all" : "did you mean \(near.joined(separator: " or "))?"
    throw InputError("no GPU is called '\(text)'; \(hint)")
  }

  private static func count(_ range: ClosedRange<Int>) -> (String) throws -> Int {
    { text in
      guard let value = Int(text), range.contains(value) else {
        throw InputError("'\(text)': accepted: \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
  }

  private static func names(_ text: String) throws -> [String] {
    let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    let isFine = names.allSatisfy { name in
      !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
    }
    guard isFine, !names.isEmpty, Set(names).count == names.count else {
      throw InputError("'\(text)': accepted: different names of letters, digits and -_. separated by commas")
    }
    return names
  }

  private static func share(_ text: String) throws -> String {
    let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
    guard let value = Double(digits), value > 0, value <= 1000 else {
      throw InputError("'\(text)': accepted: a percentage above 0, such as 90%")
    }
    // A scenario reads a bare 0.9 as nine tenths; here it could be meant as a percentage.
    guard text.hasSuffix("%") || value >= 10 else {
      throw InputError("'\(text)' could be a share or a percentage; write it with the sign, such as 90%")
    }
    return digits + "%"
  }
}
