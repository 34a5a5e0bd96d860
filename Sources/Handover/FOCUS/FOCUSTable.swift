import Economics
import Foundation

/// A run's bill as a FOCUS 1.2 table: a row a tenant and day, and for owned
/// fleets the purchase and the running costs.
///
/// Owned: the purchase and the running costs are billed and have no effective
/// cost; usage has the effective cost (write-off, interest and running costs)
/// and is not billed. Rented: usage is billed. `EffectiveCost` adds up to the
/// bill to the cent in both cases.
public struct FOCUSTable {
  /// GPU time of a tenant on a day, thousandths of a GPU x ns.
  public struct Usage: Sendable {
    public var day: Int
    /// Empty: idle capacity.
    public var tenant: String
    public var time: Int128

    public init(day: Int, tenant: String, time: Int128) {
      self.day = day
      self.tenant = tenant
      self.time = time
    }
  }

  /// What stands in every row.
  public struct Account: Sendable {
    public var id: String
    public var name: String
    /// First day of the measured time, UTC.
    public var start: Date
    /// GPU model ids, such as `h100-80gb-sxm`.
    public var gpus: String

    public init(id: String, name: String, start: Date, gpus: String) {
      self.id = id
      self.name = name
      self.start = start
      self.gpus = gpus
    }
  }

  private let option: TCOOption
  private let account: Account
  private let bill: Money
  private let repeatsPerYear: Double

  public init(_ option: TCOOption, _ account: Account, bill: Money, repeatsPerYear: Double) {
    self.option = option
    self.account = account
    self.bill = bill
    self.repeatsPerYear = repeatsPerYear
  }

  /// Header and rows.
  public func csv(_ usage: [Usage]) -> String {
    var rows = isOwned ? charges() : []
    let held = usage.filter { $0.time > 0 }
    let cents = held.isEmpty ? [] : CentSplit.parts(ofCents: bill.cents, by: held.map(\.time))
    for (use, part) in zip(held, cents) { rows.append(row(use, cents: part)) }
    return CSVText.table(
      columns: FOCUSColumn.allCases.map(\.rawValue),
      rows: rows.map { row in FOCUSColumn.allCases.map { row[$0] ?? "" } }
    )
  }

  private typealias Row = [FOCUSColumn: String]

  private var isOwned: Bool { !option.fleets.isEmpty }
  private var provider: String { isOwned ? "Own data centre" : option.provider ?? "Own data centre" }

  private func charges() -> [Row] {
    let start = account.start
    var rows: [Row] = []
    var purchase = common(start, days: 1)
    let price = Self.decimal(option.capital.cents)
    purchase.merge([
      .chargeCategory: "Purchase", .chargeFrequency: "One-Time", .billedCost: price, .effectiveCost: "0",
      .contractedCost: price, .listCost: price, .chargeDescription: "Purchase of the nodes",
      .pricingQuantity: "1", .pricingUnit: "Purchases", .pricingCurrencyEffectiveCost: "0",
      .listUnitPrice: price, .contractedUnitPrice: price, .pricingCurrencyListUnitPrice: price,
      .pricingCurrencyContractedUnitPrice: price,
    ]) { $1 }
    rows.append(purchase)
    for line in option.lines where line.amount > .zero {
      var row = common(start, days: 1)
      let cost = Self.decimal((line.amount * (1 / repeatsPerYear)).cents)
      row.merge([
        .chargeCategory: "Purchase", .chargeFrequency: "Recurring", .billedCost: cost, .effectiveCost: "0",
        .contractedCost: cost, .listCost: cost,
        .chargeDescription: "Running cost of the measured time: \(line.name)",
        .pricingQuantity: "1", .pricingUnit: "Purchases", .pricingCurrencyEffectiveCost: "0",
        .listUnitPrice: cost, .contractedUnitPrice: cost, .pricingCurrencyListUnitPrice: cost,
        .pricingCurrencyContractedUnitPrice: cost,
      ]) { $1 }
      // What an owned fleet rents beside it has another issuer.
      if let cloud = option.provider, option.rentals.contains(where: { $0.line == line.name }) {
        for column in [FOCUSColumn.providerName, .publisherName, .invoiceIssuerName] { row[column] = cloud }
        let region = option.rentals.first?.row.region ?? ""
        for column in [FOCUSColumn.regionId, .regionName, .availabilityZone] { row[column] = region }
      }
      rows.append(row)
    }
    return rows
  }

