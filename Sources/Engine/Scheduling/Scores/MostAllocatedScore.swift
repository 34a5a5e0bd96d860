/// kube-scheduler's NodeResourcesFit with MostAllocated: packs.
///
/// Whole-number arithmetic as in the scheduler: a resource scores
/// floor(min(requested, capacity) x 100 / capacity); the node, the weighted
/// mean, rounded down.
struct MostAllocatedScore: NodeScore {
  var resources: [WeightedResource]

  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    var sum: Int64 = 0
    var weights: Int64 = 0
    for item in resources where !item.resource.isSkipped(by: request) {
      let (capacity, requested) = item.resource.load(request, n, cluster, actual: false)
      guard capacity > 0 else { continue }
      sum += item.weight * (min(requested, capacity) * 100 / capacity)
      weights += item.weight
    }
    return weights == 0 ? 0 : Int32(sum / weights)
  }
}
