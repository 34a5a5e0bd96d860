import Hardware

/// The instances of a board, for people and for programs.
public enum MIGText {
  /// Profiles with the origin of their figures, counts of layouts, and what a
  /// full GPU can hold.
  public static func page(_ model: GPUModel, _ geometry: MIGGeometry, style: TextStyle) -> String {
    let all = MIGLayouts.withoutMedia(geometry)
    let plain = MIGLayouts.ofPlainSlices(geometry)
    var table = TextTable(style: style, firstNumeric: 1)
    table.add(["profile", "id", "compute", "slots", "starts", "most", "MiB", "SMs", "figures"])
    for profile in geometry.profiles {
      table.add([
        profile.name, profile.driverID.map { "\($0)" } ?? "-", "\(profile.computeSlices)",
        "\(profile.memorySlots)",
        profile.starts.map { "\($0)" }.joined(separator: " "), "\(profile.maximumCount)",
        NumberText.grouped(Double(profile.memoryMiB.value)), profile.smCount.map { "\($0.value)" } ?? "-",
        profile.memoryMiB.source.hasPrefix("driver") ? "listed" : "derived",
      ])
    }
    var lines = [
      style.heading("\(model.name) · \(model.id) · MIG"),
      "  \(geometry.slotCount) memory slots, \(geometry.computeSliceCount) compute slices; an instance takes "
        + "consecutive slots from one of its starts",
      "",
    ]
    lines += table.lines(hangingTitle: true)
    lines += ["", "  without +me: " + counts(all)]
    if geometry.profiles.contains(where: \.hasDoubleMemory) {
      lines.append("  and without the 1g of double memory: " + counts(plain))
    }
    lines += ["", "What a full GPU holds, without +me:"]
    lines += all.maximalContents.map { "  " + contents($0, geometry) }
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  /// The same as JSON.
  public static func json(_ model: GPUModel, _ geometry: MIGGeometry) throws -> String {
    try ReportJSON.encode(MIGDocument(model, geometry))
  }

  private static func counts(_ layouts: MIGLayouts) -> String {
    "\(layouts.all.count) layouts with the empty one, \(layouts.maximal.count) to which nothing can be added, of "
      + "\(layouts.maximalContents.count) different contents"
  }

  /// Such as `4g.40gb + 3 x 1g.10gb`, largest first.
  private static func contents(_ counts: [Int], _ geometry: MIGGeometry) -> String {
    geometry.profiles.indices.reversed().filter { counts[$0] > 0 }.map {
      counts[$0] == 1 ? geometry.profiles[$0].name : "\(counts[$0]) x \(geometry.profiles[$0].name)"
    }.joined(separator: " + ")
  }
}

private struct MIGDocument: Encodable {
  struct Profile: Encodable {
    var name: String
    var resource: String
    var id: Int?
    var computeSlices: Int
    var memorySlots: Int
    var starts: [Int]
    var mostPerGPU: Int
    var memoryMiB: Int
    var memorySource: String
    var smCount: Int?
    var smSource: String?
  }

  struct Counts: Encodable {
    var withTheEmptyOne: Int
    var maximal: Int
    var maximalContents: Int

    init(_ layouts: MIGLayouts) {
      withTheEmptyOne = layouts.all.count
      maximal = layouts.maximal.count
      maximalContents = layouts.maximalContents.count
    }
  }

  var gpu: String
  var geometry: String
  var memorySlots: Int
  var computeSlices: Int
  var profiles: [Profile]
  var layoutsWithoutMedia: Counts
  var layoutsOfPlainSlices: Counts
  /// What a full GPU holds: profile names, largest first.
  var fullContents: [[String]]

  init(_ model: GPUModel, _ geometry: MIGGeometry) {
    let all = MIGLayouts.withoutMedia(geometry)
    gpu = model.id
    self.geometry = geometry.name
    memorySlots = geometry.slotCount
    computeSlices = geometry.computeSliceCount
    profiles = geometry.profiles.map {
      Profile(
        name: $0.name,
        resource: MIGResource.name(ofProfile: $0.name),
        id: $0.driverID,
        computeSlices: $0.computeSlices,
        memorySlots: $0.memorySlots,
        starts: $0.starts,
        mostPerGPU: $0.maximumCount,
        memoryMiB: $0.memoryMiB.value,
        memorySource: $0.memoryMiB.source,
        smCount: $0.smCount?.value,
        smSource: $0.smCount?.source
      )
    }
    layoutsWithoutMedia = Counts(all)
    layoutsOfPlainSlices = Counts(.ofPlainSlices(geometry))
    fullContents = all.maximalContents.map { counts in
      geometry.profiles.indices.reversed().flatMap {
        Array(repeating: geometry.profiles[$0].name, count: counts[$0])
      }
    }
  }
}
