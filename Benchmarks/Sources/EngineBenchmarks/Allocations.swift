import AllocationCounter
import BenchmarkSupport
import Engine
import SimulationKernel

/// Heap blocks asked for while the loop runs.
///
/// The loop calls its observer every 65,536 events; the blocks between two
/// calls were asked for by events. What is made before the first event
/// (columns, indices) and after the last (the outcome) is not among them.
enum Allocations {
  /// Notes the counter at each call.
  private final class Witness: RunObserver {
    private(set) var counts: [UInt64] = []
    private(set) var events: [Int64] = []
    /// Blocks to ask for at each call, for the control.
    private let onPurpose: Int
    private var kept: [Witness] = []
    let isCancelled = false

    init(onPurpose: Int = 0) {
      self.onPurpose = onPurpose
      counts.reserveCapacity(4096)
      events.reserveCapacity(4096)
      kept.reserveCapacity(onPurpose)
    }

    func progress(simulated: SimTime, events: Int64, fractionDone: Double) {
      counts.append(allocation_count())
      self.events.append(events)
      guard onPurpose > 0 else { return }
      kept.removeAll(keepingCapacity: true)
      for _ in 0..<onPurpose { kept.append(Witness()) }
    }

    /// Blocks and events from one share of the calls to the last one.
    func growth(fromShare share: Double) -> (blocks: UInt64, events: Int64) {
      guard let lastCount = counts.last, let lastEvent = events.last else { return (0, 0) }
      let first = Int(Double(counts.count) * share)
      return (lastCount - counts[first], lastEvent - events[first])
    }
  }

  /// The share of the run that is left out as warm-up.
  private static let warmUpShare = 0.25

  static func measure(jobs: Int, trace: String?) throws {
    let control = Witness(onPurpose: 65_536)
    _ = try Simulation.run(try TimedWorkload(jobs: jobs / 4, gpus: 1_000, trace: trace).input(), observer: control)
    let seen = control.growth(fromShare: warmUpShare)
    guard seen.events > 0, Double(seen.blocks) >= Double(seen.events) else {
      fail("the allocation counter saw \(seen.blocks) blocks where one an event was asked for on purpose")
    }
    printRow("allocations.control", ours: Double(seen.blocks) / Double(seen.events), unit: "blocks/event")

    for gpus in [1_000, 10_000] {
      let witness = Witness()
      let input = try TimedWorkload(jobs: jobs, gpus: gpus, trace: trace).input()
      _ = try Simulation.run(input, observer: witness)
      let (blocks, events) = witness.growth(fromShare: warmUpShare)
      printRow("allocations.\(gpus)gpus", ours: Double(blocks) / Double(events), unit: "blocks/event")
      let whole = witness.growth(fromShare: 0)
      warn("\(gpus) GPUs: \(whole.blocks) blocks in the loop, \(blocks) of them in its last \(events) events")
    }

    // Blocks of a whole run, set-up and closing of the books included, must
    // not grow with the jobs beyond the columns' own growth.
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
      ours: max(0, blocks) / Double(twice.events - once.events),
      unit: "blocks/event"
    )
    warn("a whole run asks for \(once.blocks) blocks with \(jobs / 2) jobs and \(twice.blocks) with \(jobs)")
  }
}
