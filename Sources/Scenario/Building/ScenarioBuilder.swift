import Engine
import Hardware
import SimulationKernel
import Workload

/// Makes a ``LoadedScenario`` from a checked tree, and looks for what is wrong
/// between its parts.
struct ScenarioBuilder {
  var root: Decoded
  var places: FilePlaces
  /// What was made of files of other systems.
  var importNotes: [String] = []
  var diagnostics: DiagnosticList

  mutating func build() throws -> LoadedScenario {
    let gpus = GPUNames(root["gpus"], into: &diagnostics)
    let settings = times()
    let built = root["fleet"].flatMap {
      FleetBuilder(gpus: gpus, places: places).build($0, into: &diagnostics)
    }
    let policy = root["policy"]
    var sharing = SharingBuilder.mode(policy)
    if let policy { SharingBuilder.refuseForeignKeys(policy, into: &diagnostics) }
    var mig = MIGSpec()
    var strategy = MIGStrategyChoice()
    if sharing == .mig, let node = policy?["sharing"], let fleet = built?.fleet {
      let builder = MIGSharingBuilder(fleet: fleet, places: places, comingNodes: comingNodes(built))
      if let spec = builder.spec(node, into: &diagnostics) {
        mig = spec
        strategy = MIGStrategyBuilder(fleet: fleet).choice(node, mig, into: &diagnostics) ?? strategy
      }
      // Instances that nobody sees are not handed out.
      if strategy.strategy == MIGStrategy.none { sharing = .wholeGPU }
    }
    let contention = policy?["sharing"].flatMap { node in
      sharing.flatMap { ContentionBuilder(places: places, mode: $0).spec(node, into: &diagnostics) }
    }
    let rejects = policy?["impossibleJobs"]?.scalar == .text("reject")
    let demands = DemandBuilder(
      gpus: gpus,
      places: places,
      fleet: built?.fleet,
      sharing: sharing ?? .fractions,
      strategy: strategy,
      refusesImpossible: !rejects
    )
    let seed = root["seed"].flatMap { $0.isSound ? UInt64($0.integer) : nil } ?? 0
    var failures: [FailureGroup] = []
    if let built, let fleet = root["fleet"] {
      failures = FailureBuilder(built: built, statesHorizon: root["horizon"] != nil).build(
        fleet,
        into: &diagnostics
      )
    }
    let bandwidths = StorageBuilder.bandwidths(root["storage"], into: &diagnostics)
    let checkpoints = CheckpointBuilder(
      fleet: built?.fleet,
      failuresPerNodeDay: built.map { FailureTimeline.perNodeDay(failures, fleet: $0.fleet) } ?? 0,
      storage: bandwidths
    )
    let work = root["workload"].flatMap {
      WorkloadBuilder(
        demands: demands,
        checkpoints: checkpoints,
        horizon: settings.horizon,
        seed: seed,
        statesHorizon: root["horizon"] != nil
      ).build($0, into: &diagnostics)
    }
    strategy.refuseTrace(work?.source, at: root["workload"]?["trace"], into: &diagnostics)
    let isolation = TenantIsolation(policy, work?.source, sharing, strategy, into: &diagnostics)
    let mix = root["fragmentation"].flatMap { MixBuilder(demands: demands).build($0, into: &diagnostics) }
    var changes: [FleetChange] = []
    var maintenances: [RollingMaintenance] = []
    if let built {
      let builder = FleetChangeBuilder(built: built)
      AutoNodesBuilder.refuseChanges(root, builder, into: &diagnostics)
      if let list = root["fleetChanges"] { changes = builder.build(list, into: &diagnostics) }
      if let list = root["maintenance"] {
        maintenances = MaintenanceBuilder(selectors: builder).build(list, into: &diagnostics)
      }
    }
    let hasMounts =
      root["tenancy"]?["clusters"]?.elements.contains { $0.isSound && $0["mount"] != nil } ?? false
    let autoNodes = built.flatMap { built in
      root["fleet"].flatMap {
        AutoNodesBuilder(
          built: built,
          statesHorizon: root["horizon"] != nil,
          failures: failures,
          hasMounts: hasMounts,
          firstDay: root["tenancy"]?["calendarStart"].flatMap { CalendarDay.days($0.text) }
            ?? CalendarDay.standardStart
        ).build($0, policy, root["workload"], into: &diagnostics)
      }
    }
    AutoNodesLimitCheck.refuse(autoNodes, root["fleet"], built, into: &diagnostics)
    let burst = built.flatMap { built in
      BurstBuilder(built: built, autoNodes: autoNodes, tenants: work?.source.tenants ?? [])
        .build(policy?["burst"], root["workload"], into: &diagnostics)
    }
    let storage = StorageBuilder.build(root["storage"], bandwidths, root["workload"], into: &diagnostics)
    let placements =
      policy.map { PolicyBuilder.placements($0, sharing: sharing ?? .fractions, into: &diagnostics) } ?? []
    let queue = policy.flatMap { QueueBuilder.queue($0, into: &diagnostics) }
    if contention != nil, let policy { ContentionBuilder.refuseQueues(policy, into: &diagnostics) }
    let preemption = policy.flatMap { PreemptionBuilder.preemption($0, into: &diagnostics) }
    let gangs = policy.flatMap { GangsBuilder.mode($0, into: &diagnostics) }
    let wipe = SharingBuilder.wipe(
      policy,
      queue,
      gangs,
      sharing,
      isContended: contention != nil,
      into: &diagnostics
    )
    QueueBuilder.refuseServices(of: root["workload"], in: policy, into: &diagnostics)
    QueueBuilder.refuseProtection(of: work?.source, in: policy, into: &diagnostics)
    QueueBuilder.refuseModels(of: work?.source, in: policy, into: &diagnostics)
    QueueBuilder.refuseStrangers(among: work?.source, in: policy, into: &diagnostics)
    if let built {
      QueueBuilder.refuseRounds(
        of: work?.source,
        on: built.fleet,
        thatChanges: !(changes.isEmpty && maintenances.isEmpty && failures.isEmpty),
        in: policy,
        into: &diagnostics
      )
    }
    if autoNodes != nil || burst != nil || storage != nil, let policy, let queue, let preemption, let gangs,
      let sharing,
      let problem = AutoNodes.problem(
        queue: queue,
        preemption: preemption.value,
        gangs: gangs,
        sharing: sharing,
        mayBeCut: burst == nil && storage == nil
      ) ?? built.flatMap({ autoNodes?.problem($0.fleet, sharing, mig) })
    {
      diagnostics.add(policy.blame, policy.keyPath, problem)
    }
    var tenancy: BuiltTenancy?
    if let section = root["tenancy"] {
      tenancy = TenancyBuilder(
        gpus: gpus,
        places: places,
        built: built,
        fleet: root["fleet"],
        work: work?.source,
        statesHorizon: root["horizon"] != nil,
        horizon: settings.horizon,
        rejects: rejects,
        sharing: sharing ?? .fractions
      ).build(section, into: &diagnostics)
      if let tenancy, let queue, let preemption, let gangs, let sharing {
        tenancy.refuse(section, queue, preemption.value, gangs, sharing, into: &diagnostics)
      }
    }
    let study = study()
    if root["study"] != nil { refuseForeignKeys() }
    try diagnostics.check()

    guard root.isSound, let policy, let queue, let preemption, let gangs, let sharing,
      let tieBreak = PolicyBuilder.tieBreak(policy), let name = root["name"],
      let replications = root["replications"]
    else { preconditionFailure("a faulty scenario has no diagnostic") }
    var complete = settings
    complete.tieBreak = tieBreak
    complete.queue = queue
    complete.preemption = preemption.value
    complete.gangs = gangs
    complete.sharing = sharing
    complete.mig = mig
    complete.strategy = strategy
    complete.contention = contention
    complete.wipe = wipe
    complete.isolation = isolation
    complete.mix = mix
    complete.fleetChanges = changes
    complete.failures = failures
    complete.maintenances = maintenances
    complete.autoNodes = tenancy?.adding(to: autoNodes) ?? autoNodes
    complete.tenancy = tenancy?.tenancy
    complete.burst = burst
    complete.storage = storage
    complete.rejectsImpossibleJobs = rejects
    complete.loadsFollowFleet = work?.loadsFollowFleet ?? false
    complete.places = StatedPlaces.places(root)
    let files = places
    return LoadedScenario(
      name: name.text,
      description: root["description"]?.text ?? "",
      question: root["question"]?.text ?? "",
      seed: seed,
      replications: Int(replications.integer),
      placements: placements,
      study: study,
      resolvedYAML: ResolvedText.text(of: shownRoot(tenancy?.zones)) {
        files.absolute($0.text, from: $0.file)
      }
        + importNotes.map { "# \($0)\n" }.joined(),
      notes: importNotes + (work?.notes ?? []) + (tenancy?.notes ?? []),
      settings: complete,
      fleet: tenancy?.fleet ?? built?.fleet ?? Fleet(),
      work: work?.source ?? .none
    )
  }

