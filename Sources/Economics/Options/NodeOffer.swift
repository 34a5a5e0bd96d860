import Glibc

/// The ways in which a node can be had.
public enum PurchaseKind: String, Hashable, Sendable, CaseIterable {
  /// Bought, in colocation.
  case owned
  /// Rented under a commitment of one year, paid whether used or not.
  case committed = "committed-1y"
  /// Rented by the time of use.
  case onDemand = "on-demand"
  /// By the time of use, on capacity that may be taken away.
  case spot
}

/// What renting one node costs.
public struct NodeOffer: Hashable, Sendable {
  public var kind: PurchaseKind
  public var row: PriceRow
  /// Instances that stand for one node.
  public var instances: Int
  /// USD for an hour of one node, level over the years; on spot with the work
  /// that is lost.
  public var perNodeHour: Double
  /// What a reader of the price must know; empty: nothing.
  public var remark: String

  /// The cheapest usable offer for nodes of a GPU; nil: there is none.
  ///
  /// An instance has the GPUs of the node; where no provider has one, several
  /// smaller ones stand for it. Prices fall, and are made level, as
  /// ``TCOOption/annualCost(rate:)`` does.
  public static func cheapest(
    _ kind: PurchaseKind,
    gpu: String,
    gpusPerNode: Int,
    providers: [String],
    book: PriceBook,
    parameters: CostParameters,
    years: Int
  ) -> NodeOffer? {
    let rows = providers.flatMap { book.entries(gpu: gpu, provider: $0) }.filter(\.isUsable)
    let whole = rows.filter { $0.row.gpuCount == gpusPerNode }
    let parts = rows.filter { $0.row.gpuCount < gpusPerNode && gpusPerNode % $0.row.gpuCount == 0 }
    let offers = (whole.isEmpty ? parts : whole).compactMap {
      offer(kind, $0, gpusPerNode / $0.row.gpuCount, parameters, years)
    }
    return offers.min { $0.perNodeHour < $1.perNodeHour }
  }

  private static func offer(
    _ kind: PurchaseKind,
    _ entry: PriceBook.Entry,
    _ instances: Int,
    _ parameters: CostParameters,
    _ years: Int
  ) -> NodeOffer? {
    func value(_ role: CostRole) -> Double { parameters[role].typical }
    let row = entry.row
    var remarks: [String] = []
    var price: Double
    switch kind {
    case .owned: return nil
    case .onDemand:
      guard let stated = row.onDemand else { return nil }
      price = stated.units
    case .committed:
      if let stated = row.oneYear {
        price = stated.units
      } else if let stated = row.onDemand {
        price = stated.units * (1 - value(.oneYearDiscount))
        let share = (value(.oneYearDiscount) * 1000).rounded() / 10
        remarks.append("no commitment price is known: a typical \(share) % off on demand")
      } else {
        return nil
      }
    case .spot:
      guard let stated = row.spot, !entry.flaws.contains(.spotNotBelowOnDemand) else { return nil }
      price = Renting.effectiveSpotPrice(
        stated.units,
        interruptionsPerHour: value(.interruptions),
        checkpointHours: value(.checkpointInterval),
        restartHours: value(.restartTime)
      )
      remarks.append("may be taken away at any time; work lost is an estimate")
    }
    if instances > 1 { remarks.append("\(instances) instances stand for a node") }
    let rate = value(.costOfCapital)
    let level =
      Annuity.presentValue(rate: rate, years: years, growth: -value(.cloudPriceDecline))
      * Annuity.recoveryFactor(rate: rate, years: years)
    return NodeOffer(
      kind: kind,
      row: row,
      instances: instances,
      perNodeHour: price * Double(instances) * level,
      remark: remarks.joined(separator: "; ")
    )
  }
}
