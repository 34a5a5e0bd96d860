import Engine
import SimulationKernel

/// Makes what `policy.gangs` says.
enum GangsBuilder {
  /// nil: something is wrong.
  static func mode(_ policy: Decoded, into diagnostics: inout DiagnosticList) -> GangMode? {
    guard let node = policy["gangs"] else { return .placement }
    guard node.isSound, case .section(let members) = node.form, let word = node["mode"]?.text else {
      return nil
    }
    let used = GangsSection.keys(of: word)
    for member in members where member.field.key != "mode" && !used.contains(member.field.key) {
      guard let value = member.value, value.origin != .standard else { continue }
      let takers = GangsSection.modes.filter { GangsSection.keys(of: $0).contains(member.field.key) }
      diagnostics.add(
        value.origin,
        value.keyPath,
        "has no meaning with '\(word)'; accepted with \(takers.joined(separator: ", "))",
        hint: "remove it; a key inherited from an include is removed by setting it to null"
      )
    }
    switch word {
    case "quota":
      refuseOtherQueues(node, word, of: policy, into: &diagnostics)
      return .quota(holding(node, "readyTimeout", .kueue))
    case "holdAndWait":
      refuseOtherQueues(node, word, of: policy, into: &diagnostics)
      return .holdAndWait(holding(node, "timeout", .kubeScheduler))
    case "wholeAllocation": return .wholeAllocation
    default: return .placement
    }
  }

  private static func holding(_ node: Decoded, _ key: String, _ standard: GangHolding) -> GangHolding {
    var timeout = standard.timeout
    switch node[key]?.scalar {
    case .text?: timeout = nil
    case .nanoseconds(let span)?: timeout = SimDuration(nanoseconds: span)
    default: break
    }
    let delay = node["requeueDelay"].map { SimDuration(nanoseconds: $0.nanoseconds) }
    return GangHolding(
      timeout: timeout,
      requeueDelay: delay ?? standard.requeueDelay,
      longestDelay: standard.longestDelay
    )
  }

  private static func refuseOtherQueues(
    _ node: Decoded,
    _ word: String,
    of policy: Decoded,
    into diagnostics: inout DiagnosticList
  ) {
    if let queue = policy["queue"], queue.isSound, let order = queue["order"]?.text,
      let backfill = queue["backfill"]?.text
    {
      if PreemptiveOrder(rawValue: order) != nil {
        diagnostics.add(
          node.blame,
          node.keyPath,
          "gangs do not hold places in a queue that preempts; found '\(word)' and order '\(order)'",
          hint: "choose another order, or mode: placement"
        )
      } else if backfill != "none" {
        diagnostics.add(
          node.blame,
          node.keyPath,
          "gangs do not hold places in a queue with reservations; found '\(word)' and backfill '\(backfill)'",
          hint: "set policy.queue.backfill: none, or mode: placement"
        )
      }
    }
    if policy["preemption"] != nil {
      diagnostics.add(
        node.blame,
        node.keyPath,
        "gangs do not hold places where priorities preempt; found '\(word)' and preemption",
        hint: "remove policy.preemption, or choose mode: placement"
      )
    }
  }

  /// The section without the defaults of keys that its mode does not look at.
  static func shown(_ gangs: Decoded) -> Decoded {
    guard gangs.isSound, case .section(let members) = gangs.form, let mode = gangs["mode"]?.text else {
      return gangs
    }
    let keys = ["mode"] + GangsSection.keys(of: mode)
    var shown = gangs
    shown.form = .section(members.filter { keys.contains($0.field.key) })
    return shown
  }
}
