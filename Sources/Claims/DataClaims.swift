import Economics
import Scenario

/// Claims about data: egress and moving it.
enum DataClaims {
  private static let tariffs = ["aws", "azure", "gcp"]

  static func egress(_ claim: LoadedClaim) -> ClaimResult {
    var table = [["TB a month"] + tariffs.map { "\($0), USD a year" }]
    var (holding, all) = (0, 0)
    for amount in claim.terabytes {
      let years = tariffs.map { EgressTariff.of($0).cost(terabytesPerMonth: amount).units * 12 }
      table.append([Figure.whole(amount)] + years.map(Figure.whole))
      holding += years.count { $0 >= claim.above }
      all += years.count
    }
    // The first whole TB a month at which the largest cloud asks so much.
    let enough = (1...1_000_000).first {
      EgressTariff.aws.cost(terabytesPerMonth: Double($0)).units * 12 >= claim.above
    }
    return claim.result(
      .init(holding, of: all),
      "Only from \(enough.map { Figure.whole(Double($0)) } ?? "-") TB a month to the internet (AWS); "
        + "traffic inside a region and neoclouds cost little or nothing.",
      table,
      command: "headroom tco RUN --compare aws --egress \(Figure.plain(claim.terabytes.last ?? 0))"
    )
  }

  /// USD once, hours on a line of 10 Gbit/s, and USD a year when read daily.
  static func dataGravity(_ claim: LoadedClaim) -> ClaimResult {
    var table = [["TB", "once, USD (AWS)", "hours at 10 Gbit/s", "read out daily, USD a year"]]
    for amount in claim.terabytes {
      let once = EgressTariff.aws.cost(terabytesPerMonth: amount).units
      let hours = amount * 1e12 * 8 / 10e9 / 3600
      let daily = EgressTariff.aws.cost(terabytesPerMonth: amount * 365 / 12).units * 12
      table.append([amount, once, hours, daily].map(Figure.whole))
    }
    return claim.result(
      .inPart,
      "Moving the data once is cheap and takes a day or so: the amount alone decides nothing. It decides when the "
        + "data are read out again and again, or may not leave by law.",
      table,
      command:
        "headroom tco RUN --compare aws --egress \(Figure.plain((claim.terabytes.last ?? 0) * 365 / 12))"
    )
  }
}
