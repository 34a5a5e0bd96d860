import Economics

/// Owning against renting, with every assumption.
public enum EstimateText {
  public static func page(_ estimate: QuickEstimate, style: TextStyle) -> String {
    let model = estimate.model
    var lines = [
      style.heading(
        "\(model.gpus) x \(model.gpu.id) in \(model.nodes) nodes, \(percent(estimate.use)) in use"
      ), "",
    ]
    if let first = estimate.offers.first?.result { lines += owned(first, model, style) }
    lines += ["", style.heading("Against renting the same GPU-hours")]
    var table = TextTable(style: style, firstNumeric: 1)
    table.add(["", "USD/GPU-h", "NPV of owning", "IRR", "payback", "break-even use", "break-even price"])
    for offer in estimate.offers {
      let result = offer.result
      table.add([
        "\(offer.row.provider), \(offer.contract.rawValue)", cost(offer.price),
        NumberText.grouped(result.netPresentValue), result.internalRate.rate.map(percent) ?? "none",
        result.simplePayback.years.map { "\(NumberText.grouped($0, decimals: 1)) years" } ?? "never",
        result.breakEvenUtilisation.map(percent) ?? "-", result.breakEvenCloudPrice.map(cost) ?? "-",
      ])
    }
    lines += table.lines()
    lines += ["", style.heading("Prices")]
    for offer in estimate.offers {
      lines.append(
        "  \(offer.row.offer), \(offer.contract.rawValue): \(offer.row.date ?? "no date"), \(offer.row.source)"
      )
      lines += offer.flaws.map { "    ! \($0.text)" }
    }
    lines += estimate.passedOver.flatMap { entry in
      entry.flaws.filter(\.forbidsUse).map { "  \(entry.row.offer): \($0.text)" }
    }
    lines += ["", style.heading("Assumptions")] + assumptions(model, style)
    lines += LineFolding.fold("  not counted: ", QuickEstimate.notCounted, width: style.width)
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  /// The same as JSON.
  public static func json(_ estimate: QuickEstimate) throws -> String {
    try ReportJSON.encode(EstimateDocument(estimate))
  }

  private static func owned(_ result: OwnershipResult, _ model: FleetModel, _ style: TextStyle) -> [String] {
    let input = result.input
    var table = TextTable(style: style, firstNumeric: 1)
    func add(_ label: String, _ amount: Double) { table.add([label, NumberText.grouped(amount), "USD"]) }
    add("purchase", input.capital.units)
    add("left after \(input.years) years", input.residual.units)
    for cost in input.runningCosts { add("\(cost.name), first year", cost.perYear.units) }
    add("equivalent annual cost", result.equivalentAnnualCost)
    table.add(["per available GPU-hour", cost(result.costPerAvailableGPUHour), "USD"])
    if let used = result.costPerUsedGPUHour { table.add(["per used GPU-hour", cost(used), "USD"]) }
    return [style.heading("Owned")] + table.lines()
  }

  private static func assumptions(_ model: FleetModel, _ style: TextStyle) -> [String] {
    var table = TextTable(style: style, firstNumeric: 1)
    table.add(["", "low", "typical", "high"])
    var sources: [String] = []
    for parameter in model.parameters.list {
      let cells = [parameter.low, parameter.typical, parameter.high].map(figure)
      table.add([parameter.name] + cells)
      sources.append("  \(parameter.unit) · \(parameter.evidence.rawValue): \(parameter.source)")
    }
    let rows = table.lines()
    let life =
      model.years.map { ["  the life is \($0) years as asked, not that of finance.useful_life"] } ?? []
    return [rows[0]] + zip(rows.dropFirst(), sources).map { $0 + $1 } + life
  }

  static func percent(_ share: Double) -> String { "\(NumberText.grouped(share * 100, decimals: 1)) %" }
  static func cost(_ value: Double) -> String { NumberText.grouped(value, decimals: 2) }
  static func figure(_ value: Double) -> String {
    NumberText.grouped(value, decimals: value == value.rounded() ? 0 : value.magnitude < 1 ? 3 : 2)
  }
}

private struct EstimateDocument: Encodable {
  struct Offer: Encodable {
    var contract: String
    var priceUsdGpuH: Double
    var price: PriceRowDocument
    var npvUsd: Double
    var irr: Double?
    var irrState: String
    var paybackYearsSimple: Double?
    var paybackYearsDiscounted: Double?
    var roiUndiscounted: Double?
    var breakEvenUtilisation: Double?
    var breakEvenCloudPriceUsdGpuH: Double?
    var rentedUsdYear: [Double]

    init(_ offer: QuickEstimate.Offer) {
      let result = offer.result
      contract = offer.contract.rawValue
      priceUsdGpuH = offer.price
      price = PriceRowDocument(PriceBook.Entry(row: offer.row, flaws: offer.flaws))
      npvUsd = result.netPresentValue
      irr = result.internalRate.rate
      irrState = irr == nil ? QuickQuantities.reason(result.internalRate) : "unique"
      paybackYearsSimple = result.simplePayback.years
      paybackYearsDiscounted = result.discountedPayback.years
      roiUndiscounted = result.returnOnInvestment
      breakEvenUtilisation = result.breakEvenUtilisation
      breakEvenCloudPriceUsdGpuH = result.breakEvenCloudPrice
      rentedUsdYear = result.rents.map(\.units)
    }
  }

  struct Owned: Encodable {
    var capexUsd: Double
    var residualUsd: Double
    var lifeYears: Int
    var opexUsdYear: [String: Double]
    var equivalentAnnualCostUsd: Double
    var costPerAvailableGpuHour: Double
    var costPerUtilisedGpuHour: Double?
  }

  struct Assumption: Encodable {
    var name: String
    var low: Double
    var typical: Double
    var high: Double
    var unit: String
    var confidence: String
    var source: String
  }

  var format = "headroom-tco-estimate/1"
  var gpu: String
  var gpus: Int
  var nodes: Int
  var use: Double
  var owned: Owned?
  var offers: [Offer]
  var passedOver: [PriceRowDocument]
  var assumptions: [Assumption]
  var notCounted: [String]

  init(_ estimate: QuickEstimate) {
    gpu = estimate.model.gpu.id
    gpus = estimate.model.gpus
    nodes = estimate.model.nodes
    use = estimate.use
    owned = estimate.offers.first.map { offer in
      let input = offer.result.input
      return Owned(
        capexUsd: input.capital.units,
        residualUsd: input.residual.units,
        lifeYears: input.years,
        opexUsdYear: Dictionary(uniqueKeysWithValues: input.runningCosts.map { ($0.name, $0.perYear.units) }),
        equivalentAnnualCostUsd: offer.result.equivalentAnnualCost,
        costPerAvailableGpuHour: offer.result.costPerAvailableGPUHour,
        costPerUtilisedGpuHour: offer.result.costPerUsedGPUHour
      )
    }
    offers = estimate.offers.map(Offer.init)
    passedOver = estimate.passedOver.map(PriceRowDocument.init)
    assumptions = estimate.model.parameters.list.map {
      Assumption(
        name: $0.name,
        low: $0.low,
        typical: $0.typical,
        high: $0.high,
        unit: $0.unit,
        confidence: $0.evidence.rawValue,
        source: $0.source
      )
    }
    notCounted = QuickEstimate.notCounted
  }
}
