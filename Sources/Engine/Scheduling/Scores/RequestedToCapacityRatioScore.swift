/// kube-scheduler's NodeResourcesFit with RequestedToCapacityRatio: a
/// piecewise-linear function of utilisation.
///
/// Whole-number arithmetic as in the scheduler: utilisation is
/// floor(requested x 100 / capacity), 100 when over; interpolation divides
/// whole numbers; only resources that score above 0 enter the weighted mean,
/// which is rounded half away from zero.
struct RequestedToCapacityRatioScore: NodeScore {
  var resources: [WeightedResource]
  /// Utilisation in percent and score 0 ... 100, by utilisation.
  private var points: [(utilization: Int64, score: Int64)]

  init(_ spec: ScoreSpec) {
    resources = WeightedResource.list(spec)
    let shape =
      spec.shape.isEmpty
      ? [ScoreSpec.ShapePoint(utilization: 0, score: 0), ScoreSpec.ShapePoint(utilization: 100, score: 10)]
      : spec.shape
    // The scheduler's configuration gives scores 0 ... 10, its scores 0 ... 100.
    points = shape.map { (Int64($0.utilization), Int64($0.score) * 10) }
  }

  /// The shape's value at this utilisation, constant outside its end points.
  func value(at utilization: Int64) -> Int64 {
    for i in points.indices where utilization <= points[i].utilization {
      if i == 0 { return points[0].score }
      let (a, b) = (points[i - 1], points[i])
      return a.score + (b.score - a.score) * (utilization - a.utilization) / (b.utilization - a.utilization)
    }
    return points[points.count - 1].score
  }

  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    var sum: Int64 = 0
    var weights: Int64 = 0
    for item in resources where !item.resource.isSkipped(by: request) {
      let (capacity, requested) = item.resource.load(request, n, cluster, actual: false)
      guard capacity > 0 else { continue }
      let score = value(at: requested > capacity ? 100 : requested * 100 / capacity)
      guard score > 0 else { continue }
      sum += item.weight * score
      weights += item.weight
    }
    return weights == 0 ? 0 : Int32((Double(sum) / Double(weights)).rounded(.toNearestOrAwayFromZero))
  }
}
