import Foundation
import SimulationKernel
import TestSupport
import Testing

@testable import Engine

/// A bandwidth that flows share in equal parts.
@Suite struct SharedLinkTests {
  private let second: Int64 = 1_000_000_000

  private func expect(_ link: inout SharedLink, _ next: Int64) {
    let found = link.next()
    #expect(found == next)
  }

  @Test func `one flow takes its size by the bandwidth, and n equal ones n times that, to the nanosecond`() {
    for count in 1...40 {
      var link = SharedLink(StorageSpec.Link(name: "l", bytesPerSecond: 5_000_000_000))
      for flow in 0..<count { link.add(Int32(flow), bytes: 130_000_000_000, at: 7) }
      let end = link.next()
      #expect(end == 7 + 26 * second * Int64(count))
      let done = link.takeDone(at: end!)
      #expect(done.count == count && link.activeCount == 0)
    }
    // A third of a nanosecond counts as a whole one.
    var link = SharedLink(StorageSpec.Link(name: "l", bytesPerSecond: 3_000_000_000))
    link.add(0, bytes: 1, at: 0)
    expect(&link, 1)
  }

  @Test func `a flow gets no more than its own bandwidth, and less where many share`() {
    var link = SharedLink(StorageSpec.Link(name: "l", bytesPerSecond: 10, perFlow: 4))
    link.add(0, bytes: 40, at: 0)
    expect(&link, 10 * second)
    link.add(1, bytes: 40, at: 0)
    expect(&link, 10 * second)
    // Four share 10 bytes a second: 2.5 each.
    link.add(2, bytes: 40, at: 0)
    link.add(3, bytes: 40, at: 0)
    expect(&link, 16 * second)
    // Two leave after 8 s; 20 bytes are left of each, at 4 bytes a second.
    link.remove(2, at: 8 * second)
    link.remove(3, at: 8 * second)
    expect(&link, 13 * second)
  }

  @Test func `random flows end as a fluid that is followed step by step`() {
    var ended = 0
    for seed in UInt64(0)..<200 {
      var draws = SplitMix(seed: seed)
      let whole = Double(Int64.random(in: 1...1_000, using: &draws))
      let most = Double(Int64.random(in: 1...1_000, using: &draws))
      var link = SharedLink(
        StorageSpec.Link(name: "l", bytesPerSecond: Int64(whole), perFlow: Int64(most))
      )
      var fluid: [Int32: Double] = [:]
      var now = 0.0
      func rate() -> Double { min(most, whole / Double(fluid.count)) }
      for flow in Int32(0)..<30 {
        let arrival = now + Double.random(in: 0..<5, using: &draws)
        while let first = fluid.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
          let end = now + first.value / rate()
          guard end <= arrival else { break }
          let expected = link.next()!
          #expect(abs(Double(expected) / 1e9 - end) < 1e-6, "seed \(seed)")
          let step = first.value
          for other in fluid.keys { fluid[other]! -= step }
          fluid[first.key] = nil
          now = end
          let done = link.takeDone(at: expected)
          #expect(done == [first.key], "seed \(seed)")
          ended += 1
        }
        let step = fluid.isEmpty ? 0 : rate() * (arrival - now)
        for other in fluid.keys { fluid[other]! -= step }
        now = arrival
        let bytes = Int64.random(in: 1...2_000, using: &draws)
        fluid[flow] = Double(bytes)
        link.add(flow, bytes: bytes, at: Int64((now * 1e9).rounded()))
      }
    }
    #expect(ended > 3_000)
  }
}
