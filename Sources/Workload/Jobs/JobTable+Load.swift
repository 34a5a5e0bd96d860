import SimulationKernel

/// Why arrivals cannot be compressed to an offered load.
public enum LoadError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The load is not a finite number above 0.
  case badLoad(Double)
  /// The fleet has no GPUs.
  case noCapacity
  /// No job asks for GPUs.
  case noDemand
  /// All jobs arrive at one instant.
  case noSpan
  /// Replicas of services follow a clock of their own.
  case services
  /// The last arrival would come after ``SimTime/latest``.
  case tooLong
  /// All jobs together ask for less: the load asked for, and the largest.
  case unreachable(Double, largest: Double)

  public var description: String {
    switch self {
    case .badLoad(let load): "an offered load of \(load); accepted: a finite number above 0, such as 0.9"
    case .noCapacity: "no offered load can be set on a fleet without GPUs"
    case .noDemand: "no offered load can be set for jobs that ask for no GPU"
    case .noSpan: "no offered load can be set for jobs that all arrive at one instant"
    case .services:
      "no offered load can be set for a trace with service replicas; they follow their own clock"
    case .unreachable(let load, let largest):
      "all jobs of the trace together ask for \(JobTable.percent(largest)) of the fleet's GPUs, "
        + "so no compression of arrivals offers \(JobTable.percent(load))"
    case .tooLong: "the offered load is so small that the last arrival lies beyond 36 years"
    }
  }
}

extension JobTable {
  /// GPU work in thousandths of a GPU x nanoseconds.
  ///
  /// - Complexity: O(jobs).
  public var milliGPUNanoseconds: Int128 {
    var sum: Int128 = 0
    for job in 0..<count {
      sum += Int128(shapes[Int(shape[job].rawValue)].milliGPU) * Int128(duration[job].nanoseconds)
    }
    return sum
  }

  /// The GPU work that arrives, as a share of what the fleet could do while it
  /// arrives:
  ///
  ///     sum(milliGPU x duration) / (capacity milliGPU x (last arrival - first arrival))
  ///
  /// 1 means that the fleet would be exactly full in the mean; more, that the
  /// queue grows without bound while jobs keep coming. It is a mean over all
  /// arrivals: where they come unevenly, the load of a part of the span may be
  /// far from it (in the openb list 99 % of the pods arrive in the last 22 %
  /// of the span).
  public func offeredLoad(onMilliGPU capacity: Int64) throws(LoadError) -> Double {
    guard capacity > 0 else { throw .noCapacity }
    guard let first = arrival.first, let last = arrival.last, first < last else { throw .noSpan }
    let work = milliGPUNanoseconds
    guard work > 0 else { throw .noDemand }
    return Double(work) / (Double(capacity) * Double((last - first).nanoseconds))
  }

  /// The most GPU thousandths that the jobs would hold at once if each started
  /// on arrival, with arrival times divided by `factor`.
  ///
  /// - Complexity: O(jobs log jobs).
  public func peakDemandMilliGPU(arrivalsDividedBy factor: Double = 1) -> Int64 {
    let starts = arrival.map { Double($0.nanoseconds) / factor }
    let ends = (0..<count).map { starts[$0] + Double(duration[$0].nanoseconds) }
    let byEnd = (0..<count).sorted { (ends[$0], $0) < (ends[$1], $1) }
    var demand: Int64 = 0
    var peak: Int64 = 0
    var ended = 0
    for job in 0..<count {
      while ends[byEnd[ended]] <= starts[job] {
        demand -= shapes[Int(shape[byEnd[ended]].rawValue)].milliGPU
        ended += 1
      }
      demand += shapes[Int(shape[job].rawValue)].milliGPU
      peak = max(peak, demand)
    }
    return peak
  }

  /// Divides all arrival times by one factor, the smallest for which the jobs'
  /// peak demand (see ``peakDemandMilliGPU(arrivalsDividedBy:)``) reaches the
  /// given share of the fleet; durations stay.
  ///
  /// A recorded trace is not stationary, and a few very long jobs can hold
  /// most of its GPU time (in the openb list 91 %), so a load in the mean says
  /// little; the peak says how full the fleet gets.
  ///
  /// Returns the factor (above 1: arrivals come faster than in the trace),
  /// found to a millionth. Rounding to nanoseconds keeps the order of arrivals.
  public mutating func compressArrivals(
    toPeakLoad load: Double,
    onMilliGPU capacity: Int64
  ) throws(LoadError) -> Double {
    guard load.isFinite, load > 0 else { throw .badLoad(load) }
    guard capacity > 0 else { throw .noCapacity }
    guard !kind.contains(.service) else { throw .services }
    guard let first = arrival.first, let last = arrival.last, first < last else { throw .noSpan }
    let target = Int64((load * Double(capacity)).rounded(.up))
    let all = shape.reduce(Int64(0)) { $0 + shapes[Int($1.rawValue)].milliGPU }
    guard all > 0 else { throw .noDemand }
    guard all >= target else { throw .unreachable(load, largest: Double(all) / Double(capacity)) }
    var low = 1.0
    var high = 1.0
    while peakDemandMilliGPU(arrivalsDividedBy: high) < target { high *= 2 }
    while peakDemandMilliGPU(arrivalsDividedBy: low) >= target {
      low /= 2
      guard Double(last.nanoseconds) / low < Double(SimTime.latest.nanoseconds) else { throw .tooLong }
    }
    low = max(low, high == 1 ? low : high / 2)
    while high / low > 1.000_001 {
      let middle = (low * high).squareRoot()
      if peakDemandMilliGPU(arrivalsDividedBy: middle) < target { low = middle } else { high = middle }
    }
    for job in 0..<count {
      arrival[job] = SimTime(
        nanoseconds: Int64((Double(arrival[job].nanoseconds) / high).rounded(.toNearestOrEven))
      )
    }
    return high
  }

  fileprivate static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
}
