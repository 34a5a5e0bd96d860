import Hardware

/// Owning a fleet against renting it from several providers.
public struct QuickEstimate: Sendable {
  public let model: FleetModel
  /// The share of the available GPU-hours in use.
  public let use: Double
  /// In the order asked for.
  public let offers: [Offer]
  /// Rows of the price book that were passed over, and why.
  public let passedOver: [PriceBook.Entry]

  /// One way of renting.
  public struct Offer: Sendable {
    public var row: PriceRow
    public var contract: Contract
    /// USD per GPU-hour in the first year.
    public var price: Double
    public var flaws: [PriceFlaw]
    public var result: OwnershipResult
  }

  /// How GPU-hours are rented.
  public enum Contract: String, Sendable {
    case onDemand = "on demand"
    case spot
  }

  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownProvider(String, known: [String])
    case noPrice(provider: String, gpu: String, offered: [String])

    public var description: String {
      switch self {
      case .unknownProvider(let name, let known):
        "`\(name)` is no provider of the price book; "
          + (Suggestion.hint(for: name, among: known).map { "\($0) " } ?? "")
          + "known: \(known.joined(separator: ", ")), or add it with --prices FILE"
      case .noPrice(let provider, let gpu, let offered):
        "the price book has no usable price of \(gpu) at \(provider)"
          + (offered.isEmpty ? "" : "; it has one at \(offered.joined(separator: ", "))")
          + ", or add it with --prices FILE"
      }
    }
  }

  /// For each provider, its cheapest usable on-demand offer of the GPU and,
  /// where that row quotes one, its spot price.
  public init(model: FleetModel, use: Double, against providers: [String], book: PriceBook) throws(Failure) {
    var offers: [Offer] = []
    var passedOver: [PriceBook.Entry] = []
    let typical = model.parameters.typical
    for provider in providers {
      guard book.providers.contains(where: { $0.lowercased() == provider.lowercased() }) else {
        throw .unknownProvider(provider, known: book.providers)
      }
      passedOver += book.entries(gpu: model.gpu.id, provider: provider).filter { !$0.isUsable }
      guard let entry = book.cheapest(gpu: model.gpu.id, provider: provider) else {
        let offered = book.providers.filter { book.cheapest(gpu: model.gpu.id, provider: $0) != nil }
        throw .noPrice(provider: provider, gpu: model.gpu.id, offered: offered)
      }
      func offer(_ contract: Contract, _ price: Money?) {
        guard let price = entry.row.perGPU(price)?.units else { return }
        let input = model.comparison(typical, use: use, cloudPrice: price)
        offers.append(
          Offer(
            row: entry.row,
            contract: contract,
            price: price,
            flaws: entry.flaws,
            result: OwnershipResult(input)
          )
        )
      }
      offer(.onDemand, entry.row.onDemand)
      if !entry.flaws.contains(.spotNotBelowOnDemand) { offer(.spot, entry.row.spot) }
    }
    self.model = model
    self.use = use
    self.offers = offers
    self.passedOver = passedOver
  }

  /// What the estimate leaves out, so that nobody takes it for zero.
  public static let notCounted = [
    "tax", "storage", "egress and support of the cloud", "lead time and ramp-up of the purchase",
    "work lost on spot capacity", "waiting: both sides serve the same GPU-hours",
  ]
}
