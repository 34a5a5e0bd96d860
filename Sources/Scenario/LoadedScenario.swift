import Engine
import Hardware
import SimulationKernel
import Workload

/// A scenario that has been read and checked: everything that its runs need.
public struct LoadedScenario: Sendable {
  public let name: String
  /// A sentence for people; may be empty.
  public let description: String
  /// The question that it answers; may be empty.
  public let question: String
  /// Replication r uses this seed + r.
  public let seed: UInt64
  public let replications: Int
  /// One run each, under the same work; at least one.
  public let placements: [PlacementSpec]
  /// A published experiment in place of fleet and workload.
  public let study: StudySection?
  /// The scenario with every default explicit; loading it gives the same
  /// runs. Paths are absolute, except those that begin with the data word.
  public let resolvedYAML: String
  /// What a run should print: what was made of the scenario that it does not
  /// say itself.
  public let notes: [String]

  let settings: RunSettings
  let fleet: Fleet
  var work: WorkSource

  /// The input of one replication under one placement. Where autoscalers see
  /// the cluster it takes some simulations to make.
  ///
  /// - Precondition: the scenario is no ``study``.
  public func input(placement: PlacementSpec, replication: Int) throws -> SimulationInput {
    precondition(study == nil, "a study has no input of its own")
    func make(_ observed: [String: ReplicaReadiness]?) throws -> SimulationInput {
      try input(placement: placement, replication: replication, observed: observed)
    }
    return work.seesCluster ? try ReadinessLoop.settled(make) : try make(nil)
  }

  private func input(
    placement: PlacementSpec,
    replication: Int,
    observed: [String: ReplicaReadiness]?
  ) throws -> SimulationInput {
    let seed = seed &+ UInt64(replication)
    var jobs = try work.jobs(seed: seed, observed: observed)
    var mix = settings.mix?.mix(in: &jobs)
    settings.isolation.rewrite(&jobs)
    settings.strategy.rewrite(&jobs, &mix)
    var input = SimulationInput(fleet: fleet, jobs: jobs, seed: seed, placement: placement)
    input.tenancy = settings.tenancy
    input.replication = replication
    input.queue = settings.queue
    input.preemption = settings.preemption
    input.gangs = settings.gangs
    input.sharing = settings.sharing
    input.mig = settings.mig
    input.contention = settings.contention
    input.wipe = settings.wipe
    input.horizon = settings.horizon.map { SimTime.zero + $0 }
    input.measuredFrom = SimTime.zero + settings.warmup
    input.bucket = settings.bucket
    input.mix = mix
    input.fleetChanges = settings.fleetChanges
    // Machines that come and go fail while they exist, and not by a list.
    let failing = settings.failures.filter { group in
      !(settings.autoNodes?.groups.contains { $0.nodes == group.nodes } ?? false)
    }
    if !failing.isEmpty, let end = input.horizon {
      input.fleetChanges = FailureTimeline.changes(
        failing,
        fleet: fleet,
        stated: settings.fleetChanges,
        seed: seed,
        end: end
      )
    }
    input.maintenances = settings.maintenances
    input.autoNodes = settings.autoNodes
    input.burst = settings.burst
    input.storage = settings.storage
    input.places = settings.places
    input.rejectsImpossibleJobs = settings.rejectsImpossibleJobs
    return input
  }

  /// Refuses what the engine refuses when a run is prepared, for the first
  /// replication; a study has no such input.
  ///
  /// - Throws: `SimulationError`, with the place in the file.
  public func check() throws {
    if study != nil { return }
    for placement in placements {
      try Simulation.check(input(placement: placement, replication: 0, observed: nil))
    }
  }

  /// The placement that `--policy NAME` asks for, with the scenario's own
  /// tie-break.
  public func placement(named name: String) throws -> PlacementSpec {
    try ScenarioLoader.placement(named: name, tieBreak: settings.tieBreak, sharing: settings.sharing)
  }

  /// Whether the first job that does not fit holds up the rest.
  public var isBlocking: Bool {
    switch settings.queue {
    case .ordered(_, let blocks), .ageing(_, let blocks), .fairShare(_, let blocks): blocks
    case .backfill, .preemptive, .rounds, .none: false
    }
  }

  /// Whether another number of GPUs would make other jobs: loads are shares of
  /// the fleet.
  public var loadsFollowFleet: Bool { settings.loadsFollowFleet }

  /// The fleet before any change.
  public var nodes: Fleet { fleet }
}

/// What runs of a scenario have in common beside fleet and work.
struct RunSettings: Sendable {
  var tieBreak: TieBreak = .name
  var queue: QueueSpec = .fifo(headOfLineBlocking: true)
  var preemption: PriorityPreemption?
  var gangs: GangMode = .placement
  var sharing: SharingMode = .fractions
  var mig = MIGSpec()
  var strategy = MIGStrategyChoice()
  var contention: ContentionSpec?
  var wipe: SimDuration = .zero
  var isolation = TenantIsolation()
  var horizon: SimDuration?
  var warmup: SimDuration = .zero
  var bucket: SimDuration?
  var mix: StatedMix?
  var fleetChanges: [FleetChange] = []
  var failures: [FailureGroup] = []
  var maintenances: [RollingMaintenance] = []
  var autoNodes: AutoNodes?
  var burst: Bursting?
  var storage: StorageSpec?
  var tenancy: Tenancy?
  var rejectsImpossibleJobs = false
  var loadsFollowFleet = false
  var places = InputPlaces()
}
