import Hardware

/// Ways of meeting the demand of one run, all for the same offered demand.
public struct TCOComparison: Sendable {
  public let demand: RunDemand
  public let terms: TCOTerms
  /// In the order asked for.
  public private(set) var options: [TCOOption] = []
  /// By GPU model of the fleet.
  public let models: [FleetModel]
  let book: PriceBook

  /// What a comparison may name beside providers.
  public static let ownWords = ["owned", "hybrid"]

  /// Why there is no comparison.
  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    case noPurchasePrice(gpu: String, known: [String])
    case noPrice(provider: String, accepts: [String])
    case noBurst
    case twice(String)
    case unknownOption(String, known: [String])

    public var description: String {
      switch self {
      case .noPurchasePrice(let gpu, let known):
        "no purchase price of \(gpu) is known, so it cannot be owned here; known are \(known.joined(separator: ", "))"
      case .noPrice(let provider, let accepts):
        "the price book has no usable price of \(accepts.joined(separator: " or ")) at \(provider); "
          + "add one with --prices FILE, or leave \(provider) out"
      case .noBurst: "`hybrid` needs a provider to burst to: name one too, such as --compare lambda,hybrid"
      case .twice(let name): "`\(name)` is named twice"
      case .unknownOption(let name, let known):
        "`\(name)` is neither an option nor a provider; "
          + (Suggestion.hint(for: name, among: known).map { "\($0) " } ?? "")
          + "accepted: \(known.joined(separator: ", "))"
      }
    }
  }

  /// - Parameters:
  ///   - parameters: of the owned fleet, by GPU model of the run's fleet; nil
  ///     where no purchase price is known.
  ///   - names: `owned`, `hybrid` and providers.
  public init(
    demand: RunDemand,
    terms: TCOTerms,
    names: [String],
    parameters: (GPUModel) -> CostParameters?,
    book: PriceBook
  ) throws(Failure) {
    self.demand = demand
    self.terms = terms
    self.book = book
    let known = Self.ownWords + book.providers
    for name in names where !known.contains(where: { $0.lowercased() == name.lowercased() }) {
      throw .unknownOption(name, known: known)
    }
    let lowercased = names.map { $0.lowercased() }
    if let twice = lowercased.indices.first(where: { lowercased[..<$0].contains(lowercased[$0]) }) {
      throw .twice(names[twice])
    }
    var models: [FleetModel] = []
    for part in demand.fleet {
      guard let gpu = GPUCatalogue.builtin.model(named: part.gpu), let costs = parameters(gpu) else {
        throw .noPurchasePrice(gpu: part.gpu, known: CostParameters.pricedGPUs)
      }
      models.append(
        FleetModel(gpu: gpu, gpus: part.gpus, parameters: costs, years: terms.years, site: terms.site)
      )
    }
    self.models = models
    let providers = names.filter { !Self.ownWords.contains($0.lowercased()) }
    for name in names {
      switch name.lowercased() {
      case "owned": options.append(complete(try owned(bridgedBy: providers)))
      case "hybrid": options.append(try hybrid(among: providers))
      default: options += try rented(from: name).map(complete)
      }
    }
  }

  /// The cost of capital of the first GPU model: one rate discounts all.
  public var rate: Double { value(.costOfCapital) }

  func value(_ role: CostRole) -> Double { models.first?.parameters[role].typical ?? 0 }

  /// GPU-hours a year.
  public var offeredPerYear: Double { demand.perYear(demand.offered) }

  // MARK: Prices by demand

  /// GPUs of the fleet or of the demand for which a provider has no usable
  /// price; empty: it can serve everything.
  public static func unpriced(_ demand: RunDemand, at provider: String, book: PriceBook) -> [String] {
    let models = demand.fleet.map(\.gpu)
    let asked = models.map { [$0] } + demand.kinds.map(\.accepts).filter { !$0.isEmpty }
    var missing: [String] = []
    for accepted in asked
    where accepted.allSatisfy({ book.cheapest(gpu: $0, provider: provider) == nil }) {
      let name = accepted.joined(separator: " or ")
      if !missing.contains(name) { missing.append(name) }
    }
    return missing
  }

  /// The cheapest usable offer of a kind of demand at a provider.
  func offer(_ kind: RunDemand.Kind, at provider: String) throws(Failure) -> PriceBook.Entry {
    let accepted = kind.accepts.isEmpty ? demand.fleet.map(\.gpu) : kind.accepts
    let entries = accepted.compactMap { book.cheapest(gpu: $0, provider: provider) }
    let best = entries.min { price($0) < price($1) }
    guard let best else { throw .noPrice(provider: provider, accepts: accepted) }
    return best
  }

  private func price(_ entry: PriceBook.Entry) -> Money { entry.row.perGPU(entry.row.onDemand) ?? .zero }

  /// The demand by the offer that serves it cheapest.
  func curves(at provider: String) throws(Failure) -> [(entry: PriceBook.Entry, curve: DemandCurve)] {
    var found: [(entry: PriceBook.Entry, curve: DemandCurve)] = []
    for kind in demand.kinds {
      let entry = try offer(kind, at: provider)
      let curve = DemandCurve(
        gpu: entry.row.gpu,
        values: kind.offered,
        bucket: demand.bucket,
        window: demand.window
      )
      if let place = found.firstIndex(where: { $0.entry == entry }) {
        for index in curve.values.indices { found[place].curve.values[index] += curve.values[index] }
      } else {
        found.append((entry, curve))
      }
    }
    return found
  }

  /// The option with its costs at typical values.
  func complete(_ option: TCOOption) -> TCOOption {
    var option = option
    option.schedule = CostSchedule(option, typical)
    return option
  }

  /// Every parameter typical.
  var typical: CostWorld {
    CostWorld(terms: terms, values: models.map(\.parameters.typical))
  }

  /// The part of the first year that passes before the delivery, 0 to 1.
  public var leadShare: Double { typical.leadShare }

  /// What an option pays for data sent to the internet.
  public func egressPerMonth(_ option: TCOOption) -> Money { CostSchedule.egressPerMonth(option, terms) }
}
