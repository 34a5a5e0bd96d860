import Engine
import Outcome
import SimulationKernel
import Workload

/// Autoscalers and cluster do not come to rest.
public struct ReadinessError: Error, CustomStringConvertible {
  public var description: String {
    "autoscalers and cluster did not come to rest within \(ReadinessLoop.mostRounds) simulations; "
      + "use readiness: assumed"
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
/// IEEE Transactions on CAD 1, 1982).
struct ReadinessLoop {
  /// Rounds are few: 2 where replicas start at once, some more where they wait.
  static let mostRounds = 200

  /// - Parameter make: the input in which replicas were ready so, by class; nil:
  ///   as if all were placed at once.
  static func settled(
    _ make: ([String: ReplicaReadiness]?) throws -> SimulationInput
  ) throws -> SimulationInput {
    var input = try make(nil)
    for _ in 0..<mostRounds {
      let next = try make(readiness(try Simulation.run(input), input.jobs))
      if next.jobs == input.jobs { return input }
      input = next
    }
    throw ReadinessError()
  }

  /// By class: the runs of its replicas.
  private static func readiness(_ outcome: RunOutcome, _ jobs: JobTable) -> [String: ReplicaReadiness] {
    var runs: [JobClassID: [ReplicaReadiness.Run]] = [:]
    for load in jobs.services { runs[load.jobClass] = [] }
    for job in 0..<jobs.count where outcome.jobs.state[job].hasLastRun {
      let end = outcome.jobs.endNanoseconds[job]
      runs[jobs.jobClass[job]]?.append(
        .init(start: outcome.jobs.startNanoseconds[job], end: end < 0 ? .max : end)
      )
    }
    for attempt in outcome.interruptedAttempts {
      runs[jobs.jobClass[Int(attempt.job.rawValue)]]?.append(
        .init(start: attempt.startNanoseconds, end: attempt.endNanoseconds)
      )
    }
    return jobs.services.reduce(into: [:]) { found, load in
      let name = jobs.classes[Int(load.jobClass.rawValue)]
      found[name] = ReplicaReadiness(runs[load.jobClass] ?? [], coldStart: load.coldStart)
    }
  }
}
