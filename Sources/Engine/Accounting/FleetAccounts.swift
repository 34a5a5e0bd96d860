import Hardware
import Outcome

/// Exact time integrals of what is free, stranded and down, node by node.
///
/// A node is measured when time moves on after it changed, so several changes
/// at one instant cost one measurement. Integrals are thousandths of a GPU x
/// nanoseconds in 128 bits; stranded ones carry the mix's weight until the end.
struct FleetAccounts: ~Copyable {
  /// One node's page in the books, two cache lines: kept together, because
  /// each change of a node touches all of it.
  struct Page: BitwiseCopyable {
    var free: Int128 = 0
    var model: Int128 = 0
    var remainder: Int128 = 0
    var cpu: Int128 = 0
    var memory: Int128 = 0
    /// Levels since the last booking, and when that was.
    var levels = StrandingMeasure.Levels()
    var since: Int64 = 0
    var freeMilli: Int32 = 0
    var condition = NodeCondition.absent.rawValue
    var isChanged = false
  }

  let measuredFrom: Int64
  private let stranding: StrandingMeasure
  /// What a node has lost to faults and maintenance: most never do.
  struct Down: BitwiseCopyable {
    var fault: Int128 = 0
    var maintenance: Int128 = 0
    var changing: Int128 = 0
  }
  private let pages: Column<Page>
  /// By node: what of the remainder the geometry of MIG strands, weighted, and
  /// its level since the last booking; without entries in runs without MIG.
  private let geometry: Column<Int128>
  private let geometryLevel: Column<Int64>
  private let down: Column<Down>
  private let changed: Column<Int32>
  private var changedCount = 0
  private var series: StateSeries

  init(
    _ typical: [TypicalJob],
    _ cluster: borrowing ClusterState,
    measuredFrom: Int64,
    bucket: Int64
  ) {
    let n = cluster.nodeCount
    self.measuredFrom = measuredFrom
    stranding = StrandingMeasure(typical)
    pages = Column(repeating: Page(), count: n)
    geometry = Column(repeating: 0, count: cluster.mig == nil ? 0 : n)
    geometryLevel = Column(repeating: 0, count: cluster.mig == nil ? 0 : n)
    down = Column(repeating: Down(), count: n)
    changed = Column(repeating: 0, count: n)
    series = StateSeries(models: max(1, cluster.fleet.gpuModels.count), from: measuredFrom, bucket: bucket)
    for node in 0..<n { nodeChanged(node) }
    settle(at: 0, cluster)
  }

  /// Notes that node `n` changes at the present instant.
  @inline(__always)
  mutating func nodeChanged(_ n: Int) {
    guard !pages[n].isChanged else { return }
    pages[n].isChanged = true
    changed[changedCount] = Int32(n)
    changedCount += 1
  }

  var hasChanges: Bool { changedCount > 0 }

  /// Books the past of the changed nodes and measures them anew. Call it with
  /// the present instant before time moves on.
  mutating func settle(at now: Int64, _ cluster: borrowing ClusterState) {
    for i in 0..<changedCount {
      let n = Int(changed[i])
      let page = pages.pointer(from: n)
      page.pointee.isChanged = false
      let gpuMilli = cluster.nodes[n].gpuCount * 1000
      book(n, until: now, gpuMilli: gpuMilli)
      let isUp = cluster.isUp(n)
      var geometryNow: Int64 = 0
      let new = isUp ? stranding.levels(n, cluster, geometry: &geometryNow) : StrandingMeasure.Levels()
      if geometry.count > 0 { geometryLevel[n] = geometryNow }
      let free = isUp || cluster.isDraining(n) ? cluster.nodes[n].gpuFreeSum : 0
      let old = stateMilli(page.pointee.condition, free: page.pointee.freeMilli, all: gpuMilli)
      let state = stateMilli(cluster.nodes[n].condition, free: free, all: gpuMilli)
      series.change(
        model: cluster.modelIndex(n),
        at: now,
        free: Int64(state.free - old.free),
        stranded: stranded(new) - stranded(page.pointee.levels),
        down: Int64(state.down - old.down)
      )
      page.pointee.levels = new
      page.pointee.freeMilli = free
      page.pointee.condition = cluster.nodes[n].condition
    }
    changedCount = 0
  }

