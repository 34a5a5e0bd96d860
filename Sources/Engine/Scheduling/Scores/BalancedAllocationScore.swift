/// kube-scheduler's NodeResourcesBalancedAllocation: prefers nodes whose
/// resources fill evenly.
///
/// With fractions f = min(1, requested / capacity) of actual requests: two
/// resources, |f1 - f2| / 2; more, the population standard deviation; the
/// score is (1 - that) x 100, truncated.
struct BalancedAllocationScore: NodeScore {
  var resources: [WeightedResource]

  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    if request.cpu == 0 && request.memory == 0 && request.gpuCount == 0 { return 0 }
    var count = 0.0
    var sum = 0.0
    var low = 1.0
    var high = 0.0
    for item in resources where !item.resource.isSkipped(by: request) {
      let (capacity, requested) = item.resource.load(request, n, cluster, actual: true)
      guard capacity > 0 else { continue }
      let fraction = min(1, Double(requested) / Double(capacity))
      count += 1
      sum += fraction
      low = min(low, fraction)
      high = max(high, fraction)
    }
    var deviation = 0.0
    if count == 2 {
      deviation = (high - low) / 2
    } else if count > 2 {
      let mean = sum / count
      var squares = 0.0
      for item in resources where !item.resource.isSkipped(by: request) {
        let (capacity, requested) = item.resource.load(request, n, cluster, actual: true)
        guard capacity > 0 else { continue }
        let difference = min(1, Double(requested) / Double(capacity)) - mean
        squares += difference * difference
      }
      deviation = (squares / count).squareRoot()
    }
    return Int32((1 - deviation) * 100)
  }
}
