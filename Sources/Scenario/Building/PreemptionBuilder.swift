import Engine
import SimulationKernel

/// Makes what `policy.preemption` says, and costs of preemption.
enum PreemptionBuilder {
  /// Whether priorities preempt, and how; no value: they do not. nil:
  /// something is wrong.
  static func preemption(
    _ policy: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> (value: PriorityPreemption?, Void)? {
    guard let node = policy["preemption"] else { return (nil, ()) }
    guard node.isSound, let word = node["victims"]?.text,
      let victims = PriorityPreemption.Victims(rawValue: word),
      let cost = node["cost"].flatMap({ cost($0, into: &diagnostics) }), let period = node["gracefulPeriod"],
      let delay = node["requeueDelay"]
    else { return nil }
    refuseOtherQueues(node, of: policy, into: &diagnostics)
    return (
      PriorityPreemption(
        victims,
        cost: cost,
        gracefulPeriod: SimDuration(nanoseconds: period.nanoseconds),
        requeueDelay: SimDuration(nanoseconds: delay.nanoseconds)
      ), ()
    )
  }

  private static func refuseOtherQueues(
    _ node: Decoded,
    of policy: Decoded,
    into diagnostics: inout DiagnosticList
  ) {
    if let queue = policy["queue"], queue.isSound, let order = queue["order"]?.text,
      let backfill = queue["backfill"]?.text
    {
      if order != JobOrder.priority.rawValue {
        diagnostics.add(
          node.blame,
          node.keyPath,
          "priorities preempt only in a queue in the order of priority; found '\(order)'",
          hint: "set policy.queue.order: priority, or remove it"
        )
      } else if backfill != "none" {
        diagnostics.add(
          node.blame,
          node.keyPath,
          "priorities do not preempt in a queue with reservations; found backfill '\(backfill)'",
          hint: "set policy.queue.backfill: none, or remove it"
        )
      }
    }
    if SharingBuilder.mode(policy) == .pooled {
      diagnostics.add(
        node.blame,
        node.keyPath,
        "priorities do not preempt on pooled nodes; found sharing 'pooled'",
        hint: "choose another sharing mode, or remove it"
      )
    }
  }

  /// What `cost` or `preemptionCost` says; nil: something is wrong.
  static func cost(_ node: Decoded, into diagnostics: inout DiagnosticList) -> PreemptionCost? {
    if case .value = node.form {
      return PreemptionCost(largest: SimDuration(nanoseconds: node.nanoseconds))
    }
    var cost = PreemptionCost()
    for (index, step) in node.elements.enumerated() {
      guard let time = step["cost"].map({ SimDuration(nanoseconds: $0.nanoseconds) }) else { return nil }
      let isLast = index == node.elements.count - 1
      guard let size = step["upToGPUs"] else {
        if isLast {
          cost.largest = time
          continue
        }
        diagnostics.add(
          step.origin,
          step.keyPath,
          "the key 'upToGPUs' is missing",
          hint: "only the last step goes without: it is for all larger jobs"
        )
        return nil
      }
      if let last = cost.steps.last, size.integer <= last.upToGPUs {
        diagnostics.add(
          size.origin,
          size.keyPath,
          "sizes must increase; found \(size.integer) after \(last.upToGPUs)"
        )
        return nil
      }
      if isLast {
        diagnostics.add(
          size.origin,
          size.keyPath,
          "nothing says what jobs of more than \(size.integer) GPUs pay",
          hint:
            "add a last step without upToGPUs, for example {cost: \(step["cost"].map(QueueBuilder.written) ?? "5m")}"
        )
        return nil
      }
      cost.steps.append(.init(upToGPUs: Int(size.integer), cost: time))
    }
    return cost
  }
}