  private func stranded(_ l: StrandingMeasure.Levels) -> Int64 { l.model + l.remainder + l.cpu + l.memory }

  /// Free and down thousandths of a node: what jobs leave of one that drains
  /// is down.
  @inline(__always)
  private func stateMilli(_ condition: UInt8, free: Int32, all: Int32) -> (free: Int32, down: Int32) {
    switch condition {
    case NodeCondition.up.rawValue: (free, 0)
    case NodeCondition.draining.rawValue: (0, free)
    case NodeCondition.fault.rawValue, NodeCondition.maintenance.rawValue: (0, all)
    default: (0, 0)
    }
  }

  private func book(_ n: Int, until now: Int64, gpuMilli: Int32) {
    let page = pages.pointer(from: n)
    let from = max(page.pointee.since, measuredFrom)
    page.pointee.since = now
    guard now > from else { return }
    let span = Int128(now - from)
    switch page.pointee.condition {
    case NodeCondition.up.rawValue:
      guard page.pointee.freeMilli > 0 else { return }
      let level = page.pointee.levels
      page.pointee.free += Int128(page.pointee.freeMilli) * span
      page.pointee.model += Int128(level.model) * span
      page.pointee.remainder += Int128(level.remainder) * span
      page.pointee.cpu += Int128(level.cpu) * span
      page.pointee.memory += Int128(level.memory) * span
      if geometry.count > 0 { geometry[n] += Int128(geometryLevel[n]) * span }
    case NodeCondition.fault.rawValue: down[n].fault += Int128(gpuMilli) * span
    case NodeCondition.maintenance.rawValue: down[n].maintenance += Int128(gpuMilli) * span
    case NodeCondition.draining.rawValue: down[n].maintenance += Int128(page.pointee.freeMilli) * span
    case NodeCondition.changing.rawValue: down[n].changing += Int128(gpuMilli) * span
    case NodeCondition.clearing.rawValue: down[n].changing += Int128(page.pointee.freeMilli) * span
    default: break
    }
  }

  /// Books everything until the end and returns each node's free and down
  /// leaves.
  ///
  /// Rounding: each stranded leaf is rounded down to a whole thousandth x
  /// nanosecond, and the placeable leaf is what is left of the free time, so
  /// that the sum stays exact.
  mutating func finish(at end: Int64, _ cluster: borrowing ClusterState) -> [LedgerTotals] {
    for n in 0..<cluster.nodeCount { nodeChanged(n) }
    settle(at: end, cluster)
    let weight = Int128(stranding.weight)
    return (0..<cluster.nodeCount).map { n in
      let sum = pages[n]
      var ledger = LedgerTotals()
      let byConstraint = sum.free * Int128(stranding.constraintWeight(nodeClass: cluster.classIndex(n)))
      ledger[.strandedModel] = (sum.model - byConstraint) / weight
      ledger[.strandedConstraint] = byConstraint / weight
      let byGeometry = geometry.count > 0 ? geometry[n] : 0
      ledger[.strandedRemainder] = (sum.remainder - byGeometry) / weight
      ledger[.strandedGeometry] = byGeometry / weight
      ledger[.strandedCPU] = sum.cpu / weight
      ledger[.strandedMemory] = sum.memory / weight
      ledger[.freePlaceable] = sum.free - ledger.stranded
      ledger[.downFault] = down[n].fault
      ledger[.downMaintenance] = down[n].maintenance
      ledger[.changing] = down[n].changing
      return ledger
    }
  }

  /// The series `free`, `stranded` and `down` of each GPU model.
  mutating func stateSeries(at end: Int64, models: [String]) -> [Series] {
    series.finish(at: end, models: models, weight: Int128(stranding.weight))
  }
}
