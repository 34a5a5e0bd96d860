import Hardware
import Testing

@testable import Economics

@Suite("Uncertainty")
struct UncertaintyTests {
  private func world(use: UncertainWorld.UseRange = .init(low: 0.7, typical: 0.7, high: 0.7)) throws
    -> UncertainWorld
  {
    let gpu = try #require(GPUCatalogue.builtin.model(named: "h100"))
    let parameters = try #require(CostParameters.builtin(for: gpu))
    let model = FleetModel(gpu: gpu, gpus: 64, parameters: parameters, years: nil)
    return UncertainWorld(model: model, cloudPrice: 3.99, use: use)
  }

  @Test("the fast worth is that of the exact amounts")
  func sameWorth() throws {
    let world = try world()
    for (index, role) in CostRole.allCases.enumerated() {
      var values = world.model.parameters.typical
      values[role.rawValue] =
        index.isMultiple(of: 2) ? world.model.parameters[role].low : world.model.parameters[role].high
      let exact = OwnershipResult(world.model.comparison(values, use: 0.6, cloudPrice: 5)).netPresentValue
      #expect(abs(world.worth(values, use: 0.6, price: 5) - exact) < 1e-3)
    }
  }

  @Test("triangular draws have the mean and the spread of their shape")
  func triangular() {
    let shape = Triangular(low: 2, typical: 3, high: 7)
    let count = 100_000
    let draws = (0..<count).map { shape.value((Double($0) + 0.5) / Double(count)) }
    let mean = draws.reduce(0, +) / Double(count)
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
    #expect(abs(mean - 4) < 1e-4)
    // (a2 + b2 + c2 - ab - ac - bc) / 18
    #expect(abs(variance - (4.0 + 9 + 49 - 6 - 14 - 21) / 18) < 1e-3)
    #expect(draws.allSatisfy { (2...7).contains($0) })
    #expect(Triangular(low: 1, typical: 1, high: 3).value(1e-9) >= 1)
    #expect(Triangular(low: 1, typical: 3, high: 3).value(1 - 1e-9) <= 3)
  }

  @Test("bars are sorted by width, and the use counts when it is a range")
  func tornado() throws {
    let fixed = Tornado(try world())
    #expect(zip(fixed.bars, fixed.bars.dropFirst()).allSatisfy { $0.width >= $1.width })
    #expect(!fixed.bars.contains { $0.name == "use" || $0.name.hasPrefix("carbon") })
    let ranged = Tornado(try world(use: .init(low: 0.4, typical: 0.7, high: 0.9)))
    let use = try #require(ranged.bars.first { $0.name == "use" })
    #expect(use.worthAtLow < ranged.worth && ranged.worth < use.worthAtHigh)
  }

  @Test("the same seed draws the same; percentiles rise; a certain world has no spread")
  func monteCarlo() throws {
    let world = try world(use: .init(low: 0.4, typical: 0.7, high: 0.9))
    let first = MonteCarlo(world, draws: 5000, seed: 7)
    let second = MonteCarlo(world, draws: 5000, seed: 7)
    let other = MonteCarlo(world, draws: 5000, seed: 8)
    #expect(first.mean == second.mean && first.p90 == second.p90)
    #expect(first.mean != other.mean)
    #expect(first.p10 < first.p50 && first.p50 < first.p90)
    #expect((0...1).contains(first.probabilityOwningWins))
    // The mean of many draws is near that of other seeds: within 5 standard errors.
    #expect(abs(first.mean - other.mean) < 5 * (first.p90 - first.p10) / 2.56 * (2.0 / 5000).squareRoot())
  }

  @Test("draws of one parameter do not move when another becomes certain")
  func streams() throws {
    let free = try world()
    var parameters = free.model.parameters
    for role in free.varied where role != .rent {
      parameters[role].low = parameters[role].typical
      parameters[role].high = parameters[role].typical
    }
    let model = FleetModel(gpu: free.model.gpu, gpus: 64, parameters: parameters, years: nil)
    let onlyRent = UncertainWorld(model: model, cloudPrice: 3.99, use: free.use)
    let worths = MonteCarlo.worths(onlyRent, draws: 3, seed: 1)
    parameters[.pue].low = 1.1
    let two = UncertainWorld(
      model: FleetModel(gpu: free.model.gpu, gpus: 64, parameters: parameters, years: nil),
      cloudPrice: 3.99,
      use: free.use
    )
    let moved = MonteCarlo.worths(two, draws: 3, seed: 1)
    // A lower PUE can only help, so that each draw of the rent is still there.
    #expect(zip(worths, moved).allSatisfy { $0 < $1 })
  }

  @Test("worth rises with use and with the cloud's price")
  func table() throws {
    let table = UseByPriceTable(try world(), uses: UseByPriceTable.standardUses, prices: [2, 4, 6])
    for row in table.worths { #expect(row == row.sorted()) }
    for column in table.prices.indices {
      let worths = table.worths.map { $0[column] }
      #expect(worths == worths.sorted())
    }
  }
}
