import Foundation
import OutcomeFixtures

/// The built program, run as a user runs it.
struct Program {
  struct Outcome {
    var code: Int32
    var output: String
    var errors: String
  }

  /// Next to the test bundle.
  static let path: String = {
    let test = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return ((test ?? CommandLine.arguments[0]) as NSString).deletingLastPathComponent + "/headroom"
  }()

  /// The folder in which the program is started.
  var folder = Golden.root.path

  /// Runs to the end.
  func run(_ arguments: String...) throws -> Outcome { try run(arguments, after: nil, signal: 0) }

  /// Runs a shell line in which `$HEADROOM` is the program.
  func shell(_ line: String) throws -> Outcome {
    try start("/bin/bash", ["-c", line], environment: ["HEADROOM": Self.path]) { _ in }
  }

  /// Runs, and sends a signal after some seconds.
  func run(_ arguments: [String], after seconds: Double?, signal: Int32) throws -> Outcome {
    try start(Self.path, arguments, environment: [:]) { process in
      guard let seconds else { return }
      Thread.sleep(forTimeInterval: seconds)
      kill(process.processIdentifier, signal)
    }
  }

  private func start(
    _ executable: String,
    _ arguments: [String],
    environment: [String: String],
    meanwhile: (Process) -> Void
  ) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: executable)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    var variables = ProcessInfo.processInfo.environment
    variables["LC_ALL"] = "C.UTF-8"
    variables["COLUMNS"] = nil
    variables.merge(environment) { $1 }
    process.environment = variables
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent(
      "headroom-\(UUID().uuidString)"
    )
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    // Files, not pipes: a full pipe would stop the program.
    let output = scratch.appendingPathComponent("output")
    let errors = scratch.appendingPathComponent("errors")
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    process.standardInput = FileHandle.nullDevice
    try process.run()
    meanwhile(process)
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus,
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8)
    )
  }
}
