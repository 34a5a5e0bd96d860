import Economics

/// The price book, for people and for programs.
public enum PriceText {
  /// One line a row; flawed ones are marked.
  public static func list(_ entries: [PriceBook.Entry], style: TextStyle) -> String {
    var table = TextTable(style: style, firstNumeric: 4)
    table.add(["provider", "instance", "GPU", "region", "GPUs", "USD/GPU-h", "spot", "date", ""])
    for entry in entries {
      let row = entry.row
      table.add([
        row.provider, row.instance, row.gpu, row.region, "\(row.gpuCount)", price(row.perGPU(row.onDemand)),
        price(row.perGPU(row.spot)), row.date ?? "no date", entry.isUsable ? "" : "not used",
      ])
    }
    table.fit(sparing: ["date", "GPUs"])
    return table.lines(hangingTitle: true).joined(separator: "\n") + "\n"
  }

  /// Everything about some rows.
  public static func pages(_ entries: [PriceBook.Entry], style: TextStyle) -> String {
    let pages = entries.map { entry in
      let row = entry.row
      var table = TextTable(style: style, firstNumeric: 3)
      func add(_ label: String, _ amount: Money?) {
        table.add([
          label, amount.map { "\(price($0)) USD/h" } ?? "not known",
          amount.map { "\(price(row.perGPU($0))) USD/GPU-h" } ?? "",
        ])
      }
      add("on demand", row.onDemand)
      add("spot", row.spot)
      add("1 year", row.oneYear)
      add("3 years", row.threeYears)
      var lines = [style.heading(row.offer), "  \(row.gpuCount) x \(row.gpu)"]
      lines += table.lines()
      lines.append("  \(row.date ?? "no date"), \(row.evidence.rawValue): \(row.source)")
      if !row.note.isEmpty { lines.append("  \(row.note)") }
      lines += entry.flaws.map { "  ! \($0.text)" }
      return lines.joined(separator: "\n")
    }
    return pages.joined(separator: "\n\n") + "\n"
  }

  /// The rows with flaws, and what is wrong with each.
  public static func check(_ entries: [PriceBook.Entry], style: TextStyle) -> String {
    let flawed = entries.filter { !$0.flaws.isEmpty }
    var lines: [String] = []
    for entry in flawed {
      lines.append(entry.row.offer)
      lines += entry.flaws.map { "  \($0.text)" }
    }
    let unused = entries.count { !$0.isUsable }
    lines.append("\(entries.count) prices, \(flawed.count) with remarks, \(unused) not used")
    return lines.joined(separator: "\n") + "\n"
  }

  /// The same rows as JSON.
  public static func json(_ entries: [PriceBook.Entry]) throws -> String {
    try ReportJSON.encode(PriceDocument(prices: entries.map(PriceRowDocument.init)))
  }

  static func price(_ amount: Money?) -> String {
    amount.map { NumberText.grouped($0.units, decimals: 4) } ?? "-"
  }
}

private struct PriceDocument: Encodable {
  var format = "headroom-prices/1"
  var prices: [PriceRowDocument]
}

struct PriceRowDocument: Encodable {
  var provider: String
  var instance: String
  var gpu: String
  var gpuCount: Int
  var region: String
  var onDemandUsdH: Double?
  var spotUsdH: Double?
  var commitment1yrUsdH: Double?
  var commitment3yrUsdH: Double?
  var onDemandUsdGpuH: Double?
  var spotUsdGpuH: Double?
  var date: String?
  var source: String
  var confidence: String
  var note: String
  var usable: Bool
  var remarks: [String]

  enum CodingKeys: String, CodingKey {
    case provider, instance, gpu, region, date, source, confidence, note, usable, remarks
    case gpuCount = "gpu_count"
    case onDemandUsdH = "on_demand_usd_h"
    case spotUsdH = "spot_usd_h"
    case commitment1yrUsdH = "commitment_1yr_usd_h"
    case commitment3yrUsdH = "commitment_3yr_usd_h"
    case onDemandUsdGpuH = "on_demand_usd_gpu_h"
    case spotUsdGpuH = "spot_usd_gpu_h"
  }

  init(_ entry: PriceBook.Entry) {
    let row = entry.row
    provider = row.provider
    instance = row.instance
    gpu = row.gpu
    gpuCount = row.gpuCount
    region = row.region
    onDemandUsdH = row.onDemand?.units
    spotUsdH = row.spot?.units
    commitment1yrUsdH = row.oneYear?.units
    commitment3yrUsdH = row.threeYears?.units
    onDemandUsdGpuH = row.perGPU(row.onDemand)?.units
    spotUsdGpuH = row.perGPU(row.spot)?.units
    date = row.date
    source = row.source
    confidence = row.evidence.rawValue
    note = row.note
    usable = entry.isUsable
    remarks = entry.flaws.map(\.text)
  }
}
