import Results

/// Who shared GPUs with whom, for people and for programs.
public enum CoResidenceText {
  /// Pairs beyond these are counted only.
  private static let mostPairs = 12

  public static func page(_ shared: CoResidence, _ table: ResidenceTable, style: TextStyle) -> String {
    var lines = [style.heading("run \(table.run) · \(table.name) · replication \(table.replication)")]
    if !table.namesGPUs { lines.append("  the nodes' GPUs were pooled: no job has a GPU of its own") }
    if shared.tenants.isEmpty { return finish(lines + ["  no job lay on a GPU"], style) }
    var tenants = TextTable(style: style)
    tenants.add([
      "tenant", "GPU-hours there", "alone", "among its own", "with others", "most jobs of others",
      "of tenants", "took over",
    ])
    for tenant in shared.tenants {
      let total = Double(tenant.total)
      func percent(_ part: Int128) -> String {
        NumberText.grouped(100 * Double(part) / total, decimals: 1) + " %"
      }
      tenants.add([
        tenant.name, NumberText.hours(total / 3.6e12), percent(tenant.alone), percent(tenant.amongItsOwn),
        percent(tenant.withOthers), "\(tenant.mostForeignJobs)", "\(tenant.mostForeignTenants)",
        "\(tenant.handovers)",
      ])
    }
    tenants.fit(sparing: ["of tenants", "among its own"])
    lines += [""] + tenants.lines(hangingTitle: true)
    if shared.pairs.isEmpty { return finish(lines + ["", "  no two tenants shared a GPU"], style) }
    var pairs = TextTable(style: style, firstNumeric: 2)
    pairs.add(["tenant", "with", "GPU-hours", "on GPUs"])
    for pair in shared.pairs.prefix(mostPairs) {
      pairs.add([
        shared.tenants[pair.first].name, shared.tenants[pair.second].name,
        NumberText.hours(Double(pair.together) / 3.6e12), "\(pair.gpus)",
      ])
    }
    lines += [""] + pairs.lines(hangingTitle: true)
    if shared.pairs.count > mostPairs {
      lines.append("  and \(shared.pairs.count - mostPairs) more pairs (--json lists them)")
    }
    return finish(lines, style)
  }

  public static func json(_ shared: CoResidence, _ table: ResidenceTable) throws -> String {
    try ReportJSON.encode(CoResidenceDocument(shared, table))
  }

  private static func finish(_ lines: [String], _ style: TextStyle) -> String {
    style.plain(lines.joined(separator: "\n")) + "\n"
  }
}

private struct CoResidenceDocument: Encodable {
  struct Tenant: Encodable {
    var tenant: String
    var aloneGpuH: Double
    var amongItsOwnGpuH: Double
    var withOthersGpuH: Double
    var mostForeignJobs: Int
    var mostForeignTenants: Int
    var handovers: Int
  }

  struct Pair: Encodable {
    var tenants: [String]
    var togetherGpuH: Double
    var gpus: Int
  }

  var run: Int64
  var name: String
  var replication: Int
  var namesGpus: Bool
  var tenants: [Tenant]
  var pairs: [Pair]

  init(_ shared: CoResidence, _ table: ResidenceTable) {
    run = table.run
    name = table.name
    replication = table.replication
    namesGpus = table.namesGPUs
    tenants = shared.tenants.map {
      Tenant(
        tenant: $0.name,
        aloneGpuH: Double($0.alone) / 3.6e12,
        amongItsOwnGpuH: Double($0.amongItsOwn) / 3.6e12,
        withOthersGpuH: Double($0.withOthers) / 3.6e12,
        mostForeignJobs: $0.mostForeignJobs,
        mostForeignTenants: $0.mostForeignTenants,
        handovers: $0.handovers
      )
    }
    pairs = shared.pairs.map {
      Pair(
        tenants: [shared.tenants[$0.first].name, shared.tenants[$0.second].name],
        togetherGpuH: Double($0.together) / 3.6e12,
        gpus: $0.gpus
      )
    }
  }
}
