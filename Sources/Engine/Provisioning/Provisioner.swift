import Outcome
import SimulationKernel

/// The state of nodes that come and go: which exist, which may go, when the
/// provisioner acts next, and the books of their lives.
final class Provisioner {
  /// Where a node of a group is; `none` for the other nodes.
  enum Stage: UInt8 {
    case none, gone, starting, up, cordoned, draining, terminating
    /// Was up or cordoned, and is down.
    case failed
  }

  /// What an event says; part of its payload.
  enum Step: UInt32 {
    /// The provisioner looks at what waits.
    case provision = 0
    /// This node is up.
    case ready = 1
    /// Nodes that may go are looked for.
    case review = 2
    /// This node goes if it is still empty.
    case validate = 3
    /// This node is gone.
    case gone = 4
    /// This launch is given up.
    case giveUp = 5
    /// This node has lived as long as it may.
    case expire = 6
    /// What runs on this node has had its grace.
    case evict = 7
    /// The provider takes this node back.
    case interrupt = 8
    /// This node is emptied by force.
    case force = 9
    /// The chosen nodes go, if that is still right.
    case judge = 10
    /// This group drifts.
    case drift = 11
    /// Nodes are launched where fewer are kept than stated.
    case replenish = 12
    /// This node's machine fails.
    case fail = 13
    /// This node is mended, or has been down for too long.
    case mend = 14
  }

  /// Payloads at and above this, and below the queue's timer, are steps.
  static let base: UInt32 = 0xFF << 24

  static func payload(_ step: Step, _ node: Int) -> UInt32 { base + step.rawValue << 20 + UInt32(node) }

  static func meaning(_ payload: UInt32) -> (step: Step, node: Int) {
    (Step(rawValue: (payload - base) >> 20)!, Int((payload - base) & 0xF_FFFF))
  }

  let spec: AutoNodes
  /// By node: its group, or -1; and its stage.
  let groupOf: Column<Int16>
  let stages: Column<UInt8>
  /// By node: bumped at its launch and its end, so that what was meant for an
  /// earlier life is void.
  let life: Column<UInt32>
  /// By node: since when nothing runs on it, ns; -1: something does, or it is
  /// not up. Bumped whenever that changes: a validation of before is void.
  let emptySince: Column<Int64>
  let turn: Column<UInt32>
  /// By node: when something came to it or left it last, ns.
  let changedAt: Column<Int64>
  /// By node: a validation is pending.
  let isChosen: Column<Bool>
  /// By node: pods are meant for it until then, so that it does not go though it is
  /// empty: see ``AutoNodes/nomination``.
  let nominatedUntil: Column<Int64>
  /// By node: it is not as its group says any more.
  let isDrifted: Column<Bool>
  /// Some group has drifted.
  var hasDrifted = false
  /// By node: when its life and its stage began, when its stages of starting
  /// end, and when it is gone at the latest.
  let created: Column<Int64>
  let since: Column<Int64>
  let running: Column<Int64>
  let joined: Column<Int64>
  let ready: Column<Int64>
  let deadline: Column<Int64>
  /// By node: why it goes (a ``NodeRemoval``, or -1), and how long what runs on it
  /// has to stop.
  let removal: Column<Int8>
  let grace: Column<Int64>
  /// By node: it counts towards budgets: it has been up and is not gone.
  let isServing: Column<Bool>
  /// By node: the command that it goes with, and the one that it replaces nodes
  /// of; -1: none.
  let commandOf: Column<Int32>
  let replaces: Column<Int32>
  /// By group: nodes that do not exist, lowest first.
  var absent: [MinHeap<Int32>]
  /// By group: launches so far, and until when it is not asked.
  var launches: [UInt64]
  var pausedUntil: [Int64]
  /// By group: when nodes are launched that it lacks.
  var replenishAt: [Int64]
  /// By group: nodes that are up or have been, those of them that go, launches that
  /// were given up and still exist, and all that exist.
  var serving: [Int]
  var leaving: [Int]
  var abandoned: [Int]
  var existing: [Int]
  let gpusPerNode: [Int]
  /// Nodes that start, ascending; and nodes that are to go and on which work may
  /// still run, in the order of these decisions.
  var starting: [Int32] = []
  var clearing: [Int32] = []
  /// Nodes that have become empty; some may not be any more.
  var empties: [Int32] = []
  var totals: [AutoNodeTotals]
  /// By group: nodes that exist, whatever their stage.
  var byBucket: [BucketedIntegral]
  /// An empty one.
  let noTime: BucketedIntegral
  let from: Int64
  let seed: UInt64
  /// Kept where a cluster-autoscaler launches nodes.
  let autoscaler: AutoscalerState?
  /// Empty nodes that are kept for what the buffer asks.
  var reserved: [Int] = []
  /// Nodes that exist or come and serve what waited at the last look.
  var meantFor: [Int] = []
  /// Fewer empty nodes are there or come than are kept.
  var lacksWarm = false
  /// By group: kept empty nodes, and since when there are so many.
  var warmNodes: [Int]
  var warmSince: [Int64]
  /// By class of jobs: they are not told to leave a node; and for how long after
  /// their start they are not, ns.
  let isProtected: [Bool]
  /// Kept where nodes fail.
  let health: NodeHealth?
  let protectedFor: [Int64]
  /// Jobs that must be asked one by one whether they may leave: until when those have
  /// that were told, and when these began.
  var told: [Int: (start: Int64, end: Int64)] = [:]
  /// Kept where classes of jobs have disruption budgets; where priorities preempt
  /// these are the same.
  var budgets: DisruptionBudgets?
  /// By group: the first group of equal machines.
  var types: [Int] = []
  /// Kept where underused nodes go.
  var book: ConsolidationBook?
  /// Pools that the last search for one node did not reach.
  var unseenPools: Set<Int> = []

