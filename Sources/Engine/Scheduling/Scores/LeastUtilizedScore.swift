/// The node with the lowest mean of GPU and CPU utilisation in whole percent
/// (PAI simulator: `bal`).
///
/// In double precision and in this order, because ties follow from its
/// rounding: g = used / all GPUs, c = used / all CPUs, u = round-half-even(100
/// x ((g + c) / 2)); without GPUs u = round-half-even(100 x c).
struct LeastUtilizedScore: NodeScore {
  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    let node = cluster.nodes[n]
    let cpu = node.cpuTotal == 0 ? 0 : Double(node.cpuTotal - node.cpuFree) / Double(node.cpuTotal)
    guard node.gpuCount > 0 else { return 100 - Int32((100 * cpu).rounded(.toNearestOrEven)) }
    let all = node.gpuCount * 1000
    let gpu = Double(all - node.gpuFreeSum) / Double(all)
    return 100 - Int32((100 * ((gpu + cpu) / 2)).rounded(.toNearestOrEven))
  }
}
