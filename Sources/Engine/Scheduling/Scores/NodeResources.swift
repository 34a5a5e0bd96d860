/// A resource that kube-scheduler's resource scores can list.
enum NodeResource: String, CaseIterable {
  case cpu
  case memory
  case gpu = "nvidia.com/gpu"

  /// Capacity and requested amount on the node after the placement, in one
  /// unit. CPU and memory count "non-zero" requests (100 milli and 200 MiB
  /// for a job that names none) unless `actual`.
  @inline(__always)
  func load(
    _ request: Request,
    _ n: Int,
    _ cluster: borrowing ClusterState,
    actual: Bool
  ) -> (capacity: Int64, requested: Int64) {
    switch self {
    case .cpu:
      let capacity = Int64(cluster.nodes[n].cpuTotal)
      return actual
        ? (capacity, capacity - Int64(cluster.nodes[n].cpuFree) + Int64(request.cpu))
        : (capacity, Int64(cluster.nodes[n].nonZeroCPU + request.nonZeroCPU))
    case .memory:
      let capacity = Int64(cluster.nodes[n].memoryTotal)
      return actual
        ? (capacity, capacity - Int64(cluster.nodes[n].memoryFree) + Int64(request.memory))
        : (capacity, Int64(cluster.nodes[n].nonZeroMemory + request.nonZeroMemory))
    case .gpu:
      let capacity = Int64(cluster.nodes[n].gpuCount) * 1000
      return (capacity, capacity - Int64(cluster.nodes[n].gpuFreeSum) + Int64(request.takenMilli))
    }
  }

  /// An extended resource that the job does not request is skipped.
  @inline(__always)
  func isSkipped(by request: Request) -> Bool { self == .gpu && request.gpuCount == 0 }
}

/// A resource with its weight in a score.
struct WeightedResource {
  var resource: NodeResource
  var weight: Int64

  /// The resources of a scenario's score; its default is CPU and memory, one each.
  static func list(_ spec: ScoreSpec) -> [WeightedResource] {
    let named = spec.resources.compactMap { item in
      NodeResource(rawValue: item.resource).map { WeightedResource(resource: $0, weight: Int64(item.weight)) }
    }
    return named.isEmpty
      ? [WeightedResource(resource: .cpu, weight: 1), WeightedResource(resource: .memory, weight: 1)] : named
  }
}
