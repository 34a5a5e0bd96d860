import Hardware
import TestSupport
import Testing

@testable import Planning

@Suite("MIG plans")
struct MIGPlanTests {
  private func geometry(_ board: String) throws -> MIGGeometry {
    let model = try #require(GPUCatalogue.builtin.model(named: board))
    return try #require(MIGGeometry.of(model))
  }

  /// All distinct contents of one GPU, whether anything more fits or not.
  private func allContents(_ geometry: MIGGeometry) -> [[Int]] {
    var seen: Set<[Int]> = []
    for layout in MIGLayouts(geometry, profiles: Array(geometry.profiles.indices)).all {
      var count = Array(repeating: 0, count: geometry.profiles.count)
      for p in layout { count[geometry.placements[p].profile] += 1 }
      seen.insert(count)
    }
    return seen.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The unserved demands that are possible with so many GPUs, by trying all
  /// contents on each, one GPU after another.
  private func remainders(_ demand: [Int], _ contents: [[Int]], gpus: Int) -> Set<[Int]> {
    var left: Set<[Int]> = [demand]
    for _ in 0..<gpus {
      var next: Set<[Int]> = []
      for state in left {
        for content in contents { next.insert(zip(state, content).map { max(0, $0 - $1) }) }
      }
      left = next
    }
    return left
  }

  #if DEBUG
    static let seeds: Range<UInt64> = 0..<8
  #else
    static let seeds: Range<UInt64> = 0..<120
  #endif

  @Test("no trial of all layouts on up to four GPUs does better", arguments: ["a100-40gb-sxm", "a30"])
  func optimal(board: String) throws {
    let geometry = try geometry(board)
    let contents = allContents(geometry)
    var unserved = 0
    var served = 0
    for seed in Self.seeds {
      var draws = SplitMix(seed: seed)
      var demand = Array(repeating: 0, count: geometry.profiles.count)
      // At most six of the profiles.
      for profile in demand.indices.shuffled(using: &draws).prefix(Int.random(in: 1...6, using: &draws)) {
        demand[profile] = Int.random(
          in: 0...(geometry.profiles[profile].hasMediaExtensions ? 2 : 6),
          using: &draws
        )
      }
      let gpus = Int.random(in: 1...4, using: &draws)
      func price(_ left: [Int]) -> [Int] {
        [zip(left, geometry.profiles).reduce(0) { $0 + $1.0 * $1.1.memorySlots }, left.reduce(0, +)]
      }
      // Contents that hold nothing of the demand, or less of it than others,
      // need not be tried.
      let capped = Set(contents.map { zip($0, demand).map { min($0, $1) } })
      let useful = capped.filter { a in
        !capped.contains { b in a != b && zip(a, b).allSatisfy { $0 <= $1 } }
      }
      let reachable = remainders(demand, Array(useful), gpus: gpus)
      let best = reachable.map(price).min { $0.lexicographicallyPrecedes($1) }!
      let plan = try #require(MIGPlan.leastUnserved(of: demand, gpus: gpus, geometry))
      #expect(price(plan.unserved) == best, "seed \(seed): \(demand) on \(gpus)")
      #expect(plan.gpus <= gpus, "seed \(seed)")
      #expect(plan.rows.allSatisfy { contents.contains($0.contents) }, "seed \(seed)")
      if best == [0, 0] { served += 1 } else { unserved += 1 }

      let fewest = try #require(MIGPlan.fewestGPUs(for: demand, geometry))
      #expect(fewest.unserved.allSatisfy { $0 == 0 }, "seed \(seed)")
      let isEnough = (0...4).first {
        remainders(demand, Array(useful), gpus: $0).contains { $0.allSatisfy { $0 == 0 } }
      }
      #expect(isEnough.map { $0 == fewest.gpus } ?? (fewest.gpus > 4), "seed \(seed): \(demand)")
    }
    #expect(served > 0 && unserved > 0)
  }

  @Test("a large demand takes as many GPUs as its slots allow")
  func large() throws {
    let geometry = try geometry("h100")
    var demand = Array(repeating: 0, count: geometry.profiles.count)
    demand[try #require(geometry.profile(named: "1g.10gb"))] = 70_000
    let plan = try #require(MIGPlan.fewestGPUs(for: demand, geometry))
    #expect(plan.gpus == 10_000)
    #expect(plan.rows.count == 1)
  }
}
