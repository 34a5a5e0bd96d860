import SimulationKernel

/// Makes jobs from a ``SynthesisSpec``.
///
/// The same spec, fleet capacity and seed give the same table, bit for bit.
/// Every draw is a function of (seed, stream, entity, draw), where the streams
/// are `arrivals/CLASS`, `states/CLASS`, `demand/CLASS`, `durations/CLASS`,
/// `tenants/CLASS`, `busy/CLASS`, `estimates/CLASS`, `steps/CLASS`, `failures/CLASS` and `deadlines/CLASS`
/// and the entity is the job's index within its class (demand and tenant of a service: the replica's index),
/// so that a change of one class or one attribute leaves all other draws alone. The stages of a pipeline
/// share its streams of arrivals and tenants.
public enum Synthesiser {
  /// The jobs, by arrival, then class, then index within the class.
  ///
  /// `fleetMilliGPU` is the fleet's GPU capacity in thousandths; only offered
  /// loads need it. `observed`: when replicas were ready in a run, by class, for
  /// services that see the cluster.
  ///
  /// - Complexity: O(jobs x classes), about 0.2 us a job and class.
  public static func makeJobs(
    _ spec: SynthesisSpec,
    fleetMilliGPU: Int64,
    seed: UInt64,
    observed: [String: ReplicaReadiness] = [:]
  ) throws(SynthesisError) -> JobTable {
    let factors = try rateFactors(spec, fleetMilliGPU: fleetMilliGPU)
    var plans: [ClassPlan] = []
    for (index, jobClass) in spec.classes.enumerated() {
      let plan = try ClassPlan(
        jobClass,
        path: "classes[\(index)]",
        factor: factors[index],
        horizon: spec.horizon,
        seed: seed,
        observed: observed[jobClass.name]
      )
      plans.append(plan)
    }
    return merged(plans)
  }

  /// By what the rates of each class are multiplied to offer the stated loads;
  /// 1 where none is stated.
  public static func rateFactors(
    _ spec: SynthesisSpec,
    fleetMilliGPU: Int64
  ) throws(SynthesisError) -> [Double] {
    try spec.validate()
    return try OfferedLoad(spec: spec, capacity: fleetMilliGPU).factors()
  }

  private static func merged(_ classPlans: [ClassPlan]) -> JobTable {
    var plans = classPlans
    var builder = JobBuilder(
      holdsEstimates: plans.contains(where: \.hasEstimates),
      holdsCheckpoints: plans.contains(where: \.hasCheckpoints)
    )
    builder.holdsSteps = plans.contains(where: \.hasSteps)
    builder.holdsSpeeds = plans.contains(where: \.hasSpeeds)
    builder.holdsProtection = plans.contains(where: \.isProtected)
    builder.lifeColumns = LifeDraws.Columns(plans.map(\.life))
    // Where the jobs of stages stand in the table.
    var positions = [[Int32]](repeating: [], count: plans.count)
    builder.table.reserveCapacity(plans.reduce(0) { $0 + $1.count })
    while true {
      var first = -1
      var earliest = SimTime(nanoseconds: .max)
      // Strictly earlier: among equals the class listed first goes first.
      for (index, plan) in plans.enumerated() where plan.next < plan.count {
        let arrival = plan.arrival(plan.next)
        if arrival < earliest { (first, earliest) = (index, arrival) }
      }
      guard first >= 0 else {
        builder.table.after = dependencies(plans, positions, jobs: builder.table.count)
        for plan in plans { plan.noteService(in: &builder) }
        return builder.finish()
      }
      if plans[first].after != nil { positions[first].append(Int32(builder.table.count)) }
      plans[first].appendNext(to: &builder)
    }
  }

  /// Job n of a stage waits for job n of the stages before it.
  private static func dependencies(_ plans: [ClassPlan], _ positions: [[Int32]], jobs: Int) -> JobLists {
    guard plans.contains(where: { !($0.after ?? []).isEmpty }) else { return JobLists() }
    var lists = [[Int32]](repeating: [], count: jobs)
    for (stage, plan) in plans.enumerated() {
      for (number, job) in positions[stage].enumerated() {
        lists[Int(job)] = (plan.after ?? []).map { positions[$0][number] }
      }
    }
    return JobLists(lists)
  }
}

