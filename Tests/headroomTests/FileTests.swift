import Foundation
import TestSupport
import Testing

@Suite("The files that the program writes")
struct FileTests {
  private let scratch = try! ScratchFolder()
  private let program = Program()

  private func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? NSNumber).intValue
  }

  @Test("init --force writes through links and keeps the mode")
  func link() throws {
    let file = try scratch.write("old\n", as: "file.yaml")
    #expect(chmod(file, 0o600) == 0)
    let link = scratch.path("link.yaml")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "file.yaml")
    #expect(try program.run("init", link, "--force").code == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "file.yaml")
    #expect(try String(contentsOfFile: file, encoding: .utf8).contains("version: 1"))
    #expect(try mode(file) == 0o600)
    #expect(try scratch.contents() == ["file.yaml", "link.yaml"])
  }

  @Test("synth writes through a link, also to a file that is not there yet")
  func danglingLink() throws {
    let scenario = scratch.path("made.yaml")
    #expect(try program.run("init", scenario, "--nodes", "1", "--horizon", "2d").code == 0)
    let link = scratch.path("link.csv")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "trace.csv")
    #expect(try program.run("synth", scenario, "-o", link, "--force").code == 0)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "trace.csv")
    #expect(try scratch.contents() == ["link.csv", "made.yaml", "trace.csv"])
  }

  @Test("Ctrl-C during synth: exit code 130, nothing left")
  func interruptedSynth() throws {
    let scenario = scratch.path("made.yaml")
    #expect(try program.run("init", scenario, "--nodes", "400", "--horizon", "300d").code == 0)
    let outcome = try program.run(
      ["synth", scenario, "-o", scratch.path("trace.csv")],
      after: 1.5,
      signal: SIGINT
    )
    #expect(outcome.code == 130)
    #expect(outcome.errors == "Error: interrupted; nothing was stored\n")
    #expect(try scratch.contents() == ["made.yaml"])
  }

  @Test("a pipe stays a pipe")
  func pipe() throws {
    let pipe = scratch.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let outcome = try program.shell("cat '\(pipe)' & timeout 20 \"$HEADROOM\" init '\(pipe)' --force; wait")
    #expect(outcome.code == 0 && outcome.output.contains("version: 1"), "\(outcome.errors)")
    var status = stat()
    #expect(stat(pipe, &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
  }

  @Test("standard output that cannot be written: exit code 3 and one line, no trap")
  func output() throws {
    for place in [">&-", "> /dev/full"] {
      let outcome = try program.shell("\"$HEADROOM\" catalog \(place)")
      #expect(outcome.code == 3, "\(place)")
      #expect(outcome.errors.hasPrefix("Error: standard output cannot be written: "), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
    #expect(try program.shell("\"$HEADROOM\" catalog show l4os 2>&-").code == 2)
    let pipe = try program.shell("\"$HEADROOM\" validate --schema | head -c 1; exit ${PIPESTATUS[0]}")
    #expect(pipe.errors == "" && [0, 141].contains(pipe.code), "\(pipe.code) \(pipe.errors)")
  }
}
