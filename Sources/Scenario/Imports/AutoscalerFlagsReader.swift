/// Reads the flags of a cluster-autoscaler: a Deployment (or a Pod) whose
/// container has them, `extraArgs` of the Helm chart's values, or a plain list of
/// flags.
///
/// Source: kubernetes/autoscaler, cluster-autoscaler/FAQ.md, "What are the
/// parameters to CA?". Flags that are not modelled are listed.
struct AutoscalerFlagsReader {
  /// Flags that become keys of `policy.autoNodes.clusterAutoscaler`.
  private static let durations = [
    "scan-interval": "scan",
    "scale-down-delay-after-add": "scaleDownDelayAfterAdd",
    "scale-down-unneeded-time": "unneededTime",
    "max-node-provision-time": "provisionTime",
    "initial-node-group-backoff-duration": "backoff",
    "max-node-group-backoff-duration": "longestBackoff",
  ]
  private static let numbers = [
    "scale-down-utilization-threshold": "utilization",
    "scale-down-gpu-utilization-threshold": "gpuUtilization",
    "max-empty-bulk-delete": "emptyAtOnce",
    "max-scale-down-parallelism": "emptyAtOnce",
    "expendable-pods-priority-cutoff": "priorityCutoff",
  ]
  private static let switches = [
    "scale-down-enabled": "scaleDown",
    "balance-similar-node-groups": "balanceSimilarGroups",
  ]

  let path: String
  private(set) var notes: [String] = []

  init(path: String) { self.path = path }

  /// What else the file holds.
  private var others: Set<String> = []

  private struct Flag {
    var name: String
    var value: String
    var origin: Origin
    /// With one dash: none that is modelled.
    var isShort: Bool

    init(_ name: String, _ value: String, _ origin: Origin, isShort: Bool) {
      // Underscores are dashes in names, as the autoscaler normalises them.
      self.name = name.replacing("_", with: "-")
      (self.value, self.origin, self.isShort) = (value, origin, isShort)
    }
  }

  /// The keys of `policy.autoNodes`; nil: something is wrong. `--nodes` limits
  /// the pools of the fleet that it names.
  mutating func read(
    _ documents: [SourceNode],
    _ fleet: inout SourceNode,
    into diagnostics: inout DiagnosticList
  ) -> SourceNode? {
    guard let flags = flags(documents, into: &diagnostics) else { return nil }
    var keys: [(String, SourceNode)] = []
    var unmodelled: [String] = []
    var isWhole = true
    func refuse(_ flag: Flag, _ message: String, hint: String = "") {
      diagnostics.add(flag.origin, "--\(flag.name)", "\(message); found '\(flag.value)'", hint: hint)
      isWhole = false
    }
    unmodelled += flags.filter(\.isShort).map { "-\($0.name)" } + others
    for flag in flags where !flag.isShort {
      let text = { (value: String) in SourceNode.text(value, at: flag.origin) }
      if let key = Self.durations[flag.name] {
        guard let span = GoDuration.nanoseconds(flag.value) else {
          refuse(flag, "is not a length of time as Go writes it; accepted: 10m, 1h30m or 90s")
          continue
        }
        keys.append((key, text(GoDuration.text(span))))
      } else if let key = Self.numbers[flag.name] {
        keys.append((key, text(flag.value)))
      } else if flag.name == "expander" {
        let names = flag.value.split(separator: ",").map { text(String($0)) }
        keys.append(("expander", SourceNode(origin: flag.origin, content: .list(names))))
      } else if let key = Self.switches[flag.name] {
        guard let isOn = GoFlag.bool(flag.value) else {
          refuse(flag, "is neither true nor false")
          continue
        }
        keys.append((key, text(isOn ? "true" : "false")))
      } else if flag.name == "nodes" {
        if let problem = limit(flag, &fleet) { refuse(flag, problem.message, hint: problem.hint) }
      } else {
        unmodelled.append("--\(flag.name)")
      }
    }
    if let note = Unmodelled.note(path, unmodelled) { notes.append(note) }
    guard isWhole else { return nil }
    let origin = flags.first?.origin ?? .file(path, line: 1, column: 1)
    // Of a flag that is given twice the last counts.
    var last: [(String, SourceNode)] = []
    for (key, value) in keys {
      last.removeAll { $0.0 == key }
      last.append((key, value))
    }
    return .map(
      [
        ("provisioner", .text("clusterAutoscaler", at: origin)),
        ("clusterAutoscaler", .map(last, at: origin)),
      ],
      at: origin
    )
  }

