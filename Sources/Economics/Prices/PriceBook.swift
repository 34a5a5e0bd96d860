import Hardware

/// What clouds ask for GPUs: the shipped prices and the user's.
///
/// A provider is one file in `Providers/` and one line of ``builtin``.
public struct PriceBook: Hashable, Sendable {
  /// A row with what is doubtful about it.
  public struct Entry: Hashable, Sendable {
    public var row: PriceRow
    public var flaws: [PriceFlaw]

    public init(row: PriceRow, flaws: [PriceFlaw]) {
      self.row = row
      self.flaws = flaws
    }

    /// Whether results may rest on the row.
    public var isUsable: Bool { !flaws.contains(where: \.forbidsUse) }
  }

  /// The prices that ship with the program.
  public static let builtin = PriceBook(
    PriceRow.aws + PriceRow.azure + PriceRow.gcp + PriceRow.lambda + PriceRow.nebius + PriceRow.hyperstack
      + PriceRow.runpod
  )

  /// In listing order.
  public private(set) var entries: [Entry] = []

  public init(_ rows: [PriceRow]) { self.entries = Self.judged(rows) }

  /// On-demand prices further from the middle one than this are told. The same
  /// H100 costs five times as much at one provider as at another.
  static let farFactor = 5.0

  /// The book with other rows added; rows of the same provider, instance and
  /// region replace those that are there.
  public func overridden(by rows: [PriceRow]) -> PriceBook {
    let replaced = Set(rows.map(\.key))
    return PriceBook(entries.map(\.row).filter { !replaced.contains($0.key) } + rows)
  }

  /// Names of the providers, in listing order.
  public var providers: [String] { Self.unique(entries.map(\.row.provider)) }

  /// Names of the GPUs, in listing order.
  public var gpus: [String] { Self.unique(entries.map(\.row.gpu)) }

  /// The entries of a GPU and of a provider; nil asks for all.
  public func entries(gpu: String?, provider: String?) -> [Entry] {
    entries.filter { entry in
      (gpu.map { Self.isSame(entry.row.gpu, $0) } ?? true)
        && (provider.map { $0.lowercased() == entry.row.provider.lowercased() } ?? true)
    }
  }

  /// The cheapest usable offer of a GPU, by on-demand price per GPU; of prices
  /// that are equal to the cent the largest instance, because jobs of several
  /// GPUs need one; then the first.
  public func cheapest(gpu: String, provider: String) -> Entry? {
    entries(gpu: gpu, provider: provider).filter(\.isUsable).min {
      let prices = [$0, $1].map { $0.row.perGPU($0.row.onDemand)?.cents ?? 0 }
      return (prices[0], -$0.row.gpuCount) < (prices[1], -$1.row.gpuCount)
    }
  }

  /// Whether two names mean the same GPU: the same board of the catalogue, or
  /// the same name.
  static func isSame(_ a: String, _ b: String) -> Bool {
    let (first, second) = (GPUCatalogue.builtin.model(named: a), GPUCatalogue.builtin.model(named: b))
    if let first, let second { return first.id == second.id }
    return a.lowercased() == b.lowercased()
  }

  private static func judged(_ rows: [PriceRow]) -> [Entry] {
    var entries = rows.map { Entry(row: $0, flaws: $0.ownFlaws) }
    var prices: [String: [Double]] = [:]
    for entry in entries where entry.isUsable {
      guard let price = entry.row.perGPU(entry.row.onDemand) else { continue }
      prices[entry.row.gpu, default: []].append(price.units)
    }
    for index in entries.indices {
      let row = entries[index].row
      guard let price = row.perGPU(row.onDemand), let others = prices[row.gpu], others.count > 2 else {
        continue
      }
      let factor = price.units / others.sorted()[others.count / 2]
      if factor > farFactor || factor < 1 / farFactor {
        entries[index].flaws.append(.farFromOthers(factor: factor))
      }
    }
    return entries
  }

  private static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
