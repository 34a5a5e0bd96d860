import Hardware

/// Where an instance can go beside others on one GPU, and which rule takes
/// which start: the choice of ``MIGPlacementRule``, explained.
public enum MIGPlacementText {
  /// - Precondition: no two of the instances overlap.
  public static func page(
    _ model: GPUModel,
    _ geometry: MIGGeometry,
    profile: Int,
    beside present: [MIGPlacement],
    style: TextStyle
  ) -> String {
    let document = MIGPlacementDocument(model, geometry, profile: profile, beside: present)
    let beside = present.isEmpty ? "" : " beside \(document.beside.joined(separator: ", "))"
    var lines = [style.heading("\(model.id) · where \(document.profile) goes\(beside)"), ""]
    guard !document.choices.isEmpty else {
      let starts = geometry.profiles[profile].starts.map(String.init).joined(separator: ", ")
      lines.append("  nowhere: something is in the way of each of its starts (\(starts))")
      return style.plain(lines.joined(separator: "\n")) + "\n"
    }
    var table = TextTable(style: style, firstNumeric: 5)
    table.add(["start", "free run", "placements left", "chosen by", "what could still be placed, and where"])
    for choice in document.choices {
      let left = choice.left.map { "\($0.profile)@\($0.starts.map(String.init).joined(separator: "|"))" }
      table.add([
        "\(choice.start)", "\(choice.largestFreeRun)", "\(choice.placementsLeft)",
        choice.chosenBy.joined(separator: ", "), left.joined(separator: "  "),
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

  /// The same as JSON.
  ///
  /// - Precondition: no two of the instances overlap.
  public static func json(
    _ model: GPUModel,
    _ geometry: MIGGeometry,
    profile: Int,
    beside present: [MIGPlacement]
  ) throws -> String {
    try ReportJSON.encode(MIGPlacementDocument(model, geometry, profile: profile, beside: present))
  }
}

private struct MIGPlacementDocument: Encodable {
  /// A profile and where it could still start.
  struct Left: Encodable {
    var profile: String
    var starts: [Int]
  }

  struct Choice: Encodable {
    var start: Int
    /// Slots, of those that come with a compute slice.
    var largestFreeRun: Int
    var placementsLeft: Int
    var chosenBy: [String]
    /// Largest first; media extensions aside.
    var left: [Left]
  }

  var gpu: String
  var profile: String
  /// As `PROFILE@START`.
  var beside: [String]
  var choices: [Choice]

  init(_ model: GPUModel, _ geometry: MIGGeometry, profile: Int, beside present: [MIGPlacement]) {
    let state = present.reduce(MIGState.empty) { state, placement in
      precondition(placement.parts.isDisjoint(with: state), "instances overlap")
      return state.union(placement.parts)
    }
    func open(_ profile: Int, in state: MIGState) -> [MIGPlacement] {
      geometry.placements.filter { $0.profile == profile && $0.parts.isDisjoint(with: state) }
    }
    gpu = model.id
    self.profile = geometry.profiles[profile].name
    beside = present.map { "\(geometry.profiles[$0.profile].name)@\($0.start)" }
    choices = open(profile, in: state).map { placement in
      let after = state.union(placement.parts)
      return Choice(
        start: placement.start,
        largestFreeRun: after.largestFreeRun(of: geometry.computeSliceCount),
        placementsLeft: geometry.openPlacements(after).nonzeroBitCount,
        chosenBy: MIGPlacementRule.allCases.filter {
          geometry.placement(of: profile, in: state, by: $0) == placement
        }.map(\.name),
        left: geometry.profiles.indices.reversed().compactMap { other in
          let starts = open(other, in: after).map(\.start)
          let isShown = !geometry.profiles[other].hasMediaExtensions && !starts.isEmpty
          return isShown ? Left(profile: geometry.profiles[other].name, starts: starts) : nil
        }
      )
    }
  }
}