  /// Horizon, warm-up and bucket, compared with one another.
  /// Nodes of pools that come and go.
  private func comingNodes(_ built: BuiltFleet?) -> Set<Int> {
    let pools = (root["fleet"]?["nodes"]?.elements ?? []).filter { $0.isSound && $0["auto"] != nil }
    return Set(pools.flatMap { pool in pool["name"].flatMap { built?.pools[$0.text] } ?? 0..<0 })
  }

  private mutating func times() -> RunSettings {
    func span(_ key: String) -> SimDuration? {
      guard let node = root[key], node.isSound else { return nil }
      return SimDuration(nanoseconds: node.nanoseconds)
    }
    var settings = RunSettings()
    settings.horizon = span("horizon")
    settings.warmup = span("warmup") ?? .zero
    settings.bucket = span("bucket")
    if let horizon = settings.horizon, settings.warmup >= horizon, let node = root["warmup"] {
      diagnostics.add(node.origin, node.keyPath, "leaves nothing to measure: it reaches to the horizon")
    }
    if let horizon = settings.horizon, let bucket = settings.bucket, let node = root["bucket"] {
      let steps = horizon.nanoseconds / bucket.nanoseconds
      if steps > Self.mostBuckets {
        diagnostics.add(
          node.origin,
          node.keyPath,
          "makes too many steps; found \(steps); accepted: \(Self.mostBuckets)"
        )
      }
    }
    return settings
  }

