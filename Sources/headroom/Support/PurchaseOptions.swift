import ArgumentParser
import Economics
import Planning
import Reporting

/// How the nodes of a planned fleet may be had, and at what prices.
struct PurchaseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How nodes may be had: owned, committed-1y, on-demand, spot, by commas. (default: owned)",
      valueName: "kinds"
    )
  )
  var buy: String?

  @Option(
    help: ArgumentHelp(
      "Providers to rent from, by commas. (default: lambda,aws, or the first with a price)",
      valueName: "names"
    )
  )
  var providers: String?

  @OptionGroup(title: "Prices") var prices: PriceOptions

  /// The kinds, in the order of ``PurchaseKind``.
  var kinds: [PurchaseKind] {
    get throws {
      guard let buy else { return [.owned] }
      let words = buy.split(separator: ",").map { $0.trimmed }
      let known = PurchaseKind.allCases.map(\.rawValue)
      for word in words where !known.contains(word) {
        throw ValidationError("--buy \(word): accepted are \(known.joined(separator: ", ")).")
      }
      guard !words.isEmpty else { throw ValidationError("--buy needs a kind, such as owned,on-demand.") }
      return PurchaseKind.allCases.filter { words.contains($0.rawValue) }
    }
  }

  /// The cheapest offer of each rented kind for nodes of a group.
  func offers(
    _ kinds: [PurchaseKind],
    for group: PlannedGroups.Group,
    of pool: String,
    in book: PriceBook,
    years: Int
  ) throws -> [NodeOffer] {
    let named = providers.map { $0.split(separator: ",").map { $0.trimmed } }
    for name in named ?? [] where !book.providers.contains(where: { $0.lowercased() == name.lowercased() }) {
      throw InputError(
        "--providers \(name): no such provider; there are \(book.providers.joined(separator: ", "))"
      )
    }
    return try kinds.filter { $0 != .owned }.map { kind in
      func cheapest(_ providers: [String]) -> NodeOffer? {
        NodeOffer.cheapest(
          kind,
          gpu: group.gpu.id,
          gpusPerNode: group.gpusPerNode,
          providers: providers,
          book: book,
          parameters: group.parameters,
          years: years
        )
      }
      guard let offer = named.map(cheapest) ?? (cheapest(UsualProviders.names) ?? cheapest(book.providers))
      else {
        throw InputError(
          "no usable \(kind.rawValue) price of nodes of \(group.gpusPerNode) x \(group.gpu.id) (`\(pool)`) is known; "
            + "give one by --prices, or name other --providers"
        )
      }
      return offer
    }
  }
}
