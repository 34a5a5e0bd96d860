import Hardware
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Engine

/// What layouts of several GPUs hold together, against all choices of layouts.
@Suite struct MIGPackingTests {
  private func makePacking(
    _ board: String,
    _ layouts: [[Int]],
    asked: [String],
    weights: [Int64],
    whole: Int64
  ) throws -> MIGPacking {
    let geometry = GPUCatalogue.builtin.model(named: board).flatMap(MIGGeometry.of)!
    var spec = MIGSpec(
      layouts: layouts.map { $0.map { geometry.instance(geometry.placements[$0]) } },
      cuts: [[.chosen]]
    )
    if layouts.isEmpty { spec.cuts = [] }
    var book = try MIGBook(fleet([.gpu(1, model: board)]), spec)
    for name in asked {
      let demand = DeviceDemand(profile: name)
      _ = try book.slice(
        JobShape(cpuMilli: 0, memoryMiB: 0, gpuCount: 1, milliGPUPerDevice: 125),
        demand
      )
    }
    return MIGPacking(book, kind: 0, weights: weights, wholeWeight: whole)
  }

  @Test func `the fewest GPUs and the best layouts are those of a search of all choices`() throws {
    var chosen = 0
    for seed in UInt64(0)..<300 {
      var draws = SplitMix(seed: 95_000_000 + seed)
      let board = ["h100-80gb-sxm", "a100-40gb-sxm", "a30"].randomElement(using: &draws)!
      let geometry = GPUCatalogue.builtin.model(named: board).flatMap(MIGGeometry.of)!
      let all = MIGLayouts(geometry, profiles: Array(geometry.profiles.indices)).all.dropFirst()
      let layouts = (0..<Int.random(in: 1...4, using: &draws)).map { _ in all.randomElement(using: &draws)! }
      let profiles = Array(Set(layouts.joined().map { geometry.placements[$0].profile })).sorted()
        .shuffled(using: &draws)
      let asked = Array(profiles.prefix(Int.random(in: 1...3, using: &draws)))
      let weights = asked.map { _ in Int64.random(in: 0...9, using: &draws) }
      let whole = Int64.random(in: 0...9, using: &draws)
      let packing = try makePacking(
        board,
        layouts,
        asked: asked.map { geometry.profiles[$0].name },
        weights: weights,
        whole: whole
      )
      // The first layout of the kind leaves the GPU whole.
      let options = [[]] + layouts
      func count(_ layout: [Int], _ profile: Int) -> Int {
        layout.count { geometry.placements[$0].profile == profile }
      }
      func value(_ layout: [Int]) -> Int64 {
        if layout.isEmpty { return whole * 1000 }
        return zip(asked, weights).reduce(0) {
          $0 + $1.1
            * Int64(count(layout, $1.0) * geometry.profiles[$1.0].memorySlots * 1000 / geometry.slotCount)
        }
      }
      for _ in 0..<10 {
        let gpus = Int.random(in: 1...3, using: &draws)
        let wanted = asked.map { _ in Int.random(in: 0...6, using: &draws) }
        let wholes = Int.random(in: 0...1, using: &draws)
        var best: Int64?
        func search(_ choice: [[Int]]) {
          if choice.count < gpus { return options.forEach { search(choice + [$0]) } }
          let isHeld = zip(asked, wanted).allSatisfy { profile, number in
            choice.reduce(0) { $0 + count($1, profile) } >= number
          }
          guard isHeld, choice.count(where: \.isEmpty) >= wholes else { return }
          best = max(best ?? .min, choice.reduce(0) { $0 + value($1) })
        }
        search([])
        var demand = MIGPacking.Counts()
        for (slice, number) in wanted.enumerated() { demand[packing.lane(Int16(slice))!] = Int16(number) }
        demand[MIGPacking.whole] = Int16(wholes)
        #expect((packing.leastGPUs(demand) <= gpus) == (best != nil), "seed \(seed)")
        let found = packing.choose(demand, gpus: gpus)
        #expect(found.map { $0.reduce(0) { $0 + value(options[$1]) } } == best, "seed \(seed)")
        guard let found else { continue }
        chosen += 1
        for (profile, number) in zip(asked, wanted) {
          #expect(found.reduce(0) { $0 + count(options[$1], profile) } >= number, "seed \(seed)")
        }
        #expect(found.count(where: { $0 == 0 }) >= wholes, "seed \(seed)")
      }
    }
    #expect(chosen > 500)
  }

  @Test func `instances on demand are packed as some legal placement packs them`() throws {
    let packing = try makePacking(
      "h100-80gb-sxm",
      [],
      asked: ["1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"],
      weights: [0, 0, 0, 0, 0],
      whole: 0
    )
    func least(_ counts: [Int16], whole: Int16 = 0) -> Int {
      var demand = MIGPacking.Counts()
      for (slice, number) in counts.enumerated() { demand[packing.lane(Int16(slice))!] = number }
      demand[MIGPacking.whole] = whole
      return packing.leastGPUs(demand)
    }
    #expect(least([7, 0, 0, 0, 0]) == 1)
    #expect(least([8, 0, 0, 0, 0]) == 2)
    #expect(least([0, 0, 0, 2, 0]) == 2)
    #expect(least([0, 0, 1, 1, 0]) == 1)
    #expect(least([1, 0, 2, 0, 0]) == 2)
    // Three 2g leave room for one 1g.
    #expect(least([1, 3, 0, 0, 0]) == 1)
    #expect(least([2, 3, 0, 0, 0]) == 2)
    #expect(least([1, 1, 0, 1, 0]) == 1)
    #expect(least([6, 2, 2, 2, 1], whole: 1) == 6)
    #expect(least([0, 0, 0, 0, 0]) == 0)
  }
}