/// A table in the making, with texts and shapes numbered by appearance.
struct JobBuilder {
  var table = JobTable()
  /// Whether some class estimates: then every job has an estimate.
  let holdsEstimates: Bool
  /// Whether some job saves its work: then every job says how.
  let holdsCheckpoints: Bool
  /// Whether some class is protected: then every job says whether it is.
  var holdsProtection = false
  /// Whether some class counts steps, or has a speed by place.
  var holdsSteps = false
  var holdsSpeeds = false
  /// Which columns about ends and deadlines some class needs.
  var lifeColumns = LifeDraws.Columns([])
  private var shapes = ShapeInterner()
  private var modelSets = TextInterner([""])
  private var tenants = TextInterner()
  private var classes = TextInterner()
  /// By class.
  private var budgets: [DisruptionBudget?] = []

  init(holdsEstimates: Bool, holdsCheckpoints: Bool) {
    self.holdsEstimates = holdsEstimates
    self.holdsCheckpoints = holdsCheckpoints
  }

  /// Notes how the next job saves its work.
  mutating func checkpoint(_ plan: CheckpointPlan?) {
    guard let plan else { return table.checkpoint.append(0) }
    let known = table.checkpointPlans.firstIndex(of: plan)
    if known == nil { table.checkpointPlans.append(plan) }
    table.checkpoint.append(UInt8((known ?? table.checkpointPlans.count - 1) + 1))
  }

  /// Notes what the next job counts; no table: nothing.
  mutating func steps(_ count: Int64, _ throughput: ThroughputTable?) {
    var work = table.stepWork ?? StepWork()
    table.stepWork = nil
    var number = 0
    if let throughput {
      let known = work.tables.firstIndex(of: throughput)
      if known == nil { work.tables.append(throughput) }
      number = known ?? work.tables.count - 1
    }
    work.steps.append(count)
    work.table.append(Int32(number))
    work.weight.append(1)
    table.stepWork = work
  }

  /// Notes how fast the next job runs.
  mutating func speed(_ speed: PlacementSpeed?) {
    guard let speed else { return table.speed.append(0) }
    let known = table.speeds.firstIndex(of: speed)
    if known == nil { table.speeds.append(speed) }
    table.speed.append(UInt8((known ?? table.speeds.count - 1) + 1))
  }

  mutating func shape(_ option: DemandOption) -> ShapeID {
    let set = modelSets.intern(option.models.joined(separator: "|")).number
    return shapes.intern(
      JobShape(
        cpuMilli: option.cpuMilli,
        memoryMiB: option.memoryMiB,
        gpuCount: Int32(option.gpuCount),
        milliGPUPerDevice: option.milliGPUPerDevice,
        models: ModelSetID(rawValue: Int32(set)),
        workers: option.workers,
        wish: option.wish,
        relaxation: table.relaxation(option.relaxation),
        constraints: self.constraints(option.constraints),
        device: table.deviceDemand(option.device),
        limits: table.podLimit(option.limits)
      )
    )
  }

  private mutating func constraints(_ stated: JobConstraints) -> ConstraintsID {
    if let known = table.constraints.firstIndex(of: stated) { return ConstraintsID(rawValue: Int32(known)) }
    table.constraints.append(stated)
    return ConstraintsID(rawValue: Int32(table.constraints.count - 1))
  }

  mutating func tenant(_ name: String) -> TenantID {
    TenantID(rawValue: UInt16(truncatingIfNeeded: tenants.intern(name).number))
  }

  mutating func jobClass(_ name: String, _ budget: DisruptionBudget?) -> JobClassID {
    let (number, isNew) = classes.intern(name)
    if isNew { budgets.append(budget) }
    return JobClassID(rawValue: UInt16(truncatingIfNeeded: number))
  }

  consuming func finish() -> JobTable {
    table.shapes = shapes.shapes
    table.modelSets = modelSets.texts
    table.tenants = tenants.texts
    table.classes = classes.texts
    if budgets.contains(where: { $0 != nil }) { table.disruptionBudgets = budgets }
    return table
  }
}
