import Foundation

/// A program that runs beside ours: a reference, or a run of ours that needs a
/// process of its own.
public struct Reference {
  public let executable: String
  public let arguments: [String]

  public init(executable: String, arguments: [String]) {
    self.executable = executable
    self.arguments = arguments
  }

  /// What a program that ended well left behind.
  public struct Finished {
    /// Words on its standard output.
    public var words: [String]
    /// User and system time of the whole process, start-up included.
    public var cpuSeconds: Double
  }

  /// The words that the program printed; nil, with a message on standard
  /// error, if it could not run or failed.
  public func run() -> [String]? { finish()?.words }

  /// Runs the program to its end; nil, with a message on standard error, if it
  /// could not run or failed.
  public func finish() -> Finished? {
    var descriptors: [Int32] = [-1, -1]
    guard pipe(&descriptors) == 0 else { return complain("cannot make a pipe") }
    let (reader, writer) = (descriptors[0], descriptors[1])
    defer { close(reader) }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, writer, STDOUT_FILENO)
    posix_spawn_file_actions_addclose(&actions, reader)
    posix_spawn_file_actions_addclose(&actions, writer)

    var words: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var child = pid_t()
    let code = posix_spawnp(&child, executable, &actions, nil, &words, environ)
    close(writer)
    guard code == 0 else { return complain("cannot run: \(String(cString: strerror(code)))") }

    let output = FileHandle(fileDescriptor: reader, closeOnDealloc: false).readDataToEndOfFile()
    var status: Int32 = 0
    var usage = rusage()
    while wait4(child, &status, 0, &usage) < 0 && errno == EINTR {}
    guard status == 0 else {
      let signal = status & 0x7F
      return complain(signal == 0 ? "ended with status \(status >> 8 & 0xFF)" : "was killed by signal \(signal)")
    }
    return Finished(
      words: String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init),
      cpuSeconds: usage.ru_utime.seconds + usage.ru_stime.seconds
    )
  }

  private func complain(_ problem: String) -> Finished? {
    warn("\(executable) \(arguments.joined(separator: " ")): \(problem)")
    return nil
  }
}

extension timeval {
  fileprivate var seconds: Double { Double(tv_sec) + Double(tv_usec) * 1e-6 }
}

/// A reference that this package holds the source of, compiled into
/// `.build/references`; nil, with a message, where there is no compiler.
public func compiledReference(_ source: String, compiler: String, flags: [String], libraries: [String] = []) -> String? {
  let folder = URL(fileURLWithPath: ".build/references")
  try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  let name = URL(fileURLWithPath: source).deletingPathExtension().lastPathComponent
  let program = folder.appendingPathComponent(name).path
  let compile = Reference(executable: compiler, arguments: flags + [source, "-o", program] + libraries)
  return compile.run() == nil ? nil : program
}

/// A folder of this run's own, removed by the caller.
public func makeScratchFolder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("headroom-benchmarks-\(ProcessInfo.processInfo.processIdentifier)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}

/// Removes a folder and what is in it.
public func remove(_ folder: URL) {
  try? FileManager.default.removeItem(at: folder)
}
