import SimulationKernel

extension RateCurve {
  /// The rate of a trace: what came in each bucket over the bucket's length,
  /// times `factor`; nothing after the last bucket. Buckets without a request
  /// are there too, with rate 0.
  public init(_ requests: [TracedRequest], bucket: SimDuration, measure: RequestMeasure, factor: Double) {
    let length = bucket.seconds
    var amounts: [Double] = []
    for request in requests {
      let number = Int((request.seconds / length).rounded(.down))
      if number >= amounts.count { amounts += Array(repeating: 0, count: number + 1 - amounts.count) }
      amounts[number] += Double(request.amount(measure))
    }
    var points = amounts.enumerated().map { number, amount in
      RatePoint(seconds: Double(number) * length, rate: amount * factor / length)
    }
    points.append(RatePoint(seconds: Double(amounts.count) * length, rate: 0))
    self = .steps(points)
  }
}
