import Engine

/// Reads the sharing part of a configuration file of the NVIDIA device plugin,
/// or of the ConfigMap that holds such files.
///
/// Format (NVIDIA/k8s-device-plugin, api/config/v1): `version: v1`, `flags` and
/// `resources` (ignored here), and `sharing` with `timeSlicing` or `mps`, each
/// with `renameByDefault`, `failRequestsGreaterThanOne` and `resources`: a list
/// of `name` and `replicas`.
struct PluginConfigReader {
  /// The resource of whole GPUs.
  static let gpu = "nvidia.com/gpu"

  var places: FilePlaces
  var mode: SharingMode

  private var method: String { mode == .mps ? "mps" : "timeSlicing" }

  /// Fills in replicas and flags; false: something is wrong.
  func read(
    _ from: Decoded,
    entry: Decoded?,
    into spec: inout ContentionSpec,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    guard let file = ForeignFile(from, places: places, into: &diagnostics) else { return false }
    guard
      let content = file.content(from, entry: entry, hint: "choose one with entry", into: &diagnostics)
    else { return false }
    return read(content.root, content.prefix, into: &spec, &diagnostics)
  }

  // MARK: - The file

  private func read(
    _ root: SourceNode,
    _ prefix: String,
    into spec: inout ContentionSpec,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    let known = ["version", "flags", "resources", "sharing"]
    guard root.holdsOnly(known, at: String(prefix.dropLast()), into: &diagnostics) else { return false }
    guard let version = root["version"], case .scalar("v1") = version.content else {
      return fail(
        root["version"] ?? root,
        prefix + "version",
        "is not a device plugin's file of version v1; found \(root["version"]?.found ?? "nothing")",
        &diagnostics
      )
    }
    guard let sharing = root["sharing"] else {
      return fail(root, prefix + "sharing", "shares no GPUs", &diagnostics)
    }
    let at = prefix + "sharing"
    guard sharing.holdsOnly(["timeSlicing", "mps"], at: at, into: &diagnostics) else { return false }
    if let other = sharing["mps"], sharing["timeSlicing"] != nil {
      return fail(other, at, "time-slicing and MPS exclude each other; found both", &diagnostics)
    }
    guard let part = sharing[method] else {
      let other = mode == .mps ? "timeSlicing" : "mps"
      return fail(
        sharing,
        at,
        "says nothing of \(method); found \(other)",
        hint: "set mode: \(other)",
        &diagnostics
      )
    }
    let inner = "\(at).\(method)"
    guard
      part.holdsOnly(
        ["renameByDefault", "failRequestsGreaterThanOne", "resources"],
        at: inner,
        into: &diagnostics
      ),
      let renames = flag(part["renameByDefault"], "\(inner).renameByDefault", &diagnostics),
      let fails = flag(
        part["failRequestsGreaterThanOne"],
        "\(inner).failRequestsGreaterThanOne",
        &diagnostics
      )
    else { return false }
    // MPS always refuses them (the plugin's own rule).
    spec.failRequestsGreaterThanOne = fails || mode == .mps
    spec.renameByDefault = renames
    guard case .list(let resources)? = part["resources"]?.content, !resources.isEmpty else {
      return fail(part["resources"] ?? part, "\(inner).resources", "lists no resources", &diagnostics)
    }
    var isKnown = false
    for (position, resource) in resources.enumerated() {
      let path = "\(inner).resources[\(position)]"
      guard let replicas = replicas(resource, path, &diagnostics) else { return false }
      if isKnown { return fail(resource, path, "lists \(Self.gpu) twice", &diagnostics) }
      isKnown = true
      spec.replicas = replicas
    }
    return true
  }

  /// Replicas of GPUs; nil: something is wrong.
  private func replicas(
    _ resource: SourceNode,
    _ path: String,
    _ diagnostics: inout DiagnosticList
  ) -> Int32? {
    guard resource.holdsOnly(["name", "replicas"], at: path, into: &diagnostics) else { return nil }
    guard case .scalar(let name)? = resource["name"]?.content else {
      _ = fail(resource["name"] ?? resource, path + ".name", "names no resource", &diagnostics)
      return nil
    }
    guard name == Self.gpu else {
      let isMIG = name.hasPrefix("nvidia.com/mig-")
      let text =
        !isMIG
        ? "unknown resource; found '\(name)'; accepted: \(Self.gpu)"
        : mode == .mps
          ? "MPS does not run on MIG instances; found '\(name)'"
          : "time-slicing of MIG instances is not simulated; found '\(name)'"
      _ = fail(
        resource["name"]!,
        path + ".name",
        text,
        hint: isMIG ? "" : Hint.didYouMean(name, among: [Self.gpu]),
        &diagnostics
      )
      return nil
    }
    guard case .scalar(let text)? = resource["replicas"]?.content, let count = Int64(text) else {
      let found = resource["replicas"]?.found ?? "nothing"
      _ = fail(
        resource["replicas"] ?? resource,
        path + ".replicas",
        "is not a whole number; found \(found)",
        &diagnostics
      )
      return nil
    }
    let builder = ContentionBuilder(places: places, mode: mode)
    let origin = resource["replicas"]!.origin
    return builder.accepts(count, origin, path + ".replicas", into: &diagnostics) ? Int32(count) : nil
  }

  private func flag(_ node: SourceNode?, _ path: String, _ diagnostics: inout DiagnosticList) -> Bool? {
    switch node?.content {
    case nil, .null?, .scalar("false")?: return false
    case .scalar("true")?: return true
    default:
      _ = fail(node!, path, "is neither true nor false; found \(node!.found)", &diagnostics)
      return nil
    }
  }

  private func fail(
    _ node: SourceNode,
    _ path: String,
    _ text: String,
    hint: String = "",
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    diagnostics.add(node.origin, path, text, hint: hint)
    return false
  }
}
