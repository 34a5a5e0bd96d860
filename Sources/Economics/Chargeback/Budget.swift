/// What a tenant may spend in the measured time.
public struct Budget: Hashable, Sendable {
  public var tenant: String
  public var limit: Money
  /// A broken hard limit fails the command; a soft one is told.
  public var isHard: Bool

  public init(tenant: String, limit: Money, isHard: Bool) {
    self.tenant = tenant
    self.limit = limit
    self.isHard = isHard
  }

  /// How a bill stands to the limit.
  public struct Verdict: Hashable, Sendable {
    public var budget: Budget
    public var cents: Int128

    public var isBroken: Bool { cents > budget.limit.cents }
  }

  /// nil: the bill has no such tenant.
  public func verdict(on bill: Chargeback) -> Verdict? {
    bill.lines.first { $0.tenant == tenant }.map { Verdict(budget: self, cents: $0.cents) }
  }
}
