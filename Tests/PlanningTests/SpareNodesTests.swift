import Foundation
import Planning
import TestSupport
import Testing

@Suite("Spare nodes")
struct SpareNodesTests {
  @Test("2 of 3 nodes that are up 90 % of the time: 97.2 %")
  func worked() {
    #expect(abs(SpareNodes.probability(needed: 2, of: 3, availability: 0.9) - 0.972) < 1e-12)
    #expect(SpareNodes.probability(needed: 0, of: 0, availability: 0.5) == 1)
    #expect(SpareNodes.probability(needed: 4, of: 3, availability: 0.9) == 0)
    #expect(SpareNodes.probability(needed: 3, of: 3, availability: 1) == 1)
    // 6.5 failures in 1,000 node-days, a day to repair: 1 / 1.0065.
    #expect(abs(SpareNodes.availability(downDaysPerDay: 0.0065) - 0.993542) < 1e-6)
  }

  @Test("as counting all states of the nodes says")
  func states() {
    for nodes in 1...10 {
      for availability in [0.5, 0.9, 0.999] {
        var up = [Double](repeating: 0, count: nodes + 1)
        for state in 0..<(1 << nodes) {
          let count = state.nonzeroBitCount
          up[count] += (0..<nodes).reduce(1.0) {
            $0 * (state >> $1 & 1 == 1 ? availability : 1 - availability)
          }
        }
        for needed in 0...nodes {
          let expected = up[needed...].reduce(0, +)
          let found = SpareNodes.probability(needed: needed, of: nodes, availability: availability)
          #expect(abs(found - expected) < 1e-12)
        }
      }
    }
  }

  @Test("the fewest: one less is not enough")
  func fewest() throws {
    for needed in [1, 8, 32, 132, 2000] {
      for availability in [0.95, 0.99354, 0.9999] {
        let spares = try #require(
          SpareNodes.fewest(needed: needed, availability: availability, probability: 0.999)
        )
        func probability(_ spares: Int) -> Double {
          SpareNodes.probability(needed: needed, of: needed + spares, availability: availability)
        }
        #expect(probability(spares) >= 0.999)
        if spares > 0 { #expect(probability(spares - 1) < 0.999) }
      }
    }
    #expect(SpareNodes.fewest(needed: 5, availability: 0.01, probability: 0.999, most: 3) == nil)
  }

  @Test(
    "nodes that fail and are repaired: the share of time with enough of them up",
    arguments: [UInt64(3), 4]
  )
  func renewal(seed: UInt64) {
    // Times in tenths of an hour: up 150 h on average, repairs of 20 h exactly.
    var random = SplitMix(seed: seed)
    let (nodes, needed, span) = (13, 12, 4_000_000)
    var up = [Int16](repeating: 0, count: span)
    for _ in 0..<nodes {
      var now = 0
      while now < span {
        let life = max(1, Int(-1500 * log(1 - Double.random(in: 0..<1, using: &random))))
        for time in now..<min(span, now + life) { up[time] += 1 }
        now += life + 200
      }
    }
    let found = Double(up.count { $0 >= needed }) / Double(span)
    let availability = SpareNodes.availability(downDaysPerDay: 200.0 / 1500)
    let expected = SpareNodes.probability(needed: needed, of: nodes, availability: availability)
    // Some 30,000 failures: a few tenths of a percent.
    #expect(abs(found - expected) < 0.01, "\(found), not \(expected)")
  }
}
