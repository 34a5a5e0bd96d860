import Hardware
import SimulationKernel
import Workload

extension JobShape {
  /// One worker, wherever it lies.
  var ofOneWorker: JobShape {
    var shape = self
    shape.workers = 1
    shape.wish = .anywhere
    shape.relaxation = 0
    return shape
  }
}

extension PreparedRun {
  /// What an idle machine like this node offers.
  static func machine(_ n: Int, _ spec: NodeSpec, _ nodeClass: UInt8, _ mig: MIGBook?) -> MachineKind {
    mig?.machine(n, spec, nodeClass: nodeClass) ?? MachineKind(spec, nodeClass: nodeClass)
  }

  func machine(_ n: Int, _ spec: NodeSpec, _ nodeClass: UInt8) -> MachineKind {
    PreparedRun.machine(n, spec, nodeClass, mig)
  }

  /// The GPUs that can be cut, none of them yet; nil in runs without MIG.
  func migFleet() -> MIGFleet? {
    guard let mig, let order = MIGDeviceOrder(input.placement) else { return nil }
    var weights = [Int64](repeating: 0, count: mig.slices.count)
    var wholeWeight: Int64 = 0
    for job in typicalWithMemory {
      if job.request.slice >= 0 {
        weights[Int(job.request.slice)] += job.count
      } else if job.request.gpuCount > 0 {
        wholeWeight += job.count
      }
    }
    let largest = input.fleet.nodes.map(\.gpuCount).max() ?? 1
    return MIGFleet(
      mig,
      tables: MIGTables(
        mig,
        input.mig.instances ?? (order == .leastLoss ? .leastLoss : .largestFreeRun),
        order: order,
        weights: weights,
        wholeWeight: wholeWeight
      ),
      classOf: nodeClasses.classOf,
      ranks: ranks,
      stride: largest <= 8 ? 8 : 16,
      requests: requests,
      packings: mig.kinds.indices.map { kind in
        mig.kinds[kind].isChosen || mig.kinds[kind].layouts == nil && input.autoNodes?.plan == .cheapestPlan
          ? MIGPacking(mig, kind: kind, weights: weights, wholeWeight: wholeWeight) : nil
      },
      measuredFrom: input.measuredFrom.nanoseconds,
      bucket: bucket.nanoseconds
    )
  }

  /// Kept where jobs on instances say what their kernels fill.
  func instanceSpeeds(_ fleet: MIGFleet?) -> InstanceSpeeds? {
    guard let mig, let fleet else { return nil }
    return InstanceSpeeds(input.jobs, requests, mig, fleet)
  }

  /// Kept where destroying instances takes time.
  func instanceRemovals() -> InstanceRemovals? {
    guard mig != nil, input.mig.destroyTime > .zero else { return nil }
    return InstanceRemovals(
      input.mig.destroyTime.nanoseconds,
      nodes: input.fleet.nodes.count,
      tenants: input.jobs.tenants.count,
      measuredFrom: input.measuredFrom.nanoseconds
    )
  }

  /// Kept where nodes are laid out anew.
  func relay() -> MIGRelay? {
    guard let mig, let spec = input.mig.relayout else { return nil }
    return MIGRelay(spec, mig, requests[..<input.jobs.shapes.count])
  }

  /// Why the run cannot have MIG, or nil.
  static func migProblem(_ input: SimulationInput) -> String? {
    guard input.sharing == .mig else { return nil }
    if let problem = input.placement.problemWithMIG { return problem }
    if input.tracksFragmentation { return "the FGD measure knows no MIG instances" }
    switch input.queue {
    case .backfill: return "MIG instances do not go with backfill: reservations count whole GPUs"
    case .preemptive, .rounds: return "MIG instances do not go with queues that preempt, or in rounds"
    case .ordered, .ageing, .fairShare, .none: break
    }
    if input.preemption != nil { return "priorities do not preempt where GPUs are cut by MIG" }
    if input.gangs.holding != nil { return "gangs do not hold places where GPUs are cut by MIG" }
    if input.mig.createTime < .zero || input.mig.createTime > SimTime.latest - .zero {
      return "the time to create a MIG instance must be 0 ... 36 years"
    }
    if input.mig.destroyTime < .zero || input.mig.destroyTime > SimTime.latest - .zero {
      return "the time to destroy a MIG instance must be 0 ... 36 years"
    }
    if let problem = input.mig.relayout?.problem { return problem }
    if input.mig.relayout != nil && input.queue == .none {
      return "nothing waits for a re-layout where jobs that do not fit are rejected"
    }
    if input.mig.relayout?.drainLimit != nil && input.horizon == nil {
      return
        "a re-layout that interrupts jobs needs a horizon: two kinds of jobs may interrupt each other for ever"
    }
    let jobs = input.jobs
    for shape in jobs.shapes where shape.workers > 1 {
      if jobs.deviceDemand(of: shape).asksForPart || (shape.gpuCount == 1 && shape.milliGPUPerDevice < 1000) {
        return
          "the workers of a gang ask for MIG instances, between which there is no link; ask for whole GPUs"
      }
    }
    if !jobs.checkpoint.isEmpty {
      for job in 0..<jobs.count where jobs.checkpoint[job] > 0 {
        let shape = jobs.shapes[Int(jobs.shape[job].rawValue)]
        if jobs.deviceDemand(of: shape).asksForPart { return "a job on a MIG instance has no checkpoints" }
      }
    }
    return nil
  }
}

extension PlacementSpec {
  /// Why it cannot place jobs under ``SharingMode/mig``; nil: it can.
  public var problemWithMIG: String? {
    if MIGDeviceOrder(self) != nil && tieBreak != .random { return nil }
    return
      "MIG goes with one placement policy of first-fit, best-fit, worst-fit and fgd, without random ties; "
      + "found '\(label)'"
  }
}