  /// `--nodes=MIN:MAX:NAME`: the most nodes that a group may have, and the least
  /// that are left of it, which are there at the start.
  private func limit(_ flag: Flag, _ fleet: inout SourceNode) -> (message: String, hint: String)? {
    let parts = flag.value.split(separator: ":", maxSplits: 2).map(String.init)
    guard parts.count == 3, let least = Int(parts[0]), let most = Int(parts[1]), 0 <= least, least <= most,
      most > 0
    else { return ("is not MIN:MAX:NAME", "") }
    var pools = fleet["nodes"]?.items ?? []
    guard let place = pools.firstIndex(where: { $0.elementName == parts[2] && $0["auto"] != nil }) else {
      let names = pools.filter { $0["auto"] != nil }.compactMap(\.elementName)
      return ("no pool of fleet.nodes with auto has this name", Hint.didYouMean(parts[2], among: names))
    }
    pools[place].set("count", to: .text(parts[1], at: flag.origin))
    if var auto = pools[place]["auto"], auto["least"] == nil, least > 0, case .map = auto.content {
      auto.set("least", to: .text(parts[0], at: flag.origin))
      pools[place].set("auto", to: auto)
    }
    fleet.set("nodes", to: SourceNode(origin: fleet["nodes"]!.origin, content: .list(pools)))
    return nil
  }

  // MARK: - Where the flags stand

  private mutating func flags(_ documents: [SourceNode], into diagnostics: inout DiagnosticList) -> [Flag]? {
    var words: [SourceNode] = []
    for document in documents {
      if case .scalar = document.content {
        words.append(document)
      } else if case .list(let items) = document.content, items.allSatisfy({ $0.isText }) {
        words += items
      } else {
        for object in SourceNode.objects([document]) { words += self.words(of: object) }
      }
    }
    let flags = Self.flags(words.flatMap(Self.split))
    guard flags.contains(where: { !$0.isShort }) else {
      diagnostics.add(
        documents.first?.origin ?? .file(path, line: 1, column: 1),
        "",
        "has no flags of a cluster-autoscaler",
        hint: "give a Deployment whose container has them, or a list such as [--expander=price]"
      )
      return nil
    }
    return flags
  }

  /// The command line of a workload's container, or `extraArgs` of the values of
  /// the Helm chart.
  private mutating func words(of object: SourceNode) -> [SourceNode] {
    if case .map(let entries)? = object["extraArgs"]?.content {
      for entry in object.entries where entry.key != "extraArgs" { others.insert("values \(entry.key)") }
      return entries.compactMap { entry in
        guard case .scalar(let value) = entry.value.content else { return nil }
        return .text("--\(entry.key)=\(value)", at: entry.keyOrigin)
      }
    }
    let template = object["spec"]?["template"]?["spec"] ?? object["spec"]
    guard let containers = template?["containers"]?.items else {
      if let kind = object.text("kind") { others.insert("kind \(kind)") }
      return []
    }
    func words(of container: SourceNode) -> [SourceNode] {
      (container["command"]?.items ?? []) + (container["args"]?.items ?? [])
    }
    // Of several containers only the autoscaler's has its flags.
    let own = containers.filter { container in
      let texts = [container.text("name"), container.text("image")] + words(of: container).map(\.textIfAny)
      return texts.contains { $0?.contains("cluster-autoscaler") ?? false }
    }
    for other in containers where !own.isEmpty && !own.contains(where: { $0.origin == other.origin }) {
      others.insert("container \(other.text("name") ?? "without a name")")
    }
    return (own.isEmpty ? containers : own).flatMap(words)
  }

  /// A command line, as a shell takes it, or one word.
  private static func split(_ node: SourceNode) -> [SourceNode] {
    guard case .scalar(let text) = node.content else { return [] }
    let parts = text.split(whereSeparator: \.isWhitespace).map(String.init)
    // A value may hold spaces; a second flag begins a command line.
    guard parts.count > 1, parts.dropFirst().contains(where: { $0.hasPrefix("-") }) else { return [node] }
    return parts.map { .text($0, at: node.origin) }
  }

  private static func flags(_ words: [SourceNode]) -> [Flag] {
    var flags: [Flag] = []
    for (number, word) in words.enumerated() {
      guard case .scalar(let text) = word.content, text.hasPrefix("-"), text != "-" else { continue }
      let isShort = !text.hasPrefix("--")
      let body = text.drop { $0 == "-" }
      if let equals = body.firstIndex(of: "=") {
        let value = String(body[body.index(after: equals)...])
        flags.append(Flag(String(body[..<equals]), value, word.origin, isShort: isShort))
      } else if number + 1 < words.count, let value = words[number + 1].textIfAny, !value.hasPrefix("-") {
        flags.append(Flag(String(body), value, word.origin, isShort: isShort))
      } else {
        flags.append(Flag(String(body), "true", word.origin, isShort: isShort))
      }
    }
    return flags
  }
}

extension SourceNode {
  fileprivate var isText: Bool { textIfAny != nil }

  fileprivate var textIfAny: String? {
    if case .scalar(let text) = content { return text }
    return nil
  }
}

/// Values of flags as Go reads them.
enum GoFlag {
  /// Source: strconv.ParseBool. nil: it is neither.
  static func bool(_ text: String) -> Bool? {
    if ["1", "t", "T", "true", "TRUE", "True"].contains(text) { return true }
    return ["0", "f", "F", "false", "FALSE", "False"].contains(text) ? false : nil
  }
}