  /// What was decided, while it waits for its validation; and what is under way.
  var pending: Command?
  var commands: [Command] = []
  /// What became of nodes, and what was decided, in the order of time.
  var changes: [NodeStageChange] = []
  var disruptions: [NodeDisruption] = []
  var evictions: [NodeEviction] = []

  /// Jobs that have come to wait since the last pass.
  var arrivals: [Int32] = []
  /// When the provisioner acts next (`never`: nothing to do), when its batch
  /// began (-1: none is open), and when it acted last.
  var due = Provisioner.never
  var opened: Int64 = -1
  var last = Int64.min / 2
  /// The earliest instants for which looks are scheduled.
  var nextLook = Provisioner.never
  var nextReview = Provisioner.never

  static let never = Int64.max

  /// Nodes that go together, and what comes in their place.
  struct Command: Equatable {
    var removal: NodeRemoval
    var nodes: [Int]
    /// One entry for each node that is to come: the groups that it may be of.
    var claims: [[Int]]
    /// Launched nodes that are not up yet.
    var awaited = 0
  }

  init(_ spec: AutoNodes, _ input: SimulationInput) {
    self.spec = spec
    from = input.measuredFrom.nanoseconds
    seed = input.seed
    let count = input.fleet.nodes.count
    groupOf = Column(repeating: -1, count: count)
    stages = Column(repeating: Stage.none.rawValue, count: count)
    life = Column(repeating: 0, count: count)
    emptySince = Column(repeating: -1, count: count)
    turn = Column(repeating: 0, count: count)
    changedAt = Column(repeating: 0, count: count)
    isChosen = Column(repeating: false, count: count)
    nominatedUntil = Column(repeating: .min, count: count)
    isDrifted = Column(repeating: false, count: count)
    created = Column(repeating: 0, count: count)
    since = Column(repeating: 0, count: count)
    running = Column(repeating: 0, count: count)
    joined = Column(repeating: 0, count: count)
    ready = Column(repeating: 0, count: count)
    deadline = Column(repeating: Self.never, count: count)
    removal = Column(repeating: -1, count: count)
    grace = Column(repeating: 0, count: count)
    isServing = Column(repeating: false, count: count)
    commandOf = Column(repeating: -1, count: count)
    replaces = Column(repeating: -1, count: count)
    let groups = spec.groups
    absent = Array(repeating: MinHeap(), count: groups.count)
    launches = Array(repeating: 0, count: groups.count)
    pausedUntil = Array(repeating: .min, count: groups.count)
    replenishAt = Array(repeating: Self.never, count: groups.count)
    serving = groups.map(\.atStart)
    leaving = Array(repeating: 0, count: groups.count)
    abandoned = leaving
    existing = serving
    warmNodes = abandoned
    warmSince = Array(repeating: 0, count: groups.count)
    gpusPerNode = groups.map { input.fleet.nodes[$0.nodes.lowerBound].gpuCount }
    autoscaler = spec.clusterAutoscaler.map { AutoscalerState($0, nodes: count, groups: groups.count) }
    isProtected = input.jobs.classes.map {
      spec.doNotDisrupt.contains($0) || spec.protectedFor[$0] == AutoNodes.always
    }
    protectedFor = input.jobs.classes.map { spec.protectedFor[$0]?.nanoseconds ?? 0 }
    health = Self.health(spec, gpusPerNode: gpusPerNode, input)
    totals = groups.map {
      AutoNodeTotals(
        name: $0.name,
        gpusPerNode: input.fleet.nodes[$0.nodes.lowerBound].gpuCount,
        pricePerHour: $0.pricePerHour
      )
    }
    let bucket = (input.bucket ?? PreparedRun.defaultBucket(input)).nanoseconds
    let end = input.horizon?.nanoseconds ?? from
    noTime = BucketedIntegral(from: from, end: end, bucket: bucket)
    byBucket = Array(repeating: noTime, count: groups.count)
    for (number, group) in groups.enumerated() {
      totals[number].nodes = group.nodes
      totals[number].isKept = group.replicas != nil
      totals[number].most = group.atStart
      if !group.failures.isEmpty { totals[number].failures = 0 }
      if group.warm > 0 { totals[number].warmNanoseconds = 0 }
      for (place, n) in group.nodes.enumerated() {
        let isUp = place < group.atStart
        groupOf[n] = Int16(number)
        stages[n] = (isUp ? Stage.up : .gone).rawValue
        isServing[n] = isUp
        if isUp { note(n, .up, at: 0) } else { absent[number].insert(Int32(n)) }
      }
    }
  }

