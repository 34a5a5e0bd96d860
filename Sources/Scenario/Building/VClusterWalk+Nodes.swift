import Engine
import SimulationKernel

/// Private nodes, host nodes and sleep of a vcluster.yaml.
extension VClusterWalk {
  mutating func privateNodes(_ node: SourceNode) {
    for entry in entries(node, "privateNodes") {
      switch entry.key {
      case "enabled":
        if flag(entry.value, "privateNodes.enabled") { result.nodes = .private }
      case "autoNodes":
        // One provider, or a list of them.
        if case .list(let providers) = entry.value.content {
          for (number, provider) in providers.enumerated() {
            autoNodes(provider, "privateNodes.autoNodes[\(number)]")
          }
        } else {
          autoNodes(entry.value, "privateNodes.autoNodes")
        }
      default: leave(entry, "privateNodes.\(entry.key)")
      }
    }
  }

  private mutating func autoNodes(_ node: SourceNode, _ keyPath: String) {
    for entry in entries(node, keyPath) {
      switch entry.key {
      case "static", "dynamic":
        guard case .list(let pools) = entry.value.content else {
          fail(entry.value, "\(keyPath).\(entry.key)", "is not a list; found \(entry.value.found)")
          continue
        }
        for (number, pool) in pools.enumerated() {
          self.pool(pool, "\(keyPath).\(entry.key)[\(number)]", isStatic: entry.key == "static")
        }
      default: leave(entry, "\(keyPath).\(entry.key)")
      }
    }
  }

  private mutating func pool(_ node: SourceNode, _ keyPath: String, isStatic: Bool) {
    var name: String?
    var type: String?
    var quantity: Int?
    for entry in entries(node, keyPath) {
      let path = "\(keyPath).\(entry.key)"
      switch (entry.key, isStatic) {
      case ("name", _): name = text(entry.value, path)
      case ("quantity", true): quantity = count(entry.value, path)
      case ("limits", false):
        for limit in entries(entry.value, path) {
          if limit.key == "nodes" {
            quantity = count(limit.value, "\(path).nodes")
          } else {
            leave(limit, "\(path).\(limit.key)")
          }
        }
      case ("nodeTypeSelector", _), ("requirements", _): type = nodeType(entry, path) ?? type
      default: leave(entry, path)
      }
    }
    guard let pool = type ?? name else {
      return fail(node, keyPath, "names no pool", hint: "give it the name of a pool of fleet.nodes")
    }
    if isStatic, quantity == nil { return fail(node, keyPath, "a static pool needs its quantity") }
    result.pools.append(.init(pool: pool, quantity: quantity, origin: node.origin, keyPath: keyPath))
  }

  /// The one node type that the selector names, if it does.
  private mutating func nodeType(_ entry: SourceNode.Entry, _ keyPath: String) -> String? {
    guard case .list(let requirements) = entry.value.content else {
      leave(entry, keyPath)
      return nil
    }
    var type: String?
    for requirement in requirements {
      guard case .scalar("vcluster.com/node-type")? = requirement["property"]?.content else {
        leave(.init(key: "", keyOrigin: requirement.origin, value: requirement), keyPath)
        continue
      }
      switch (requirement["value"]?.content, requirement["values"]?.content) {
      case (.scalar(let one)?, _): type = one
      case (_, .list(let several)?) where several.count == 1:
        if case .scalar(let one) = several[0].content { type = one }
      default: leave(.init(key: "", keyOrigin: requirement.origin, value: requirement), keyPath)
      }
    }
    return type
  }

  private mutating func count(_ node: SourceNode, _ keyPath: String) -> Int? {
    guard let text = text(node, keyPath) else { return nil }
    guard let value = Int(text), (1...1_000_000).contains(value) else {
      fail(node, keyPath, "is not a number of nodes; found '\(text)'; accepted: from 1 to 1000000")
      return nil
    }
    return value
  }

