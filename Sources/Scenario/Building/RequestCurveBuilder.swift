import SimulationKernel
import Workload

/// Makes request rates from their sections.
struct RequestCurveBuilder {
  var places: FilePlaces

  /// More buckets than this are taken for a slip of the pen.
  private static let mostBuckets = 10_000_000.0

  func curve(_ node: Decoded, into diagnostics: inout DiagnosticList) -> RateCurve? {
    guard let (key, value) = node.chosen else { return nil }
    switch key {
    case "trace": return trace(value, into: &diagnostics)
    case "constant": return .constant(value.double)
    case "diurnal":
      guard let base = value["base"], let peak = value["peak"], let hour = value["peakHour"] else {
        return nil
      }
      if base.double > peak.double {
        diagnostics.add(base.origin, base.keyPath, "the base is above the peak")
        return nil
      }
      return .diurnal(base: base.double, peak: peak.double, peakHour: hour.double)
    case "launch": return launch(value, into: &diagnostics)
    default:
      var points: [RatePoint] = []
      for element in value.elements {
        guard let at = element["at"], let rate = element["rate"] else { continue }
        if let last = points.last, at.seconds <= last.seconds {
          diagnostics.add(at.origin, at.keyPath, "times must increase from point to point")
          return nil
        }
        points.append(RatePoint(seconds: at.seconds, rate: rate.double))
      }
      return key == "points" ? .points(points) : .steps(points)
    }
  }

  private func launch(_ node: Decoded, into diagnostics: inout DiagnosticList) -> RateCurve? {
    guard let before = node["before"], let peak = node["peak"], let after = node["after"],
      let at = node["at"], let rise = node["rise"], let halfLife = node["halfLife"]
    else { return nil }
    for lower in [before, after] where lower.double > peak.double {
      diagnostics.add(lower.origin, lower.keyPath, "is above the peak")
      return nil
    }
    return .launch(
      LaunchSpike(
        before: before.double,
        peak: peak.double,
        after: after.double,
        start: at.seconds,
        rise: rise.seconds,
        halfLife: halfLife.seconds
      )
    )
  }

  private func trace(_ node: Decoded, into diagnostics: inout DiagnosticList) -> RateCurve? {
    guard node.isSound, let word = node["format"], let reader = RequestTraceReader(rawValue: word.text),
      let file = node["file"], let bucket = node["bucket"], let count = node["count"],
      let measure = RequestMeasure(rawValue: count.text), let times = node["times"],
      let path = TraceFiles(places: places).path(of: file, into: &diagnostics),
      let requests = TraceFiles.reading(file, into: &diagnostics, { try reader.read(path: path) })
    else { return nil }
    guard let last = requests.map(\.seconds).max() else {
      diagnostics.add(file.origin, file.keyPath, "holds no request; found '\(file.text)'")
      return nil
    }
    guard last / bucket.seconds <= Self.mostBuckets else {
      diagnostics.add(
        bucket.origin,
        bucket.keyPath,
        "cuts the \(Int64(last)) s of the trace into more than \(Int64(Self.mostBuckets)) buckets",
        hint: "for example bucket: 1m"
      )
      return nil
    }
    return RateCurve(
      requests,
      bucket: SimDuration(nanoseconds: bucket.nanoseconds),
      measure: measure,
      factor: times.double
    )
  }
}
