import Engine

/// Where the parts of an input stand in the file, for what the engine refuses
/// when a run is prepared.
enum StatedPlaces {
  /// The keys of a part; the first that is stated is to blame, and where none
  /// is, the section around the first.
  private static func keys(_ part: InputPart) -> [[String]] {
    switch part {
    case .run: [[]]
    case .horizon: [["horizon"]]
    case .warmup: [["warmup"]]
    case .bucket: [["bucket"]]
    case .fleet: [["fleet"]]
    case .fleetChanges: [["fleetChanges"], ["fleet"]]
    case .maintenance: [["maintenance"]]
    case .autoNodes: [["policy", "autoNodes"], ["fleet", "nodes"]]
    case .clusterAutoscaler: [["policy", "autoNodes", "provisioner"], ["policy", "autoNodes"]]
    case .workload: [["workload"]]
    case .fragmentation: [["fragmentation"]]
    case .placement: [["policy", "placement"]]
    case .queue: [["policy", "queue"]]
    case .preemption: [["policy", "preemption"]]
    case .gangs: [["policy", "gangs"]]
    case .sharing: [["policy", "sharing"]]
    case .contention: [["policy", "sharing", "contention"], ["policy", "sharing"]]
    case .wipe: [["policy", "sharing", "wipe"], ["policy", "sharing"]]
    case .relayout: [["policy", "sharing", "relayout"], ["policy", "sharing"]]
    case .burst: [["policy", "burst"]]
    case .storage: [["storage"]]
    case .tenancy: [["tenancy"]]
    }
  }

  static func places(_ root: Decoded) -> InputPlaces {
    InputPlaces(
      InputPart.allCases.reduce(into: [:]) { places, part in
        let ways = keys(part)
        let stated = ways.lazy.compactMap { node($0, in: root) }.first ?? nearest(ways[0], in: root)
        // An override somewhere is not to blame for the whole.
        let origin = stated.keyPath.isEmpty ? stated.origin : stated.blame
        let text = Diagnostic(origin, keyPath: stated.keyPath, message: "").description
        places[part] = String(text.dropLast(2))
      }
    )
  }

  /// The value of a key that somebody wrote; nil: nobody did.
  private static func node(_ path: [String], in root: Decoded) -> Decoded? {
    var node = root
    for key in path {
      guard let next = node.entries.first(where: { $0.key == key })?.value else { return nil }
      node = next
    }
    return node.blame == .standard ? nil : node
  }

  /// The innermost section around the key that somebody wrote.
  private static func nearest(_ path: [String], in root: Decoded) -> Decoded {
    path.indices.reversed().lazy.compactMap { node(Array(path[..<$0]), in: root) }.first ?? root
  }
}
