/// What NodePools say of disruption, as keys of `policy.autoNodes`.
struct NodePoolDisruption {
  let path: String
  private(set) var unmodelled: Set<String> = []
  private var consolidation: (word: String, after: String, pool: String)?
  private var budgets: [SourceNode] = []

  private static let policies = [
    "WhenEmpty": "whenEmpty", "WhenEmptyOrUnderutilized": "whenEmptyOrUnderutilized",
  ]
  private static let reasons = ["Empty": "empty", "Drifted": "drifted", "Underutilized": "underused"]

  init(path: String) { self.path = path }

  mutating func read(
    _ node: SourceNode?,
    of pool: String,
    at keyPath: String,
    _ origin: Origin,
    into diagnostics: inout DiagnosticList
  ) {
    let place = keyPath + ".disruption"
    for entry in node?.entries ?? []
    where !["consolidationPolicy", "consolidateAfter", "budgets"].contains(entry.key) {
      unmodelled.insert("spec.disruption.\(entry.key)")
    }
    let stated = node?.text("consolidationPolicy") ?? "WhenEmptyOrUnderutilized"
    guard var word = Self.policies[stated] else {
      let known = Self.policies.keys.sorted()
      diagnostics.add(
        node?["consolidationPolicy"]?.origin ?? origin,
        place + ".consolidationPolicy",
        "unknown consolidation policy; found '\(stated)'; accepted: \(known.joined(separator: ", "))",
        hint: Hint.didYouMean(stated, among: known)
      )
      return
    }
    var after = node?.text("consolidateAfter") ?? "0s"
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
    if let first = consolidation, first.word != word || first.after != after {
      diagnostics.add(
        node?.origin ?? origin,
        place,
        "NodePools that consolidate differently are not simulated; found \(word) after \(after), and \(first.word) after "
          + "\(first.after) of '\(first.pool)'"
      )
      return
    }
    consolidation = (word, after, pool)
    guard let list = node?["budgets"] else {
      // Karpenter's default.
      budgets.append(budget([("nodes", .text("10%", at: origin))], pool, origin))
      return
    }
    for (number, item) in list.items.enumerated() {
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
    guard let nodes = item["nodes"] else {
      diagnostics.add(item.origin, place + ".nodes", "says not how many")
      return
    }
    var keys = [("nodes", nodes)]
    var words: [SourceNode] = []
    for reason in item["reasons"]?.items ?? [] {
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
    guard let schedule = item["schedule"] else { return budgets.append(budget(keys, pool, item.origin)) }
    guard case .scalar(let cron) = schedule.content, let windows = CronWindow.windows(cron) else {
      diagnostics.add(
        schedule.origin,
        place + ".schedule",
        "is not a schedule that is simulated; found \(schedule.found); accepted: a minute and an hour of each day or of "
          + "days of the week, as in '0 9 * * mon-fri', or @daily",
      )
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
    for window in windows {
      let own = [("every", window.every), ("from", window.from), ("for", GoDuration.text(span))]
        .map { ($0.0, SourceNode.text($0.1, at: schedule.origin)) }
      budgets.append(budget(keys + own, pool, item.origin))
    }
  }

  /// The keys of `policy.autoNodes`.
  func policy(at origin: Origin) -> SourceNode? {
    guard let consolidation else { return nil }
    return .map(
      [
        ("consolidate", .text(consolidation.word, at: origin)),
        ("consolidateAfter", .text(consolidation.after, at: origin)),
        ("budgets", SourceNode(origin: origin, content: .list(budgets))),
      ],
      at: origin
    )
  }
}

/// A time of each day, or of some days of the week: what of cron is simulated. A
/// run begins on a Monday at midnight.
enum CronWindow {
  private static let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// nil: it is another schedule.
  static func windows(_ cron: String) -> [(every: String, from: String)]? {
    if cron == "@daily" || cron == "@midnight" { return [("1d", "0s")] }
    if cron == "@weekly" { return [("1w", "6d")] }
    let parts = cron.split(separator: " ").map { $0.lowercased() }
    guard parts.count == 5, parts[2] == "*", parts[3] == "*", let minute = Int(parts[0]),
      (0..<60).contains(minute),
      let hour = Int(parts[1]), (0..<24).contains(hour)
    else { return nil }
    let minutes = 60 * hour + minute
    if parts[4] == "*" { return [("1d", "\(minutes)m")] }
    var chosen: [Int] = []
    for part in parts[4].split(separator: ",") {
      let ends = part.split(separator: "-").map { day(String($0)) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
        return nil
      }
      chosen += first...last
    }
    return Set(chosen).sorted().map { ("1w", "\(1440 * $0 + minutes)m") }
  }

  /// 0: Monday. Cron counts Sunday as 0 and 7.
  private static func day(_ text: String) -> Int? {
    if let named = days.firstIndex(of: text) { return named }
    return Int(text).flatMap { (0...7).contains($0) ? ($0 + 6) % 7 : nil }
  }
}
