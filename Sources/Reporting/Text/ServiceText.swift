/// Which share of their requests services could serve.
enum ServiceText {
  /// More services are told by `--json` only: the summary stays one screen.
  private static let mostServices = 8

  /// A table of services; nothing where none is counted.
  static func lines(_ report: RunReport, style: TextStyle) -> [String] {
    let services = report.scopes(of: "class").filter {
      report.estimate("service.requests", "class:" + $0) != nil
    }
    guard !services.isEmpty else { return [] }
    var table = TextTable(style: style)
    table.add(["Services", "requests", "within capacity %", "ready replicas"])
    for name in services.prefix(mostServices) {
      let scope = "class:" + name
      let attainment = report.estimate("service.attainment", scope).map { estimate in
        NumberText.grouped(estimate.mean, decimals: 2)
          + (estimate.halfWidth.map { " ± \(NumberText.grouped($0, decimals: 2))" } ?? "")
      }
      table.add([
        "class " + name, NumberText.grouped(report.mean("service.requests", scope)), attainment ?? "-",
        NumberText.grouped(report.mean("service.ready_replicas", scope), decimals: 1),
      ])
    }
    var lines = [""] + table.lines(hangingTitle: true)
    if services.count > mostServices {
      lines.append("  … and \(services.count - mostServices) more services (--json has all)")
    }
    return lines
  }
}
