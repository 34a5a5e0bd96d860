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
    if let first = estimate.offers.first?.result { lines += owned(first, estimate, style) }
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
  public static func json(_ estimate: QuickEstimate, _ uncertainty: UncertaintyReport) throws -> String {
    try ReportJSON.encode(EstimateDocument(estimate, uncertainty))
  }

  private static func owned(_ result: OwnershipResult, _ estimate: QuickEstimate, _ style: TextStyle)
    -> [String]
  {
    let input = result.input
    var table = TextTable(style: style, firstNumeric: 1)
    func add(_ label: String, _ amount: Double) { table.add([label, NumberText.grouped(amount), "USD"]) }
    add("purchase", input.capital.units)
    add("left after \(input.years) years", input.residual.units)
    for cost in input.runningCosts { add("\(cost.name), first year", cost.perYear.units) }
    add("equivalent annual cost", result.equivalentAnnualCost)
    table.add(["per available GPU-hour", cost(result.costPerAvailableGPUHour), "USD"])
    if let used = result.costPerUsedGPUHour { table.add(["per used GPU-hour", cost(used), "USD"]) }
    let (model, typical) = (estimate.model, estimate.model.parameters.typical)
    let carbon = model.carbon(typical, use: estimate.use)
    table.add(["energy a year", NumberText.grouped(model.energy(typical, use: estimate.use)), "kWh"])
    table.add(["carbon a year, grid", NumberText.grouped(carbon.operational), "kgCO2e"])
    table.add(["carbon a year, embodied", NumberText.grouped(carbon.embodied), "kgCO2e"])
    return [style.heading("Owned")] + table.lines()
  }

  private static func assumptions(_ model: FleetModel, _ style: TextStyle) -> [String] {
    var table = TextTable(style: style, firstNumeric: 1)
    table.add(["", "low", "typical", "high"])
    var sources: [String] = []
    for parameter in model.parameters.ofEstimates {
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
