import Engine
import SimulationKernel

/// What a vcluster.yaml says of the things that are modelled.
struct VClusterFile {
  struct Pool {
    /// The pool of `fleet.nodes` that it means.
    var pool: String
    /// nil: all nodes of the pool, as many as it can have.
    var quantity: Int?
    var origin: Origin
    var keyPath: String
  }

  var nodes: Tenancy.Nodes?
  var pools: [Pool] = []
  var quota: ClusterQuota?
  var limits: PodLimitRange?
  var sleep: SleepRule?
  /// Labels that nodes must have.
  var nodeSelector: [(key: String, value: String)]?
  var selectorOrigin = Origin.standard
  /// Keys that the file sets and that change nothing here.
  var notModelled: [String] = []
}

/// Reads vcluster.yaml (loft-sh/vcluster-docs, August 2026): `privateNodes` with
/// static and dynamic pools of `autoNodes`, `sleep.auto`,
/// `policies.resourceQuota` and `limitRange`, and
/// `sync.fromHost.nodes.selector`. Everything else is listed.
///
/// A pool of auto nodes means the pool of `fleet.nodes` of its name, or the one
/// that its node type selector names.
struct VClusterReader {
  var places: FilePlaces
  var zones: TimeZones

  /// nil: something is wrong.
  func read(_ from: Decoded, into diagnostics: inout DiagnosticList) -> VClusterFile? {
    guard let file = ForeignFile(from, places: places, into: &diagnostics) else { return nil }
    guard case .map = file.root.content else {
      diagnostics.add(file.root.origin, "", "is not a vcluster.yaml; found \(file.root.found)")
      return nil
    }
    var walk = VClusterWalk(zones: zones)
    walk.root(file.root)
    for found in walk.problems { diagnostics.add(found.origin, found.keyPath, found.text, hint: found.hint) }
    return walk.problems.isEmpty ? walk.result : nil
  }
}

/// One reading of such a file.
struct VClusterWalk {
  struct Problem {
    var origin: Origin
    var keyPath: String
    var text: String
    var hint: String
  }

  var zones: TimeZones
  var result = VClusterFile()
  var problems: [Problem] = []

  mutating func fail(_ node: SourceNode, _ keyPath: String, _ text: String, hint: String = "") {
    problems.append(Problem(origin: node.origin, keyPath: keyPath, text: text, hint: hint))
  }

  /// The value of a key that was expected here is a map.
  mutating func entries(_ node: SourceNode, _ keyPath: String) -> [SourceNode.Entry] {
    switch node.content {
    case .map(let entries): return entries
    case .null: return []
    case .scalar, .list:
      fail(node, keyPath, "is not a map; found \(node.found)")
      return []
    }
  }

  /// A key that is not modelled: told, with its line.
  mutating func leave(_ entry: SourceNode.Entry, _ keyPath: String) {
    if case .null = entry.value.content { return }
    var place = ""
    if case .file(_, let line, _) = entry.keyOrigin { place = " (line \(line))" }
    result.notModelled.append(keyPath + place)
  }

  mutating func flag(_ node: SourceNode?, _ keyPath: String) -> Bool {
    switch node?.content {
    case nil, .null?, .scalar("false")?: return false
    case .scalar("true")?: return true
    default:
      fail(node!, keyPath, "is neither true nor false; found \(node!.found)")
      return false
    }
  }

  mutating func text(_ node: SourceNode, _ keyPath: String) -> String? {
    if case .scalar(let text) = node.content { return text }
    fail(node, keyPath, "is not a single value; found \(node.found)")
    return nil
  }

  mutating func root(_ root: SourceNode) {
    for entry in entries(root, "") {
      switch entry.key {
      case "privateNodes": privateNodes(entry.value)
      case "sleep": sleep(entry.value)
      case "policies": policies(entry.value)
      case "sync": sync(entry.value)
      default: leave(entry, entry.key)
      }
    }
    if result.sleep != nil, result.nodes == .private {
      fail(root["sleep"]!, "sleep", Tenancy.privateNodesDoNotSleep)
    }
  }

  // MARK: - Policies

