import Foundation

/// Runs a reference program and reads the figures on its standard output.
struct Reference {
  let executable: String
  let arguments: [String]

  /// The words that the program printed; nil, with a message on standard
  /// error, if it could not run or failed.
  func run() -> [String]? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [executable] + arguments
    let output = Pipe()
    process.standardOutput = output
    do {
      try process.run()
    } catch {
      complain("cannot run: \(error)")
      return nil
    }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      complain("ended with status \(process.terminationStatus)")
      return nil
    }
    return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
  }

  private func complain(_ problem: String) {
    let line = "reference \(executable) \(arguments.joined(separator: " ")): \(problem)\n"
    FileHandle.standardError.write(Data(line.utf8))
  }
}

/// A folder for the compiled reference, removed by the caller.
func makeScratchFolder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("kernel-benchmarks-\(ProcessInfo.processInfo.processIdentifier)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}

func remove(_ folder: URL) {
  try? FileManager.default.removeItem(at: folder)
}
