import BenchmarkSupport
import Engine
import Foundation
import Results
import Workload

/// Storing a finished run: our store against a C program that writes the same
/// job rows into the same table.
struct RowsToSQLite {
  let jobs: Int
  let trace: String?

  /// Seconds of one writing.
  private struct Cost {
    var cpu = Double.infinity
    var wall = Double.infinity

    mutating func lower(cpu: Double, wall: Double) {
      self.cpu = min(self.cpu, cpu)
      self.wall = min(self.wall, wall)
    }
  }

  func measure(reference: String?, rounds: Int) throws {
    let input = try TimedWorkload(jobs: jobs, gpus: 10_000, trace: trace).input()
    let replication = ReplicationRecord(outcome: try Simulation.run(input), jobs: input.jobs, fleet: input.fleet)
    let record = RunRecord(
      header: RunHeader(
        name: "benchmark",
        scenario: "",
        policy: input.placement.label,
        seed: input.seed,
        version: "benchmark"
      ),
      fleet: input.fleet,
      replications: [replication],
      wall: WallRecord(startedAt: "1970-01-01T00:00:00Z", seconds: 0, threads: 1, host: "benchmark")
    )
    let folder = try makeScratchFolder()
    defer { remove(folder) }

    var ours = Cost()
    var theirs: Cost?
    for round in 0..<rounds {
      let (stored, copy) = (folder.path + "/ours-\(round).sqlite", folder.path + "/theirs-\(round).sqlite")
      let (cpu, wall) = (cpuSeconds(), wallSeconds())
      _ = try ResultStore.store([record], at: stored)
      ours.lower(cpu: cpuSeconds() - cpu, wall: wallSeconds() - wall)
      if let reference, let words = Reference(executable: reference, arguments: [stored, copy]).run() {
        guard words.count == 3, let rows = Int(words[0]), let cpu = Double(words[1]), let wall = Double(words[2]),
          rows == jobs
        else { fail("sqlite: the reference found other rows: \(words)") }
        theirs = theirs ?? Cost()
        theirs?.lower(cpu: cpu, wall: wall)
      }
      for path in [stored, copy] { try? FileManager.default.removeItem(atPath: path) }
    }
    printRow("sqlite.cpu", ours: ours.cpu, reference: theirs?.cpu, unit: "CPU s")
    printRow("sqlite.wall", ours: ours.wall, reference: theirs?.wall, unit: "s")
  }
}
