import SimulationKernel

/// The numbers of replicas that an autoscaler wants as a request rate moves.
///
/// The walk looks ahead of the simulation: it takes every replica for ready a
/// cold start after it was wanted, as if it had been placed at once; or it goes by
/// the replicas that were ready in a run of the simulation. The attainment of the
/// run counts the replicas that really ran either way.
struct ServiceWalk {
  let requests: RateCurve
  let limits: ClosedRange<Int>
  let coldStart: SimDuration

  /// A number of replicas and since when it is wanted.
  struct Step: Equatable {
    var time: SimTime
    var wanted: Int
  }

  /// The steps before the horizon, the first at time 0.
  ///
  /// - Complexity: O(decisions x window's points of the curve).
  func steps(
    of autoscaler: Autoscaler,
    until horizon: SimDuration,
    observed: ReplicaReadiness? = nil
  ) -> [Step] {
    var state = AutoscalerState(autoscaler)
    var wanted = min(state.initialCount(within: limits), limits.upperBound)
    var steps = [Step(time: .zero, wanted: wanted)]
    /// When each replica was wanted, ascending: the last came last and goes
    /// first.
    var since = [SimTime](repeating: .zero, count: wanted)
    /// Of them, those that are ready: a prefix.
    var ready = 0
    var now = SimTime.zero
    while now.nanoseconds < horizon.nanoseconds {
      while ready < since.count, now - since[ready] >= coldStart { ready += 1 }
      let seen = observed.map { min($0.count(at: now), wanted) } ?? ready
      let decided = state.decide(requests, ready: seen, current: wanted, limits: limits, now: now)
      if decided != wanted {
        wanted = decided
        if since.count > wanted { since.removeLast(since.count - wanted) }
        while since.count < wanted { since.append(now) }
        ready = min(ready, wanted)
        steps.append(Step(time: now, wanted: wanted))
      }
      now = autoscaler.nextDecision(after: now)
    }
    return steps
  }
}
