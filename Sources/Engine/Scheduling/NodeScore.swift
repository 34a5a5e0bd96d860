import SimulationKernel

/// One way to prefer nodes: an integer a node, higher is better.
///
/// A policy reads the cluster and answers with values; it never changes the
/// cluster, draws from the workload's streams, or sees a job's duration.
protocol NodeScore {
  /// The score of placing the request on node `n`, which fits it. 0 or more.
  ///
  /// It may depend on the request, on the node's present state, and on
  /// nothing else: the search keeps it until one of the two changes.
  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32

  /// The GPUs to take once the node is chosen. Default: the completely free
  /// GPUs of lowest index; for a part, the GPU with the least that fits.
  mutating func devices(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> UInt16
}

extension NodeScore {
  mutating func devices(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> UInt16 {
    defaultDevices(request, on: n, cluster)
  }
}

/// The device choice that most policies share.
@inline(__always)
func defaultDevices(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> UInt16 {
  if request.gpuCount == 0 || request.isPooled { return 0 }
  return request.isShared
    ? cluster.gpuForPart(request.milli, node: n) : cluster.wholeGPUs(request.gpuCount, node: n)
}

/// Several scores added with their weights, as in a kube-scheduler profile.
/// The first score chooses the devices.
struct WeightedScore: NodeScore {
  var parts: [(score: any NodeScore, weight: Int32)]

  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    var sum: Int32 = 0
    for i in parts.indices {
      sum += parts[i].weight * parts[i].score.score(request, on: n, cluster)
    }
    return sum
  }

  mutating func devices(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> UInt16 {
    parts[0].score.devices(request, on: n, cluster)
  }
}
