import Workload

extension Tenancy {
  /// By tenant: its cluster, or -1.
  func clusterOf(_ tenants: [String]) -> [Int32] {
    var result = [Int32](repeating: -1, count: tenants.count)
    for (c, cluster) in clusters.enumerated() {
      for (t, tenant) in tenants.enumerated() where cluster.tenants.contains(tenant) { result[t] = Int32(c) }
    }
    return result
  }

  /// What contradicts itself, or nil.
  func problem(_ input: SimulationInput) -> String? {
    if clusters.count > 1 << 20 { return "a run has at most 1,048,576 virtual clusters" }
    if Set(clusters.map(\.name)).count < clusters.count { return "two virtual clusters have one name" }
    var owner: [String: String] = [:]
    for cluster in clusters {
      for tenant in cluster.tenants {
        if let other = owner.updateValue(cluster.name, forKey: tenant), other != cluster.name {
          return "tenant '\(tenant)' is in the clusters '\(other)' and '\(cluster.name)'"
        }
      }
      if let problem = cluster.limits.problem { return "cluster '\(cluster.name)': \(problem.message)" }
      if !(cluster.controlPlanePerYear >= 0 && cluster.controlPlanePerYear.isFinite) {
        return "cluster '\(cluster.name)': a control plane costs 0 or more"
      }
      if cluster.creation < .zero || quotaRetry < .zero {
        return "the times of virtual clusters are 0 or more"
      }
      if cluster.quota.isNegative { return "cluster '\(cluster.name)': a quota is 0 or more" }
      guard let sleep = cluster.sleep else { continue }
      if cluster.nodes == .private { return "cluster '\(cluster.name)': \(Self.privateNodesDoNotSleep)" }
      if cluster.isNamespace { return "cluster '\(cluster.name)' is a namespace, and does not sleep" }
      if let problem = sleep.problem { return "cluster '\(cluster.name)' \(problem)" }
    }
    if hasClocks, input.horizon == nil { return "clusters that sleep or come into being need a horizon" }
    return Tenancy.problem(
      queue: input.queue,
      preemption: input.preemption,
      gangs: input.gangs,
      sleeps: clusters.contains { $0.sleep != nil },
      relaxes: input.jobs.shapes.contains { $0.relaxation > 0 },
      quotasGPUs: clusters.contains { $0.quota.milliGPU != nil },
      sharing: input.sharing
    )
  }

  /// Why a rule of sleep is refused there.
  public static let privateNodesDoNotSleep =
    "sleep works on nodes of the host (shared or dedicated): private nodes belong to the virtual cluster, and go when "
    + "they are empty as auto nodes do"

  /// Why virtual clusters do not go with these policies; nil: they do.
  public static func problem(
    queue: QueueSpec,
    preemption: PriorityPreemption?,
    gangs: GangMode,
    sleeps: Bool,
    relaxes: Bool = false,
    quotasGPUs: Bool,
    sharing: SharingMode
  ) -> String? {
    switch queue {
    case .rounds: return "virtual clusters do not go with a queue in rounds"
    case .none: return "virtual clusters need a queue: without one jobs that do not fit are rejected"
    case .ordered, .backfill, .preemptive, .ageing, .fairShare: break
    }
    if quotasGPUs && sharing == .mig {
      return "a quota of GPUs counts requests for nvidia.com/gpu, which MIG instances are not"
    }
    guard sleeps else { return nil }
    switch queue {
    case .ordered, .backfill: break
    default:
      return
        "clusters sleep only under queues in which jobs keep their places: no ageing, fair shares or preemption"
    }
    if preemption != nil { return "priorities do not preempt where clusters sleep" }
    if gangs.holding != nil { return "gangs do not hold places where clusters sleep" }
    return relaxes ? "wishes are not relaxed where clusters sleep" : nil
  }

  /// Why the cluster never takes the job, in words; nil: it may.
  func refusal(_ given: JobShape, of c: Int, _ jobs: JobTable, sharing: SharingMode) -> String? {
    let cluster = clusters[c]
    let (shape, limits) = cluster.limits.filled(given, jobs.podLimits(of: given))
    if let problem = cluster.limits.problem(shape, limits) { return problem }
    if shape.gpuCount > 0, !cluster.gpuModels.isEmpty {
      let accepted = jobs.modelNames(shape.models)
      if !accepted.isEmpty, !accepted.contains(where: cluster.gpuModels.contains) {
        return "asks for \(accepted.joined(separator: " or ")); its cluster may have "
          + cluster.gpuModels.joined(separator: ", ")
      }
    }
    return cluster.quota.problem(PodDemand(shape, limits: limits, sharing: sharing))
  }
}

extension Tenancy {
  /// The first job that its cluster never takes, and why, in words.
  public func firstRefusal(_ jobs: JobTable, sharing: SharingMode) -> (job: String, why: String)? {
    let refused = refusals(jobs, sharing: sharing)
    guard let job = refused.firstIndex(where: { $0 != nil }) else { return nil }
    return (jobs.name(JobID(rawValue: Int32(job))), refused[job]!)
  }

  /// By job: why its cluster never takes it; nil: it may.
  func refusals(_ jobs: JobTable, sharing: SharingMode) -> [String?] {
    let clusterOf = clusterOf(jobs.tenants)
    struct Key: Hashable {
      var shape: ShapeID
      var cluster: Int32
    }
    var known: [Key: String?] = [:]
    return (0..<jobs.count).map { job in
      let key = Key(shape: jobs.shape[job], cluster: clusterOf[Int(jobs.tenant[job].rawValue)])
      guard key.cluster >= 0 else { return nil }
      if let why = known[key] { return why }
      let shape = jobs.shapes[Int(key.shape.rawValue)]
      let why = refusal(shape, of: Int(key.cluster), jobs, sharing: sharing)
      known[key] = .some(why)
      return why
    }
  }
}

extension PreparedRun {
  /// By job: its cluster would never take it.
  ///
  /// - Throws: where such jobs are an error, with the first of them.
  static func refusedByClusters(_ input: SimulationInput) throws -> [Bool] {
    guard let tenancy = input.tenancy else { return [] }
    let jobs = input.jobs
    let why = tenancy.refusals(jobs, sharing: input.sharing)
    guard let first = why.firstIndex(where: { $0 != nil }) else { return [] }
    guard input.rejectsImpossibleJobs else {
      let tenant = jobs.tenants[Int(jobs.tenant[first].rawValue)]
      let cluster = tenancy.clusters.first { $0.tenants.contains(tenant) }?.name ?? ""
      let name = jobs.name(JobID(rawValue: Int32(first)))
      let text =
        "virtual clusters never take \(why.count { $0 != nil }) of the jobs: \(name) of "
        + "cluster '\(cluster)' \(why[first]!); impossibleJobs: reject leaves such jobs out"
      throw SimulationError.invalidInput(input.places.located(text, about: .tenancy))
    }
    return why.map { $0 != nil }
  }
}