  /// More steps of the time series than this are refused.
  static let mostBuckets: Int64 = 100_000

  /// What a study brings itself; stated beside it, it would be ignored.
  private static let broughtByStudies = [
    "seed", "replications", "horizon", "warmup", "bucket", "gpus", "policy", "fragmentation", "fleetChanges",
    "maintenance", "tenancy",
  ]

  private mutating func refuseForeignKeys() {
    for key in Self.broughtByStudies {
      guard let node = root[key], node.origin != .standard else { continue }
      let own = key == "seed" || key == "policy" ? "; use study.\(key)" : ""
      diagnostics.add(node.origin, node.keyPath, "a study brings its own \(key)\(own)", hint: "remove it")
    }
  }

  /// The tree without the defaults that are not used: by a study, by the
  /// order of the queue; and with the time zones as they were looked up.
  private func shownRoot(_ zones: TimeZones?) -> Decoded {
    let root = root.changing("tenancy") { zones?.shown(in: $0) ?? $0 }.changing("policy") {
      $0.changing("queue", QueueBuilder.shown).changing("gangs", GangsBuilder.shown)
        .changing("sharing", SharingBuilder.shown)
    }.changing("workload", StorageBuilder.shown)
    guard root["study"] != nil, case .section(let members) = root.form else { return root }
    var shown = root
    shown.form = .section(members.filter { !Self.broughtByStudies.contains($0.field.key) })
    return shown
  }

  private mutating func study() -> StudySection? {
    guard let node = root["study"], node.isSound, let name = node["name"], let workload = node["workload"],
      let policy = node["policy"], let seed = node["seed"], let data = node["data"]
    else { return nil }
    let folder = places.resolve(data.text, from: data.file)
    if let fault = places.fault(ofFolder: folder, written: data.text) {
      diagnostics.add(data.origin, data.keyPath, fault.message, hint: fault.hint)
      return nil
    }
    return StudySection(
      name: name.text,
      workload: workload.text,
      policy: policy.text,
      seed: UInt64(seed.integer),
      data: folder
    )
  }
}
