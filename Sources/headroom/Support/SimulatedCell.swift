import Foundation
import Planning
import Results
import Scenario

/// Simulates a cell of a plan with a progress line.
enum SimulatedCell {
  static func record(_ cell: RunPlan.Cell, of plan: RunPlan, threads: Int?, quiet: Bool) throws -> RunRecord {
    let line = ProgressLine(
      label: "\(plan.scenario.name) · \(cell.label)",
      isShown: !quiet && Terminal.isTerminal(STDERR_FILENO)
    )
    defer { line.clear() }
    let board = ProgressBoard(
      replications: plan.replications,
      isCancelled: { Interrupt.isRequested },
      report: { line.show($0) }
    )
    let workers = min(threads ?? ProcessInfo.processInfo.activeProcessorCount, plan.replications)
    let startedAt = Date().ISO8601Format()
    let started = ContinuousClock.now
    let replications = try Replications.run(
      count: plan.replications,
      threads: workers,
      board: board,
      make: cell.make
    )
    let elapsed = (ContinuousClock.now - started).components
    let scenario = plan.scenario
    return RunRecord(
      header: RunHeader(
        name: scenario.name,
        description: scenario.description,
        question: scenario.question,
        scenario: scenario.resolvedYAML,
        policy: cell.label,
        seed: scenario.study?.seed ?? scenario.seed,
        version: Version.current
      ),
      fleet: plan.fleet,
      replications: replications,
      wall: WallRecord(
        startedAt: startedAt,
        seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) / 1e18,
        threads: workers,
        host: ProcessInfo.processInfo.hostName
      )
    )
  }
}
