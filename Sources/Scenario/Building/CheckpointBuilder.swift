import Engine
import Hardware
import SimulationKernel
import Workload

/// Makes the checkpoint plans of job classes.
struct CheckpointBuilder {
  var fleet: Fleet?
  /// Failures of a node a day; 0: nothing fails.
  var failuresPerNodeDay: Double
  /// To where checkpoints are written; nil: nothing says.
  var storage: StorageSpec?

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
      let restart = node["restart"], let writes = writeTime(node, write, into: &diagnostics)
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
      guard writes > .zero else {
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
        interval: length(interval, demand[index], write: writes.seconds, restart: restart.seconds),
        write: writes,
        restart: SimDuration(nanoseconds: restart.nanoseconds)
      )
    }
    return true
  }

  /// How long writing takes, alone where it shares a bandwidth; nil: something
  /// is wrong.
  private func writeTime(
    _ node: Decoded,
    _ write: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> SimDuration? {
    guard let size = node["size"] ?? node["to"] ?? node["background"] else {
      return SimDuration(nanoseconds: write.nanoseconds)
    }
    guard let bytes = node["size"], let to = node["to"] else {
      diagnostics.add(
        size.origin,
        size.keyPath,
        "a checkpoint that is written to a tier, or in the background, states size and to",
        hint: "for example {interval: 30m, size: 1TB, to: hot}"
      )
      return nil
    }
    if write.origin != .standard {
      diagnostics.add(
        write.origin,
        write.keyPath,
        "how long writing takes follows from size and to",
        hint: "remove write, or size and to"
      )
      return nil
    }
    if node["background"]?.boolean ?? false, let interval = node["interval"],
      case .text(let rule)? = interval.scalar
    {
      diagnostics.add(
        interval.origin,
        interval.keyPath,
        "'\(rule)' weighs what is lost against the time to write, which costs nothing in the background",
        hint: "state an interval such as 10m"
      )
      return nil
    }
    // What is wrong with the tier is told where storage is made.
    let tier = storage?.tiers.first { $0.name == to.text }
    return SimDuration(nanoseconds: tier?.alone(min(bytes.integer, StorageSpec.mostBytes)) ?? 1)
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