  private func row(_ use: Usage, cents: Int128) -> Row {
    var row = common(account.start.addingTimeInterval(Double(use.day) * 86_400), days: 1)
    let (cost, hours) = (Self.decimal(cents), Double(use.time) / 3.6e15)
    let unit = "\(((Double(cents) / 100 / hours) * 1e6).rounded() / 1e6)"
    let isIdle = use.tenant.isEmpty
    row.merge([
      .chargeCategory: "Usage", .chargeFrequency: "Usage-Based", .billedCost: isOwned ? "0" : cost,
      .effectiveCost: cost, .contractedCost: cost, .listCost: cost, .pricingQuantity: "\(hours)",
      .pricingUnit: "Hours", .consumedQuantity: "\(hours)", .consumedUnit: "Hours",
      .chargeDescription: isIdle ? "Idle GPU-hours" : "GPU-hours held by jobs",
      .listUnitPrice: unit, .contractedUnitPrice: unit, .pricingCurrencyListUnitPrice: unit,
      .pricingCurrencyContractedUnitPrice: unit, .pricingCurrencyEffectiveCost: cost,
      .subAccountId: isIdle ? "idle" : use.tenant, .subAccountName: isIdle ? "Idle capacity" : use.tenant,
      .subAccountType: "Tenant", .tags: #"{"idle":"\#(isIdle)"}"#,
    ]) { $1 }
    return row
  }

  /// Columns that all rows share.
  private func common(_ start: Date, days: Int) -> Row {
    let calendar = Self.calendar
    let month = calendar.dateInterval(of: .month, for: start)!
    let category: String
    switch option.service {
    case .interruptible: category = "Dynamic"
    case _ where option.rentals.contains { $0.kind == .fixed && ($0.instances ?? 0) > 0 }:
      category = "Committed"
    default: category = isOwned ? "Other" : "Standard"
    }
    return [
      .availabilityZone: isOwned ? "own" : option.rentals.first?.row.region ?? "own",
      .billingAccountId: account.id, .billingAccountName: account.name, .billingAccountType: "Business unit",
      .billingCurrency: "USD", .billingPeriodStart: Self.instant(month.start),
      .billingPeriodEnd: Self.instant(month.end), .chargePeriodStart: Self.instant(start),
      .chargePeriodEnd: Self.instant(start.addingTimeInterval(Double(days) * 86_400)),
      .invoiceId: "\(account.id)-\(Self.instant(month.start).prefix(7))", .invoiceIssuerName: provider,
      .pricingCategory: category, .pricingCurrency: "USD", .providerName: provider, .publisherName: provider,
      .regionId: isOwned ? "own" : option.rentals.first?.row.region ?? "own",
      .regionName: isOwned ? "Own site" : option.rentals.first?.row.region ?? "Own site",
      .resourceId: "\(account.id)/gpus", .resourceName: "gpus", .resourceType: "GPU",
      .serviceCategory: "Compute", .serviceName: "GPU cluster", .serviceSubcategory: "Other (Compute)",
      .skuId: account.gpus, .skuMeter: "GPU time", .skuPriceId: "\(account.gpus).\(option.name)",
      .skuPriceDetails: #"{"x_GpuModels":"\#(account.gpus)"}"#, .tags: "{}",
    ]
  }

  private static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 0)!
    return calendar
  }()

  /// `2026-01-01T00:00:00Z`.
  static func instant(_ date: Date) -> String {
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
    func two(_ value: Int?) -> String { (value ?? 0) < 10 ? "0\(value ?? 0)" : "\(value ?? 0)" }
    let time = [parts.hour, parts.minute, parts.second].map(two).joined(separator: ":")
    return "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))T\(time)Z"
  }

  private static func decimal(_ cents: Int128) -> String {
    let (whole, part) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
    return (cents < 0 ? "-" : "") + "\(whole)." + (part < 10 ? "0" : "") + "\(part)"
  }
}
