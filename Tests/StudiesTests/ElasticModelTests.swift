import SimulationKernel
import Testing

/// Nodes that come and go against exact results: over 20 seeds the 99.9 % interval
/// must hold the exact value, and be narrow.
@Suite struct ElasticModelTests {
  @Test(arguments: ElasticModel.all.indices)
  func `nodes that come, go and fail are as the theory says`(number: Int) throws {
    let model = ElasticModel.all[number]
    for (quantity, interval) in zip(model.quantities, try model.intervals()) {
      #expect(
        interval.contains(quantity.exact),
        "\(quantity.name): \(interval) against \(quantity.exact), seeds \(ElasticModel.seeds)"
      )
      #expect(
        interval.halfWidth < quantity.bound * ElasticModel.widening * quantity.exact,
        "\(quantity.name): \(interval), seeds \(ElasticModel.seeds)"
      )
    }
  }
}
