import Engine
import Hardware
import SimulationKernel

/// Makes the rolling maintenances from the list `maintenance`.
struct MaintenanceBuilder {
  var selectors: FleetChangeBuilder

  func build(_ list: Decoded, into diagnostics: inout DiagnosticList) -> [RollingMaintenance] {
    var result: [RollingMaintenance] = []
    for node in list.elements where node.isSound {
      guard let start = node["start"], let atOnce = node["atOnce"], let duration = node["duration"],
        let drain = node["drain"], let those = node["nodes"]
      else { continue }
      let limit = node["drainLimit"]
      let interrupts = drain.text == "interrupt"
      if interrupts, let limit {
        diagnostics.add(
          limit.origin,
          limit.keyPath,
          "'interrupt' does not wait",
          hint: "remove drainLimit, or say drain: wait"
        )
      }
      result.append(
        RollingMaintenance(
          startNanoseconds: start.nanoseconds,
          nodes: selectors.nodes(those, into: &diagnostics),
          atOnce: Int(atOnce.integer),
          duration: SimDuration(nanoseconds: duration.nanoseconds),
          drainLimit: interrupts ? .zero : limit.map { SimDuration(nanoseconds: $0.nanoseconds) }
        )
      )
    }
    return result
  }
}
