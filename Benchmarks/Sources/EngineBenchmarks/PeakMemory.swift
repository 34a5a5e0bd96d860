import BenchmarkSupport
import Engine
import Foundation

/// The most memory that one run holds: trace, engine and outcome together.
///
/// Each run is a process of its own that reads its own high-water mark. The
/// parent's `ru_maxrss` of a child would not do: Linux counts into it what the
/// parent itself held when it made the child.
enum PeakMemory {
  /// In the child: runs, and prints MiB.
  static func runAndReport(_ workload: TimedWorkload) throws {
    let outcome = try Simulation.run(try workload.input())
    guard outcome.eventCount > 0 else { fail("an empty run") }
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count > 1, let kibibytes = Double(words[1]) { print(kibibytes / 1024) }
    }
  }

  /// In the parent.
  static func measure(jobs: Int, gpus: Int) {
    var arguments = ["--child", "--jobs", "\(jobs)", "--gpus", "\(gpus)"]
    let data = option("--data", default: "")
    if !data.isEmpty { arguments += ["--data", data] }
    let child = Reference(executable: CommandLine.arguments[0], arguments: arguments)
    guard let word = child.run()?.first, let mebibytes = Double(word) else { return }
    printRow("memory.\(gpus)gpus", ours: mebibytes, unit: "MiB")
  }
}
