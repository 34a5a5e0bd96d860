import SimulationKernel

/// The jobs of one class: arrivals made ahead, the rest drawn job by job.
struct ClassPlan {
  /// The index within the class of the job that comes next.
  private(set) var next = 0

  private let spec: JobClassSpec
  private let seed: UInt64
  /// Batch: when the jobs arrive. Service: empty.
  private let arrivals: [SimTime]
  /// Service: its rows. Batch: empty.
  private let stretches: [ReplicaStretch]
  private let demand: WeightedChoice
  private let tenants: [TenantShare]
  private let tenancy: WeightedChoice
  /// The busy fraction in thousandths when it is the same for all.
  private let constantBusyMilli: UInt16?

  private let demandStream: StreamName
  private let durationStream: StreamName
  private let tenantStream: StreamName
  private let busyStream: StreamName
  private let estimateStream: StreamName
  private let stepStream: StreamName
  private let lifeDraws: LifeDraws

  // The table's numbers for the class's own lists, looked up once each.
  private var shapeIDs: [ShapeID?]
  private var tenantIDs: [TenantID?]
  private var classID: JobClassID?

  init(
    _ spec: JobClassSpec,
    path: String,
    factor: Double,
    horizon: SimDuration,
    seed: UInt64,
    observed: ReplicaReadiness? = nil
  ) throws(SynthesisError) {
    self.spec = spec
    self.seed = seed
    // A class may be called as a pipeline is; no name holds a slash.
    let origin = spec.stage.map { "pipelines/\($0.pipeline)" } ?? spec.name
    switch spec.kind {
    case .batch(let batch):
      if case .count(_, let span) = batch.arrivals, span.seconds / factor > horizon.seconds {
        let needed = (span.seconds / factor).rounded()
        throw SynthesisError(
          "\(path).offeredLoad",
          .conflict(
            "the jobs would take \(needed) s to arrive, longer than the horizon of \(horizon.seconds) s; "
              + "raise the load or the horizon"
          )
        )
      }
      var clock = ArrivalClock(
        batch.arrivals,
        className: origin,
        factor: factor,
        horizon: horizon,
        seed: seed
      )
      let expected = clock.expectedCount()
      guard expected <= Double(SynthesisSpec.maximumJobs) else {
        throw SynthesisError("\(path).arrivals", .tooMany(what: "jobs", expected: expected))
      }
      arrivals = clock.arrivals()
      stretches = []
    case .service(let service):
      arrivals = []
      stretches = service.stretches(until: horizon, observed: observed)
    }
    demand = WeightedChoice(weights: spec.demand.map(\.weight))
    tenants = spec.tenants.isEmpty ? [TenantShare(name: "default")] : spec.tenants
    tenancy = WeightedChoice(weights: tenants.map(\.weight))
    if case .constant(let fraction) = spec.busyFraction {
      constantBusyMilli = Self.thousandths(fraction)
    } else {
      constantBusyMilli = nil
    }
    demandStream = StreamName("demand/\(spec.name)")
    durationStream = StreamName("durations/\(spec.name)")
    tenantStream = StreamName("tenants/\(origin)")
    busyStream = StreamName("busy/\(spec.name)")
    estimateStream = StreamName("estimates/\(spec.name)")
    stepStream = StreamName("steps/\(spec.name)")
    lifeDraws = LifeDraws(spec.life, className: spec.name, seed: seed)
    shapeIDs = Array(repeating: nil, count: spec.demand.count)
    tenantIDs = Array(repeating: nil, count: tenants.count)
  }

  var count: Int { arrivals.count + stretches.count }

  /// Whether any estimate may differ from its duration.
  var hasEstimates: Bool { spec.estimateFactor != nil }

  /// Whether nothing may preempt the jobs.
  var isProtected: Bool { !spec.isPreemptible }

  /// What may end the jobs before their time.
  var life: LifeSpec { spec.life }

  /// Notes what the class's requests are, where a run counts them. A service
  /// that never wanted a replica has its class all the same.
  func noteService(in builder: inout JobBuilder) {
    guard case .service(let service) = spec.kind, service.isCounted else { return }
    let number = classID ?? builder.jobClass(spec.name, spec.disruptionBudget)
    builder.table.services.append(service.load(of: number))
  }

