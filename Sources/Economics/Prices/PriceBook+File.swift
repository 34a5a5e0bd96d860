import Workload

extension PriceBook {
  /// The columns of a table of prices; only those of ``needed`` must be there.
  ///
  /// Prices are per hour of the whole instance, in USD or in the row's
  /// `currency`; the columns per GPU are checked against them.
  public static let columns = [
    "provider", "instance_type", "gpu_model", "gpu_count", "vcpu", "mem_gib", "region", "on_demand_usd_h",
    "spot_usd_h", "on_demand_usd_gpu_h", "spot_usd_gpu_h", "commitment_1yr_usd_h", "commitment_3yr_usd_h",
    "snapshot", "source", "note", "currency", "billing_granularity_s", "minimum_charge_s",
    "version",
  ]

  static let needed = ["provider", "instance_type", "gpu_model", "gpu_count", "region", "on_demand_usd_h"]

  /// Reads a user's table. Errors name file, line and column.
  public static func rows(path: String, rates: ExchangeRates) throws(TraceError) -> [PriceRow] {
    var reader = try CSVReader(path: path, expecting: needed)
    try reader.acceptOnly(columns)
    let columns = try PriceColumns(reader)
    var rows: [PriceRow] = []
    var lines: [[String]: Int] = [:]
    while try reader.next() {
      let row = try columns.row(reader, rates)
      if let first = lines.updateValue(reader.line, forKey: row.key) {
        throw reader.error(at: columns.instance, .duplicateName(row.offer, firstLine: first))
      }
      rows.append(row)
    }
    return rows
  }
}

/// Where the columns of a table of prices are.
private struct PriceColumns {
  let provider: Int
  let instance: Int
  let gpu: Int
  let count: Int
  let region: Int
  let onDemand: Int
  let spot: Int?
  let onDemandPerGPU: Int?
  let spotPerGPU: Int?
  let oneYear: Int?
  let threeYears: Int?
  let snapshot: Int?
  let source: Int?
  let note: Int?
  let currency: Int?
  let granularity: Int?
  let minimum: Int?
  let version: Int?

  init(_ reader: CSVReader) throws(TraceError) {
    provider = try reader.column("provider")
    instance = try reader.column("instance_type")
    gpu = try reader.column("gpu_model")
    count = try reader.column("gpu_count")
    region = try reader.column("region")
    onDemand = try reader.column("on_demand_usd_h")
    spot = reader.optionalColumn("spot_usd_h")
    onDemandPerGPU = reader.optionalColumn("on_demand_usd_gpu_h")
    spotPerGPU = reader.optionalColumn("spot_usd_gpu_h")
    oneYear = reader.optionalColumn("commitment_1yr_usd_h")
    threeYears = reader.optionalColumn("commitment_3yr_usd_h")
    snapshot = reader.optionalColumn("snapshot")
    source = reader.optionalColumn("source")
    note = reader.optionalColumn("note")
    currency = reader.optionalColumn("currency")
    granularity = reader.optionalColumn("billing_granularity_s")
    minimum = reader.optionalColumn("minimum_charge_s")
    version = reader.optionalColumn("version")
  }

  func row(_ reader: CSVReader, _ rates: ExchangeRates) throws(TraceError) -> PriceRow {
    try checkVersion(reader)
    let factor = try rate(reader, rates)
    let gpus = Int(try reader.integer(count, in: 1...1024))
    var row = PriceRow(
      provider: try reader.nonEmptyText(provider),
      instance: try reader.nonEmptyText(instance),
      gpu: try reader.nonEmptyText(gpu),
      gpuCount: gpus,
      region: try reader.nonEmptyText(region),
      onDemand: try price(reader, onDemand, factor),
      spot: try price(reader, spot, factor),
      oneYear: try price(reader, oneYear, factor),
      threeYears: try price(reader, threeYears, factor),
      date: try day(reader),
      source: try text(reader, source) ?? reader.path,
      evidence: .stated,
      note: try text(reader, note) ?? ""
    )
    row.statedBilling = try billing(reader, .usual(row.provider))
    try check(reader, onDemandPerGPU, row.perGPU(row.onDemand), factor)
    try check(reader, spotPerGPU, row.perGPU(row.spot), factor)
    return row
  }

  /// nil when the row states neither.
  private func billing(_ reader: CSVReader, _ usual: BillingTerms) throws(TraceError) -> BillingTerms? {
    func seconds(_ field: Int?, _ lowest: Int64) throws(TraceError) -> Int? {
      guard let field, !reader.isEmpty(field) else { return nil }
      return Int(try reader.integer(field, in: lowest...31_536_000))
    }
    let (step, least) = (try seconds(granularity, 1), try seconds(minimum, 0))
    guard step != nil || least != nil else { return nil }
    return BillingTerms(granularity: step ?? usual.granularity, minimum: least ?? usual.minimum)
  }

  /// A table may state the version of its columns; this program reads 1.
  private func checkVersion(_ reader: CSVReader) throws(TraceError) {
    guard let version, !reader.isEmpty(version), try reader.text(version) != "1" else { return }
    throw reader.error(
      at: version,
      .contradiction(
        "a price table of version `\(try reader.text(version))`",
        hint: "this program reads version 1"
      )
    )
  }

  /// USD for one unit of the row's currency.
  private func rate(_ reader: CSVReader, _ rates: ExchangeRates) throws(TraceError) -> Double {
    guard let currency, !reader.isEmpty(currency) else { return 1 }
    let name = try reader.currency(currency)
    guard let rate = rates.usdPerUnit(name) else {
      throw reader.error(
        at: currency,
        .contradiction(
          "there is no exchange rate from \(name) to \(ExchangeRates.reporting)",
          hint: "give one with --rates FILE (currency,usd_per_unit,date,source)"
        )
      )
    }
    return rate
  }

  private func price(_ reader: CSVReader, _ field: Int?, _ factor: Double) throws(TraceError) -> Money? {
    guard let field, !reader.isEmpty(field) else { return nil }
    let accepted = "a price for an hour, 0 or more; empty when it is not known"
    let number = try reader.decimal(field, accepted: accepted)
    guard (0...1e9).contains(number), let amount = DecimalText.money(try reader.text(field)) else {
      throw reader.error(
        at: field,
        .outOfRange(column: reader.header[field], found: try reader.text(field), accepted: accepted)
      )
    }
    return factor == 1 ? amount : amount * factor
  }

  /// A price per GPU that belongs to another instance price is a slip.
  private func check(
    _ reader: CSVReader,
    _ field: Int?,
    _ expected: Money?,
    _ factor: Double
  ) throws(TraceError) {
    guard let field, let expected, let found = try price(reader, field, factor) else { return }
    // Tables round the price per GPU to the cent or finer.
    guard (found.units - expected.units).magnitude > 0.0051 * max(1, factor) else { return }
    throw reader.error(
      at: field,
      .contradiction(
        "`\(reader.header[field])` is \(found.units), but the instance price is \(expected.units) per GPU",
        hint: "correct one of them, or leave the price per GPU out"
      )
    )
  }

  /// The first ten characters when they are a day; other texts state none.
  private func day(_ reader: CSVReader) throws(TraceError) -> String? {
    guard let snapshot, !reader.isEmpty(snapshot), try reader.text(snapshot).first?.isNumber == true else {
      return nil
    }
    return try reader.date(snapshot)
  }

  private func text(_ reader: CSVReader, _ field: Int?) throws(TraceError) -> String? {
    guard let field, !reader.isEmpty(field) else { return nil }
    return try reader.text(field)
  }
}