  mutating func sync(_ node: SourceNode) {
    for entry in entries(node, "sync") {
      guard entry.key == "fromHost", case .map(let inner) = entry.value.content else {
        leave(entry, "sync.\(entry.key)")
        continue
      }
      for part in inner {
        guard part.key == "nodes" else {
          leave(part, "sync.fromHost.\(part.key)")
          continue
        }
        nodes(part.value)
      }
    }
  }

  private mutating func nodes(_ node: SourceNode) {
    let path = "sync.fromHost.nodes"
    guard flag(node["enabled"], path + ".enabled") else { return }
    for entry in entries(node, path) where entry.key != "enabled" {
      guard entry.key == "selector" else {
        leave(entry, "\(path).\(entry.key)")
        continue
      }
      for part in entries(entry.value, path + ".selector") {
        guard part.key == "labels" else {
          leave(part, "\(path).selector.\(part.key)")
          continue
        }
        var labels: [(key: String, value: String)] = []
        for label in entries(part.value, path + ".selector.labels") {
          guard let value = text(label.value, "\(path).selector.labels.\(label.key)") else { continue }
          labels.append((label.key, value))
        }
        if !labels.isEmpty { (result.nodeSelector, result.selectorOrigin) = (labels, part.keyOrigin) }
      }
    }
  }

  // MARK: - Sleep

  mutating func sleep(_ node: SourceNode) {
    for entry in entries(node, "sleep") {
      guard entry.key == "auto" else {
        leave(entry, "sleep.\(entry.key)")
        continue
      }
      auto(entry.value)
    }
  }

  private mutating func auto(_ node: SourceNode) {
    // The wake-up has no published length; see the scenario's own default.
    var rule = SleepRule(latency: .constant(60))
    var schedules: [(isSleep: Bool, node: SourceNode, keyPath: String)] = []
    var clock = LocalClock()
    for entry in entries(node, "sleep.auto") {
      let path = "sleep.auto.\(entry.key)"
      switch entry.key {
      case "afterInactivity":
        guard let text = text(entry.value, path) else { continue }
        guard let span = Self.goDuration(text), span > 0 else {
          fail(entry.value, path, "is not a length of time; found '\(text)'; accepted: such as 30m or 1h30m")
          continue
        }
        rule.afterInactivity = SimDuration(nanoseconds: span)
      case "schedule": schedules.append((true, entry.value, path))
      case "wakeup":
        for part in entries(entry.value, path) {
          if part.key == "schedule" {
            schedules.append((false, part.value, path + ".schedule"))
          } else {
            leave(part, "\(path).\(part.key)")
          }
        }
      case "timezone":
        guard let text = text(entry.value, path) else { continue }
        do {
          clock = try zones.clock(text)
        } catch {
          fail(entry.value, path, error.message, hint: error.hint)
        }
      default: leave(entry, path)
      }
    }
    for (isSleep, node, path) in schedules {
      guard let text = text(node, path) else { continue }
      do {
        let schedule = try CronSchedule(text, clock: clock, firstDay: zones.firstDay)
        if isSleep { rule.sleepAt = schedule } else { rule.wakeAt = schedule }
      } catch {
        fail(node, path, error.message, hint: error.hint)
      }
    }
    guard problems.isEmpty, rule.afterInactivity != nil || rule.sleepAt != nil else { return }
    result.sleep = rule
  }

  /// Ns of Go's `1h30m`; nil: it is none.
  static func goDuration(_ text: String) -> Int64? {
    let units: [Character: Int64] = ["h": 3_600_000_000_000, "m": 60_000_000_000, "s": 1_000_000_000]
    var total: Int64 = 0
    var digits = ""
    for character in text {
      if character.isNumber {
        digits.append(character)
      } else {
        guard let unit = units[character], let number = Int64(digits), number <= 1_000_000 else { return nil }
        total += number * unit
        digits = ""
      }
    }
    return digits.isEmpty ? total : nil
  }
}
