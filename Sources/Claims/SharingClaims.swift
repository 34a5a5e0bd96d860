import Engine
import Planning
import Scenario

/// The claim that sharing raises use, by simulating a scenario both ways.
enum SharingClaims {
  static func sharing(
    _ claim: LoadedClaim,
    replications: Int,
    threads: Int,
    observer: (any RunObserver & Sendable)?
  ) throws -> ClaimResult {
    guard let pair = claim.scenario else {
      throw ClaimError(claim: claim.name, reason: "it names no scenario")
    }
    let makers: [ArmRuns.Make] = [pair.before, pair.after].map { scenario in
      { try scenario.input(placement: scenario.placements[0], replication: $0) }
    }
    let measured = try ArmRuns.run(
      arms: makers,
      replications: replications,
      threads: threads,
      observer: observer
    )
    func mean(_ arm: Int, _ metric: String) -> Double {
      measured[arm].compactMap { $0.value(metric, "fleet") }.reduce(0, +) / Double(replications)
    }
    let metrics = [
      ("allocation", "allocated, %"), ("utilisation", "busy, %"), ("jobs.completed", "jobs completed"),
      ("jobs.waiting", "jobs waiting at the end"),
    ]
    var table = [["", pair.changes.joined(separator: ", "), "as in the scenario", "ratio"]]
    for (metric, label) in metrics {
      let (before, after) = (mean(0, metric), mean(1, metric))
      table.append([
        label, Figure.tenths(before), Figure.tenths(after),
        before > 0 ? Figure.hundredths(after / before) : "-",
      ])
    }
    let gain = mean(1, "jobs.completed") / mean(0, "jobs.completed")
    let busy = (mean(0, "utilisation"), mean(1, "utilisation"))
    let gpus = try makers[0](0).fleet.nodes.reduce(0) { $0 + $1.gpuCount }
    let isReached = gain >= claim.above
    return claim.result(
      isReached ? .holds : gain > 1 ? .inPart : .fails,
      "On \(gpus) GPUs, \(replications) replications: busy goes from \(Figure.tenths(busy.0)) to "
        + "\(Figure.tenths(busy.1)) % and \(Figure.hundredths(gain)) times as many jobs complete, where "
        + "\(Figure.tenths(claim.above)) to \(Figure.tenths(claim.below)) times the value is claimed. Allocated is not "
        + "busy; measured gains of sharing in papers are 1.16 to 1.67.",
      table,
      command: "headroom claims scenarios/claims/\(claim.name).yaml"
    )
  }
}
