import Economics

/// What the uncertainty of an estimate was asked for and came to.
public struct UncertaintyReport: Sendable {
  /// Of one offer.
  public struct Part: Sendable {
    public var offer: String
    public var tornado: Tornado?
    public var monteCarlo: MonteCarlo?
    public var table: UseByPriceTable?
  }

  public var parts: [Part]

  /// - Parameters:
  ///   - use: the share in use, which may be a range.
  ///   - draws: of the Monte Carlo simulation; nil: none.
  public init(
    _ estimate: QuickEstimate,
    use: UncertainWorld.UseRange,
    tornado: Bool,
    draws: Int?,
    seed: UInt64,
    table: Bool
  ) {
    parts = estimate.offers.map { offer in
      let world = UncertainWorld(model: estimate.model, cloudPrice: offer.price, use: use)
      return Part(
        offer: "\(offer.row.provider), \(offer.contract.rawValue)",
        tornado: tornado ? Tornado(world) : nil,
        monteCarlo: draws.map { MonteCarlo(world, draws: $0, seed: seed) },
        table: table
          ? UseByPriceTable(
            world,
            uses: UseByPriceTable.standardUses,
            prices: UseByPriceTable.standardFactors.map { $0 * offer.price }
          ) : nil
      )
    }
  }

  /// Nothing was asked for.
  public var isEmpty: Bool {
    parts.allSatisfy { $0.tornado == nil && $0.monteCarlo == nil && $0.table == nil }
  }
}

/// Uncertainty for people.
public enum UncertaintyText {
  public static func page(_ report: UncertaintyReport, style: TextStyle) -> String {
    var lines: [String] = []
    for part in report.parts {
      if let draws = part.monteCarlo { lines += self.draws(draws, part.offer, style) }
      if let tornado = part.tornado {
        lines += self.tornado(tornado, title: "What moves the NPV of owning against \(part.offer)", style)
      }
      if let table = part.table { lines += self.table(table, part.offer, style) }
    }
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  private static func draws(_ draws: MonteCarlo, _ offer: String, _ style: TextStyle) -> [String] {
    func amount(_ value: Double) -> String { NumberText.grouped(value) }
    return [
      "",
      style.heading(
        "NPV of owning against \(offer): \(amount(Double(draws.draws))) draws, seed \(draws.seed)"
      ),
      "  P10 \(amount(draws.p10)), P50 \(amount(draws.p50)), P90 \(amount(draws.p90)), mean \(amount(draws.mean)) USD",
      "  owning wins in \(EstimateText.percent(draws.probabilityOwningWins)) of the draws",
    ]
  }

  static func tornado(_ tornado: Tornado, title: String, _ style: TextStyle) -> [String] {
    var table = TextTable(style: style, firstNumeric: 1)
    table.add(["", "low", "high", "NPV at low", "NPV at high", "width"])
    for bar in tornado.bars {
      table.add([
        bar.name, EstimateText.figure(bar.low), EstimateText.figure(bar.high),
        NumberText.grouped(bar.worthAtLow), NumberText.grouped(bar.worthAtHigh),
        NumberText.grouped(bar.width),
      ])
    }
    return ["", style.heading("\(title), typical \(NumberText.grouped(tornado.worth)) USD")] + table.lines()
  }

  private static func table(_ table: UseByPriceTable, _ offer: String, _ style: TextStyle) -> [String] {
    var text = TextTable(style: style, firstNumeric: 0)
    text.add(["use"] + table.prices.map { "at \(EstimateText.cost($0))" })
    for (use, worths) in zip(table.uses, table.worths) {
      text.add([EstimateText.percent(use)] + worths.map { NumberText.grouped($0) })
    }
    return ["", style.heading("NPV of owning against \(offer), by use and USD/GPU-h")] + text.lines()
  }
}

/// Uncertainty for programs.
struct UncertaintyDocument: Encodable {
  struct Bar: Encodable {
    var name: String
    var low: Double
    var high: Double
    var npvAtLowUsd: Double
    var npvAtHighUsd: Double

    init(_ bar: Tornado.Bar) {
      name = bar.name
      low = bar.low
      high = bar.high
      npvAtLowUsd = bar.worthAtLow
      npvAtHighUsd = bar.worthAtHigh
    }
  }

  struct Draws: Encodable {
    var draws: Int
    var seed: UInt64
    var meanUsd: Double
    var p10Usd: Double
    var p50Usd: Double
    var p90Usd: Double
    var probabilityOwningWins: Double

    enum CodingKeys: String, CodingKey {
      case draws, seed, meanUsd, probabilityOwningWins
      case p10Usd = "p10_usd"
      case p50Usd = "p50_usd"
      case p90Usd = "p90_usd"
    }
  }

  struct Table: Encodable {
    var uses: [Double]
    var pricesUsdGpuH: [Double]
    var npvUsd: [[Double]]
  }

  struct Part: Encodable {
    var offer: String
    var tornado: [Bar]?
    var monteCarlo: Draws?
    var table: Table?
  }

  var parts: [Part]

  init(_ report: UncertaintyReport) {
    parts = report.parts.map { part in
      Part(
        offer: part.offer,
        tornado: part.tornado?.bars.map(Bar.init),
        monteCarlo: part.monteCarlo.map {
          Draws(
            draws: $0.draws,
            seed: $0.seed,
            meanUsd: $0.mean,
            p10Usd: $0.p10,
            p50Usd: $0.p50,
            p90Usd: $0.p90,
            probabilityOwningWins: $0.probabilityOwningWins
          )
        },
        table: part.table.map { Table(uses: $0.uses, pricesUsdGpuH: $0.prices, npvUsd: $0.worths) }
      )
    }
  }
}
