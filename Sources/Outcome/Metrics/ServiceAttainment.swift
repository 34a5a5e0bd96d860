import SimulationKernel
import Workload

/// What share of a service's requests came while its ready replicas could
/// serve them.
///
/// A replica is ready from a cold start after the start of each of its runs, or
/// after it has fetched its image and weights in it, until the run's end: waiting
/// for GPUs, and a cold start after every interruption, count against it. Requests do not wait: of those that come in
/// a moment, as many are within capacity as the replicas that are ready then can
/// serve, so the figure is the integral of min(rate, ready x capacity) over that
/// of the rate, in pieces between which nothing changes.
public struct ServiceAttainment: Hashable, Sendable {
  /// Requests of the measured window.
  public private(set) var requests = 0.0
  /// Of them, those within capacity.
  public private(set) var served = 0.0
  /// Ready replicas x seconds.
  public private(set) var readySeconds = 0.0

  init() {}

  /// - Complexity: O(replica runs log replica runs + pieces of the curve).
  init(_ load: ServiceLoad, _ outcome: RunOutcome, _ jobs: JobTable) {
    let window = outcome.measuredFrom.nanoseconds...outcome.end.nanoseconds
    var changes: [(time: Int64, by: Int)] = []
    func add(from start: Int64, to end: Int64) {
      let ready = max(start + load.coldStart.nanoseconds, window.lowerBound)
      let end = min(end, window.upperBound)
      guard ready < end else { return }
      changes += [(ready, 1), (end, -1)]
    }
    for job in 0..<jobs.count where jobs.jobClass[job] == load.jobClass && outcome.jobs.state[job].hasLastRun
    {
      let end = outcome.jobs.endNanoseconds[job]
      add(
        from: outcome.jobs.startNanoseconds[job] + outcome.jobs.wipe(job) + outcome.jobs.overhead(job),
        to: end < 0 ? window.upperBound : end
      )
    }
    for attempt in outcome.interruptedAttempts
    where jobs.jobClass[Int(attempt.job.rawValue)] == load.jobClass {
      add(
        from: attempt.startNanoseconds + attempt.wipeNanoseconds + attempt.overheadNanoseconds,
        to: attempt.endNanoseconds
      )
    }
    changes.sort { $0.time < $1.time }
    changes.append((window.upperBound, 0))
    var ready = 0
    var from = window.lowerBound
    for change in changes {
      if change.time > from {
        let (start, end) = (SimTime(nanoseconds: from).seconds, SimTime(nanoseconds: change.time).seconds)
        requests += load.requests.requests(from: start, to: end)
        served += load.requests.served(
          from: start,
          to: end,
          capacity: Double(ready) * load.capacityPerReplica
        )
        readySeconds += Double(ready) * (end - start)
        from = change.time
      }
      ready += change.by
    }
  }

  static func += (sum: inout ServiceAttainment, other: ServiceAttainment) {
    sum.requests += other.requests
    sum.served += other.served
    sum.readySeconds += other.readySeconds
  }

  /// Percent of the requests; nil: there were none.
  public var percent: Double? { requests > 0 ? 100 * min(served / requests, 1) : nil }
}

extension OutcomeMetrics {
  /// Attainment of each service and of all of them; no rows where no service
  /// asks for it.
  static func services(_ outcome: RunOutcome, _ jobs: JobTable) -> [Metric] {
    guard !jobs.services.isEmpty else { return [] }
    let seconds = (outcome.end - outcome.measuredFrom).seconds
    func rows(_ attainment: ServiceAttainment, scope: String) -> [Metric] {
      var rows = [
        Metric(name: "service.requests", scope: scope, unit: "requests", value: attainment.requests)
      ]
      if let percent = attainment.percent {
        rows.append(Metric(name: "service.attainment", scope: scope, unit: "percent", value: percent))
      }
      if seconds > 0 {
        let ready = attainment.readySeconds / seconds
        rows.append(Metric(name: "service.ready_replicas", scope: scope, unit: "replicas", value: ready))
      }
      return rows
    }
    var all = ServiceAttainment()
    var byClass: [Metric] = []
    for load in jobs.services {
      let attainment = ServiceAttainment(load, outcome, jobs)
      all += attainment
      byClass += rows(attainment, scope: "class:\(jobs.classes[Int(load.jobClass.rawValue)])")
    }
    return rows(all, scope: "fleet") + byClass
  }
}
