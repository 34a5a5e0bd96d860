import SimulationKernel
import Workload

/// Makes arrival processes from their sections.
enum ArrivalsBuilder {
  /// The rate that stands where only a class's load says how much arrives:
  /// one an hour, which the load then scales.
  private static let unitRate = 1.0 / 3600

  static func arrivals(
    _ node: Decoded,
    horizon: SimDuration?,
    hasLoad: Bool,
    into diagnostics: inout DiagnosticList
  ) -> ArrivalProcess? {
    guard node.isSound else { return nil }
    if case .value = node.form {
      return rate(nil, at: node, hasLoad: hasLoad, into: &diagnostics).map { .poisson(ratePerSecond: $0) }
    }
    guard let (key, value) = node.chosen else { return nil }
    let process = process(key, value, horizon: horizon, hasLoad: hasLoad, into: &diagnostics)
    guard let growth = node["growth"] else { return process }
    guard ["poisson", "bursty", "profiled"].contains(key) else {
      diagnostics.add(
        growth.origin,
        growth.keyPath,
        "'\(key)' states no rate that could grow",
        hint: "use poisson, bursty or profiled"
      )
      return nil
    }
    guard let process, let factor = Self.growth(growth, into: &diagnostics) else { return nil }
    return .growing(process, factor)
  }

  private static func process(
    _ key: String,
    _ value: Decoded,
    horizon: SimDuration?,
    hasLoad: Bool,
    into diagnostics: inout DiagnosticList
  ) -> ArrivalProcess? {
    switch key {
    case "poisson":
      return rate(value["rate"], at: value, hasLoad: hasLoad, into: &diagnostics).map {
        .poisson(ratePerSecond: $0)
      }
    case "deterministic": return value["every"].map { .deterministic(intervalSeconds: $0.seconds) }
    case "bursty":
      let states = (value["states"]?.elements ?? []).compactMap { state -> BurstState? in
        guard let rate = state["rate"], let mean = state["mean"] else { return nil }
        return BurstState(ratePerSecond: rate.double, meanSojournSeconds: mean.seconds)
      }
      guard states.contains(where: { $0.ratePerSecond > 0 }) else {
        diagnostics.add(value.origin, value.keyPath, "every state is a pause, so no job would ever arrive")
        return nil
      }
      return .mmpp(states: states)
    case "profiled":
      guard let rate = rate(value["rate"], at: value, hasLoad: hasLoad, into: &diagnostics),
        let hourly = factors(value["hourly"], 24, into: &diagnostics),
        let weekly = factors(value["weekly"], 7, into: &diagnostics)
      else { return nil }
      return .profiled(ratePerSecond: rate, hourly: hourly, weekly: weekly)
    case "count":
      guard let jobs = value["jobs"], let horizon else { return nil }
      let span = value["over"].map { SimDuration(nanoseconds: $0.nanoseconds) } ?? horizon
      if let over = value["over"], span > horizon {
        diagnostics.add(
          over.origin,
          over.keyPath,
          "is longer than the horizon",
          hint: "jobs arrive before the run ends"
        )
        return nil
      }
      return .count(Int(jobs.integer), span: span)
    default: preconditionFailure("no arrival process is called '\(key)'")
    }
  }

  private static func growth(_ node: Decoded, into diagnostics: inout DiagnosticList) -> DemandGrowth? {
    guard let share = node["by"], let every = node["every"] else { return nil }
    var phases: [DemandGrowth.Phase] = []
    for phase in node["phases"]?.elements ?? [] {
      guard let at = phase["at"], let times = phase["times"] else { continue }
      if let last = phases.last, at.seconds <= last.seconds {
        diagnostics.add(at.origin, at.keyPath, "times must increase from phase to phase")
        return nil
      }
      phases.append(.init(seconds: at.seconds, factor: times.double))
    }
    if !phases.isEmpty, phases.allSatisfy({ $0.factor == 0 }), phases[0].seconds == 0 {
      diagnostics.add(node.origin, node.keyPath, "every phase is a pause, so no job would ever arrive")
      return nil
    }
    return DemandGrowth(by: share.double, everySeconds: every.seconds, phases: phases)
  }

  private static func rate(
    _ node: Decoded?,
    at parent: Decoded,
    hasLoad: Bool,
    into diagnostics: inout DiagnosticList
  ) -> Double? {
    if let node { return node.double }
    if hasLoad { return unitRate }
    diagnostics.add(
      parent.origin,
      parent.keyPath,
      "says neither how many jobs arrive nor what load they offer",
      hint: "set rate, for example 30/h, or load of the class, for example 50%"
    )
    return nil
  }

  private static func factors(
    _ list: Decoded?,
    _ count: Int,
    into diagnostics: inout DiagnosticList
  ) -> [Double]? {
    guard let list else { return nil }
    let factors = list.elements.map(\.double)
    guard factors.count == count, factors.contains(where: { $0 > 0 }) else {
      diagnostics.add(
        list.origin,
        list.keyPath,
        "needs \(count) factors, not all of them 0; found \(factors.count)"
      )
      return nil
    }
    return factors
  }
}
