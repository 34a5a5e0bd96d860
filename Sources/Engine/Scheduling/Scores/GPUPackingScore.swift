/// Prefers GPUs that are in use already, then nodes that are, then the
/// smallest idle node (FGD artifact, policy GpuPacking). Jobs without GPU
/// score 0 everywhere.
struct GPUPackingScore: NodeScore {
  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    guard request.gpuCount > 0 else { return 0 }
    let count = cluster.nodes[n].gpuCount
    if cluster.nodes[n].wholeFree == count { return max(33 - count, count) }
    // The job's GPUs from those that fit, least free first, lower index first.
    let free = cluster.gpuFree.pointer(from: n * cluster.stride)
    var taken: UInt32 = 0
    var untouched: Int32 = 0
    var percent: Int32 = 0
    for _ in 0..<Int(request.gpuCount) {
      var best = Int32.max
      var chosen = 0
      for g in 0..<Int(count) where taken & (1 << UInt32(g)) == 0 {
        let milli = Int32(free[g])
        if milli >= request.milli && milli < best {
          best = milli
          chosen = g
        }
      }
      taken |= 1 << UInt32(chosen)
      if best == 1000 { untouched += 1 }
      percent += best * 100 / 1000
    }
    return untouched > 0 ? max(50 - untouched, 33) : max(100 - percent / 10, 50)
  }
}
