import SimulationKernel

/// How the workers of a gang come by their places.
public enum GangMode: Hashable, Sendable {
  /// Volcano, KAI: all workers are placed at once, or none.
  case placement
  /// Slurm: the whole allocation of a job is decided at one instant, or
  /// nothing is. Gangs here have no smaller number of workers to start with,
  /// so the decision is that of ``placement``.
  case wholeAllocation
  /// Kueue: a gang is admitted when the free GPUs of its models, less what
  /// admitted gangs still lack, cover all its workers in sum. Admitted gangs
  /// have left the queue; their workers are placed as room appears, and each
  /// holds its GPUs until all are placed. Jobs of one worker start when sum
  /// and room are both there.
  case quota(GangHolding)
  /// kube-scheduler's Permit (alpha from 1.35): workers are placed in the
  /// order of the queue without any admission, and each holds its GPUs until
  /// all of its gang are placed. Two gangs may wait for each other.
  case holdAndWait(GangHolding)

  /// What applies to gangs that hold; nil where none do.
  public var holding: GangHolding? {
    switch self {
    case .placement, .wholeAllocation: nil
    case .quota(let holding), .holdAndWait(let holding): holding
    }
  }
}

/// How long a gang that does not run may hold GPUs, and what follows.
public struct GangHolding: Hashable, Sendable {
  /// From the admission, or from the first worker that was placed, until all
  /// are given up; nil: never.
  public var timeout: SimDuration?
  /// How long the gang then stays out of the queue, the first time; each time
  /// in a row doubles it, up to `longestDelay`.
  public var requeueDelay: SimDuration
  public var longestDelay: SimDuration

  public init(timeout: SimDuration?, requeueDelay: SimDuration, longestDelay: SimDuration) {
    self.timeout = timeout
    self.requeueDelay = requeueDelay
    self.longestDelay = max(requeueDelay, longestDelay)
  }

  /// Kueue's waitForPodsReady: 5 minutes; back-off from 60 s to an hour
  /// (`requeuingStrategy`).
  public static let kueue = GangHolding(
    timeout: seconds(300),
    requeueDelay: seconds(60),
    longestDelay: seconds(3600)
  )

  /// kube-scheduler's Permit: 5 minutes; back-off of pods from 1 s to 10 s.
  public static let kubeScheduler = GangHolding(
    timeout: seconds(300),
    requeueDelay: seconds(1),
    longestDelay: seconds(10)
  )

  private static func seconds(_ count: Int64) -> SimDuration {
    SimDuration(nanoseconds: count * 1_000_000_000)
  }

  /// The wait after so many time-outs in a row, ns.
  func delay(afterTimeouts count: Int) -> Int64 {
    let doublings = min(count - 1, 62)
    let (delay, overflow) = requeueDelay.nanoseconds.multipliedReportingOverflow(by: 1 << doublings)
    return overflow ? longestDelay.nanoseconds : min(delay, longestDelay.nanoseconds)
  }

  /// Why this cannot be; nil: it can.
  var problem: String? {
    let longest = SimTime.latest - .zero
    if requeueDelay < .tick || longestDelay > longest {
      return "a gang's delay in the queue must be above zero and at most 36 years"
    }
    if let timeout, timeout < .tick || timeout > longest {
      return "a gang's time-out must be above zero and at most 36 years"
    }
    return nil
  }
}
