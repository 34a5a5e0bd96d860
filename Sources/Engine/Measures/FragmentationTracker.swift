/// The FGD measure of every node and of the fleet, kept up to date as nodes
/// change.
///
/// The fleet's sum is kept in fixed point (2^-40 thousandths), so it does not
/// drift and does not depend on the order in which nodes changed.
final class FragmentationTracker {
  private var measure: FragmentationMeasure
  /// Fragmented thousandths of each node; 0 while it is not up.
  let current: Column<Double>
  /// Free parts of a node as they would be: filled by a policy before
  /// ``afterTrial(_:cpu:_:)``.
  let trial: UnsafeMutablePointer<Int16>
  private let trialColumn: Column<Int16>
  private var total: Int128 = 0

  private static var scale: Double { 0x1p40 }

  init(_ typical: [TypicalJob], _ cluster: borrowing ClusterState) {
    measure = FragmentationMeasure(typical)
    current = Column(repeating: 0, count: cluster.nodeCount)
    trialColumn = Column(repeating: 0, count: cluster.stride)
    trial = trialColumn.pointer()
    for n in 0..<cluster.nodeCount { nodeChanged(n, cluster) }
  }

  /// Fragmented thousandths of the fleet.
  var fleetMilliGPU: Double { Double(total) / FragmentationTracker.scale }

  func nodeChanged(_ n: Int, _ cluster: borrowing ClusterState) {
    var value = 0.0
    if cluster.isUp(n) {
      value = measure.fragmented(
        cpuFree: cluster.nodes[n].cpuFree,
        free: cluster.gpuFree.pointer(from: n * cluster.stride),
        gpuCount: Int(cluster.nodes[n].gpuCount),
        classBit: cluster.nodes[n].classBit
      )
    }
    total += Int128(value * FragmentationTracker.scale) - Int128(current[n] * FragmentationTracker.scale)
    current[n] = value
  }

  /// The measure of node `n` with the free parts in ``trial`` and this much
  /// CPU taken.
  func afterTrial(_ n: Int, cpu: Int32, _ cluster: borrowing ClusterState) -> Double {
    measure.fragmented(
      cpuFree: cluster.nodes[n].cpuFree - cpu,
      free: trial,
      gpuCount: Int(cluster.nodes[n].gpuCount),
      classBit: cluster.nodes[n].classBit
    )
  }

  /// The seven classes of node `n`.
  func classes(_ n: Int, _ cluster: borrowing ClusterState) -> FragmentationClasses {
    measure.classes(
      cpuFree: cluster.nodes[n].cpuFree,
      free: cluster.gpuFree.pointer(from: n * cluster.stride),
      gpuCount: Int(cluster.nodes[n].gpuCount),
      classBit: cluster.nodes[n].classBit
    )
  }
}
