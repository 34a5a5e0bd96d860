import Economics
import Hardware
import Scenario

/// Claims about list prices and purchases.
enum PriceClaims {
  /// Every listed on-demand offer, one GPU for 8,760 hours.
  static func cloudYear(_ claim: LoadedClaim) throws -> ClaimResult {
    let gpu = try ClaimTest.gpu(claim.gpu, claim)
    let entries = PriceBook.builtin.entries(gpu: gpu.id, provider: nil).filter(\.isUsable)
    guard !entries.isEmpty else {
      throw ClaimError(claim: claim.name, reason: "the price book has no usable price of \(gpu.id)")
    }
    func year(_ entry: PriceBook.Entry) -> Double {
      (entry.row.perGPU(entry.row.onDemand)?.units ?? 0) * OwnershipCase.hoursPerYear
    }
    var table = [["provider", "offers", "lowest, USD a year", "highest, USD a year", "above"]]
    var (above, all) = (0, 0)
    var holding: [String] = []
    for provider in PriceBook.builtin.providers {
      let years = entries.filter { $0.row.provider == provider }.map(year).sorted()
      guard let low = years.first, let high = years.last else { continue }
      let count = years.count { $0 > claim.above }
      table.append([provider, "\(years.count)", Figure.whole(low), Figure.whole(high), "\(count)"])
      above += count
      all += years.count
      if count > 0 {
        holding.append(count == years.count ? provider : "\(provider) (\(count) of \(years.count))")
      }
    }
    let places = holding.isEmpty ? "nowhere" : "at \(holding.joined(separator: ", "))"
    return claim.result(
      .init(above, of: all),
      "On demand, day and night, \(places); not elsewhere, and not under commitments or on spot.",
      table,
      command: "headroom prices list --gpu \(gpu.id)"
    )
  }

  /// The card, and a GPU of a cluster with its node, network and installation.
  static func purchase(_ claim: LoadedClaim) throws -> ClaimResult {
    let gpu = try ClaimTest.gpu(claim.gpu, claim)
    guard let parameters = CostParameters.builtin(for: gpu), let card = CardPrice.of(gpu) else {
      throw ClaimError(claim: claim.name, reason: "no purchase price of \(gpu.id) is known")
    }
    let low = parameters.list.map(\.low)
    let high = parameters.list.map(\.high)
    var table = [["what", "low, USD", "typical, USD", "high, USD"]]
    table.append(["the card alone"] + [card.low, card.typical, card.high].map(Figure.whole))
    var holding = (claim.above...claim.below).contains(card.typical) ? 1 : 0
    for count in claim.fleets {
      let fleet = FleetModel(gpu: gpu, gpus: count, parameters: parameters, years: nil)
      let each = [low, parameters.typical, high].map { fleet.costs($0, use: 1).capital / Double(count) }
      table.append(["a GPU of \(count) with node, network, spares, installation"] + each.map(Figure.whole))
      if (claim.above...claim.below).contains(each[1]) { holding += 1 }
    }
    let life = parameters[.life]
    table.append(["years of use"] + [life.low, life.typical, life.high].map(Figure.tenths))
    return claim.result(
      .init(holding, of: claim.fleets.count + 1),
      "Fair for the card, too low for the system around it; books of the large owners say "
        + "\(Figure.whole(life.low)) to \(Figure.whole(life.high)) years.",
      table,
      command: "headroom tco quick --gpu \(gpu.id) --count \(claim.fleets.last ?? 8) --use 1 --against lambda"
    )
  }
}
