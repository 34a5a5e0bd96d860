import Engine

/// What NodePools say of disruption, as keys of `policy.autoNodes`.
struct NodePoolDisruption {
  private(set) var unmodelled: Set<String> = []
  private var consolidation: Consolidation?
  private var budgets: [SourceNode] = []

  /// How a NodePool consolidates.
  private struct Consolidation {
    var word: String
    var after: String
    /// With `balanced`: the threshold, as it is written.
    var threshold: String?
    var pool: String

    var text: String { "\(word)\(threshold.map { " of \($0)" } ?? "") after \(after)" }
  }

  private static let keys = [
    "consolidationPolicy", "consolidateAfter", "consolidationThreshold", "budgets",
  ]
  private static let policies = [
    "WhenEmpty": "whenEmpty", "WhenEmptyOrUnderutilized": "whenEmptyOrUnderutilized", "Balanced": "balanced",
  ]
  /// The word of v1beta1.
  private static let beta = ["WhenEmpty": "whenEmpty", "WhenUnderutilized": "whenEmptyOrUnderutilized"]
  private static let reasons = ["Empty": "empty", "Drifted": "drifted", "Underutilized": "underused"]

  /// - Parameter isBeta: it is a NodePool of karpenter.sh/v1beta1, where
  ///   `expireAfter` stands here.
  mutating func read(
    _ node: SourceNode?,
    of pool: String,
    isBeta: Bool,
    at keyPath: String,
    _ origin: Origin,
    into diagnostics: inout DiagnosticList
  ) {
    let place = keyPath + ".disruption"
    let before = diagnostics.found.count
    let own = node?.map(at: place, into: &diagnostics) ?? []
    for entry in own where !Self.keys.contains(entry.key) {
      if entry.key == "expireAfter", isBeta { continue }
      let hint = entry.key == "expireAfter" ? " (of v1beta1: v1 has it in template.spec)" : ""
      unmodelled.insert("spec.disruption.\(entry.key)\(hint)")
    }
    let policies = isBeta ? Self.beta : Self.policies
    let written = node?.word("consolidationPolicy", at: place, into: &diagnostics)
    let time = node?.word("consolidateAfter", at: place, into: &diagnostics)
    guard diagnostics.found.count == before else { return }
    let stated = written ?? (isBeta ? "WhenUnderutilized" : "WhenEmptyOrUnderutilized")
    guard var word = policies[stated] else {
      let known = policies.keys.sorted()
      diagnostics.add(
        node?["consolidationPolicy"]?.origin ?? origin,
        place + ".consolidationPolicy",
        "unknown consolidation policy; found '\(stated)'; accepted: \(known.joined(separator: ", "))",
        hint: Hint.didYouMean(stated, among: known)
      )
      return
    }
    var after = time ?? "0s"
    if after == "Never" {
      (word, after) = ("never", "0s")
    } else {
      guard let span = GoDuration.nanoseconds(after) else {
        diagnostics.add(
          node?["consolidateAfter"]?.origin ?? origin,
          place + ".consolidateAfter",
          "is not a length of time as Go writes it; found '\(after)'; accepted: 30s, 1h30m or Never"
        )
        return
      }
      after = GoDuration.text(span)
    }
    var found = Consolidation(word: word, after: after, pool: pool)
    if word == "balanced" {
      found.threshold = node?.text("consolidationThreshold") ?? "2"
      guard let value = Double(found.threshold!), value > 0, value.isFinite else {
        diagnostics.add(
          node?["consolidationThreshold"]?.origin ?? origin,
          place + ".consolidationThreshold",
          "is not a number above 0; found '\(found.threshold!)'"
        )
        return
      }
    } else if node?["consolidationThreshold"] != nil {
      unmodelled.insert("spec.disruption.consolidationThreshold without Balanced")
    }
    if let first = consolidation, first.text != found.text {
      diagnostics.add(
        node?.origin ?? origin,
        place,
        "NodePools that consolidate differently are not simulated; found \(found.text), and \(first.text) of "
          + "'\(first.pool)'"
      )
      return
    }
    consolidation = found
    guard let list = node?.value("budgets") else {
      // Karpenter's default.
      budgets.append(budget([("nodes", .text("10%", at: origin))], pool, origin))
      return
    }
    let items = list.list(at: place + ".budgets", into: &diagnostics)
    // None at all: nothing is limited.
    if items.isEmpty {
      budgets.append(budget([("nodes", .text("100%", at: list.origin))], pool, list.origin))
    }
    for (number, item) in items.enumerated() {
      read(budget: item, of: pool, at: "\(place).budgets[\(number)]", into: &diagnostics)
    }
  }

