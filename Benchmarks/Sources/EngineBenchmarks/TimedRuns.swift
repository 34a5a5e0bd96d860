import BenchmarkSupport
import Engine
import Outcome
import Foundation

/// CPU time of the engine alone: no reading, no synthesis, no writing.
struct TimedRuns {
  let jobs: Int
  let trace: String?
  let rounds: Int

  /// The least CPU seconds of several runs of one input.
  private final class Best {
    let input: SimulationInput
    var seconds = Double.infinity
    var events: Int64 = 0
    private var fingerprint: UInt64?

    init(_ input: SimulationInput) { self.input = input }

    func run() throws {
      let start = cpuSeconds()
      let outcome = try Simulation.run(input)
      seconds = min(seconds, cpuSeconds() - start)
      events = outcome.eventCount
      if let fingerprint, fingerprint != outcome.fingerprint { fail("two runs of one input ended differently") }
      if fingerprint == nil { Self.describe(input, outcome) }
      fingerprint = outcome.fingerprint
    }

    /// What kind of run it was, on standard error.
    private static func describe(_ input: SimulationInput, _ outcome: RunOutcome) {
      let starts = outcome.jobs.startNanoseconds
      let waited = starts.indices.reduce(0) { $0 + (starts[$1] > input.jobs.arrival[$1].nanoseconds ? 1 : 0) }
      let allocated = Double(outcome.ledger.allocated) / Double(outcome.ledger.capacity)
      warn(
        "\(input.fleet.gpuCount) GPUs, \(input.jobs.count) jobs: \(outcome.eventCount) events, \(waited) jobs waited, "
          + "\(Int((100 * allocated).rounded())) % allocated"
      )
    }
  }

  private func best(jobs: Int, gpus: Int) throws -> Best {
    Best(try TimedWorkload(jobs: jobs, gpus: gpus, trace: trace).input())
  }

  /// Prints the rows of the sweeps over nodes and over jobs.
  func measure(jobCounts: [Int]) throws {
    let shapes = try TimedWorkload(jobs: 1, gpus: 8, trace: trace).mix().count
    printRow(
      "timed.shapes",
      ours: Double(shapes),
      unit: trace == nil ? "requests (built-in mix)" : "requests (openb)"
    )
    try sweepFleets([10_000, 100_000, 1_000])
    try sweepJobs(jobCounts, gpus: 1_000)
  }

  /// The same number of jobs on fleets of several sizes; the reference of all
  /// but the first is the first. Run in turn, so that a busy moment of the
  /// machine does not strike one alone.
  private func sweepFleets(_ sizes: [Int]) throws {
    let runs = try sizes.map { try best(jobs: jobs, gpus: $0) }
    for _ in 0..<rounds { for run in runs { try run.run() } }
    for (gpus, run) in zip(sizes, runs) {
      let isFirst = gpus == sizes[0]
      printRow("timed.\(gpus)gpus", ours: run.seconds, reference: isFirst ? nil : runs[0].seconds, unit: "CPU s")
      printRow("timed.\(gpus)gpus.events", ours: Double(run.events) / run.seconds, unit: "events/s")
    }
  }

  /// Microseconds a job as jobs grow; the reference is what the first row
  /// would become if time grew as n log n.
  private func sweepJobs(_ counts: [Int], gpus: Int) throws {
    var first: Double?
    for count in counts {
      let run = try best(jobs: count, gpus: gpus)
      // Short runs are repeated until they have taken as long as a long one.
      let repeats = max(rounds, min(20, counts[counts.count - 1] / count))
      for _ in 0..<repeats { try run.run() }
      let microseconds = run.seconds / Double(count) * 1e6
      let growth = log(Double(count)) / log(Double(counts[0]))
      printRow(
        "timed.jobs.\(count)",
        ours: microseconds,
        reference: first.map { $0 * growth },
        unit: "us/job"
      )
      if first == nil { first = microseconds }
    }
  }
}
