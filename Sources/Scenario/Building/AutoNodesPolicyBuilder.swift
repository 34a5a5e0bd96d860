import Engine
import Outcome
import SimulationKernel

/// Makes what `policy.autoNodes` says.
enum AutoNodesPolicyBuilder {
  static func read(
    _ stated: Decoded,
    firstDay: Int64,
    into result: inout AutoNodes,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    func span(_ key: String) -> SimDuration? {
      stated[key].map { SimDuration(nanoseconds: $0.nanoseconds) }
    }
    guard stated.isSound, let idle = span("batchIdle"), let longest = span("batchLongest"),
      let view = stated["sees"].flatMap({ AutoNodes.View(rawValue: $0.text) }),
      let consolidate = stated["consolidate"], let after = span("consolidateAfter"),
      let termination = span("termination"), let pause = span("stockOutPause"), let grace = span("grace"),
      let notice = span("spotNotice"), let spotToSpot = stated["spotToSpot"],
      let plan = stated["plan"].flatMap({ AutoNodes.Plan(rawValue: $0.text) })
    else { return false }
    if longest < idle {
      diagnostics.add(
        stated.blame,
        stated.keyPath,
        "a batch ends before its idle time: batchLongest is shorter than batchIdle"
      )
      return false
    }
    result.batchIdle = idle
    result.batchLongest = longest
    result.view = view
    result.plan = plan
    result.consolidateAfter = consolidate.text == "never" ? nil : after
    result.consolidatesUnderused = ["whenEmptyOrUnderutilized", "balanced"].contains(consolidate.text)
    if consolidate.text == "balanced" {
      result.balance = stated["consolidationThreshold"]?.double ?? 2
    } else if let threshold = stated["consolidationThreshold"] {
      diagnostics.add(
        threshold.origin,
        threshold.keyPath,
        "is without effect: consolidate is \(consolidate.text)",
        hint: "remove it, or say consolidate: balanced"
      )
      return false
    }
    result.trialTime = span("trialTime") ?? .zero
    result.spotToSpot = spotToSpot.boolean
    result.termination = termination
    result.stockOutPause = pause
    result.grace = grace
    result.spotNotice = notice
    result.doNotDisrupt = Set((stated["doNotDisrupt"]?.elements ?? []).map(\.text))
    if case .nanoseconds(let limit)? = stated["drainLimit"]?.scalar {
      result.drainLimit = SimDuration(nanoseconds: limit)
    }
    result.repair = NodeRepairSection.read(stated["repair"])
    let hasBudgets = readBudgets(stated, firstDay, into: &result, &diagnostics)
    let hasBuffer = NodeBufferSection.read(stated, into: &result, &diagnostics)
    return ClusterAutoscalerBuilder.read(stated, into: &result, &diagnostics) && hasBudgets && hasBuffer
  }

  private static func readBudgets(
    _ stated: Decoded,
    _ firstDay: Int64,
    into result: inout AutoNodes,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    let list = stated["budgets"]?.elements ?? []
    if let budget = stated["budget"] {
      result.budget = 1
      result.budgets.append(AutoNodes.Budget(limit(budget)))
    } else if !list.isEmpty {
      result.budget = 1
    }
    var isWhole = true
    for node in list {
      guard node.isSound, let nodes = node["nodes"] else { return false }
      var budget = AutoNodes.Budget(limit(nodes), pool: node["pool"]?.text)
      let named = Set((node["reasons"]?.elements ?? []).map(\.text))
      budget.reasons = Set(NodeRemoval.allCases.filter { named.contains($0.name) })
      if let every = node["every"], let length = node["for"], let from = node["from"] {
        budget.window = AutoNodes.Budget.Window(
          period: SimDuration(nanoseconds: every.nanoseconds),
          from: SimDuration(nanoseconds: from.nanoseconds),
          length: SimDuration(nanoseconds: length.nanoseconds)
        )
        if length.nanoseconds >= every.nanoseconds {
          diagnostics.add(
            length.origin,
            length.keyPath,
            "a budget that holds for as long as its span holds always",
            hint: "remove every and for"
          )
          isWhole = false
        }
      } else if node["every"] != nil || node["for"] != nil {
        diagnostics.add(
          node.origin,
          node.keyPath,
          "every and for go together",
          hint: "for example every: 1d, for: 8h"
        )
        isWhole = false
      }
      if let schedule = node["schedule"] ?? node["duration"] {
        guard let window = window(schedule, of: node, firstDay, &diagnostics) else {
          isWhole = false
          continue
        }
        budget.window = window
      }
      if let pool = node["pool"], !result.pools.contains(where: { $0.name == pool.text }) {
        diagnostics.add(
          pool.origin,
          pool.keyPath,
          "no node pool has this name; found '\(pool.text)'",
          hint: "there are: " + result.pools.map(\.name).joined(separator: ", ")
        )
        isWhole = false
      }
      result.budgets.append(budget)
    }
    return isWhole
  }

  /// The times of a schedule; nil: something is wrong.
  private static func window(
    _ stated: Decoded,
    of node: Decoded,
    _ firstDay: Int64,
    _ diagnostics: inout DiagnosticList
  ) -> AutoNodes.Budget.Window? {
    guard let schedule = node["schedule"], let duration = node["duration"] else {
      diagnostics.add(
        stated.origin,
        stated.keyPath,
        "schedule and duration go together",
        hint: "for example schedule: \"0 9 * * mon-fri\", duration: 8h"
      )
      return nil
    }
    if node["every"] != nil {
      diagnostics.add(
        schedule.origin,
        schedule.keyPath,
        "a budget has every or schedule, not both",
        hint: "write two budgets"
      )
      return nil
    }
    do {
      return AutoNodes.Budget.Window(
        schedule: try CronSchedule(schedule.text, firstDay: firstDay),
        length: SimDuration(nanoseconds: duration.nanoseconds)
      )
    } catch {
      diagnostics.add(schedule.origin, schedule.keyPath, error.message, hint: error.hint)
      return nil
    }
  }

  private static func limit(_ node: Decoded) -> AutoNodes.Budget.Limit {
    switch node.scalar {
    case .integer(let count)?: .nodes(Int(count))
    case .fraction(let share)?: .share(share)
    default: preconditionFailure("'\(node.keyPath)' is neither a count nor a share")
    }
  }
}
