import Outcome
import SimulationKernel
import Workload

/// Who may bring pods, who waits outside, and which clusters sleep.
///
/// A job stands before the gate of its cluster, or is admitted: its pods exist,
/// wait in the queue or run, and count against the quota until it ends.
final class TenancyState {
  /// What an event says; part of its payload.
  enum Step: UInt32 {
    /// Refused jobs are tried again.
    case retry = 0
    /// The cluster is awake.
    case awake = 1
    case sleepsAt = 2
    case wakesAt = 3
    /// Activity is looked at.
    case sample = 4
    case noise = 5
    /// A machine of the host has had its grace; the subject is its place.
    case emptied = 6
  }

  /// Payloads at and above this, and below those of auto nodes, are steps.
  static let base: UInt32 = 0xFE << 24

  static func payload(_ step: Step, _ subject: Int) -> UInt32 {
    base + step.rawValue << 20 + UInt32(subject)
  }

  static func meaning(_ payload: UInt32) -> (step: Step, cluster: Int) {
    (Step(rawValue: (payload - base) >> 20)!, Int((payload - base) & 0xF_FFFF))
  }

  enum Stage: UInt8 {
    /// Does not exist yet.
    case creating
    case awake, asleep, waking
  }

  /// Jobs of one shape before the gate, by number; some may have left.
  fileprivate struct Lane {
    var asked: PodDemand
    var jobs = MinHeap<Int32>()
  }

  /// GPUs that a job gave up when its cluster fell asleep, and until when it
  /// would have held them, ns.
  struct Given {
    var milliGPU: Int64
    var until: Int64
  }

  struct Cluster {
    var used = PodDemand()
    fileprivate var lanes: [Lane] = []
    fileprivate var laneOf: [Int32: Int] = [:]
    /// Jobs before the gate or admitted, in no order that matters.
    fileprivate(set) var members: [Int32] = []
    var stage = Stage.awake
    var since: Int64 = 0
    /// Steps of before a change of stage are void.
    var turn: UInt32 = 0
    var lastAccess: Int64 = 0
    var noises: UInt64 = 0
    var wakes: UInt64 = 0
    var given: [Given] = []
    var fellAsleep: Int64 = 0
    /// Tries after a back-off: one is scheduled.
    var isRetryDue = false
  }

  private enum Standing: UInt8 {
    case none, outside, admitted
  }

  let spec: Tenancy
  var clusters: [Cluster]
  private(set) var totals: [ClusterTotals]
  /// By tenant: its cluster, or -1.
  private let clusterOf: [Int32]
  private let tenants: [TenantID]
  private let shapes: [ShapeID]
  /// By shape of the table as it was given.
  let asked: [PodDemand]
  private let standing: Column<UInt8>
  private let position: Column<Int32>
  let from: Int64
  let seed: UInt64
  private var untilRecount = 1024

  init(_ spec: Tenancy, _ input: SimulationInput) {
    self.spec = spec
    let jobs = input.jobs
    from = input.measuredFrom.nanoseconds
    seed = input.seed
    clusterOf = spec.clusterOf(jobs.tenants)
    tenants = jobs.tenant
    shapes = jobs.shape
    asked = jobs.shapes.map { PodDemand($0, limits: jobs.podLimits(of: $0), sharing: input.sharing) }
    standing = Column(repeating: 0, count: jobs.count)
    position = Column(repeating: -1, count: jobs.count)
    clusters = spec.clusters.map { _ in Cluster() }
    totals = spec.clusters.map { cluster in
      var totals = ClusterTotals(name: cluster.name)
      totals.isNamespace = cluster.isNamespace
      totals.tenants = cluster.tenants
      totals.groups = cluster.groups
      totals.mayEvict = input.autoNodes?.empties(for: cluster.groups) ?? false
      totals.controlPlanePerYear = cluster.controlPlanePerYear
      return totals
    }
    for c in clusters.indices where spec.clusters[c].creation > .zero { clusters[c].stage = .creating }
  }

  func cluster(of job: Int) -> Int { Int(clusterOf[Int(tenants[job].rawValue)]) }
  /// The cluster whose nodes are those of the group.
  func cluster(ofGroup name: String) -> Int? { spec.clusters.firstIndex { $0.groups.contains(name) } }
  func isOutside(_ job: Int) -> Bool { standing[job] == Standing.outside.rawValue }
  func isAdmitted(_ job: Int) -> Bool { standing[job] == Standing.admitted.rawValue }

  // MARK: - The gate

  /// Admits the job if the quota has room beside what counts already.
  func admits(_ job: Int, _ c: Int) -> Bool {
    let ask = asked[Int(shapes[job].rawValue)]
    guard spec.clusters[c].quota.admits(ask, beside: clusters[c].used) else { return false }
    join(job, c, .admitted)
    clusters[c].used += ask
    totals[c].mostMilliGPU = max(totals[c].mostMilliGPU, clusters[c].used.milliGPU)
    totals[c].mostPods = max(totals[c].mostPods, clusters[c].used.pods)
    return true
  }

  /// The job stays outside.
  func holds(_ job: Int, _ c: Int) {
    join(job, c, .outside)
    let shape = shapes[job].rawValue
    let lane: Int
    if let known = clusters[c].laneOf[shape] {
      lane = known
    } else {
      lane = clusters[c].lanes.count
      clusters[c].laneOf[shape] = lane
      clusters[c].lanes.append(Lane(asked: asked[Int(shape)]))
    }
    clusters[c].lanes[lane].jobs.insert(Int32(job))
  }

