/// Keeps jobs of one kind together: shared ones, and whole-GPU ones by their
/// number of GPUs (FGD artifact, policy GpuClustering). Jobs without GPU score
/// 0 everywhere.
struct GPUClusteringScore: NodeScore {
  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    guard request.gpuCount > 0 else { return 0 }
    let kind: UInt32 = 1 << UInt32(request.isShared ? 0 : request.gpuCount)
    let present = cluster.nodes[n].kindMask
    let base: Int32
    if present == kind {
      base = 75
    } else if present & kind != 0 {
      base = 50
    } else {
      base = present == 0 ? 25 : 0
    }
    return 25 * (cluster.largestGPUMilli - cluster.nodes[n].gpuFreeSum) / cluster.largestGPUMilli + base
  }
}
