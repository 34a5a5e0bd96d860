import Foundation
import Outcome

/// One row of the study's tables: means over the arrivals at which the
/// arrived request rounds to this percentage of the cluster.
public struct FGDTableRow: Equatable, Sendable {
  /// 0 ... 130.
  public var arrivalPercent: Int
  /// Allocated, % of the cluster, two decimals.
  public var allocationPercent: Double
  /// Fragmented, % of what is free.
  public var fragmentationRatePercent: Double
  /// Fragmented, % of the cluster, two decimals.
  public var fragmentationTotalPercent: Double
}

/// Turns a filling into the study's table, with its summation and rounding
/// (reference, section 3.13), which decide the last printed digit.
enum FGDTable {
  static func rows(_ filling: FillingColumns, capacityMilliGPU: Int64) -> [FGDTableRow] {
    let capacity = Double(capacityMilliGPU)
    var buckets = [[Int]](repeating: [], count: 131)
    for i in filling.arrivedMilliGPU.indices {
      let percent = (Double(filling.arrivedMilliGPU[i]) / (capacity / 100)).rounded(.toNearestOrEven)
      if percent <= 130 { buckets[Int(percent)].append(i) }
    }
    return (0...130).map { r in
      var events = buckets[r]
      if events.isEmpty { events = (max(0, r - 1)...min(130, r + 1)).flatMap { buckets[$0] } }
      let allocation = events.map { hundredths(Double(filling.allocatedMilliGPU[$0]) / (capacity / 100)) }
      let rate = events.map {
        hundredths(
          100 * filling.fragmentedMilliGPU[$0] / Double(capacityMilliGPU - filling.allocatedMilliGPU[$0])
        )
      }
      let amount = events.map { hundredths(filling.fragmentedMilliGPU[$0]) }
      return FGDTableRow(
        arrivalPercent: r,
        allocationPercent: hundredths(mean(allocation)),
        fragmentationRatePercent: mean(rate),
        fragmentationTotalPercent: hundredths(100 * mean(amount) / 1000 / (capacity / 1000))
      )
    }
  }

  /// Half to even after the multiplication, as the study's tools round.
  private static func hundredths(_ x: Double) -> Double { (x * 100).rounded(.toNearestOrEven) / 100 }

  private static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? .nan : values.withUnsafeBufferPointer { pairwiseSum($0) } / Double(values.count)
  }

  /// Pairwise summation in the order that the study's tools use: below 8
  /// values left to right; up to 128, eight running sums; above, halves split
  /// at a multiple of 8.
  static func pairwiseSum(_ x: UnsafeBufferPointer<Double>) -> Double {
    if x.count < 8 { return x.reduce(0, +) }
    if x.count <= 128 {
      var r = SIMD8<Double>(x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7])
      var i = 8
      while i + 8 <= x.count {
        r += SIMD8(x[i], x[i + 1], x[i + 2], x[i + 3], x[i + 4], x[i + 5], x[i + 6], x[i + 7])
        i += 8
      }
      var sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
      while i < x.count {
        sum += x[i]
        i += 1
      }
      return sum
    }
    let half = x.count / 2 / 8 * 8
    return pairwiseSum(UnsafeBufferPointer(rebasing: x[..<half]))
      + pairwiseSum(UnsafeBufferPointer(rebasing: x[half...]))
  }
}
