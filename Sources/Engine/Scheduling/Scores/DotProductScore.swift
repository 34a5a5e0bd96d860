/// Prefers the node whose free CPU and GPU have the smaller product with the
/// request, each relative to the largest machine, in whole percent (FGD
/// artifact, policy DotProd).
struct DotProductScore: NodeScore {
  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    let cpu = Double(cluster.largestCPU)
    let gpu = Double(cluster.largestGPUMilli)
    let product =
      (Double(cluster.nodes[n].cpuFree) / cpu) * (Double(request.cpu) / cpu)
      + (Double(cluster.nodes[n].gpuFreeSum) / gpu) * (Double(request.takenMilli) / gpu)
    return Int32(100 * (1 - product / 2))
  }
}
