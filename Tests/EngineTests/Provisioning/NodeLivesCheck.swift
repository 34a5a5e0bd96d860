import Engine
import Outcome
import SimulationKernel
import Testing
import Workload

/// Whether the lives of nodes say what the totals of their groups say: the time
/// in each stage, launches, removals, and the runs that were stopped for each
/// reason with the work that they lost.
func checkNodeLives(_ outcome: RunOutcome, _ input: SimulationInput, _ comment: Comment) {
  let lives = NodeLives(outcome)
  let from = outcome.measuredFrom.nanoseconds
  let end = outcome.end.nanoseconds
  for (number, totals) in outcome.autoNodes.enumerated() {
    var time = Array(repeating: Int128(0), count: AutoNodeTotals.Stage.allCases.count)
    let own = lives.all.filter { $0.group == number }
    for part in own.flatMap(\.parts) {
      time[part.stage.rawValue] += Int128(max(0, (part.to ?? end) - max(from, part.from)))
    }
    #expect(time == totals.nodeNanoseconds, "\(comment): stages of \(totals.name)")
    #expect(Int64(own.count { $0.purpose != .initial && $0.from >= from }) == totals.launched, "\(comment)")
    #expect(Int64(own.count { ($0.to ?? -1) >= from }) == totals.removed, "\(comment)")
    for life in own {
      #expect(totals.nodes.contains(Int(life.node)), "\(comment)")
      for (a, b) in zip(life.parts, life.parts.dropFirst()) { #expect(a.to == b.from, "\(comment): \(life)") }
    }
  }
  var stopped = outcome.autoNodes.map { $0.evictions.map { _ in Int64(0) } }
  var lost = outcome.autoNodes.map { $0.evictions.map { _ in Int128(0) } }
  for (eviction, ending) in zip(outcome.nodeEvictions, lives.evictions) {
    let run = outcome.interruptedAttempts[Int(eviction.attempt)]
    let life = lives.all[ending.life]
    #expect(life.node == eviction.node && !run.isPreemption && !run.isFailure, "\(comment)")
    #expect((life.from...(life.to ?? end)).contains(run.endNanoseconds), "\(comment): \(run)")
    #expect((ending.disruption != nil) == eviction.removal.isVoluntary, "\(comment): \(eviction)")
    guard run.endNanoseconds >= from else { continue }
    stopped[life.group][eviction.removal.rawValue] += 1
    let job = Int(run.job.rawValue)
    guard input.jobs.kind[job] == .batch else { continue }
    let time = run.endNanoseconds - run.startNanoseconds - run.keptNanoseconds - run.overheadNanoseconds
    let shape = input.jobs.shapes[Int(input.jobs.shape[job].rawValue)]
    let milli = Int128(shape.gpuCount) * Int128(shape.milliGPUPerDevice) * Int128(shape.workers)
    lost[life.group][eviction.removal.rawValue] += Int128(time) * milli
  }
  #expect(stopped == outcome.autoNodes.map(\.evictions), "\(comment)")
  #expect(lost == outcome.autoNodes.map(\.lostMilliNanoseconds), "\(comment)")
}
