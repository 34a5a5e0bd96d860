import Economics
import Planning

/// How a planned fleet is had, and its spares.
enum FleetPurchaseText {
  static func lines(_ report: FleetPlanReport, style: TextStyle) -> [String] {
    guard let purchase = report.purchase else { return [] }
    var table = TextTable(style: style, firstNumeric: 2)
    table.add(["", "how", "nodes", "paid %", "USD a year", "offer"])
    for (pool, parts) in zip(report.pools, purchase.parts) {
      for part in parts {
        let offer = part.offer.map {
          "\($0.row.offer), \(NumberText.grouped($0.perNodeHour, decimals: 2)) USD a node-hour"
        }
        table.add([
          pool,
          part.kind.rawValue,
          "\(part.nodes)",
          NumberText.grouped(100 * part.billedShare, decimals: 1),
          NumberText.grouped(part.costPerYear),
          offer ?? "",
        ])
      }
    }
    if purchase.staffPerYear > 0 {
      table.add(["staff", "", "", "", NumberText.grouped(purchase.staffPerYear), ""])
    }
    var lines = ["", style.heading("How to have them")] + table.lines()
    if let owned = report.ownedCost, let plan = report.plan {
      let saved = 100 * (1 - plan.cost / owned)
      lines.append(
        "  all owned: \(NumberText.grouped(owned)) USD a year; this saves \(NumberText.grouped(saved, decimals: 1)) %"
      )
    }
    var told: Set<String> = []
    for part in purchase.parts.joined() {
      guard let offer = part.offer, !offer.remark.isEmpty else { continue }
      let remark = "  \(offer.row.offer), \(offer.kind.rawValue): \(offer.remark)"
      if told.insert(remark).inserted { lines.append(remark) }
    }
    let byUse = purchase.parts.joined().contains { $0.kind == .onDemand || $0.kind == .spot }
    if byUse { lines.append("  rented by use: a node is there while a job holds it, without delay") }
    return lines
  }

  static func spares(_ report: FleetPlanReport, style: TextStyle) -> [String] {
    guard let spares = report.spares else { return [] }
    var lines = ["", style.heading("Spares")]
    for (place, pool) in report.pools.enumerated() {
      let up = NumberText.grouped(100 * spares.availability[place], decimals: 2)
      let all = NumberText.grouped(100 * spares.probabilities[place], decimals: 3)
      lines.append(
        "  \(pool): \(spares.counts[place]) more, of nodes that are up \(up) % of the time: enough are up \(all) %"
      )
    }
    let check = spares.withFailures
    let words =
      check.obstacle.map { [$0] } ?? check.findings.map { FleetPlanText.text($0) }
    lines.append("  simulated with failures: \(words.joined(separator: "; "))")
    return lines
  }
}
