import AllocationCounter
import BenchmarkSupport
import Engine
import SimulationKernel

/// Heap blocks asked for while the loop runs.
///
/// The loop calls its observer every 65,536 events; the blocks between two
/// calls were asked for by events. What is made before the first event
/// (columns, indices) and after the last (the outcome) is not among them. A
/// column that doubles shows up in one such stretch of many, so the figure an
/// event is the median stretch's, and the total is a row of its own.
enum Allocations {
  /// Notes the counter at each call.
  private final class Witness: RunObserver {
    private(set) var counts: [UInt64] = []
    /// Blocks to ask for at each call, for the control.
    private let onPurpose: Int
    private var kept: [Witness] = []
    let isCancelled = false

    init(onPurpose: Int = 0) {
      self.onPurpose = onPurpose
      counts.reserveCapacity(4096)
      kept.reserveCapacity(onPurpose)
    }

    func progress(simulated: SimTime, events: Int64, fractionDone: Double) {
      counts.append(allocation_count())
      guard onPurpose > 0 else { return }
      kept.removeAll(keepingCapacity: true)
      for _ in 0..<onPurpose { kept.append(Witness()) }
    }

    /// Blocks between two calls one after the other, from the given share of
    /// the calls on.
    func growth(fromShare share: Double) -> [UInt64] {
      let first = Int(Double(counts.count) * share)
      return zip(counts.dropFirst(first), counts.dropFirst(first + 1)).map { $1 - $0 }
    }
  }

  /// The loop's own rhythm.
  private static let eventsBetweenCalls = 65_536

  /// The share of the run that is left out as warm-up.
  private static let warmUpShare = 0.25

  static func measure(jobs: Int, trace: String?) throws {
    let control = Witness(onPurpose: eventsBetweenCalls)
    _ = try Simulation.run(
      try TimedWorkload(jobs: jobs / 4, gpus: 1_000, trace: trace).input(),
      observer: control
    )
    let seen = median(control.growth(fromShare: warmUpShare))
    guard seen >= eventsBetweenCalls else {
      fail("the allocation counter saw \(seen) blocks where \(eventsBetweenCalls) were asked for on purpose")
    }
    printRow("allocations.control", ours: Double(seen) / Double(eventsBetweenCalls), unit: "blocks/event")

    for gpus in [1_000, 10_000] {
      let witness = Witness()
      let input = try TimedWorkload(jobs: jobs, gpus: gpus, trace: trace).input()
      _ = try Simulation.run(input, observer: witness)
      let growth = witness.growth(fromShare: warmUpShare)
      let perEvent = Double(median(growth)) / Double(eventsBetweenCalls)
      printRow("allocations.\(gpus)gpus", ours: perEvent, unit: "blocks/event")
      // Columns that double as the queue or the series grow: a handful.
      printRow("allocations.\(gpus)gpus.growth", ours: Double(growth.reduce(0, +)), unit: "blocks")
    }

    // Blocks of a whole run, set-up and closing of the books included: what
    // twice the jobs ask for beyond the first half.
    func total(_ jobs: Int) throws -> (blocks: UInt64, events: Int64) {
      let input = try TimedWorkload(jobs: jobs, gpus: 1_000, trace: trace).input()
      let before = allocation_count()
      let outcome = try Simulation.run(input)
      return (allocation_count() - before, outcome.eventCount)
    }
    let (once, twice) = (try total(jobs / 2), try total(jobs))
    let blocks = Double(twice.blocks) - Double(once.blocks)
    printRow(
      "allocations.whole-run",
      ours: blocks / Double(twice.events - once.events),
      unit: "blocks/extra event"
    )
    warn("a whole run asks for \(once.blocks) blocks with \(jobs / 2) jobs and \(twice.blocks) with \(jobs)")
  }

  private static func median(_ values: [UInt64]) -> Int {
    values.isEmpty ? 0 : Int(values.sorted()[values.count / 2])
  }
}