  /// Classes whose jobs go before those of this one, by the number of the
  /// arrival; nil: the class is no stage of a pipeline.
  var after: [Int]? { spec.stage?.after }

  /// Whether any job saves its work.
  var hasCheckpoints: Bool { spec.demand.contains { $0.checkpoint != nil } }

  /// Whether any job's speed depends on where it lies.
  var hasSpeeds: Bool { spec.speed != nil }

  /// Whether the jobs count steps.
  var hasSteps: Bool { steps != nil }

  private var steps: Variate? {
    if case .batch(let batch) = spec.kind { batch.steps } else { nil }
  }

  /// When the class's job arrives.
  func arrival(_ job: Int) -> SimTime { arrivals.isEmpty ? stretches[job].arrival : arrivals[job] }

  /// Draws the next job and puts it behind the table's last.
  mutating func appendNext(to builder: inout JobBuilder) {
    let job = next
    next += 1
    builder.table.arrival.append(arrival(job))
    var owner = job
    switch spec.kind {
    case .batch(let batch):
      builder.table.duration.append(batch.duration(uniform(durationStream, job)))
      builder.table.kind.append(.batch)
    case .service:
      owner = stretches[job].replica
      builder.table.duration.append(stretches[job].duration)
      builder.table.kind.append(.service)
    }
    let option = demand.pick(uniform(demandStream, owner))
    if builder.holdsSteps { countSteps(job, spec.demand[option], in: &builder) }
    if builder.holdsSpeeds { builder.speed(spec.speed) }
    lifeDraws.append(job, builder.lifeColumns, to: &builder.table)
    if builder.holdsEstimates { builder.table.estimate.append(estimate(job, of: builder.table)) }
    let tenant = tenants.count == 1 ? 0 : tenancy.pick(uniform(tenantStream, owner))
    let shapeID = shapeIDs[option] ?? builder.shape(spec.demand[option])
    let tenantID = tenantIDs[tenant] ?? builder.tenant(tenants[tenant].name)
    let classID = classID ?? builder.jobClass(spec.name, spec.disruptionBudget)
    shapeIDs[option] = shapeID
    tenantIDs[tenant] = tenantID
    self.classID = classID
    if builder.holdsProtection { builder.table.isProtected.append(isProtected) }
    if builder.holdsCheckpoints { builder.checkpoint(spec.demand[option].checkpoint) }
    builder.table.shape.append(shapeID)
    builder.table.tenant.append(tenantID)
    builder.table.jobClass.append(classID)
    builder.table.priority.append(spec.priority)
    builder.table.busyMilli.append(
      constantBusyMilli ?? Self.thousandths(spec.busyFraction.quantile(uniform(busyStream, job)))
    )
  }

  /// Steps of the job whose duration stands last in the table; the duration
  /// becomes what they take at best, rounded up.
  private func countSteps(_ job: Int, _ option: DemandOption, in builder: inout JobBuilder) {
    guard let steps, let table = option.throughput, let best = option.bestMicrostepsPerSecond else {
      return builder.steps(0, nil)
    }
    let count = Int64(min(max(steps.quantile(uniform(stepStream, job)).rounded(), 1), 0x1p53))
    let length = (Int128(count) * 1_000_000_000_000_000 + Int128(best) - 1) / Int128(best)
    let latest = (SimTime.latest - .zero).nanoseconds
    builder.table.duration[builder.table.duration.count - 1] = SimDuration(
      nanoseconds: Int64(min(length, Int128(latest)))
    )
    builder.steps(count, table)
  }

  /// The estimate of the job whose duration stands last in the table.
  private func estimate(_ job: Int, of table: JobTable) -> SimDuration {
    let duration = table.duration[table.duration.count - 1]
    guard let factors = spec.estimateFactor else { return duration }
    let expected = duration.seconds * factors.quantile(uniform(estimateStream, job))
    return max(SimDuration(seconds: min(max(expected, 0), SimTime.latest.seconds)) ?? .tick, .tick)
  }

  private func uniform(_ stream: StreamName, _ entity: Int) -> Double {
    RandomStream(seed: seed, stream: stream, entity: UInt64(entity)).uniform(0)
  }

  private static func thousandths(_ fraction: Double) -> UInt16 {
    UInt16((min(max(fraction, 0), 1) * 1000).rounded())
  }
}
