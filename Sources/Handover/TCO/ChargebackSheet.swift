import Economics

/// The sheet of the divided bill; cents are split by largest remainders there
/// too, so that the lines add up.
struct ChargebackSheet {
  private(set) var sheet = Sheet("Chargeback", widths: [30, 16, 18, 14, 14, 14, 14])

  /// - Parameters:
  ///   - annualCost: the cell of the option's level cost a year.
  ///   - repeatsPerYear: how often the measured time fits a year.
  init(_ bill: Chargeback, option: String, annualCost: String, repeatsPerYear: Double) {
    sheet.add(
      ["bill of \(option)", "GPU-hours", "exact cents", "whole cents", "left over", "USD", "with idle, USD"]
        .map {
          .text($0, .heading)
        }
    )
    let total = Double(bill.billCents) / 100
    sheet.add([
      .text("the measured time"), .number(Double(bill.capacity) / 3.6e15, .figure), .empty, .empty, .empty,
      .formula("ROUND(\(annualCost)/\(repeatsPerYear),2)", total, .cents),
    ])
    let own = bill.lines.map(\.ownCents)
    let idle = bill.billCents - own.reduce(0, +)
    let unheld = max(0, bill.capacity - bill.lines.map(\.held).reduce(0, +))
    let parts =
      bill.lines.map { ($0.tenant, $0.held, $0.ownCents) } + [("nobody: idle capacity", unheld, idle)]
    let weights = parts.map { Double($0.1) }
    let sum = weights.reduce(0, +)
    let (first, last) = (3, parts.count + 2)
    var exact: [Double] = []
    for weight in weights { exact.append(sum > 0 ? Double(bill.billCents) * weight / sum : 0) }
    for (place, part) in parts.enumerated() {
      let row = first + place
      let rest = "$E$\(first):$E$\(last)"
      let left = "(ROUND($F$2*100,0)-SUM($D$\(first):$D$\(last)))"
      let rank = "(COUNTIF(\(rest),\">\"&E\(row))+COUNTIF($E$\(first):E\(row),E\(row)))"
      let with = place < bill.lines.count ? bill.lines[place].cents : bill.idleCents
      sheet.add([
        .text(part.0), .number(weights[place] / 3.6e15, .figure),
        .formula("$F$2*100*B\(row)/SUM($B$\(first):$B$\(last))", exact[place], .figure),
        .formula("INT(C\(row)+0.000001)", Double(Int64(exact[place] + 1e-6)), .count),
        .formula(
          "ROUND(C\(row)-D\(row),6)",
          ((exact[place] - Double(Int64(exact[place] + 1e-6))) * 1e6).rounded() / 1e6,
          .figure
        ),
        .formula("(D\(row)+IF(\(rank)<=\(left),1,0))/100", Double(part.2) / 100, .cents),
        .number(Double(with) / 100, .cents),
      ])
    }
    sheet.add([
      .text("sum"), .empty, .empty, .empty, .empty, .formula("SUM(F\(first):F\(last))", total, .cents),
      .formula("SUM(G\(first):G\(last))", total, .cents),
    ])
    sheet.add([.text("the last column is the bill as computed; it is not live", .note)])
  }
}
