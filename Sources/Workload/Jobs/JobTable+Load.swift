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

  public var description: String {
    switch self {
    case .badLoad(let load): "an offered load of \(load); accepted: a finite number above 0, such as 0.9"
    case .noCapacity: "no offered load can be set on a fleet without GPUs"
    case .noDemand: "no offered load can be set for jobs that ask for no GPU"
    case .noSpan: "no offered load can be set for jobs that all arrive at one instant"
    case .services:
      "no offered load can be set for a trace with service replicas; they follow their own clock"
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

  /// Divides all arrival times by one factor so that the jobs offer the given
  /// load; durations stay.
  ///
  /// Returns the factor (above 1: arrivals come faster than in the trace).
  /// Rounding to nanoseconds keeps the order of arrivals.
  public mutating func compressArrivals(
    toLoad load: Double,
    onMilliGPU capacity: Int64
  ) throws(LoadError) -> Double {
    guard load.isFinite, load > 0 else { throw .badLoad(load) }
    guard !kind.contains(.service) else { throw .services }
    let factor = try load / offeredLoad(onMilliGPU: capacity)
    guard Double(arrival[count - 1].nanoseconds) / factor < Double(SimTime.latest.nanoseconds) else {
      throw .tooLong
    }
    for job in 0..<count {
      let scaled = (Double(arrival[job].nanoseconds) / factor).rounded(.toNearestOrEven)
      arrival[job] = SimTime(nanoseconds: Int64(scaled))
    }
    return factor
  }
}
