import Economics
import Hardware
import Scenario

/// Claims about when owning pays.
enum OwningClaims {
  private static func estimate(_ claim: LoadedClaim, gpus: Int, use: Double) throws -> QuickEstimate {
    let gpu = try ClaimTest.gpu(claim.gpu, claim)
    guard let parameters = CostParameters.builtin(for: gpu) else {
      throw ClaimError(claim: claim.name, reason: "no purchase price of \(gpu.id) is known")
    }
    let fleet = FleetModel(gpu: gpu, gpus: gpus, parameters: parameters, years: 4)
    return try QuickEstimate(model: fleet, use: use, against: claim.against, book: .builtin)
  }

  private static func command(_ claim: LoadedClaim, gpus: Int, use: Double) -> String {
    "headroom tco quick --gpu \(claim.gpu) --count \(gpus) --use \(use) --years 4 --against "
      + claim.against.joined(separator: ",")
  }

  private static func isOnDemand(_ offer: QuickEstimate.Offer) -> Bool { offer.contract == .onDemand }

  static func payback(_ claim: LoadedClaim) throws -> ClaimResult {
    var table = [["GPUs", "use"] + claim.against.map { "\($0), years" }]
    var (holding, all) = (0, 0)
    var kept: [String] = []
    for gpus in claim.fleets {
      for use in claim.uses {
        let offers = try estimate(claim, gpus: gpus, use: use).offers.filter(isOnDemand)
        table.append(
          ["\(gpus)", Figure.percent(use)]
            + offers.map { $0.result.simplePayback.years.map(Figure.tenths) ?? "never" }
        )
        let within = offers.filter { ($0.result.simplePayback.years ?? .infinity) <= claim.below }
        holding += within.count
        all += offers.count
        let names = within.map(\.row.provider).joined(separator: ", ")
        kept.append("\(gpus) GPUs at \(Figure.percent(use)): \(names.isEmpty ? "none" : names)")
      }
    }
    return claim.result(
      .init(holding, of: all),
      "It depends on the cloud that is compared and on the fleet's size (staff comes in steps). Within "
        + "\(Figure.tenths(claim.below)) years against: \(kept.joined(separator: "; ")).",
      table,
      command: command(claim, gpus: claim.fleets.last ?? 8, use: claim.uses.last ?? 1)
    )
  }

  static func breakEven(_ claim: LoadedClaim) throws -> ClaimResult {
    var table = [["GPUs"] + claim.against]
    var (near, all) = (0, 0)
    var lowest = Double.infinity
    var highest = 0.0
    for gpus in claim.fleets {
      let offers = try estimate(claim, gpus: gpus, use: claim.above).offers.filter(isOnDemand)
      let uses = offers.map { $0.result.breakEvenUtilisation ?? .infinity }
      table.append(["\(gpus)"] + uses.map { $0 > 1 ? "never" : Figure.percent($0) })
      near += uses.count { ($0 - claim.above).magnitude <= 0.1 }
      all += uses.count
      lowest = min(lowest, uses.min() ?? lowest)
      highest = max(highest, uses.max() ?? highest)
    }
    let range = "\(Figure.percent(lowest)) to \(highest > 1 ? "never" : Figure.percent(highest))"
    return claim.result(
      .init(near, of: all),
      "Owning breaks even from \(range), by provider and fleet: the rule is fair where the table is near "
        + "\(Figure.percent(claim.above)), too high against list prices of the large clouds, too low for small fleets.",
      table,
      command: command(claim, gpus: claim.fleets.last ?? 8, use: claim.above)
    )
  }
}