  private func budget(_ keys: [(String, SourceNode)], _ pool: String, _ origin: Origin) -> SourceNode {
    .map(keys + [("pool", .text(pool, at: origin))], at: origin)
  }

  private mutating func read(
    budget item: SourceNode,
    of pool: String,
    at place: String,
    into diagnostics: inout DiagnosticList
  ) {
    // A limit that is read as another one would be worse than none.
    guard item.holdsOnly(["nodes", "reasons", "schedule", "duration"], at: place, into: &diagnostics) else {
      return
    }
    guard let nodes = item.value("nodes") else {
      diagnostics.add(item.origin, place + ".nodes", "says not how many")
      return
    }
    var keys = [("nodes", nodes)]
    var words: [SourceNode] = []
    for reason in item.value("reasons")?.list(at: place + ".reasons", into: &diagnostics) ?? [] {
      guard case .scalar(let text) = reason.content, let word = Self.reasons[text] else {
        let known = Self.reasons.keys.sorted()
        diagnostics.add(
          reason.origin,
          place + ".reasons",
          "unknown reason; found \(reason.found); accepted: \(known.joined(separator: ", "))"
        )
        return
      }
      words.append(.text(word, at: reason.origin))
    }
    if !words.isEmpty { keys.append(("reasons", SourceNode(origin: item.origin, content: .list(words)))) }
    guard let schedule = item.value("schedule") else {
      if let alone = item.value("duration") {
        diagnostics.add(alone.origin, place + ".duration", "a duration needs a schedule; found none")
        return
      }
      return budgets.append(budget(keys, pool, item.origin))
    }
    guard case .scalar(let cron) = schedule.content else {
      diagnostics.add(
        schedule.origin,
        place + ".schedule",
        "is not a cron expression; found \(schedule.found); accepted: five fields, as in '0 9 * * mon-fri', or @daily"
      )
      return
    }
    do { _ = try CronSchedule(cron) } catch {
      diagnostics.add(schedule.origin, place + ".schedule", error.message, hint: error.hint)
      return
    }
    guard let length = item.text("duration"), let span = GoDuration.nanoseconds(length), span > 0 else {
      diagnostics.add(
        item["duration"]?.origin ?? item.origin,
        place + ".duration",
        "a schedule needs a duration; found \(item["duration"]?.found ?? "nothing")"
      )
      return
    }
    let times = [
      ("schedule", schedule), ("duration", SourceNode.text(GoDuration.text(span), at: schedule.origin)),
    ]
    budgets.append(budget(keys + times, pool, item.origin))
  }

  /// The keys of `policy.autoNodes`.
  func policy(at origin: Origin) -> SourceNode? {
    guard let consolidation else { return nil }
    var keys = [("consolidate", SourceNode.text(consolidation.word, at: origin))]
    if let threshold = consolidation.threshold {
      keys.append(("consolidationThreshold", .text(threshold, at: origin)))
    }
    keys.append(("consolidateAfter", .text(consolidation.after, at: origin)))
    keys.append(("budgets", SourceNode(origin: origin, content: .list(budgets))))
    return .map(keys, at: origin)
  }
}
