import Engine
import SimulationKernel

/// Makes the queue from the section `policy.queue`.
enum QueueBuilder {
  /// More thresholds than the engine has queues for.
  private static let mostThresholds = 200

  static func queue(_ policy: Decoded, into diagnostics: inout DiagnosticList) -> QueueSpec? {
    guard let queue = policy["queue"], queue.isSound, let order = queue["order"]?.text else { return nil }
    refuseIdleKeys(of: queue, order: order, into: &diagnostics)
    if let order = JobOrder(rawValue: order) {
      return queue["headOfLineBlocking"].map { .ordered(order, headOfLineBlocking: $0.boolean) }
    }
    guard let order = PreemptiveOrder(rawValue: order),
      let service = service(order, of: queue, into: &diagnostics),
      let cost = queue["preemptionCost"].flatMap({ cost($0, into: &diagnostics) })
    else { return nil }
    return .preemptive(PreemptiveQueue(service, cost: cost))
  }

  /// Refuses preemption where it has no meaning: replicas of services end at
  /// their hour whether they run or not.
  static func refuseServices(
    of workload: Decoded?,
    in policy: Decoded?,
    into diagnostics: inout DiagnosticList
  ) {
    guard let order = policy?["queue"]?["order"], case .text(let word)? = order.scalar,
      PreemptiveOrder(rawValue: word) != nil
    else { return }
    for node in workload?["classes"]?.elements ?? [] {
      guard let service = node["service"] else { continue }
      diagnostics.add(
        order.origin,
        order.keyPath,
        "a preemptive queue takes no service replicas; found '\(word)' and \(service.keyPath)",
        hint: "choose an order that does not preempt, or leave the service out"
      )
      return
    }
  }

  /// The section without the defaults of keys that its order does not look at.
  static func shown(_ queue: Decoded) -> Decoded {
    guard queue.isSound, case .section(let members) = queue.form, let order = queue["order"]?.text else {
      return queue
    }
    let keys = ["order"] + QueueSection.keys(of: order)
    var shown = queue
    shown.form = .section(members.filter { keys.contains($0.field.key) })
    return shown
  }

  private static func refuseIdleKeys(
    of queue: Decoded,
    order: String,
    into diagnostics: inout DiagnosticList
  ) {
    guard case .section(let members) = queue.form else { return }
    let used = QueueSection.keys(of: order)
    for member in members where member.field.key != "order" && !used.contains(member.field.key) {
      guard let value = member.value, value.origin != .standard else { continue }
      let key = member.field.key
      let takers = QueueSection.orders.filter { QueueSection.keys(of: $0).contains(key) }
      diagnostics.add(
        value.origin,
        value.keyPath,
        key == "headOfLineBlocking"
          ? "has no meaning with '\(order)': it ranks all unfinished jobs anew at each pass, so no job heads "
            + "a line; accepted with \(takers.joined(separator: ", "))"
          : "has no meaning with '\(order)'; accepted with \(takers.joined(separator: ", "))",
        hint: "remove it; a key inherited from an include is removed by setting it to null"
      )
    }
  }

  private static func service(
    _ order: PreemptiveOrder,
    of queue: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> ServiceOrder? {
    switch order {
    case .fewestGPUs: return .fewestGPUs
    case .shortestRemainingTime: return .shortestRemainingTime
    case .shortestRemainingService: return .shortestRemainingService
    case .leastAttainedService:
      guard let list = queue["thresholds"], let attained = queue["attained"]?.text else { return nil }
      for (before, node) in zip(list.elements, list.elements.dropFirst())
      where node.nanoseconds <= before.nanoseconds {
        diagnostics.add(
          node.origin,
          node.keyPath,
          "thresholds must increase; found \(written(node)) after \(written(before))"
        )
        return nil
      }
      guard list.elements.count <= mostThresholds else {
        diagnostics.add(
          list.origin,
          list.keyPath,
          "has too many elements; found \(list.elements.count); accepted: at most \(mostThresholds)"
        )
        return nil
      }
      return .leastAttainedService(
        thresholds: list.elements.map { SimDuration(nanoseconds: $0.nanoseconds) },
        byGPUTime: attained == "gpuTime"
      )
    }
  }

  private static func cost(_ node: Decoded, into diagnostics: inout DiagnosticList) -> PreemptionCost? {
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
          hint: "add a last step without upToGPUs, for example {cost: \(step["cost"].map(written) ?? "5m")}"
        )
        return nil
      }
      cost.steps.append(.init(upToGPUs: Int(size.integer), cost: time))
    }
    return cost
  }

  /// A value as it stands in the file.
  private static func written(_ node: Decoded) -> String {
    if case .value(_, let text) = node.form { return text }
    return ""
  }
}
