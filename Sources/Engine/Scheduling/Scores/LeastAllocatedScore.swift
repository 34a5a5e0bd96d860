/// kube-scheduler's NodeResourcesFit with LeastAllocated: spreads.
///
/// Whole-number arithmetic as in the scheduler: a resource scores
/// floor((capacity - requested) x 100 / capacity), 0 when over; the node, the
/// weighted mean, rounded down.
struct LeastAllocatedScore: NodeScore {
  var resources: [WeightedResource]

  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    var sum: Int64 = 0
    var weights: Int64 = 0
    for item in resources where !item.resource.isSkipped(by: request) {
      let (capacity, requested) = item.resource.load(request, n, cluster, actual: false)
      guard capacity > 0 else { continue }
      sum += item.weight * (requested > capacity ? 0 : (capacity - requested) * 100 / capacity)
      weights += item.weight
    }
    return weights == 0 ? 0 : Int32(sum / weights)
  }
}
