import Engine
import SimulationKernel

/// The same input with all times and lengths multiplied.
func stretched(_ input: SimulationInput, by factor: Int64) -> SimulationInput {
  input.with {
    $0.jobs.arrival = input.jobs.arrival.map { SimTime(nanoseconds: $0.nanoseconds * factor) }
    $0.jobs.duration = input.jobs.duration.map { SimDuration(nanoseconds: $0.nanoseconds * factor) }
    $0.jobs.estimate = input.jobs.estimate.map { SimDuration(nanoseconds: $0.nanoseconds * factor) }
    if case .preemptive(var spec) = input.queue {
      let stretch = { (span: SimDuration) in SimDuration(nanoseconds: span.nanoseconds * factor) }
      if case .leastAttainedService(let thresholds, let byGPUTime) = spec.order {
        spec.order = .leastAttainedService(thresholds: thresholds.map(stretch), byGPUTime: byGPUTime)
      }
      for i in spec.cost.steps.indices { spec.cost.steps[i].cost = stretch(spec.cost.steps[i].cost) }
      spec.cost.largest = stretch(spec.cost.largest)
      $0.queue = .preemptive(spec)
    }
    $0.horizon = input.horizon.map { SimTime(nanoseconds: $0.nanoseconds * factor) }
    $0.measuredFrom = SimTime(nanoseconds: input.measuredFrom.nanoseconds * factor)
    $0.bucket = input.bucket.map { SimDuration(nanoseconds: $0.nanoseconds * factor) }
    for i in $0.fleetChanges.indices { $0.fleetChanges[i].atNanoseconds *= factor }
  }
}

extension SimulationInput {
  /// The same without demotions, whose timers stop the clock at instants that
  /// are no multiples of anything.
  var withoutDemotions: SimulationInput {
    with {
      if case .preemptive(var spec) = $0.queue, case .leastAttainedService = spec.order {
        spec.order = .shortestRemainingTime
        $0.queue = .preemptive(spec)
      }
    }
  }
}
