import SimulationKernel

/// Any node that fits, uniformly; a part of a GPU goes to any GPU that fits,
/// uniformly (FGD artifact, policy Random).
struct RandomScore: NodeScore {
  private var draws: RandomStream

  init(seed: UInt64) { draws = RandomStream(seed: seed, stream: "placement/random-device") }

  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 { 0 }

  mutating func devices(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> UInt16 {
    guard request.isShared else { return defaultDevices(request, on: n, cluster) }
    var fitting: UInt16 = 0
    for g in 0..<Int(cluster.nodes[n].gpuCount)
    where Int32(cluster.gpuFree[n * cluster.stride + g]) >= request.milli {
      fitting |= 1 << UInt16(g)
    }
    var skip = Int(draws.nextBelow(UInt64(fitting.nonzeroBitCount)))
    while skip > 0 {
      fitting &= fitting - 1
      skip -= 1
    }
    return fitting & ~(fitting &- 1)
  }
}