  /// The job has no pods any more, and does not wait for any. Returns whether
  /// that has given room.
  func leaves(_ job: Int) -> Bool {
    let old = Standing(rawValue: standing[job])!
    guard old != .none else { return false }
    let c = cluster(of: job)
    standing[job] = Standing.none.rawValue
    let place = Int(position[job])
    let last = clusters[c].members.removeLast()
    if Int(last) != job {
      clusters[c].members[place] = last
      position[Int(last)] = Int32(place)
    }
    position[job] = -1
    guard old == .admitted else { return false }
    clusters[c].used -= asked[Int(shapes[job].rawValue)]
    return true
  }

  private func join(_ job: Int, _ c: Int, _ new: Standing) {
    if standing[job] == Standing.none.rawValue {
      position[job] = Int32(clusters[c].members.count)
      clusters[c].members.append(Int32(job))
    }
    standing[job] = new.rawValue
  }

  /// The first job outside, by number, for which there is room now; it is
  /// admitted.
  ///
  /// - Complexity: O(shapes outside).
  func admitNext(_ c: Int) -> Int? {
    var best: Int32 = .max
    var chosen = -1
    for lane in clusters[c].lanes.indices {
      while let first = clusters[c].lanes[lane].jobs.first, !isOutside(Int(first)) {
        _ = clusters[c].lanes[lane].jobs.removeFirst()
      }
      guard let first = clusters[c].lanes[lane].jobs.first, first < best,
        spec.clusters[c].quota.admits(clusters[c].lanes[lane].asked, beside: clusters[c].used)
      else { continue }
      (best, chosen) = (first, lane)
    }
    guard chosen >= 0 else { return nil }
    // A job that left and came back lies here twice.
    while clusters[c].lanes[chosen].jobs.first == best { _ = clusters[c].lanes[chosen].jobs.removeFirst() }
    _ = admits(Int(best), c)
    return Int(best)
  }

  // MARK: - Books

  /// The cluster's stage ends now.
  func change(_ c: Int, to stage: Stage, at now: Int64) {
    book(c, until: now)
    if clusters[c].stage == .asleep || clusters[c].stage == .waking, stage == .awake || stage == .asleep {
      settle(c, at: now)
    }
    clusters[c].stage = stage
    clusters[c].since = now
    clusters[c].turn &+= 1
  }

  private func book(_ c: Int, until now: Int64) {
    let span = now - max(clusters[c].since, from)
    guard span > 0 else { return }
    switch clusters[c].stage {
    case .creating: totals[c].creatingNanoseconds += Int128(span)
    case .awake: totals[c].awakeNanoseconds += Int128(span)
    case .asleep: totals[c].asleepNanoseconds += Int128(span)
    case .waking: totals[c].wakingNanoseconds += Int128(span)
    }
  }

  /// What sleep has freed of the GPUs that jobs held when it began.
  private func settle(_ c: Int, at now: Int64) {
    for given in clusters[c].given {
      let start = max(clusters[c].fellAsleep, from)
      let span = min(now, given.until) - start
      if span > 0 { totals[c].freedMilliNanoseconds += Int128(span) * Int128(given.milliGPU) }
    }
    clusters[c].given.removeAll()
  }

  func count(_ c: Int, at now: Int64, _ what: WritableKeyPath<ClusterTotals, Int64>) {
    if now >= from { totals[c][keyPath: what] += 1 }
  }

  /// A run on the host was stopped for the cluster.
  func noteEviction(_ c: Int, lostMilliNanoseconds lost: Int128, at now: Int64) {
    count(c, at: now, \.evicted)
    if now >= from { totals[c].evictionLostMilliNanoseconds += lost }
  }

  /// Closes the books.
  func close(at end: Int64) -> [ClusterTotals] {
    for c in clusters.indices {
      book(c, until: end)
      if !clusters[c].given.isEmpty { settle(c, at: end) }
      let stopsBill = spec.clusters[c].sleep?.stopsControlPlane ?? false
      totals[c].billedNanoseconds =
        totals[c].awakeNanoseconds + totals[c].creatingNanoseconds + totals[c].wakingNanoseconds
        + (stopsBill ? 0 : totals[c].asleepNanoseconds)
    }
    return totals
  }

  // MARK: - Verification

  /// Quotas hold, and what counts against them is what is admitted.
  func check(isInQueueOrRuns: (Int) -> Bool) throws {
    untilRecount -= 1
    let recounts = untilRecount == 0
    if recounts { untilRecount = 1024 }
    for c in clusters.indices {
      let used = clusters[c].used
      let name = spec.clusters[c].name
      if !spec.clusters[c].quota.holds(used) {
        throw SimulationError.invariantBroken("the pods of cluster '\(name)' are beyond its quota")
      }
      if clusters[c].stage != .awake, used != PodDemand() {
        throw SimulationError.invariantBroken("cluster '\(name)' has pods though it is not awake")
      }
      guard recounts else { continue }
      var sum = PodDemand()
      for job in clusters[c].members {
        guard isAdmitted(Int(job)) == isInQueueOrRuns(Int(job)) else {
          throw SimulationError.invariantBroken(
            "job \(job) of cluster '\(name)' is on both sides of its gate"
          )
        }
        if isAdmitted(Int(job)) { sum += asked[Int(shapes[Int(job)].rawValue)] }
      }
      if sum != used {
        throw SimulationError.invariantBroken("the quota of cluster '\(name)' counts pods that are not there")
      }
    }
  }
}
