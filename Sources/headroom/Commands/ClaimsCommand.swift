import ArgumentParser
import Claims
import Foundation
import Reporting
import Scenario

struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims",
    abstract: "Test common claims about private GPU infrastructure.",
    discussion: """
      A claim is a YAML file: a sentence, how it is tested, and for which GPU and fleets. Each is computed from the \
      price book and the catalogue, or simulated. The verdict says when it holds.

      Examples:
        headroom claims
        headroom claims scenarios/claims/payback-two-years.yaml --json
      """
  )

  @Argument(help: "Claim files. (default: all of scenarios/claims)", completion: .file(extensions: ["yaml"]))
  var files: [String] = []

  @Option(help: "Replications of claims that are simulated.")
  var replications = 5

  @Option(help: "Replications simulated at a time. (default: all cores)")
  var threads: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if !(1...1000).contains(replications) { throw ValidationError("--replications must be 1 ... 1000.") }
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1.") }
  }

  func run() throws {
    try Failure.reporting {
      Interrupt.listen()
      let results = try Self.paths(files).map { path in
        try ClaimTest.run(
          ClaimLoader.load(path: path, environment: ProcessInfo.processInfo.environment),
          replications: replications,
          threads: threads ?? ProcessInfo.processInfo.activeProcessorCount,
          observer: InterruptObserver()
        )
      }
      Terminal.write(try json ? ClaimText.json(results) : ClaimText.page(results, style: Terminal.style))
    }
  }

  static func paths(_ files: [String]) throws -> [String] {
    guard files.isEmpty else { return files }
    let folder = "scenarios/claims"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let claims = names.filter { $0.hasSuffix(".yaml") }.sorted().map { "\(folder)/\($0)" }
    guard !claims.isEmpty else {
      throw InputError("there is no claim in \(folder); name claim files")
    }
    return claims
  }
}
