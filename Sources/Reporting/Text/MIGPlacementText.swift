import Hardware
import Planning

/// Where an instance can go beside others on one GPU, and which rule takes
/// which start: the choice of ``MIGPlacementRule``, explained.
public enum MIGPlacementText {
  /// - Precondition: no two of the instances overlap.
  public static func page(
    _ model: GPUModel,
    _ geometry: MIGGeometry,
    profile: Int,
    beside present: [MIGPlacement],
    _ losses: MIGPlacementLosses? = nil,
    style: TextStyle
  ) -> String {
    let document = MIGPlacementDocument(model, geometry, profile: profile, beside: present, losses)
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
    ]
    if let losses {
      lines += [""] + lossLines(losses, style)
    } else {
      lines.append("  least-loss goes by the mix of jobs: add --mix.")
    }
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  /// What each start would cost the mix.
  private static func lossLines(_ losses: MIGPlacementLosses, _ style: TextStyle) -> [String] {
    func decimal(_ value: Double) -> String { NumberText.grouped(value, decimals: 3) }
    var table = TextTable(style: style)
    table.add(["start", "loss", "grows by"] + losses.kinds.map { "for \($0.name)" })
    table.add(["now", decimal(losses.loss), ""] + losses.kinds.map { "\($0.usable)" })
    for (position, choice) in losses.choices.enumerated() {
      table.add(
        ["\(choice.start)", decimal(choice.loss), decimal(choice.growth)]
          + losses.kinds.map { "\($0.usableAfter[position])" }
      )
    }
    let mix = losses.kinds.map { "\(NumberText.grouped(Double($0.jobs))) x \($0.name)" }
    var lines = LineFolding.fold("  mix: ", mix, width: style.width)
    lines += table.lines(hangingTitle: true)
    if let taken = losses.choices.first(where: \.isTaken) {
      let equals = losses.choices.count { $0.growth == taken.growth }
      lines += [
        "",
        "  least-loss takes start \(taken.start): the loss grows least"
          + (equals > 1 ? ", the lowest of \(equals) equals." : "."),
      ]
    }
    return lines + [
      "  The loss is what a job of the mix, on average, could not use of the free slots: those less the slots",
      "  that further instances for it could take (\"for\"). The placement fgd compares GPUs by the same growth.",
    ]
  }

  /// The same as JSON.
  ///
  /// - Precondition: no two of the instances overlap.
  public static func json(
    _ model: GPUModel,
    _ geometry: MIGGeometry,
    profile: Int,
    beside present: [MIGPlacement],
    _ losses: MIGPlacementLosses? = nil
  ) throws -> String {
    try ReportJSON.encode(MIGPlacementDocument(model, geometry, profile: profile, beside: present, losses))
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
    /// Slots of the free ones that the mean job of the mix could not use, and by
    /// how much that grows; without a mix there is neither.
    var loss: Double?
    var lossGrowth: Double?
    /// Largest first; media extensions aside.
    var left: [Left]
  }

  var gpu: String
  var profile: String
  /// As `PROFILE@START`.
  var beside: [String]
  var choices: [Choice]

  init(
    _ model: GPUModel,
    _ geometry: MIGGeometry,
    profile: Int,
    beside present: [MIGPlacement],
    _ losses: MIGPlacementLosses?
  ) {
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
      let loss = losses?.choices.first { $0.start == placement.start }
      return Choice(
        start: placement.start,
        largestFreeRun: after.largestFreeRun(of: geometry.computeSliceCount),
        placementsLeft: geometry.openPlacements(after).nonzeroBitCount,
        chosenBy: MIGPlacementRule.allCases.filter {
          geometry.placement(of: profile, in: state, by: $0) == placement
        }.map(\.name) + (loss?.isTaken == true ? ["least-loss"] : []),
        loss: loss?.loss,
        lossGrowth: loss?.growth,
        left: geometry.profiles.indices.reversed().compactMap { other in
          let starts = open(other, in: after).map(\.start)
          let isShown = !geometry.profiles[other].hasMediaExtensions && !starts.isEmpty
          return isShown ? Left(profile: geometry.profiles[other].name, starts: starts) : nil
        }
      )
    }
  }
}
