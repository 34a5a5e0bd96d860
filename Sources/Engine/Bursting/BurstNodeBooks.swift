import SimulationKernel

/// What groups of auto nodes cost, agreements included.
struct BurstNodeBooks {
  /// By group.
  let firstNode: [Int]
  private let price: [Double]
  private let agreed: [Int]
  private let agreedPrice: [Double]
  private var existing: [Int]
  private var last: [Int64]
  /// Nodes x ns beyond what is agreed.
  private var beyond: [Int128]
  private let from: Int64

  init(_ input: SimulationInput, _ spec: Bursting) {
    let groups = input.autoNodes?.groups ?? []
    from = input.measuredFrom.nanoseconds
    firstNode = groups.map(\.nodes.lowerBound)
    price = groups.map(\.pricePerHour)
    let agreements = groups.map { group in spec.agreements.first { $0.group == group.name } }
    agreed = agreements.map { $0?.nodes ?? 0 }
    agreedPrice = agreements.map { $0?.pricePerHour ?? 0 }
    existing = groups.map(\.atStart)
    last = Array(repeating: from, count: groups.count)
    beyond = Array(repeating: 0, count: groups.count)
  }

  mutating func change(_ group: Int, _ change: Int, at now: Int64) {
    settle(group, at: now)
    existing[group] += change
  }

  private mutating func settle(_ group: Int, at now: Int64) {
    guard now > last[group] else { return }
    beyond[group] += Int128(now - last[group]) * Int128(max(0, existing[group] - agreed[group]))
    last[group] = now
  }

  /// USD by group.
  mutating func costs(at end: Int64) -> [Double] {
    let window = Double(max(0, end - from)) / 3.6e12
    return price.indices.map { group in
      settle(group, at: end)
      return Double(beyond[group]) / 3.6e12 * price[group]
        + window * Double(agreed[group]) * agreedPrice[group]
    }
  }
}
