import Engine
import Outcome
import SimulationKernel

extension LoadedScenario {
  /// Everything that decides about jobs, in one line.
  func policyText(_ placement: PlacementSpec) -> String {
    let scores = placement.scores.map(\.text).joined(separator: " + ")
    let queue =
      switch settings.queue {
      case .ordered(let order, headOfLineBlocking: true): "\(order.rawValue) with head-of-line blocking"
      case .ordered(let order, headOfLineBlocking: false): "\(order.rawValue), later jobs may pass"
      case .ageing(let ageing, let blocks):
        "priority \(ageing.text), " + (blocks ? "with head-of-line blocking" : "later jobs may pass")
      case .fairShare(let spec, let blocks):
        "\(spec.text), " + (blocks ? "head-of-line blocking within a tenant" : "later jobs may pass")
      case .backfill(let spec):
        "\(spec.order.rawValue)\(spec.ageing.map { " " + $0.text } ?? "") "
          + "with \(spec.reservations.rawValue) backfill, depth \(spec.depth)"
      case .preemptive(let queue): queue.text
      case .rounds(let spec): "\(spec.text), shares anew after \(spec.refreshInterval.text)"
      case .none: "no queue"
      }
    let parts = [
      scores, "ties by \(placement.tieBreak.rawValue)", queue, settings.preemption?.text, settings.gangs.text,
    ]
    return (parts.compactMap(\.self) + [sharingText]).joined(separator: "; ")
  }

  /// `timeSlicing, 8 replicas`.
  private var sharingText: String {
    let mode = settings.sharing.rawValue
    guard let contention = settings.contention else { return mode }
    return settings.sharing.hasReplicas
      ? "\(mode), \(contention.replicas) replicas" : "\(mode), time \(contention.division.rawValue)"
  }

  /// The scopes that metrics of its runs can have.
  public func scopes() throws -> [String] {
    let jobs = try work.jobs(seed: seed)
    let kinds = [
      ("tenant", jobs.tenants), ("class", jobs.classes), ("model", fleet.gpuModels),
      ("size", JobSize.allCases.map(\.name)), ("cluster", settings.tenancy?.clusters.map(\.name) ?? []),
    ]
    return ["fleet"] + kinds.flatMap { kind, names in names.map { "\(kind):\($0)" } }
  }
}

extension ScoreSpec {
  /// `2 x most-allocated (nvidia.com/gpu x 5)`.
  fileprivate var text: String {
    let details =
      resources.map { "\($0.resource) x \($0.weight)" } + shape.map { "\($0.utilization) % is \($0.score)" }
    return (weight == 1 ? policy : "\(weight) x \(policy)")
      + (details.isEmpty ? "" : " (\(details.joined(separator: ", ")))")
  }
}

extension PriorityAgeing {
  /// `raised by 1 every 600 s, at most by 100`.
  fileprivate var text: String {
    "raised by \(raises) every \(every.text)" + (atMost.map { ", at most by \($0)" } ?? "")
  }
}

extension FairShare {
  /// `fair share of GPUs, weights research 3, half-life 604800 s`.
  fileprivate var text: String {
    let what = resource == .gpu ? "fair share of GPUs" : "dominant-resource fair share"
    let weights = weights.map { "\($0.tenant) \($0.weight)" }.joined(separator: ", ")
    let parts = [what, weights.isEmpty ? nil : "weights \(weights)", halfLife.map { "half-life \($0.text)" }]
    return parts.compactMap(\.self).joined(separator: ", ")
  }
}

extension PreemptiveQueue {
  /// `least attained run time, 3 queues, preemptive, thresholds 3250 s, 7200 s, preemption costs 60 s`.
  fileprivate var text: String {
    var parts = [order.text]
    if case .leastAttainedService(let thresholds, _) = order {
      parts.append("thresholds " + thresholds.map(\.text).joined(separator: ", "))
    }
    return (parts + (cost.text.map { [$0] } ?? [])).joined(separator: ", ")
  }
}

extension PriorityPreemption {
  /// `priorities preempt, victims kueue, graceful period 30 s, preemption costs 60 s`.
  fileprivate var text: String {
    let period = gracefulPeriod > .zero ? "graceful period \(gracefulPeriod.text)" : nil
    let delay = requeueDelay > .zero ? "back in the queue after \(requeueDelay.text)" : nil
    return ["priorities preempt", "victims \(victims.rawValue)", period, delay, cost.text].compactMap(\.self)
      .joined(separator: ", ")
  }
}

extension GangMode {
  /// `gangs hold and wait, time-out 300 s, back after 1 s`; nil: all or none.
  fileprivate var text: String? {
    switch self {
    case .placement: nil
    case .wholeAllocation: "gangs get whole allocations"
    case .quota(let holding): "gangs are admitted by quota, " + holding.text
    case .holdAndWait(let holding): "gangs hold and wait, " + holding.text
    }
  }
}

extension GangHolding {
  fileprivate var text: String {
    guard let timeout else { return "no time-out" }
    return "time-out \(timeout.text), back after \(requeueDelay.text)"
  }
}

extension PreemptionCost {
  /// `preemption costs 60 s up to 8 GPUs, 120 s`; nil: none.
  fileprivate var text: String? {
    guard !steps.isEmpty || largest > .zero else { return nil }
    return "preemption costs "
      + steps.map { "\($0.cost.text) up to \($0.upToGPUs) GPUs, " }.joined() + largest.text
  }
}

extension SimDuration {
  fileprivate var text: String { "\(ValueKind.plain(seconds)) s" }
}
