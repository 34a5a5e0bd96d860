import Hardware
import Outcome

/// Exact time integrals of what is free, stranded and down, node by node.
///
/// A node is measured when time moves on after it changed, so several changes
/// at one instant cost one measurement. Integrals are thousandths of a GPU x
/// nanoseconds in 128 bits; stranded ones carry the mix's weight until the end.
struct FleetAccounts: ~Copyable {
  /// 112 bytes a node.
  struct Integrals: BitwiseCopyable {
    var free: Int128 = 0
    var model: Int128 = 0
    var remainder: Int128 = 0
    var cpu: Int128 = 0
    var memory: Int128 = 0
    var fault: Int128 = 0
    var maintenance: Int128 = 0
  }

  let measuredFrom: Int64
  private let stranding: StrandingMeasure
  private let levels: Column<StrandingMeasure.Levels>
  private let freeMilli: Column<Int32>
  private let condition: Column<UInt8>
  private let since: Column<Int64>
  private let integrals: Column<Integrals>
  private let isChanged: Column<Bool>
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
    levels = Column(repeating: StrandingMeasure.Levels(), count: n)
    freeMilli = Column(repeating: 0, count: n)
    condition = Column(repeating: NodeCondition.absent.rawValue, count: n)
    since = Column(repeating: 0, count: n)
    integrals = Column(repeating: Integrals(), count: n)
    isChanged = Column(repeating: false, count: n)
    changed = Column(repeating: 0, count: n)
    series = StateSeries(models: max(1, cluster.fleet.gpuModels.count), from: measuredFrom, bucket: bucket)
    for node in 0..<n { nodeChanged(node) }
    settle(at: 0, cluster)
  }

  /// Notes that node `n` changes at the present instant.
  @inline(__always)
  mutating func nodeChanged(_ n: Int) {
    guard !isChanged[n] else { return }
    isChanged[n] = true
    changed[changedCount] = Int32(n)
    changedCount += 1
  }

  var hasChanges: Bool { changedCount > 0 }

  /// Books the past of the changed nodes and measures them anew. Call it with
  /// the present instant before time moves on.
  mutating func settle(at now: Int64, _ cluster: borrowing ClusterState) {
    for i in 0..<changedCount {
      let n = Int(changed[i])
      isChanged[n] = false
      book(n, until: now, gpuMilli: cluster.gpuCount[n] * 1000)
      let old = levels[n]
      let isUp = cluster.isUp(n)
      let new = isUp ? stranding.levels(n, cluster) : StrandingMeasure.Levels()
      let free = isUp ? cluster.gpuFreeSum[n] : 0
      let down = downMilli(cluster.condition[n], cluster.gpuCount[n])
      let model = cluster.modelIndex(n)
      series.change(
        model: model,
        at: now,
        free: Int64(free - freeMilli[n]),
        stranded: stranded(new) - stranded(old),
        down: Int64(down - downMilli(condition[n], cluster.gpuCount[n]))
      )
      levels[n] = new
      freeMilli[n] = free
      condition[n] = cluster.condition[n]
    }
    changedCount = 0
  }

  private func stranded(_ l: StrandingMeasure.Levels) -> Int64 { l.model + l.remainder + l.cpu + l.memory }

  private func downMilli(_ condition: UInt8, _ gpuCount: Int32) -> Int32 {
    condition == NodeCondition.fault.rawValue || condition == NodeCondition.maintenance.rawValue
      ? gpuCount * 1000 : 0
  }

  private func book(_ n: Int, until now: Int64, gpuMilli: Int32) {
    let from = max(since[n], measuredFrom)
    since[n] = now
    guard now > from else { return }
    let span = Int128(now - from)
    let at = integrals.pointer(from: n)
    let level = levels[n]
    switch condition[n] {
    case NodeCondition.up.rawValue:
      guard freeMilli[n] > 0 else { return }
      at.pointee.free += Int128(freeMilli[n]) * span
      at.pointee.model += Int128(level.model) * span
      at.pointee.remainder += Int128(level.remainder) * span
      at.pointee.cpu += Int128(level.cpu) * span
      at.pointee.memory += Int128(level.memory) * span
    case NodeCondition.fault.rawValue: at.pointee.fault += Int128(gpuMilli) * span
    case NodeCondition.maintenance.rawValue: at.pointee.maintenance += Int128(gpuMilli) * span
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
      let sum = integrals[n]
      var ledger = LedgerTotals()
      ledger[.strandedModel] = sum.model / weight
      ledger[.strandedRemainder] = sum.remainder / weight
      ledger[.strandedCPU] = sum.cpu / weight
      ledger[.strandedMemory] = sum.memory / weight
      ledger[.freePlaceable] = sum.free - ledger.stranded
      ledger[.downFault] = sum.fault
      ledger[.downMaintenance] = sum.maintenance
      return ledger
    }
  }

  /// The series `free`, `stranded` and `down` of each GPU model.
  mutating func stateSeries(at end: Int64, models: [String]) -> [Series] {
    series.finish(at: end, models: models, weight: Int128(stranding.weight))
  }
}
