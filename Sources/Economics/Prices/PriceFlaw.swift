import Hardware

/// Why a price row should not be used as it stands, or only with care.
public enum PriceFlaw: Hashable, Sendable {
  /// The source's price is known to be wrong; the reason.
  case wrongAtSource(String)
  /// The price is that of the GPUs only, without the host around them.
  case partial
  case noOnDemandPrice
  /// Spot costs as much as on demand or more: there is no spot offer.
  case spotNotBelowOnDemand
  /// A price of zero.
  case free
  /// More than so many times above or below the middle price of the GPU.
  case farFromOthers(factor: Double)
  /// The program does not know the GPU.
  case unknownGPU
  case noDate

  /// Whether results may rest on the price.
  public var forbidsUse: Bool {
    switch self {
    case .wrongAtSource, .partial, .noOnDemandPrice, .free: true
    case .spotNotBelowOnDemand, .farFromOthers, .unknownGPU, .noDate: false
    }
  }

  public var text: String {
    switch self {
    case .wrongAtSource(let reason): "not used: \(reason)"
    case .partial: "not used: price of the GPUs only, without their host"
    case .noOnDemandPrice: "not used: no on-demand price"
    case .free: "not used: a price of 0"
    case .spotNotBelowOnDemand: "spot is not below on demand: no spot offer"
    case .farFromOthers(let factor):
      "on demand is \((factor * 10).rounded() / 10) x the middle price of this GPU"
    case .unknownGPU: "the program does not know this GPU"
    case .noDate: "the source states no date"
    }
  }
}

extension PriceRow {
  /// The marks by which a note tells a flaw.
  static let suspectMark = "SUSPECT"
  static let partMark = "without host"

  /// What can be seen from the row alone.
  var ownFlaws: [PriceFlaw] {
    var flaws: [PriceFlaw] = []
    if note.contains(Self.suspectMark) {
      let reason = note.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
      flaws.append(.wrongAtSource(reason.isEmpty ? note : String(reason)))
    }
    if note.contains(Self.partMark) || note.contains("host not included")
      || note.contains("host vCPU and memory not included")
    {
      flaws.append(.partial)
    }
    if let onDemand {
      if let spot, spot >= onDemand { flaws.append(.spotNotBelowOnDemand) }
    } else {
      flaws.append(.noOnDemandPrice)
    }
    if [onDemand, spot, oneYear, threeYears].contains(where: { $0 == .zero }) { flaws.append(.free) }
    if GPUCatalogue.builtin.model(named: gpu) == nil { flaws.append(.unknownGPU) }
    if date == nil { flaws.append(.noDate) }
    return flaws
  }
}
