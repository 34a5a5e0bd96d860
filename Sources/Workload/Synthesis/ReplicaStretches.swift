import SimulationKernel

/// One unbroken stretch of a replica's existence.
struct ReplicaStretch {
  /// 0-based; replica i exists while more than i replicas are wanted.
  var replica: Int
  var arrival: SimTime
  var duration: SimDuration
}

extension ServiceSpec {
  /// The stretches of all replicas before the horizon, by arrival, then
  /// replica; `observed`: when replicas were ready in a run.
  ///
  /// - Complexity: O(evaluations + stretches log stretches).
  func stretches(until horizon: SimDuration, observed: ReplicaReadiness? = nil) -> [ReplicaStretch] {
    var stretches: [ReplicaStretch] = []
    /// When each existing replica began: the last came last and goes first.
    var began: [SimTime] = []
    func end(at time: SimTime, keeping count: Int) {
      while began.count > count {
        let arrival = began.removeLast()
        stretches.append(
          ReplicaStretch(replica: began.count, arrival: arrival, duration: time - arrival)
        )
      }
    }
    for step in steps(until: horizon, observed) {
      end(at: step.time, keeping: step.wanted)
      while began.count < step.wanted { began.append(step.time) }
    }
    end(at: SimTime(nanoseconds: horizon.nanoseconds), keeping: 0)
    stretches.sort { ($0.arrival, $0.replica) < ($1.arrival, $1.replica) }
    return stretches
  }
  /// The wanted counts before the horizon; some may repeat the one before.
  private func steps(until horizon: SimDuration, _ observed: ReplicaReadiness?) -> [ServiceWalk.Step] {
    if let autoscaler {
      let walk = ServiceWalk(
        requests: requestRate,
        limits: minReplicas...maxReplicas,
        coldStart: SimDuration(
          nanoseconds: assumedFetch.nanoseconds + (coldStart?.total.nanoseconds ?? 0)
        )
      )
      return walk.steps(of: autoscaler, until: horizon, observed: seesCluster ? observed : nil)
    }
    var steps: [ServiceWalk.Step] = []
    var now = SimTime.zero
    while now.nanoseconds < horizon.nanoseconds {
      steps.append(.init(time: now, wanted: replicas(at: now.seconds)))
      now = now + evaluationInterval
    }
    return steps
  }
}
