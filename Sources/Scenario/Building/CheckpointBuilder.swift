import Engine
import Hardware
import SimulationKernel
import Workload

/// Makes the checkpoint plans of job classes.
struct CheckpointBuilder {
  var fleet: Fleet?
  /// Failures of a node a day; 0: nothing fails.
  var failuresPerNodeDay: Double

  /// Gives each request of the class its plan; false: something is wrong.
  func add(
    _ node: Decoded,
    of jobClass: Decoded,
    to demand: inout [DemandOption],
    into diagnostics: inout DiagnosticList
  ) -> Bool {
    guard !jobClass.sets("service") else {
      diagnostics.add(
        node.origin,
        node.keyPath,
        "a service has no 'checkpoint'",
        hint: "its replicas keep no work; a new one takes the place of one that is lost"
      )
      return false
    }
    guard node.isSound, let interval = node["interval"], let write = node["write"],
      let restart = node["restart"]
    else { return false }
    if case .text(let rule)? = interval.scalar {
      guard failuresPerNodeDay > 0 else {
        diagnostics.add(
          interval.origin,
          interval.keyPath,
          "'\(rule)' follows from how often nodes fail, and none does",
          hint: "state fleet.failures, or an interval such as 30m"
        )
        return false
      }
      guard write.nanoseconds > 0 else {
        diagnostics.add(
          interval.origin,
          interval.keyPath,
          "'\(rule)' gives an interval of nothing where a checkpoint takes no time to write",
          hint: "state write, or an interval such as 30m"
        )
        return false
      }
    }
    for index in demand.indices {
      demand[index].checkpoint = CheckpointPlan(
        interval: length(interval, demand[index], write: write.seconds, restart: restart.seconds),
        write: SimDuration(nanoseconds: write.nanoseconds),
        restart: SimDuration(nanoseconds: restart.nanoseconds)
      )
    }
    return true
  }

  private func length(_ interval: Decoded, _ option: DemandOption, write: Double, restart: Double)
    -> SimDuration
  {
    guard case .text(let rule)? = interval.scalar else {
      return SimDuration(nanoseconds: interval.nanoseconds)
    }
    let mean = 86_400 / failuresPerNodeDay / Double(nodes(option))
    let seconds =
      rule == "young"
      ? CheckpointPlan.youngInterval(meanTimeBetweenInterruptions: mean, writeSeconds: write)
      : CheckpointPlan.dalyInterval(
        meanTimeBetweenInterruptions: mean,
        writeSeconds: write,
        restartSeconds: restart
      )
    return max(SimDuration(seconds: min(seconds, SimTime.latest.seconds)) ?? .tick, .tick)
  }

  /// How many nodes the job spans when it lies as closely as it can.
  private func nodes(_ option: DemandOption) -> Int {
    let accepted =
      fleet?.nodes.filter { node in
        option.models.isEmpty
          || node.gpuModel.map { option.models.contains(fleet!.gpuModels[Int($0.rawValue)]) } ?? false
      } ?? []
    let largest = accepted.map(\.gpuCount).max() ?? 0
    guard option.gpuCount > 0, largest >= option.gpuCount else { return Int(option.workers) }
    let perNode = Int64(largest) * 1000 / (Int64(option.gpuCount) * Int64(option.milliGPUPerDevice))
    return max(1, Int((Int64(option.workers) + perNode - 1) / perNode))
  }
}
