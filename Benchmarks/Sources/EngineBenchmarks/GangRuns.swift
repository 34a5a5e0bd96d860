import BenchmarkSupport
import Engine
import Outcome
import SimulationKernel

/// Gangs with priorities and preemption, and what one more event costs when
/// many jobs wait. CPU time of the engine alone.
enum GangRuns {
  /// The queues whose cost with a long line is compared with a short one's.
  private static let queues: [(name: String, queue: QueueSpec, preemption: PriorityPreemption?)] = [
    ("fifo", .fifo(headOfLineBlocking: true), nil),
    ("fitFirst", .fifo(headOfLineBlocking: false), nil),
    ("priorityPreemption", .ordered(.priority, headOfLineBlocking: false), PriorityPreemption(.kueue)),
    ("easyBackfill", .backfill(Backfill(.easy)), nil),
    ("shortestRemainingTime", .preemptive(PreemptiveQueue(.shortestRemainingTime)), nil),
  ]

  static func measure(jobs: Int, gpus: Int, rounds: Int) throws {
    let workload = GangWorkload(jobs: jobs, gpus: gpus)
    for victims in [PriorityPreemption.Victims.kueue, .kubeScheduler] {
      let input = workload.input(
        .ordered(.priority, headOfLineBlocking: false),
        preemption: PriorityPreemption(victims)
      )
      var best = Double.infinity
      for _ in 0..<rounds {
        let start = cpuSeconds()
        let outcome = try Simulation.run(input)
        best = min(best, cpuSeconds() - start)
        let preemptions = outcome.interruptedAttempts.count
        warn("\(victims.rawValue): \(outcome.eventCount) events, \(preemptions) preemptions, \(best) s")
      }
      printRow("gangs.\(gpus)gpus.\(victims.rawValue)", ours: best, unit: "CPU s")
    }
  }

  /// Microseconds an event while about so many jobs wait, next to the same
  /// with a hundredth of them.
  static func measureQueues(waiting: Int, jobs: Int, rounds: Int) throws {
    for entry in queues {
      var cost: [Double] = []
      for length in [waiting / 100, waiting] {
        var workload = GangWorkload(jobs: length + jobs, gpus: 1024)
        workload.load = 1
        workload.burst = length
        var input = workload.input(entry.queue, preemption: entry.preemption)
        // Stop when the last job arrives: the line is still there.
        input.horizon = input.jobs.arrival.last
        var best = Double.infinity
        var events: Int64 = 1
        for _ in 0..<rounds {
          let start = cpuSeconds()
          let outcome = try Simulation.run(input)
          best = min(best, cpuSeconds() - start)
          events = outcome.eventCount
        }
        cost.append(best / Double(events) * 1e6)
      }
      printRow("queue.\(entry.name).\(waiting)", ours: cost[1], reference: cost[0], unit: "us/event")
    }
  }
}
