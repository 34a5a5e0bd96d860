import Engine
import SimulationKernel

/// The same input with all times and lengths multiplied.
func stretched(_ input: SimulationInput, by factor: Int64) -> SimulationInput {
  input.with {
    $0.jobs.arrival = input.jobs.arrival.map { SimTime(nanoseconds: $0.nanoseconds * factor) }
    $0.jobs.duration = input.jobs.duration.map { SimDuration(nanoseconds: $0.nanoseconds * factor) }
    $0.horizon = input.horizon.map { SimTime(nanoseconds: $0.nanoseconds * factor) }
    $0.measuredFrom = SimTime(nanoseconds: input.measuredFrom.nanoseconds * factor)
    $0.bucket = input.bucket.map { SimDuration(nanoseconds: $0.nanoseconds * factor) }
    for i in $0.fleetChanges.indices { $0.fleetChanges[i].atNanoseconds *= factor }
  }
}
