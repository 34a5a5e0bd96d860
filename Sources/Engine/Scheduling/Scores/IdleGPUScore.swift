/// Idle GPUs alone: the fewest first (best fit) or the most first (worst fit),
/// whatever CPU a node has left (PAI simulator: `bestfit`, `worstfit`).
struct IdleGPUScore: NodeScore {
  let prefersMost: Bool

  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    let free = cluster.nodes[n].gpuFreeSum
    return prefersMost ? free : .max - free
  }
}
