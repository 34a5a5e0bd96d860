import SimulationKernel
import Workload

extension LoadedScenario {
  /// Why demand cannot be held or grown.
  public struct DemandError: Error, CustomStringConvertible {
    public var description: String
  }

  /// Some class states that its arrivals grow.
  public var statesGrowth: Bool {
    guard case .synthesis(let spec, _, _, _) = work else { return false }
    return spec.classes.contains {
      if case .batch(let batch) = $0.kind, case .growing = batch.arrivals { true } else { false }
    }
  }

  /// How far jobs arrive and runs go; nil: until all is done.
  public var horizonSeconds: Double? { settings.horizon?.seconds }

  public var warmupSeconds: Double { settings.warmup.seconds }

  /// The scenario with the demand of a stretch of time held for all of its
  /// run: every rate is the stated one times its largest factor in that
  /// stretch.
  ///
  /// - Parameters:
  ///   - growth: of all arrivals and services, beside what classes state
  ///     themselves.
  /// - Returns: the scenario, and the least and the largest factor of a class.
  public func holdingDemand(
    from start: Double,
    to end: Double,
    growing growth: DemandGrowth?
  ) throws -> (scenario: LoadedScenario, factors: ClosedRange<Double>) {
    guard case .synthesis(var spec, let loadMilliGPU, _, let firstSeed) = work else {
      throw DemandError(
        description: "the jobs of a trace do not grow: a plan of orders needs workload.classes"
      )
    }
    let common = growth?.most(from: start, to: end) ?? 1
    var factors: [Double] = []
    for place in spec.classes.indices {
      switch spec.classes[place].kind {
      case .batch(var batch):
        let own: Double
        (batch.arrivals, own) = try Self.held(batch.arrivals, from: start, to: end, times: common)
        spec.classes[place].kind = .batch(batch)
        factors.append(own * common)
      case .service(var service):
        service.requestRate = service.requestRate.scaled(by: common)
        service.minReplicas = Int((Double(service.minReplicas) * common).rounded(.up))
        service.maxReplicas = Int((Double(service.maxReplicas) * common).rounded(.up))
        spec.classes[place].kind = .service(service)
        factors.append(common)
      }
    }
    var held = self
    held.work = .synthesis(
      spec,
      loadMilliGPU: loadMilliGPU,
      first: try Synthesiser.makeJobs(spec, fleetMilliGPU: loadMilliGPU, seed: firstSeed),
      firstSeed: firstSeed
    )
    return (held, (factors.min() ?? common)...(factors.max() ?? common))
  }

  private static func held(
    _ process: ArrivalProcess,
    from start: Double,
    to end: Double,
    times common: Double
  ) throws -> (process: ArrivalProcess, factor: Double) {
    var (inner, own) = (process, 1.0)
    if case .growing(let grown, let growth) = process {
      (inner, own) = (grown, growth.most(from: start, to: end))
    }
    guard own * common != 1 else { return (inner, own) }
    switch inner {
    case .poisson, .mmpp, .profiled: break
    case .deterministic, .count, .growing:
      throw DemandError(description: "arrivals `deterministic` and `count` state no rate that could grow")
    }
    let factor = DemandGrowth.Phase(seconds: 0, factor: own * common)
    return (.growing(inner, DemandGrowth(ratePerSecond: 0, phases: [factor])), own)
  }
}
