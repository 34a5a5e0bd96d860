import Hardware
import SimulationKernel
import Workload

extension SharingMode {
  /// Whether GPUs are handed out as replicas.
  public var hasReplicas: Bool { self == .timeSlicing || self == .mps }
}

extension ContentionSpec {
  /// What is wrong with the values, or nil.
  func problem(_ mode: SharingMode) -> String? {
    if mode.hasReplicas {
      let most = mode == .mps ? Self.mostMPSClients : Self.mostClients
      if !(1...most).contains(replicas) {
        return mode == .mps
          ? "an MPS server has 1 ... \(most) clients; found \(replicas) replicas of a GPU"
          : "a time-sliced GPU has 1 ... \(most) replicas; found \(replicas)"
      }
    }
    for (name, value) in [
      ("large", efficiency.large), ("bandwidth", efficiency.bandwidth), ("small", efficiency.small),
    ] where !(1_000_000...Efficiency.whole).contains(value) {
      return "the efficiency of \(name) kernels must be 0.001 ... 1; found \(Double(value) / 1e9)"
    }
    if !(0...1_048_576).contains(overheadMiB) {
      return "the memory of a process beside its job's must be 0 ... 1 TiB; found \(overheadMiB) MiB"
    }
    if restart.delay < .tick || restart.longestDelay < restart.delay
      || restart.longestDelay > SimTime.latest - .zero || (restart.most ?? -1) < 0
    {
      return
        "the delay after a kill for want of memory must be positive, its end not below its beginning, and its "
        + "number limited"
    }
    return nil
  }

  /// What of the input does not go with clients that slow one another, or nil.
  static func problem(_ input: SimulationInput) -> String? {
    guard let spec = input.contention else {
      return input.sharing.hasReplicas ? "sharing by replicas needs their number" : nil
    }
    guard input.sharing.hasReplicas || input.sharing == .fractions else {
      return
        "jobs contend for GPUs only under fractions, time-slicing and MPS; found \(input.sharing.rawValue)"
    }
    if let problem = spec.problem(input.sharing) { return problem }
    switch input.queue {
    case .preemptive: return unsupported("preemptive queue", input)
    case .backfill: return unsupported("backfill", input)
    case .rounds: return unsupported("queue in rounds", input)
    case .ordered, .ageing, .fairShare, .none: break
    }
    if input.preemption != nil { return unsupported("preemption by priority", input) }
    let jobs = input.jobs
    if jobs.checkpoint.contains(where: { $0 > 0 }) { return unsupported("checkpoints", input) }
    if jobs.kind.contains(.service) { return unsupported("replicas of services", input) }
    if jobs.hasSpeeds { return unsupported("speeds that depend on the place", input) }
    for shape in jobs.shapes where shape.gpuCount > 0 {
      let granted = input.sharing.hasReplicas ? spec.replicas(grantedTo: shape, input.sharing) : 0
      let isShared = input.sharing.hasReplicas ? granted > 0 : shape.milliGPUPerDevice < 1000
      if isShared && shape.workers > 1 {
        return "workers of one job do not share GPUs under \(input.sharing.rawValue) with contention; "
          + "found \(shape.workers) workers"
      }
      if input.sharing.hasReplicas && granted == 0 && !input.rejectsImpossibleJobs {
        return input.sharing == .mps || spec.failRequestsGreaterThanOne
          ? "a job asks for \(shape.gpuCount) replicas of shared GPUs, which "
            + (input.sharing == .mps ? "MPS" : "failRequestsGreaterThanOne")
            + " refuses: they give no more time than one; ask for one, or reject impossible jobs"
          : "a job asks for \(shape.gpuCount) replicas of shared GPUs, and a GPU has \(spec.replicas); the replicas of "
            + "a job are of one GPU; ask for fewer, or reject impossible jobs"
      }
      if !input.sharing.hasReplicas && isShared && 1000 / shape.milliGPUPerDevice > mostClients {
        return "parts of GPUs with contention are at least \(1000 / mostClients) thousandths; "
          + "found \(shape.milliGPUPerDevice)"
      }
    }
    return nil
  }

  private static func unsupported(_ what: String, _ input: SimulationInput) -> String {
    "\(input.sharing.rawValue) with contention takes no \(what): the length of a run depends on its neighbours"
  }
}

extension PreparedRun {
  /// The classes of nodes whose GPUs can hold one client of the shape.
  ///
  /// Under MPS a client has at most its replica's part of the memory; under
  /// time-slicing its own process must fit beside nobody. Replicas that are not
  /// granted fit nowhere.
  static func classesThatHold(
    _ shape: JobShape,
    _ input: SimulationInput,
    _ nodeClasses: NodeClasses
  ) -> UInt64 {
    guard shape.gpuCount > 0 else { return .max }
    let spec = input.sharing.hasReplicas ? input.contention : nil
    if let spec, spec.replicas(grantedTo: shape, input.sharing) == 0 { return 0 }
    let memory = input.jobs.deviceDemand(of: shape).memoryMiB
    guard memory > 0 else { return .max }
    var result = UInt64.max
    for (position, model) in nodeClasses.models.enumerated()
    where input.fleet.gpuModels.indices.contains(model) {
      guard let card = input.fleet.gpuMemoryMiB(ofModel: input.fleet.gpuModels[model]) else { continue }
      let fits =
        switch (input.sharing, spec) {
        case (.mps, let spec?): memory <= card / spec.replicas
        case (_, let spec?): memory + spec.overheadMiB <= card
        case (_, nil): memory <= card
        }
      if !fits { result &= ~(1 << UInt64(position)) }
    }
    return result
  }
}
