/// How the Kubernetes device plugin shows MIG to the scheduler.
///
/// Source: NVIDIA/k8s-device-plugin, README, `MIG_STRATEGY`.
public enum MIGStrategy: String, Hashable, Sendable, CaseIterable {
  /// MIG is not shown: whole GPUs only.
  case none
  /// All GPUs of the node are cut into the same profile, shown as
  /// `nvidia.com/gpu`.
  case single
  /// Each profile is a resource of its own; GPUs that are not cut stay
  /// `nvidia.com/gpu`.
  case mixed
}

/// Names of extended resources.
public enum MIGResource {
  /// Whole GPUs.
  public static let wholeGPU = "nvidia.com/gpu"
  private static let prefix = "nvidia.com/mig-"

  /// The resource of a profile: `1g.10gb+me` is `nvidia.com/mig-1g.10gb.me`,
  /// since a resource's name has no plus.
  public static func name(ofProfile profile: String) -> String {
    prefix + profile.replacing("+", with: ".")
  }

  /// The profile of a resource; nil: the name is not one of MIG.
  public static func profile(ofName name: String) -> String? {
    guard name.hasPrefix(prefix) else { return nil }
    let rest = String(name.dropFirst(prefix.count))
    return rest.hasSuffix(".me") ? rest.dropLast(3) + "+me" : rest
  }

  /// What a node shows whose GPUs hold these instances (profile names, none
  /// for a GPU that is not cut), sorted by name; nil: the strategy does not
  /// allow these layouts.
  public static func advertised(
    _ strategy: MIGStrategy,
    layouts: [[String]]
  ) -> [(resource: String, count: Int)]? {
    var counts: [String: Int] = [:]
    switch strategy {
    case .none:
      guard layouts.allSatisfy(\.isEmpty) else { return nil }
      counts[wholeGPU] = layouts.count
    case .single:
      let kinds = Set(layouts.flatMap { $0 })
      guard kinds.count <= 1, kinds.isEmpty || !layouts.contains(where: \.isEmpty) else { return nil }
      counts[wholeGPU] = kinds.isEmpty ? layouts.count : layouts.reduce(0) { $0 + $1.count }
    case .mixed:
      for layout in layouts {
        if layout.isEmpty { counts[wholeGPU, default: 0] += 1 }
        for profile in layout { counts[name(ofProfile: profile), default: 0] += 1 }
      }
    }
    return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
