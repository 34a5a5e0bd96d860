import Foundation
import TestSupport
import Testing

/// A limit of file sizes (`ulimit -f`) is told like a full disk: the signal that
/// comes with it must not end the program without a word.
struct SizeLimitTests {
  @Test func `beyond a limit of file sizes the program says so and leaves nothing half written`() throws {
    let folder = try ScratchFolder()
    let scenario = try folder.write(SmallScenario.text(name: "small"), as: "small.yaml")
    let place = (scenario as NSString).deletingLastPathComponent
    let program = Program()
    for (line, file, code) in [
      ("run '\(scenario)' --db '\(place)/new.sqlite' --quiet", "new.sqlite", 3),
      ("synth '\(scenario)' -o '\(place)/jobs.csv'", "jobs.csv", 2),
    ] as [(String, String, Int32)] {
      let outcome = try program.shell("ulimit -f 1; exec \"$HEADROOM\" \(line)")
      #expect(outcome.code == code, "\(line): \(outcome.code), \(outcome.errors)")
      #expect(outcome.errors.contains("Error: \(place)/\(file): "), "\(outcome.errors)")
      let left = try folder.contents().filter { $0.hasPrefix(file) }
      #expect(left.isEmpty, "\(left)")
    }
  }
}
