import Engine
import Hardware
import SimulationKernel
import Workload

/// Queues that divide the fleet: by ageing priorities, among tenants, and in
/// rounds.
extension QueueBuilder {
  /// Powers of a half-life are taken over Kueue's time between samples, which
  /// may be 16 of them.
  private static let shortestHalfLife: Int64 = 20_000_000_000

  static func ageing(_ node: Decoded) -> PriorityAgeing? {
    guard let raises = node["raises"], let every = node["every"] else { return nil }
    return PriorityAgeing(
      raises: Int32(raises.integer),
      every: SimDuration(nanoseconds: every.nanoseconds),
      atMost: node["atMost"].map { Int32($0.integer) }
    )
  }

  static func fairShare(_ queue: Decoded, into diagnostics: inout DiagnosticList) -> QueueSpec? {
    guard let resource = queue["resource"].flatMap({ FairShare.Resource(rawValue: $0.text) }),
      let blocking = queue["headOfLineBlocking"]
    else { return nil }
    let weights = (queue["shares"]?.entries ?? []).map { tenant, weight in
      FairShare.Weight(tenant: tenant, weight: Int32(weight.integer))
    }
    if let halfLife = queue["halfLife"], halfLife.nanoseconds < shortestHalfLife {
      diagnostics.add(
        halfLife.origin,
        halfLife.keyPath,
        "is too short for a mean; found '\(written(halfLife))'; accepted: 20s or more",
        hint: "remove it, and what tenants hold now decides"
      )
    }
    let halfLife = queue["halfLife"].map { SimDuration(nanoseconds: $0.nanoseconds) }
    return .fairShare(
      FairShare(weights: weights, resource: resource, halfLife: halfLife),
      headOfLineBlocking: blocking.boolean
    )
  }

  /// A weight of a tenant that has no jobs is a slip of the pen.
  static func refuseStrangers(
    among work: WorkSource?,
    in policy: Decoded?,
    into diagnostics: inout DiagnosticList
  ) {
    guard let work, let queue = policy?["queue"], queue.isSound,
      queue["order"]?.text == QueueSection.fairShare
    else { return }
    for (tenant, weight) in queue["shares"]?.entries ?? [] where !work.tenants.contains(tenant) {
      diagnostics.add(
        weight.origin,
        weight.keyPath,
        "no job has the tenant '\(tenant)'; accepted: \(work.tenants.sorted().joined(separator: ", "))",
        hint: Hint.didYouMean(tenant, among: work.tenants)
      )
    }
  }

  // MARK: - Rounds

  static func rounds(_ queue: Decoded, into diagnostics: inout DiagnosticList) -> QueueSpec? {
    guard let policy = queue["policy"].flatMap({ RoundPolicy(rawValue: $0.text) }),
      let round = queue["round"],
      let refresh = queue["refresh"]
    else { return nil }
    let length = SimDuration(nanoseconds: round.nanoseconds)
    if length < .seconds(1) || length > .seconds(1_000_000) {
      diagnostics.add(
        round.origin,
        round.keyPath,
        "is no length of a round; found '\(written(round))'; accepted: 1s to 1000000s"
      )
    }
    return .rounds(
      RoundSpec(policy, length: length, refreshInterval: SimDuration(nanoseconds: refresh.nanoseconds))
    )
  }

  /// What does not go with a queue in rounds.
  static func refuseRounds(
    of work: WorkSource?,
    on fleet: Fleet,
    thatChanges: Bool,
    in policy: Decoded?,
    into diagnostics: inout DiagnosticList
  ) {
    guard let queue = policy?["queue"], queue.isSound, let order = queue["order"],
      order.text == QueueSection.rounds
    else { return }
    func refuse(_ node: Decoded, _ message: String, _ hint: String) {
      diagnostics.add(node.origin, node.keyPath, message, hint: hint)
    }
    if thatChanges {
      refuse(
        order,
        "a queue in rounds takes no fleet that fails, changes or is maintained; found 'rounds'",
        "choose another order, or leave failures, fleetChanges and maintenance out"
      )
    }
    if SharingBuilder.mode(policy) == .pooled {
      refuse(order, "a queue in rounds takes no pooled nodes; found 'rounds'", "choose another sharing mode")
    }
    if let chosen = queue["policy"], chosen.text == RoundPolicy.fifo.rawValue, fleet.gpuModels.count != 1 {
      refuse(
        chosen,
        "'fifo' takes a fleet of one GPU model; found \(fleet.gpuModels.joined(separator: ", "))",
        "fifoPerf takes several"
      )
    }
    guard let jobs = work?.firstJobs else { return }
    if !jobs.checkpoint.isEmpty {
      refuse(
        order,
        "a queue in rounds keeps work without checkpoints; found 'rounds' and jobs that write them",
        "leave checkpoint out"
      )
    }
    if !jobs.relaxations.isEmpty {
      refuse(
        order,
        "a queue in rounds relaxes no wishes; found 'rounds' and placements with relaxAfter",
        "choose another order, or leave relaxAfter and ladder out"
      )
    }
    if !jobs.speed.isEmpty {
      refuse(
        order,
        "a queue in rounds knows speeds by GPU model, not by place; found 'rounds' and jobs with a speed",
        "choose another order, or leave speed out"
      )
    }
    if jobs.shapes.contains(where: { $0.gpuCount < 1 || $0.milliGPUPerDevice != 1000 }) {
      refuse(
        order,
        "a queue in rounds takes only jobs with whole GPUs; found 'rounds' and jobs with parts of one, or none",
        "choose another order, or give every job whole GPUs"
      )
    }
  }
}
