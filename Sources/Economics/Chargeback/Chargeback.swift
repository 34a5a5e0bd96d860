/// Splits an amount into whole cents that add up to it.
public enum CentSplit {
  /// Parts in proportion to the weights, by largest remainders: each part is
  /// its exact share rounded down to the cent, and the cents that are left go
  /// one each to the largest remainders, the first of equal ones first
  /// (Hamilton's method). Weights that are all 0 count as equal.
  ///
  /// - Precondition: amount and weights are 0 or more, and there is a weight.
  public static func parts(ofCents cents: Int128, by weights: [Int128]) -> [Int128] {
    precondition(cents >= 0 && !weights.isEmpty && weights.allSatisfy { $0 >= 0 })
    let total = weights.reduce(0, +)
    guard total > 0 else { return parts(ofCents: cents, by: weights.map { _ in 1 }) }
    var parts: [Int128] = []
    var remainders: [Int128] = []
    for weight in weights {
      // 256 bits in between: GPU time in nanoseconds times cents.
      let product = weight.multipliedFullWidth(by: cents)
      let (quotient, remainder) = total.dividingFullWidth((product.high, product.low))
      parts.append(quotient)
      remainders.append(remainder)
    }
    let left = Int(cents - parts.reduce(0, +))
    let order = remainders.indices.sorted { (remainders[$1], $0) < (remainders[$0], $1) }
    for index in order.prefix(left) { parts[index] += 1 }
    return parts
  }
}

/// A bill divided among the tenants of a run, adding up to the cent.
///
/// Each tenant pays for the GPU time that its jobs held, whether busy or not.
/// GPU time that nobody held (free, stranded, down, changing) is a line of its
/// own, or is spread over the tenants.
public struct Chargeback: Hashable, Sendable {
  /// What becomes of the time that nobody held.
  public enum Idle: String, CaseIterable, Sendable {
    /// A line of its own, which no tenant pays.
    case own
    /// The same for every tenant.
    case evenly
    /// In proportion to what each tenant held.
    case consumption
  }

  public struct Line: Hashable, Sendable {
    public var tenant: String
    /// Thousandths of a GPU x ns that its jobs held.
    public var held: Int128
    public var ownCents: Int128
    /// Its part of the idle time.
    public var idleCents: Int128

    public var cents: Int128 { ownCents + idleCents }
  }

  /// In the order of the tenants.
  public let lines: [Line]
  /// Paid by nobody; 0 unless idle is a line of its own.
  public let idleCents: Int128
  public let billCents: Int128
  public let idle: Idle

  /// - Parameters:
  ///   - bill: rounded to the cent first.
  ///   - held: by tenant.
  ///   - capacity: of the fleet over the same time.
  public init(bill: Money, held: [(tenant: String, time: Int128)], capacity: Int128, idle: Idle) {
    let times = held.map(\.time)
    let unheld = max(0, capacity - times.reduce(0, +))
    let shares = CentSplit.parts(ofCents: bill.cents, by: times + [unheld])
    let free = shares[times.count]
    let spread =
      switch idle {
      case .own: times.map { _ in Int128(0) }
      case .evenly: times.isEmpty ? [] : CentSplit.parts(ofCents: free, by: times.map { _ in 1 })
      case .consumption: times.isEmpty ? [] : CentSplit.parts(ofCents: free, by: times)
      }
    lines = held.indices.map {
      Line(tenant: held[$0].tenant, held: held[$0].time, ownCents: shares[$0], idleCents: spread[$0])
    }
    idleCents = idle == .own || times.isEmpty ? free : 0
    billCents = bill.cents
    self.idle = idle
  }
}
