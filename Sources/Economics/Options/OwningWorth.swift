/// What one option is worth against another: the flows of taking the first
/// instead of the second.
public struct OwningWorth: Sendable {
  /// Name of the other option.
  public let other: String
  public let flows: CashFlows
  public let rate: Double

  public init(_ option: TCOOption, against other: TCOOption, rate: Double) {
    self.other = other.name
    self.rate = rate
    flows = CashFlows(zip(option.flows.flows, other.flows.flows).map { $0 - $1 })
  }

  /// USD at the start.
  public var netPresentValue: Double { flows.presentValue(rate: rate) }
  public var internalRate: InternalRate { flows.internalRate }
  public var returnOnInvestment: Double? { flows.returnOnInvestment }

  /// The first moment at which the savings so far have paid for the purchase;
  /// what is sold at the end counts in the last year.
  public func payback(isDiscounted: Bool) -> Payback {
    Payback(
      capital: -(flows.flows.first?.units ?? 0),
      earnings: flows.flows.dropFirst().map(\.units),
      rate: isDiscounted ? rate : 0
    )
  }
}

extension TCOComparison {
  /// The first option that owns something against every other one.
  public var owningWorths: (option: TCOOption, worths: [OwningWorth])? {
    guard let place = options.firstIndex(where: { !$0.fleets.isEmpty }) else { return nil }
    let others = options.indices.filter { $0 != place }
    guard !others.isEmpty else { return nil }
    return (options[place], others.map { OwningWorth(options[place], against: options[$0], rate: rate) })
  }
}
