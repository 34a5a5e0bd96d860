import Engine
import Outcome
import SimulationKernel
import Workload

/// Autoscalers and cluster do not come to rest.
public struct ReadinessError: Error, CustomStringConvertible {
  public var description: String {
    "the numbers of replicas go round in a circle: a placement that looks at all jobs of the run "
      + "(fgd) makes what comes first depend on what comes later; state fragmentation, another placement, or "
      + "readiness: assumed"
  }
}

/// Closes the loop between autoscalers and the cluster: the numbers of replicas
/// follow from the replicas that were ready, which follow from the numbers.
///
/// A run is simulated, the autoscalers decide anew by what it shows, and so on
/// until they decide as before. Then each decision is that of an autoscaler in
/// this very run: what it sees at an instant depends only on decisions before it,
/// so that there is one such run, and every round gets at least one more decision
/// right (waveform relaxation: Lelarasmee, Ruehli and Sangiovanni-Vincentelli,
/// IEEE Transactions on CAD 1, 1982). So it ends after at most one round more than
/// there are decisions; in practice after 2 where replicas start at once, and some
/// more where they wait.
///
/// A placement by the run's mix of jobs sees what comes later. Then it ends too,
/// or comes back to numbers that it has had, which is an error.
struct ReadinessLoop {
  /// - Parameter make: the input in which replicas were ready so, by class; nil:
  ///   as if all were placed at once.
  static func settled(
    _ make: ([String: ReplicaReadiness]?) throws -> SimulationInput
  ) throws -> SimulationInput {
    var input = try make(nil)
    var known: Set<UInt64> = [replicas(input.jobs)]
    while true {
      let next = try make(readiness(try Simulation.run(input), input.jobs))
      if next.jobs == input.jobs { return input }
      guard known.insert(replicas(next.jobs)).inserted else { throw ReadinessError() }
      input = next
    }
  }

  /// Stands for when replicas are wanted.
  private static func replicas(_ jobs: JobTable) -> UInt64 {
    var fingerprint = Fingerprint()
    for job in 0..<jobs.count where jobs.kind[job] == .service {
      fingerprint.fold(UInt64(jobs.jobClass[job].rawValue))
      fingerprint.fold(UInt64(jobs.arrival[job].nanoseconds))
      fingerprint.fold(UInt64(jobs.duration[job].nanoseconds))
    }
    return fingerprint.value
  }

  /// By class: the runs of its replicas.
  private static func readiness(_ outcome: RunOutcome, _ jobs: JobTable) -> [String: ReplicaReadiness] {
    var runs: [JobClassID: [ReplicaReadiness.Run]] = [:]
    for load in jobs.services { runs[load.jobClass] = [] }
    for job in 0..<jobs.count where outcome.jobs.state[job].hasLastRun {
      let end = outcome.jobs.endNanoseconds[job]
      runs[jobs.jobClass[job]]?.append(
        .init(
          start: outcome.jobs.startNanoseconds[job] + outcome.jobs.overhead(job),
          end: end < 0 ? .max : end
        )
      )
    }
    for attempt in outcome.interruptedAttempts {
      runs[jobs.jobClass[Int(attempt.job.rawValue)]]?.append(
        .init(
          start: attempt.startNanoseconds + attempt.overheadNanoseconds,
          end: attempt.endNanoseconds
        )
      )
    }
    return jobs.services.reduce(into: [:]) { found, load in
      let name = jobs.classes[Int(load.jobClass.rawValue)]
      found[name] = ReplicaReadiness(runs[load.jobClass] ?? [], coldStart: load.coldStart)
    }
  }
}
