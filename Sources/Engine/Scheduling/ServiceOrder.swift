import SimulationKernel

/// By what all unfinished jobs are ranked at each pass of a preemptive queue;
/// the first ones that fit the fleet's GPUs run.
public enum ServiceOrder: Hashable, Sendable {
  /// Fewest GPUs first; equal ones by arrival (Tiresias: `sjf`).
  case fewestGPUs
  /// Shortest remaining time first (SRTF).
  case shortestRemainingTime
  /// Least remaining time x GPUs first (SRSF).
  case shortestRemainingService
  /// Discretised least attained service (Tiresias, NSDI 2019): queues in turn,
  /// each first in, first out; a job that reaches its queue's threshold goes
  /// to the tail of the next.
  ///
  /// `thresholds` ascend: run time, or run time x GPUs where `byGPUTime`; one
  /// fewer than queues.
  case leastAttainedService(thresholds: [SimDuration], byGPUTime: Bool)
}

extension ServiceOrder {
  /// The order in a few words.
  public var text: String {
    switch self {
    case .fewestGPUs: "fewest GPUs, preemptive"
    case .shortestRemainingTime: "shortest remaining time, preemptive"
    case .shortestRemainingService: "shortest remaining service, preemptive"
    case .leastAttainedService(let thresholds, let byGPUTime):
      "least attained \(byGPUTime ? "GPU time" : "run time"), \(thresholds.count + 1) queues, preemptive"
    }
  }
}

/// What a preempted job must do again, by its size: added to its remaining
/// time, and booked as overhead of its next run.
public struct PreemptionCost: Hashable, Sendable {
  /// The cost of jobs up to so many GPUs.
  public struct Step: Hashable, Sendable {
    /// GPUs of the job, at most.
    public var upToGPUs: Int
    public var cost: SimDuration

    public init(upToGPUs: Int, cost: SimDuration) {
      self.upToGPUs = upToGPUs
      self.cost = cost
    }
  }

  /// Ascending in GPUs; larger jobs pay ``largest``.
  public var steps: [Step]
  public var largest: SimDuration

  public init(steps: [Step] = [], largest: SimDuration = SimDuration(nanoseconds: 0)) {
    self.steps = steps
    self.largest = largest
  }

  /// What a job of so many GPU thousandths pays.
  public func cost(milliGPU: Int64) -> SimDuration {
    steps.first { milliGPU <= Int64($0.upToGPUs) * 1000 }?.cost ?? largest
  }
}

/// A queue that preempts by rank: at each pass the unfinished jobs, running
/// ones included, are walked in order and take GPUs from the whole fleet as
/// long as they fit; running jobs left out are preempted and keep their
/// progress; then the newly chosen are placed.
public struct PreemptiveQueue: Hashable, Sendable {
  public var order: ServiceOrder
  public var cost: PreemptionCost

  public init(_ order: ServiceOrder, cost: PreemptionCost = PreemptionCost()) {
    self.order = order
    self.cost = cost
  }
}
