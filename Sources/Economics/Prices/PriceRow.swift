/// What one provider asks for one kind of instance in one region.
///
/// Prices are list prices in USD for one hour of the whole instance. A price
/// that nobody published is nil, not zero.
public struct PriceRow: Hashable, Sendable {
  public var provider: String
  public var instance: String
  /// As the book writes it, such as `H100-SXM`.
  public var gpu: String
  /// GPUs in one instance.
  public var gpuCount: Int
  public var region: String
  public var onDemand: Money?
  /// On capacity that may be taken away; a moment's price.
  public var spot: Money?
  /// Under a commitment of one year, paid whether used or not.
  public var oneYear: Money?
  /// Under a commitment of three years, paid whether used or not.
  public var threeYears: Money?
  /// `2026-07-20`; nil when the source states no date.
  public var date: String?
  public var source: String
  public var evidence: Evidence
  /// What a reader of the price should know; empty when nothing.
  public var note: String
  /// nil: as usual at the provider.
  public var statedBilling: BillingTerms?

  public init(
    provider: String,
    instance: String,
    gpu: String,
    gpuCount: Int,
    region: String,
    onDemand: Money?,
    spot: Money? = nil,
    oneYear: Money? = nil,
    threeYears: Money? = nil,
    date: String?,
    source: String,
    evidence: Evidence,
    note: String = ""
  ) {
    self.provider = provider
    self.instance = instance
    self.gpu = gpu
    self.gpuCount = gpuCount
    self.region = region
    self.onDemand = onDemand
    self.spot = spot
    self.oneYear = oneYear
    self.threeYears = threeYears
    self.date = date
    self.source = source
    self.evidence = evidence
    self.note = note
  }

  public var billing: BillingTerms { statedBilling ?? .usual(provider) }

  /// The price of one GPU for an hour.
  public func perGPU(_ price: Money?) -> Money? { price.map { $0 / gpuCount } }

  /// Rows of the same offer replace each other.
  var key: [String] { [provider.lowercased(), instance.lowercased(), region.lowercased()] }

  /// Where it was offered, for people: `lambda gpu_8x_h100_sxm5 us-east-1`.
  public var offer: String { "\(provider) \(instance) \(region)" }
}

/// Where a shipped price was read.
struct PriceOrigin {
  var date: String?
  var source: String
  var evidence: Evidence

  static let awsList = PriceOrigin(
    date: "2026-07-20",
    source: "price table of aws/karpenter-provider-aws",
    evidence: .primary
  )
  static let azureList = PriceOrigin(
    date: "2026-06-18",
    source: "price table of Azure/karpenter-provider-azure",
    evidence: .primary
  )
  /// Stored versions of 2026 without a date.
  static let catalogue = PriceOrigin(
    date: nil,
    source: "skypilot-org/skypilot-catalog, catalogs/v8",
    evidence: .secondary
  )
}

extension PriceRow {
  /// A shipped row; USD per hour of the instance.
  static func shipped(
    _ provider: String,
    _ instance: String,
    _ gpu: String,
    _ count: Int,
    _ region: String,
    _ onDemand: Double,
    spot: Double? = nil,
    _ origin: PriceOrigin,
    note: String = ""
  ) -> PriceRow {
    PriceRow(
      provider: provider,
      instance: instance,
      gpu: gpu,
      gpuCount: count,
      region: region,
      onDemand: Money(onDemand),
      spot: spot.map { Money($0) },
      date: origin.date,
      source: origin.source,
      evidence: origin.evidence,
      note: note
    )
  }
}
