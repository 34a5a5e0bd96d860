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
