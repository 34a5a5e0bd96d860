extension Consolidation {
  /// Karpenter's `Balanced`: nodes go where
  /// `(saving / price of the pool) / (disruption / disruption of the pool) >= 1 / threshold`.
  ///
  /// Source: `designs/balanced-consolidation.md` and `balanced.go` of Karpenter core
  /// (August 2026).
  struct Balance {
    /// Of a node pool: what all its nodes cost an hour, and what it would cost to
    /// move all their work.
    struct Totals: Equatable {
      var price = 0.0
      var cost = 0.0
    }

    var threshold: Double
    /// By pool.
    var totals: [Totals]

    func isWorth(saving: Double, disruption: Double, of pool: Int) -> Bool {
      guard saving > 0, totals[pool].price > 0 else { return false }
      // Sums of prices lie a little beside the limit.
      return saving * totals[pool].cost * threshold >= disruption * totals[pool].price * (1 - 1e-9)
    }
  }

  /// Whether every node pool that loses nodes finds its part of the saving, which is
  /// divided by the prices of the nodes, worth the disruption of its work.
  func isWorth(_ nodes: [Candidate], _ decision: Decision, _ offers: [DisruptionTrial.Offer]) -> Bool {
    guard let balance else { return true }
    let price = nodes.reduce(0) { $0 + $1.price }
    var saving = price
    if case .replace(let choice) = decision { saving -= offers[Self.taken(of: choice, offers)].price }
    return balance.totals.indices.allSatisfy { pool in
      let own = nodes.filter { $0.pool == pool }
      if own.isEmpty { return true }
      let part = own.count == nodes.count ? saving : saving * own.reduce(0) { $0 + $1.price } / price
      return balance.isWorth(saving: part, disruption: own.reduce(0) { $0 + $1.cost }, of: pool)
    }
  }

  /// The offer that is launched, of several that serve.
  private static func taken(of choice: [Int], _ offers: [DisruptionTrial.Offer]) -> Int {
    choice.min {
      (offers[$0].preference, offers[$0].price, $0) < (offers[$1].preference, offers[$1].price, $1)
    }!
  }
}
