/// Picks among weighted options from one uniform number, in constant time.
///
/// The alias method: M. D. Vose, "A linear algorithm for generating random
/// numbers with a given distribution", IEEE TSE 17 (1991).
struct WeightedChoice {
  /// The share of each cell that belongs to its own option.
  private var own: [Double]
  /// Who owns the rest of the cell.
  private var alias: [Int32]

  /// - Precondition: at least one weight; all finite and above 0.
  init(weights: [Double]) {
    let count = weights.count
    let total = weights.reduce(0, +)
    // Dividing first keeps the sum of huge weights from overflowing the share.
    var share = weights.map { $0 / total * Double(count) }
    own = Array(repeating: 1, count: count)
    alias = (0..<Int32(count)).map { $0 }
    var small = share.indices.filter { share[$0] < 1 }
    var large = share.indices.filter { share[$0] >= 1 }
    while let low = small.popLast(), let high = large.last {
      own[low] = share[low]
      alias[low] = Int32(high)
      share[high] -= 1 - share[low]
      if share[high] < 1 {
        large.removeLast()
        small.append(high)
      }
    }
  }

  /// The option that a uniform number in (0, 1) picks.
  func pick(_ u: Double) -> Int {
    let scaled = u * Double(own.count)
    // u * n rounds up to n for the u nearest to 1.
    let cell = min(Int(scaled), own.count - 1)
    return scaled - Double(cell) < own[cell] ? cell : Int(alias[cell])
  }
}
