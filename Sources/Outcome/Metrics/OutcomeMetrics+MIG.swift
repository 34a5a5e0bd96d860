import SimulationKernel

extension OutcomeMetrics {
  /// What GPUs cut by MIG could still take, by model: memory slots of the
  /// largest placeable profile, mean over time, and the percentage of time in which
  /// each profile was placeable somewhere. No rows in runs without MIG.
  static func placeability(_ outcome: RunOutcome) -> [Metric] {
    let span = Int128((outcome.end - outcome.measuredFrom).nanoseconds)
    guard span > 0 else { return [] }
    return outcome.placeability.flatMap { board in
      let scope = "model:\(board.gpuModel)"
      let mean = Double(board.slotNanoseconds) / Double(span)
      return [Metric(name: "mig.largest_slots", scope: scope, unit: "slots", value: mean)]
        + board.profiles.map {
          Metric(
            name: "mig.placeable.\($0.name)",
            scope: scope,
            unit: "percent",
            value: 100 * Double($0.nanoseconds) / Double(span)
          )
        }
    }
  }
}