  private mutating func policies(_ node: SourceNode) {
    for entry in entries(node, "policies") {
      switch entry.key {
      case "resourceQuota": quota(entry.value, "policies.resourceQuota")
      case "limitRange": limitRange(entry.value, "policies.limitRange")
      default: leave(entry, "policies.\(entry.key)")
      }
    }
    // Switching one on switches the other on, unless it is switched off.
    if result.quota != nil, result.limits == nil, isAuto(node["limitRange"]) { result.limits = .vCluster }
    if result.limits != nil, result.quota == nil, isAuto(node["resourceQuota"]) { result.quota = .vCluster }
  }

  private func isAuto(_ node: SourceNode?) -> Bool {
    guard case .scalar(let text)? = node?["enabled"]?.content else { return true }
    return text == "auto"
  }

  private mutating func isOn(_ node: SourceNode, _ keyPath: String) -> Bool {
    if case .scalar("auto")? = node["enabled"]?.content { return false }
    return flag(node["enabled"], keyPath + ".enabled")
  }

  private mutating func quota(_ node: SourceNode, _ keyPath: String) {
    guard isOn(node, keyPath) else { return }
    var quota = ClusterQuota.vCluster
    for entry in entries(node, keyPath) where entry.key != "enabled" {
      guard entry.key == "quota" else {
        leave(entry, "\(keyPath).\(entry.key)")
        continue
      }
      for limit in entries(entry.value, keyPath + ".quota") {
        let path = "\(keyPath).quota.\(limit.key)"
        switch limit.key {
        case "requests.cpu": quota.cpuMilli = quantity(limit.value, path)
        case "requests.memory": quota.memoryMiB = quantity(limit.value, path).map { $0 / (1000 << 20) }
        case "limits.cpu": quota.limitCPUMilli = quantity(limit.value, path)
        case "limits.memory": quota.limitMemoryMiB = quantity(limit.value, path).map { $0 / (1000 << 20) }
        case "requests.nvidia.com/gpu": quota.milliGPU = quantity(limit.value, path)
        case "count/pods", "pods": quota.pods = quantity(limit.value, path).map { $0 / 1000 }
        default: leave(limit, path)
        }
      }
    }
    result.quota = quota
  }

  private mutating func limitRange(_ node: SourceNode, _ keyPath: String) {
    guard isOn(node, keyPath) else { return }
    var range = PodLimitRange.vCluster
    for entry in entries(node, keyPath) where entry.key != "enabled" {
      guard ["default", "defaultRequest", "max"].contains(entry.key) else {
        leave(entry, "\(keyPath).\(entry.key)")
        continue
      }
      for limit in entries(entry.value, "\(keyPath).\(entry.key)") {
        let path = "\(keyPath).\(entry.key).\(limit.key)"
        guard ["cpu", "memory"].contains(limit.key) else {
          leave(limit, path)
          continue
        }
        guard let value = quantity(limit.value, path) else { continue }
        let (milli, mebibytes) = (Int32(clamping: value), Int32(clamping: value / (1000 << 20)))
        switch (entry.key, limit.key) {
        case ("default", "cpu"): range.defaultCPULimitMilli = milli
        case ("default", _): range.defaultMemoryLimitMiB = mebibytes
        case ("defaultRequest", "cpu"): range.defaultCPUMilli = milli
        case ("defaultRequest", _): range.defaultMemoryMiB = mebibytes
        case (_, "cpu"): range.mostCPUMilli = milli
        default: range.mostMemoryMiB = mebibytes
        }
      }
    }
    result.limits = range
  }

  /// Thousandths of a quantity of Kubernetes: `10`, `500m`, `20Gi`, `1.5`.
  mutating func quantity(_ node: SourceNode, _ keyPath: String) -> Int64? {
    guard let text = text(node, keyPath) else { return nil }
    let suffixes: [(String, Int64)] = [
      ("Ki", 1000 << 10), ("Mi", 1000 << 20), ("Gi", 1000 << 30), ("Ti", 1000 << 40), ("m", 1),
      ("k", 1_000_000),
      ("M", 1_000_000_000), ("G", 1_000_000_000_000), ("T", 1_000_000_000_000_000), ("", 1000),
    ]
    for (suffix, factor) in suffixes where text.hasSuffix(suffix) {
      guard let number = try? ExactNumber(String(text.dropLast(suffix.count))), number.unit.isEmpty,
        !number.isNegative, let value = number.times(Int128(factor))
      else { break }
      return value
    }
    fail(node, keyPath, "is not a quantity; found \(node.found); accepted: 10, 500m or 20Gi")
    return nil
  }
}
