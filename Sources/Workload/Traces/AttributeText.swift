import Hardware
import SimulationKernel

/// How ladders of wishes, speeds by place and throughput tables are spelled in
/// one field of ``HeadroomTrace``.
enum AttributeText {
  // MARK: - relax: `600:rack;1800:anywhere`

  static let relaxations = "steps such as 600:rack;1800:anywhere (seconds in the queue and the wider wish)"

  static func text(_ steps: [WishRelaxation]) -> String {
    steps.map { "\(seconds($0.after)):\($0.to.name)" }.joined(separator: ";")
  }

  static func relaxation(_ text: String) -> [WishRelaxation]? {
    var steps: [WishRelaxation] = []
    for part in text.split(separator: ";", omittingEmptySubsequences: false) {
      let words = part.split(separator: ":", omittingEmptySubsequences: false)
      guard words.count == 2, let after = nanoseconds(words[0]),
        let to = PlacementWish.allCases.first(where: { $0.name == words[1] })
      else { return nil }
      steps.append(WishRelaxation(after: SimDuration(nanoseconds: after), to: to))
    }
    return steps
  }

  private static func seconds(_ span: SimDuration) -> String {
    let (whole, rest) = span.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    guard rest > 0 else { return "\(whole)" }
    let digits = String(rest)
    let decimals = String(repeating: "0", count: 9 - digits.count) + digits
    return "\(whole).\(decimals.reversed().drop { $0 == "0" }.reversed().map(String.init).joined())"
  }

  private static func nanoseconds(_ text: Substring) -> Int64? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
      let whole = Int64(parts[0]), whole <= 2_000_000_000
    else { return nil }
    guard parts.count == 2 else { return whole * 1_000_000_000 }
    guard parts[1].count <= 9 else { return nil }
    let decimals = parts[1] + String(repeating: "0", count: 9 - parts[1].count)
    return whole * 1_000_000_000 + Int64(decimals)!
  }

  // MARK: - speed: `rack=0.95/0.9/0.8;fleet=0.9/0.85/0.6`

  static let speeds =
    "factors such as rack=0.95/0.9/0.8;fleet=0.9/0.85/0.6 (of each span on infiniband, roce and ethernet, above 0, "
    + "at most 1)"

  static func text(_ speed: PlacementSpeed) -> String {
    PlacementSpan.allCases.compactMap { span in
      let factors = Fabric.allCases.map { speed[span, $0] }
      if factors.allSatisfy({ $0 == PlacementSpeed.full }) { return nil }
      let texts = factors.map { factor -> String in
        let value = Double(factor) / Double(PlacementSpeed.full)
        return value == 1 ? "1" : "\(value)"
      }
      return "\(span.name)=\(texts.joined(separator: "/"))"
    }.joined(separator: ";")
  }

  /// Spans that are not named have full speed.
  static func speed(_ text: String) -> PlacementSpeed? {
    var factors: [PlacementSpan: [Double]] = [:]
    for part in text.split(separator: ";", omittingEmptySubsequences: false) {
      let words = part.split(separator: "=", omittingEmptySubsequences: false)
      guard words.count == 2, let span = PlacementSpan.allCases.first(where: { $0.name == words[0] }),
        factors[span] == nil
      else { return nil }
      let values = words[1].split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
      guard values.count == Fabric.allCases.count,
        values.allSatisfy({ $0.map { $0 >= 1e-6 && $0 <= 1 } ?? false })
      else { return nil }
      factors[span] = values.map { $0! }
    }
    return PlacementSpeed { span, fabric in factors[span]?[Int(fabric.rawValue)] ?? 1 }
  }

  // MARK: - throughput: `bert;h100-80gb-sxm:16:rack:3.2`

  static let throughputs =
    "a name and rows such as bert;h100-80gb-sxm:16:rack:3.2 (model, GPUs, span, steps per second)"

  static func text(_ table: ThroughputTable) -> String {
    ([table.name] + table.rows.map { "\($0.gpu):\($0.gpus):\($0.span.name):\($0.stepsPerSecond)" })
      .joined(separator: ";")
  }

  static func throughput(_ text: String) -> ThroughputTable? {
    let parts = text.split(separator: ";", omittingEmptySubsequences: false)
    var table = ThroughputTable(name: String(parts[0]), rows: [])
    for part in parts.dropFirst() {
      let words = part.split(separator: ":", omittingEmptySubsequences: false)
      guard words.count == 4, let gpus = Int64(words[1]), (1...1_000_000).contains(gpus),
        let span = PlacementSpan.allCases.first(where: { $0.name == words[2] }), let speed = Double(words[3])
      else { return nil }
      table.rows.append(.init(gpu: String(words[0]), gpus: gpus, span: span, stepsPerSecond: speed))
    }
    return table.problem == nil ? table : nil
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
