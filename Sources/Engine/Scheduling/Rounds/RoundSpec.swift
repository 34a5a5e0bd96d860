import Hardware
import SimulationKernel
import Workload

/// How the shares of time are found (Narayanan et al., "Heterogeneity-Aware
/// Cluster Scheduling Policies for Deep Learning Workloads", OSDI 2020;
/// stanford-futuredata/gavel). Policies without `perf` take all GPU models for
/// equally fast.
public enum RoundPolicy: String, Hashable, Sendable, CaseIterable {
  /// First in, first out, on one GPU model; see ``FirstComeShares``.
  case fifo
  /// First in, first out, each job on the model that is fastest for it.
  case fifoPerf
  /// An equal part of every model for every job.
  case isolated
  /// The smallest share is as large as can be (least attained service).
  case maxMinFairness
  /// The same of normalised throughputs.
  case maxMinFairnessPerf
  /// The worst ratio of finish time to that under ``isolated`` is smallest.
  case finishTimeFairnessPerf
  /// The time until all jobs have ended is smallest.
  case makespanPerf

  /// A fresh state of the policy.
  var allocator: any RoundAllocator {
    switch self {
    case .fifo: FirstComeShares()
    case .fifoPerf: FastestModelShares()
    case .isolated: EqualShares()
    case .maxMinFairness: MaxMinShares(byThroughput: false)
    case .maxMinFairnessPerf: MaxMinShares(byThroughput: true)
    case .finishTimeFairnessPerf: FinishTimeShares()
    case .makespanPerf: MakespanShares()
    }
  }
}

/// A queue in rounds: at each boundary jobs are chosen for one round and one
/// GPU model each, by the shares of time that a policy gives them and by what
/// they have had.
///
/// Jobs need whole GPUs. One that is chosen and finds no nodes as it wishes
/// leaves its GPUs idle for the round.
///
/// A chosen job does n = min(floor(throughput x length), steps left) steps and
/// gives its GPUs back after n / throughput seconds. The round ends when the
/// last job of it does; until then GPUs that came free stay idle, and jobs
/// that arrive wait. With nothing to run the next arrival begins a round.
///
/// Going from round to round costs nothing: the books show an attempt whose
/// time was kept in full, counted as an interruption of the job, not as a
/// preemption.
public struct RoundSpec: Hashable, Sendable {
  public var policy: RoundPolicy
  /// The nominal length of a round.
  public var length: SimDuration
  /// Shares are found anew at a boundary if jobs came or went, and at least
  /// this time after the last.
  public var refreshInterval: SimDuration

  public init(
    _ policy: RoundPolicy,
    length: SimDuration = .seconds(360),
    refreshInterval: SimDuration = .seconds(1920)
  ) {
    self.policy = policy
    self.length = length
    self.refreshInterval = refreshInterval
  }

  /// Seconds.
  var seconds: Double { Double(length.nanoseconds) / 1e9 }

  /// The queue in a few words.
  public var text: String { "\(policy.rawValue) in rounds of \(length.nanoseconds / 1_000_000_000) s" }

  /// What of the input does not go with rounds, or nil.
  func problem(_ input: SimulationInput) -> String? {
    let jobs = input.jobs
    if let work = jobs.stepWork {
      if let problem = work.problem(jobs: jobs.count) { return problem }
      if work.steps.contains(where: { $0 < 1 }) { return "in rounds a job's steps must be 1 ... 2^53" }
    }
    if length < .seconds(1) || length > .seconds(1_000_000) {
      return "a round must last 1 ... 1,000,000 s"
    }
    if refreshInterval.nanoseconds < 0 || refreshInterval > .seconds(1_000_000_000) {
      return "the refresh interval must be 0 ... 1e9 s"
    }
    if jobs.kind.contains(.service) { return "a queue in rounds takes no service replicas" }
    if !jobs.checkpoint.isEmpty { return "a queue in rounds keeps work without checkpoints" }
    if !input.fleetChanges.isEmpty || !input.maintenances.isEmpty {
      return "a queue in rounds takes no fleet changes"
    }
    if input.sharing == .pooled { return "a queue in rounds takes no pooled nodes" }
    if jobs.shapes.contains(where: { $0.gpuCount < 1 || $0.milliGPUPerDevice != 1000 }) {
      return "every job in rounds needs whole GPUs"
    }
    if !jobs.relaxations.isEmpty { return "a queue in rounds relaxes no wishes" }
    if !jobs.speed.isEmpty { return "a queue in rounds knows speeds by GPU model, not by place" }
    let models = input.fleet.gpuModels
    if policy == .fifo && models.count != 1 { return "fifo in rounds takes one GPU model; fifoPerf several" }
    guard let work = jobs.stepWork else { return nil }
    for job in 0..<jobs.count
    where work.throughput(job, gpus: jobs.gpus(of: job), on: models).contains(where: {
      $0 > 0 && $0 * seconds < 1
    }) {
      return
        "job \(jobs.name(JobID(rawValue: Int32(job)))) does less than one step in a round of \(seconds) s"
    }
    return nil
  }
}

extension SimulationInput {
  /// In rounds a job may take any GPU model but is held to one at a time: the
  /// table gets each shape once more for each model of the fleet, after its
  /// own shapes. Where the table does not count steps, jobs are equally fast on
  /// all models that they accept.
  func withShapesByModel() -> SimulationInput {
    guard case .rounds = queue else { return self }
    var copy = self
    if jobs.stepWork == nil { copy.jobs.stepWork = StepWork(jobs, equallyFastOn: fleet) }
    for shape in jobs.shapes {
      for name in fleet.gpuModels {
        var own = shape
        let known = copy.jobs.modelSets.firstIndex(of: name)
        own.models = ModelSetID(rawValue: Int32(known ?? copy.jobs.modelSets.count))
        if known == nil { copy.jobs.modelSets.append(name) }
        copy.jobs.shapes.append(own)
      }
    }
    return copy
  }
}

extension StepWork {
  /// A microsecond of work each; finer steps would not fit ``StepWork/steps``.
  private static let evenRate = 1e6

  /// Jobs that take their durations, to the step, on any model that they
  /// accept and of which some machine could hold a worker: a table for each
  /// shape.
  init(_ jobs: JobTable, equallyFastOn fleet: Fleet) {
    self.init()
    tables = jobs.shapes.enumerated().map { number, shape in
      let accepted = jobs.modelNames(shape.models)
      let fitting = fleet.gpuModels.indices.filter { model in
        let isFit = fleet.nodes.contains { node in
          node.gpuModel.map { Int($0.rawValue) } == model && node.gpuCount >= Int(shape.gpuCount)
            && node.cpuMilli >= shape.cpuMilli && node.memoryMiB >= shape.memoryMiB
        }
        return isFit && (accepted.isEmpty || accepted.contains(fleet.gpuModels[model]))
      }
      // A table that nothing fits has a row all the same.
      let rows = (fitting.isEmpty ? Array(fleet.gpuModels.indices) : fitting).map {
        ThroughputTable.Row(
          gpu: fleet.gpuModels[$0],
          gpus: shape.milliGPU / 1000,
          span: .fleet,
          stepsPerSecond: fitting.isEmpty ? 0 : Self.evenRate
        )
      }
      return ThroughputTable(name: "shape \(number)", rows: rows)
    }
    steps = jobs.duration.map { max(1, ($0.nanoseconds + 500) / 1000) }
    table = jobs.shape.map(\.rawValue)
    weight = Array(repeating: 1, count: jobs.count)
  }
}
