import Hardware

/// Where an instance can go beside others on one GPU, and which rule takes
/// which start: the choice of ``MIGPlacementRule``, explained.
public struct MIGPlacementText {
  private let geometry: MIGGeometry
  private let profile: Int
  private let present: [MIGPlacement]
  private let state: MIGState

  /// - Precondition: no two of the instances overlap.
  public init(_ geometry: MIGGeometry, profile: Int, beside present: [MIGPlacement]) {
    self.geometry = geometry
    self.profile = profile
    self.present = present
    state = present.reduce(.empty) { state, placement in
      precondition(placement.parts.isDisjoint(with: state), "instances overlap")
      return state.union(placement.parts)
    }
  }

  public func page(_ model: GPUModel, style: TextStyle) -> String {
    let name = geometry.profiles[profile].name
    let beside = present.map { "\(geometry.profiles[$0.profile].name)@\($0.start)" }.joined(separator: ", ")
    var lines = [
      style.heading("\(model.id) · where \(name) goes\(beside.isEmpty ? "" : " beside \(beside)")"), "",
    ]
    let open = geometry.placements.filter { $0.profile == profile && $0.parts.isDisjoint(with: state) }
    guard !open.isEmpty else {
      let starts = geometry.profiles[profile].starts.map(String.init).joined(separator: ", ")
      lines.append("  nowhere: something is in the way of each of its starts (\(starts))")
      return style.plain(lines.joined(separator: "\n")) + "\n"
    }
    var table = TextTable(style: style, firstNumeric: 5)
    table.add(["start", "free run", "placements left", "chosen by", "what could still be placed, and where"])
    for placement in open {
      let after = state.union(placement.parts)
      let rules = MIGPlacementRule.allCases.filter {
        geometry.placement(of: profile, in: state, by: $0) == placement
      }
      table.add([
        "\(placement.start)", "\(after.largestFreeRun(of: geometry.computeSliceCount))",
        "\(geometry.openPlacements(after).nonzeroBitCount)", rules.map(\.name).joined(separator: ", "),
        left(after),
      ])
    }
    lines += table.lines(hangingTitle: true)
    lines += [
      "",
      "  largest-free-run takes the longest free run, then the most placements left, then the lowest start.",
      "  least-loss goes by the mix of jobs in a scenario: see docs/mig.md.",
    ]
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  /// Starts that remain, by profile, largest first; media extensions aside.
  private func left(_ state: MIGState) -> String {
    geometry.profiles.indices.reversed().compactMap { profile in
      guard !geometry.profiles[profile].hasMediaExtensions else { return nil }
      let starts = geometry.placements.filter { $0.profile == profile && $0.parts.isDisjoint(with: state) }
      if starts.isEmpty { return nil }
      return "\(geometry.profiles[profile].name)@\(starts.map { "\($0.start)" }.joined(separator: "|"))"
    }.joined(separator: "  ")
  }
}