  func stage(_ n: Int) -> Stage { Stage(rawValue: stages[n])! }

  /// Pods are meant for the node until then.
  func nominate(_ n: Int, until instant: Int64) {
    nominatedUntil[n] = instant
    book?.touch(n)
  }

  func group(_ n: Int) -> AutoNodes.Group { spec.groups[Int(groupOf[n])] }

  func note(_ n: Int, _ stage: AutoNodeTotals.Stage?, at now: Int64) {
    var change = NodeStageChange(
      atNanoseconds: now,
      node: Int32(n),
      stage: stage,
      removal: NodeRemoval(rawValue: Int(removal[n]))
    )
    if stage == .launching {
      change.runningNanoseconds = running[n] == Self.never ? nil : running[n]
      change.joinedNanoseconds = joined[n] == Self.never ? nil : joined[n]
    }
    changes.append(change)
    bookWarm(Int(groupOf[n]), at: now)
  }

  /// What a group, or its pool, still lacks until its limit: nodes.
  private func room(_ group: Int) -> Int {
    let spec = spec.groups[group]
    var room = spec.nodes.count - existing[group]
    let pool = self.spec.pools[spec.pool]
    if pool.mostNodes == nil && pool.mostGPUs == nil { return room }
    let used = inPool(spec.pool)
    if let most = pool.mostNodes { room = min(room, most - used.nodes) }
    if let most = pool.mostGPUs, gpusPerNode[group] > 0 {
      room = min(room, (most - used.gpus) / gpusPerNode[group])
    }
    return max(0, room)
  }

  /// Nodes and GPUs that the pool has, in whatever stage.
  private func inPool(_ pool: Int) -> (nodes: Int, gpus: Int) {
    var sum = (nodes: 0, gpus: 0)
    for group in spec.groups.indices where spec.groups[group].pool == pool {
      sum.nodes += existing[group]
      sum.gpus += existing[group] * gpusPerNode[group]
    }
    return sum
  }

  /// Nodes of the group that could be launched now.
  func room(_ group: Int, at now: Int64) -> Int { pausedUntil[group] > now ? 0 : room(group) }

  /// The same for jobs that wait: groups of which a fixed number is kept come
  /// for none.
  func left(_ group: Int, at now: Int64) -> Int {
    spec.groups[group].replicas == nil ? room(group, at: now) : 0
  }

  /// What the pool may still have: nodes and GPUs.
  func limits(_ pool: Int) -> (nodes: Int, gpus: Int) {
    let used = inPool(pool)
    return (
      spec.pools[pool].mostNodes.map { max(0, $0 - used.nodes) } ?? .max,
      spec.pools[pool].mostGPUs.map { max(0, $0 - used.gpus) } ?? .max
    )
  }

  /// Nodes of the group that come or are up, and do not go: a cloud's target size.
  func size(_ group: Int) -> Int { existing[group] - leaving[group] - abandoned[group] }

  /// Nodes of the group that are to be launched, so that as many are kept as
  /// stated.
  func lacking(_ group: Int) -> Int {
    guard let replicas = spec.groups[group].replicas else { return 0 }
    return max(0, replicas - size(group))
  }

  /// Whether what comes, or cannot be had, may be why jobs wait.
  func explainsWaits(at now: Int64) -> Bool {
    !starting.isEmpty || pausedUntil.contains { $0 > now }
  }

  /// When the first group without capacity may be asked again.
  func endOfPauses(after now: Int64) -> Int64 { pausedUntil.filter { $0 > now }.min() ?? Self.never }
}
