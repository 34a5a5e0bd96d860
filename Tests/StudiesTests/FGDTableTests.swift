import Outcome
import TestSupport
import Testing

@testable import Studies

/// The study's summation and rounding, which decide the last printed digit.
@Suite struct FGDTableTests {
  /// As the specification words it, on arrays.
  private func literalSum(_ x: [Double]) -> Double {
    if x.count < 8 { return x.reduce(0, +) }
    if x.count > 128 {
      let half = x.count / 2 - x.count / 2 % 8
      return literalSum(Array(x[..<half])) + literalSum(Array(x[half...]))
    }
    var r = [Double](repeating: 0, count: 8)
    let whole = x.count - x.count % 8
    for i in 0..<whole { r[i % 8] += x[i] }
    var sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
    for i in whole..<x.count { sum += x[i] }
    return sum
  }

  @Test func `sums are pairwise in the studied tool's order`() {
    var draws = SplitMix(seed: 1)
    var unlikePlain = 0
    for count in [0, 1, 7, 8, 9, 15, 16, 17, 127, 128, 129, 136, 255, 256, 257, 1_000, 2_049] {
      for _ in 0..<20 {
        let values = (0..<count).map { _ in Double(draws.next() % 1_000_000) / 100 }
        let sum = values.withUnsafeBufferPointer { FGDTable.pairwiseSum($0) }
        #expect(sum == literalSum(values), "\(count) values")
        unlikePlain += sum == values.reduce(0, +) ? 0 : 1
      }
    }
    #expect(unlikePlain > 20)
  }

  @Test func `a row is the mean over the arrivals that round to its percentage`() {
    // A cluster of 200 GPUs: 1 % is 2,000 thousandths. Halves go to the even row.
    var filling = FillingColumns()
    filling.arrivedMilliGPU = [1_000, 3_000, 4_000, 5_000, 300_000]
    filling.allocatedMilliGPU = [1_000, 3_010, 4_030, 5_000, 6_000]
    filling.fragmentedMilliGPU = [0, 98_495, 97_985, 97_500, 1]
    let rows = FGDTable.rows(filling, capacityMilliGPU: 200_000)
    #expect(rows.count == 131)
    #expect(rows[0].allocationPercent == 0.5)
    // Row 1 has no arrival of its own and takes those of rows 0 to 2.
    #expect(rows[1].allocationPercent == ((0.5 + 1.5 + 2.02 + 2.5) / 4 * 100).rounded(.toNearestOrEven) / 100)
    // 1.505 and 2.015 are rounded before the mean: 150.5 and 201.5 to even.
    #expect(rows[2].allocationPercent == ((1.5 + 2.02 + 2.5) / 3 * 100).rounded(.toNearestOrEven) / 100)
    #expect(rows[2].fragmentationRatePercent == (50.0 + 50.0 + 50.0) / 3)
    #expect(rows[2].fragmentationTotalPercent == 49.0)
  }
}
