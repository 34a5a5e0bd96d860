import Economics
import Reporting
import Results

extension MoneyRecord {
  /// A priced run for the results file.
  init(_ report: TCOReport) throws {
    let comparison = report.comparison
    let tornado = report.tornado ?? Tornado(comparison)
    let bill = report.chargeback
    let nobody: [(tenant: String, cents: Int64, idleCents: Int64)] =
      bill.map { $0.idleCents > 0 ? [("", Int64($0.idleCents), Int64($0.idleCents))] : [] } ?? []
    self.init(
      run: report.source.run,
      replication: report.source.replication,
      years: comparison.terms.years,
      costOfCapital: comparison.rate,
      offeredPerYear: comparison.offeredPerYear,
      assumptions: try AssumptionsText.json(comparison),
      options: comparison.options.map { option in
        Option(
          name: option.name,
          service: option.service.rawValue,
          servedPerYear: option.servedPerYear,
          unservedPerYear: option.unservedPerYear,
          waitingPerYear: option.waitingPerYear,
          presentCost: option.presentCost(rate: comparison.rate),
          annualCost: option.annualCost(rate: comparison.rate),
          lines: option.schedule.lines.map { ($0.name, $0.amounts.map(\.millionths)) }
        )
      },
      bars: tornado.map { tornado in
        tornado.bars.map {
          Bar(
            parameter: $0.name,
            low: $0.low,
            high: $0.high,
            worthAtLow: $0.worthAtLow,
            worthAtHigh: $0.worthAtHigh,
            worth: tornado.worth,
            against: tornado.against ?? ""
          )
        }
      } ?? [],
      charges: (bill?.lines.map { ($0.tenant, Int64($0.cents), Int64($0.idleCents)) } ?? []) + nobody
    )
  }
}
