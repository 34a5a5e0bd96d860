import Engine
import SimulationKernel

/// Makes the queue from the section `policy.queue`.
enum QueueBuilder {
  /// More thresholds than the engine has queues for.
  private static let mostThresholds = 200

  static func queue(_ policy: Decoded, into diagnostics: inout DiagnosticList) -> QueueSpec? {
    guard let queue = policy["queue"], queue.isSound, let order = queue["order"]?.text else { return nil }
    refuseIdleKeys(of: queue, order: order, into: &diagnostics)
    if order == QueueSection.fairShare { return fairShare(queue, into: &diagnostics) }
    if order == QueueSection.rounds { return rounds(queue, into: &diagnostics) }
    if let order = JobOrder(rawValue: order) {
      return line(order, of: queue, into: &diagnostics)
    }
    guard let order = PreemptiveOrder(rawValue: order),
      let service = service(order, of: queue, into: &diagnostics),
      let cost = queue["preemptionCost"].flatMap({ PreemptionBuilder.cost($0, into: &diagnostics) })
    else { return nil }
    return .preemptive(PreemptiveQueue(service, cost: cost))
  }

  /// A queue in which jobs stand in line.
  private static func line(
    _ order: JobOrder,
    of queue: Decoded,
    into diagnostics: inout DiagnosticList
  ) -> QueueSpec? {
    guard let backfill = queue["backfill"], let depth = queue["backfillDepth"],
      let blocking = queue["headOfLineBlocking"]
    else { return nil }
    let ageing = order == .priority ? queue["ageing"].flatMap(ageing) : nil
    guard let reservations = Backfill.Reservations(rawValue: backfill.text) else {
      guard let ageing else { return .ordered(order, headOfLineBlocking: blocking.boolean) }
      return .ageing(ageing, headOfLineBlocking: blocking.boolean)
    }
    if ageing?.atMost != nil, let limit = queue["ageing"]?["atMost"] {
      diagnostics.add(
        limit.origin,
        limit.keyPath,
        "reservations need an order that stands, and with a limit jobs pass each other while they wait; found "
          + "'\(backfill.text)' backfill",
        hint: "remove it, or set policy.queue.backfill: none"
      )
    }
    return .backfill(Backfill(reservations, order: order, ageing: ageing, depth: Int(depth.integer)))
  }

  /// The section without the defaults of keys that its order and backfill do
  /// not look at.
  static func shown(_ queue: Decoded) -> Decoded {
    guard queue.isSound, case .section(let members) = queue.form, let order = queue["order"]?.text else {
      return queue
    }
    let keys = ["order"] + QueueSection.keys(of: order, backfill: queue["backfill"]?.text ?? "none")
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
    let backfill = queue["backfill"]?.text ?? "none"
    let used = QueueSection.keys(of: order, backfill: backfill)
    for member in members where member.field.key != "order" && !used.contains(member.field.key) {
      guard let value = member.value, value.origin != .standard else { continue }
      let key = member.field.key
      let isLine = JobOrder(rawValue: order) != nil
      let reason =
        switch key {
        case "headOfLineBlocking" where isLine:
          "has no meaning with '\(backfill)' backfill, in which jobs overtake where that delays no "
            + "reservation; accepted with backfill: none"
        case "backfillDepth" where isLine:
          "has no meaning without backfill; accepted with backfill: "
            + QueueSection.backfills.dropFirst().joined(separator: ", ")
        case "headOfLineBlocking" where order != QueueSection.rounds:
          "has no meaning with '\(order)': it ranks all unfinished jobs anew at each pass, so no job heads "
            + "a line; accepted with \(takers(of: key))"
        default: "has no meaning with '\(order)'; accepted with \(takers(of: key))"
        }
      diagnostics.add(
        value.origin,
        value.keyPath,
        reason,
        hint: "remove it; a key inherited from an include is removed by setting it to null"
      )
    }
  }

  /// The orders that look at a key.
  private static func takers(of key: String) -> String {
    QueueSection.orders.filter { order in
      QueueSection.backfills.contains { QueueSection.keys(of: order, backfill: $0).contains(key) }
    }.joined(separator: ", ")
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

  /// A value as it stands in the file.
  static func written(_ node: Decoded) -> String {
    if case .value(_, let text) = node.form { return text }
    return ""
  }
}
