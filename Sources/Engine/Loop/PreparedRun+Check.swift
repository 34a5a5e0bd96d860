import Hardware
import SimulationKernel
import Workload

extension PreparedRun {
  /// A series with more buckets than this helps nobody and fills the memory.
  static let mostBuckets: Int64 = 100_000

  /// Refuses an input that contradicts itself; every rule says what it found.
  static func check(_ input: SimulationInput) throws {
    do {
      try refuse(input)
    } catch let refusal as Refusal {
      throw SimulationError.invalidInput(input.places.located(refusal.text, about: refusal.part))
    }
  }

  private static func refuse(_ input: SimulationInput) throws {
    func fail(_ text: String, about part: InputPart = .run) -> Refusal { Refusal(text: text, part: part) }
    if input.fleet.nodes.isEmpty { throw fail("the fleet has no nodes") }
    if input.fleet.nodes.count > IdlePools.maximumNodes { throw fail("a fleet has at most 262,144 nodes") }
    if input.fleet.gpuModels.count > Fleet.maximumGPUModels {
      throw fail("a fleet has at most \(Fleet.maximumGPUModels) GPU models")
    }
    for node in input.fleet.nodes {
      if let model = node.gpuModel, !input.fleet.gpuModels.indices.contains(Int(model.rawValue)) {
        throw fail("node '\(node.name)' has a GPU model that the fleet does not list")
      }
      let most = input.sharing == .pooled ? Fleet.maximumGPUsPerPool : Fleet.maximumGPUsPerNode
      if node.gpuCount < 0 || node.gpuCount > most || node.cpuMilli < 0
        || node.memoryMiB < 0
      {
        throw fail("node '\(node.name)' has an impossible size")
      }
      if zip(node.labels, node.labels.dropFirst()).contains(where: { $0.key >= $1.key }) {
        throw fail("the labels of node '\(node.name)' are not in ascending order of distinct keys")
      }
      if (node.gpuCount == 0) != (node.gpuModel == nil) {
        throw fail("node '\(node.name)' needs GPUs and their model together")
      }
    }
    if let problem = Topology.problem(input.fleet) { throw fail(problem, about: .fleet) }
    if let problem = input.placement.problem { throw fail(problem, about: .placement) }
    if input.sharing == .pooled {
      if let problem = input.placement.problemOnPooledNodes { throw fail(problem, about: .placement) }
      if input.tracksFragmentation {
        throw fail(
          "the FGD measure looks at single GPUs, which pooled nodes do not have",
          about: .fragmentation
        )
      }
    }
    if let shape = input.jobs.shapes.first(where: { $0.limits >= input.jobs.podLimits.count }) {
      throw fail("a job's shape names limits of pods that its table does not list: \(shape.limits)")
    }
    if let shape = input.jobs.shapes.first(where: { $0.device >= input.jobs.deviceDemands.count }) {
      throw fail("a job's shape names a demand for a GPU that its table does not list: \(shape.device)")
    }
    if input.jobs.shapes.contains(where: { $0.gpuCount != 1 && input.jobs.deviceDemand(of: $0).asksForPart })
    {
      throw fail("a job that asks for a part of a GPU asks for one GPU, no more and no less")
    }
    if let problem = migProblem(input) ?? Isolation.problem(input) { throw fail(problem, about: .sharing) }
    if case .preemptive(let spec) = input.queue {
      if input.jobs.kind.contains(.service) {
        throw fail("a preemptive queue takes no service replicas", about: .queue)
      }
      if case .leastAttainedService(let thresholds, _) = spec.order {
        if thresholds.isEmpty || thresholds.count > 200 {
          throw fail(
            "least attained service needs 1 ... 200 thresholds, found \(thresholds.count)",
            about: .queue
          )
        }
        if thresholds[0] < .tick || zip(thresholds, thresholds.dropFirst()).contains(where: { $0 >= $1 }) {
          throw fail("the thresholds of least attained service must be positive and ascend", about: .queue)
        }
      }
    }
    if case .rounds(let spec) = input.queue, let problem = spec.problem(input) {
      throw fail(problem, about: .queue)
    }
    let jobs = input.jobs
    let n = jobs.count
    guard jobs.duration.count == n, jobs.shape.count == n, jobs.tenant.count == n, jobs.jobClass.count == n,
      jobs.priority.count == n, jobs.busyMilli.count == n, jobs.kind.count == n
    else { throw fail("the job table's columns differ in length") }
    if n + input.fleetChanges.count >= Int(MaintenanceProgress.base - EventLoop.fleetChangeBase) {
      throw fail("a run has at most 1,073,741,823 jobs and changes of its fleet")
    }
    for (a, b) in zip(jobs.arrival, jobs.arrival.dropFirst()) where b < a {
      throw fail("jobs are not sorted by arrival")
    }
    if let first = jobs.arrival.first, first < .zero {
      throw fail("a job arrives before the start of the run")
    }
    if let last = jobs.arrival.last, last > .latest {
      throw fail("a job arrives later than 36 years after the start")
    }
    if jobs.duration.contains(where: { $0 < .tick }) {
      throw fail("a job's duration is below one nanosecond")
    }
    if jobs.duration.contains(where: { $0 > SimTime.latest - .zero }) {
      throw fail("a job's duration is above 36 years")
    }
    if jobs.busyMilli.contains(where: { $0 > 1000 }) {
      throw fail("a job's busy share is above 1000 thousandths")
    }
    if !jobs.estimate.isEmpty && jobs.estimate.count != n {
      throw fail("the job table's columns differ in length")
    }
    if let problem = JobSpeeds.problem(input) { throw fail(problem, about: .workload) }
    if let problem = ContentionSpec.problem(input) { throw fail(problem, about: .contention) }
    if let problem = WipeState.problem(input) { throw fail(problem, about: .wipe) }
    if let problem = orderProblem(input) { throw fail(problem, about: .queue) }
    if case .backfill(let spec) = input.queue {
      if spec.depth < 0 || spec.depth > 1_000_000 {
        throw fail("a backfill depth must be 0 ... 1,000,000", about: .queue)
      }
      if spec.reservations == .conservative, jobs.shapes.contains(where: { $0.models != .any }) {
        throw fail(
          "conservative backfill counts GPUs whatever their model: no job may ask for one",
          about: .queue
        )
      }
    }
    if input.preemption != nil {
      switch input.queue {
      case .ordered(.priority, _), .ageing: break
      default: throw fail("priorities preempt only in a queue in the order of priority", about: .preemption)
      }
      if input.sharing == .pooled {
        throw fail("priorities do not preempt on pooled nodes", about: .preemption)
      }
    }
    if let holding = input.gangs.holding {
      if let problem = holding.problem { throw fail(problem, about: .gangs) }
      guard case .ordered = input.queue, input.preemption == nil else {
        throw fail(
          "gangs hold places only in a queue in which jobs stand in line, without preemption",
          about: .gangs
        )
      }
      if jobs.shapes.contains(where: { $0.wish.isForOneGroup || $0.relaxation > 0 }) {
        throw fail(
          "gangs that hold places do not wish for a rack or an NVLink domain, nor relax their wishes",
          about: .gangs
        )
      }
    }
    if let spec = input.preemption,
      [spec.gracefulPeriod, spec.requeueDelay].contains(where: { $0 < .zero || $0 > SimTime.latest - .zero })
    {
      throw fail("a graceful period and a delay before the queue must be 0 ... 36 years", about: .preemption)
    }
    if !jobs.disruptionBudgets.isEmpty && jobs.disruptionBudgets.count != jobs.classes.count {
      throw fail("the job table has not one disruption budget for each class")
    }
    if !jobs.isProtected.isEmpty && jobs.isProtected.count != n {
      throw fail("the job table's columns differ in length")
    }
    if !jobs.checkpoint.isEmpty && jobs.checkpoint.count != n {
      throw fail("the job table's columns differ in length")
    }
    if jobs.checkpoint.contains(where: { Int($0) > jobs.checkpointPlans.count }) {
      throw fail("a job names a checkpoint plan that its table does not list")
    }
    for plan in jobs.checkpointPlans
    where plan.interval < .tick || plan.write.nanoseconds < 0 || plan.restart.nanoseconds < 0
      || [plan.interval, plan.write, plan.restart].contains(where: { $0 > SimTime.latest - .zero })
    {
      throw fail("a checkpoint plan needs an interval above zero and no negative cost, all below 36 years")
    }
    for shape in jobs.shapes {
      guard Int(shape.relaxation) <= jobs.relaxations.count else {
        throw fail("a job names a relaxation that its table does not list")
      }
      if let problem = WishRelaxation.problem(jobs.relaxation(of: shape), of: shape.wish) {
        throw fail(problem, about: .workload)
      }
    }
    if jobs.relaxations.contains(where: \.isEmpty) { throw fail("a relaxation has no step") }
    if !jobs.relaxations.isEmpty, let queue = queueOfLines(input) {
      throw fail("wishes are not relaxed in a queue \(queue)", about: .queue)
    }
    if !jobs.relaxations.isEmpty && n > EventLoop.mostRelaxable {
      throw fail(
        "a run whose wishes are relaxed has at most \(EventLoop.mostRelaxable) jobs",
        about: .workload
      )
    }
    try checkLives(input)
    if jobs.shapes.contains(where: { $0.workers < 1 || $0.workers > 65_535 }) {
      throw fail("a job's workers must be 1 ... 65535")
    }
    if jobs.shape.contains(where: { !jobs.shapes.indices.contains(Int($0.rawValue)) })
      || jobs.tenant.contains(where: { !jobs.tenants.indices.contains(Int($0.rawValue)) })
      || jobs.jobClass.contains(where: { !jobs.classes.indices.contains(Int($0.rawValue)) })
    {
      throw fail("a job names a shape, tenant or class that its table does not list")
    }
    if let mix = input.mix, mix.entries.contains(where: { $0.count < 1 }) {
      throw fail("an entry of the mix counts no jobs", about: .fragmentation)
    }
    for shape in jobs.shapes + (input.mix?.entries.map(\.shape) ?? []) {
      if !jobs.modelSets.indices.contains(Int(shape.models.rawValue)) {
        throw fail("a job's shape names a set of GPU models that its table does not list")
      }
      if !jobs.constraints.indices.contains(Int(shape.constraints.rawValue)) {
        throw fail("a job's shape names constraints that its table does not list")
      }
      let whole = shape.milliGPUPerDevice == 1000
      if shape.cpuMilli < 0 || shape.memoryMiB < 0 || shape.gpuCount < 0
        || (shape.gpuCount == 0) != (shape.milliGPUPerDevice == 0)
        || !(0...1000).contains(shape.milliGPUPerDevice) || (shape.gpuCount > 1 && !whole)
        || shape.milliGPU > Int64(Int32.max)
      {
        throw fail("a job asks for an impossible shape: \(shape)")
      }
    }
    for (a, b) in zip(input.fleetChanges, input.fleetChanges.dropFirst())
    where b.atNanoseconds < a.atNanoseconds {
      throw fail("fleet changes are not sorted by time")
    }
    for change in input.fleetChanges {
      if !(0...SimTime.latest.nanoseconds).contains(change.atNanoseconds) {
        throw fail("a fleet change lies outside the 36 years of a run")
      }
      for node in change.nodes where !input.fleet.nodes.indices.contains(Int(node.rawValue)) {
        throw fail("a fleet change names a node that does not exist")
      }
    }
    if input.fleetChanges.count >= 1 << 30 { throw fail("a run has at most 1,073,741,823 fleet changes") }
    for plan in input.maintenances {
      if !(0...SimTime.latest.nanoseconds).contains(plan.startNanoseconds) || plan.atOnce < 1
        || plan.duration < .tick || (plan.drainLimit ?? .zero) < .zero
      {
        throw fail("a maintenance needs a start in the 36 years of a run, a node at a time and a duration")
      }
      for node in plan.nodes where !input.fleet.nodes.indices.contains(Int(node.rawValue)) {
        throw fail("a maintenance names a node that does not exist")
      }
    }
    if let problem = autoNodesProblem(input) { throw fail(problem, about: .autoNodes) }
    if let problem = Bursting.problem(input) { throw fail(problem, about: .burst) }
    if let problem = StorageSpec.problem(input) { throw fail(problem, about: .storage) }
    if let problem = input.tenancy?.problem(input) { throw fail(problem, about: .tenancy) }
    if input.measuredFrom < .zero {
      throw fail("the warm-up ends before the start of the run", about: .warmup)
    }
    if input.recordsFilling && input.queue != .none {
      throw fail("a filling is recorded only where jobs that do not fit are rejected")
    }
    if let horizon = input.horizon, horizon > .latest {
      throw fail("the horizon is later than 36 years after the start", about: .horizon)
    }
    if let horizon = input.horizon, horizon <= input.measuredFrom {
      throw fail("the horizon is not after the warm-up", about: .warmup)
    }
    if let bucket = input.bucket, bucket > .zero, latestEnd(input) - input.measuredFrom > SimDuration.zero,
      (latestEnd(input) - input.measuredFrom).nanoseconds / bucket.nanoseconds >= mostBuckets
    {
      throw fail(
        "a series would have more than \(mostBuckets) buckets; ask for a longer bucket",
        about: .bucket
      )
    }
    if let bucket = input.bucket, bucket.nanoseconds <= 0 {
      throw fail("a series bucket must be longer than zero", about: .bucket)
    }
    if let bucket = input.bucket, bucket > SimTime.latest - .zero {
      throw fail("a series bucket is above 36 years", about: .bucket)
    }
  }

  /// The queue, where its waiting jobs keep their requests.
  private static func queueOfLines(_ input: SimulationInput) -> String? {
    switch input.queue {
    case .fairShare: return "of fair shares"
    case .ageing(let ageing, _) where ageing.atMost != nil: return "whose ageing has a limit"
    case .ageing where input.preemption != nil: return "that ages where priorities preempt"
    default: return nil
    }
  }

  /// What is wrong with ageing or fair shares, or nil.
  private static func orderProblem(_ input: SimulationInput) -> String? {
    switch input.queue {
    case .ageing(let ageing, _): return ageing.problem
    case .fairShare(let spec, _): return spec.problem(tenants: input.jobs.tenants)
    case .backfill(let spec):
      guard let ageing = spec.ageing else { return nil }
      if spec.order != .priority { return "ageing goes only with the order of priority" }
      if ageing.atMost != nil { return "reservations need an order that stands: ageing without a limit" }
      return ageing.problem
    default: return nil
    }
  }
}
