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
      case .backfill(let spec):
        "\(spec.order.rawValue) with \(spec.reservations.rawValue) backfill, depth \(spec.depth)"
      case .preemptive(let queue): queue.text
      case .rounds(let spec): spec.text
      case .none: "no queue"
      }
    return "\(scores); ties by \(placement.tieBreak.rawValue); \(queue); \(settings.sharing.rawValue)"
  }

  /// The scopes that metrics of its runs can have.
  func scopes() throws -> [String] {
    let jobs = try work.jobs(seed: seed)
    let kinds = [
      ("tenant", jobs.tenants), ("class", jobs.classes), ("model", fleet.gpuModels),
      ("size", JobSize.allCases.map(\.name)),
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

extension PreemptiveQueue {
  /// `least attained run time, 3 queues, preemptive, thresholds 3250 s, 7200 s, preemption costs 60 s`.
  fileprivate var text: String {
    var parts = [order.text]
    if case .leastAttainedService(let thresholds, _) = order {
      parts.append("thresholds " + thresholds.map(Self.text).joined(separator: ", "))
    }
    let steps = cost.steps.map { "\(Self.text($0.cost)) up to \($0.upToGPUs) GPUs, " }.joined()
    if !cost.steps.isEmpty || cost.largest > .zero {
      parts.append("preemption costs " + steps + Self.text(cost.largest))
    }
    return parts.joined(separator: ", ")
  }

  private static func text(_ span: SimDuration) -> String { "\(ValueKind.plain(span.seconds)) s" }
}
