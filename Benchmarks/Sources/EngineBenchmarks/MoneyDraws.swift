import BenchmarkSupport
import Economics
import Hardware

/// Draws of an uncertain purchase: 24 parameters with ranges and a range of
/// use, over three to six years.
enum MoneyDraws {
  static func measure(draws: Int, rounds: Int) {
    guard let gpu = GPUCatalogue.builtin.model(named: "h100"),
      let parameters = CostParameters.builtin(for: gpu)
    else { fail("money: the H100 has no price") }
    let world = UncertainWorld(
      model: FleetModel(gpu: gpu, gpus: 64, parameters: parameters, years: nil),
      cloudPrice: 3.99,
      use: .init(low: 0.4, typical: 0.7, high: 0.9)
    )
    var best = Double.infinity
    var medians: Set<Double> = []
    for _ in 0..<rounds {
      let start = cpuSeconds()
      medians.insert(MonteCarlo(world, draws: draws, seed: 42).p50)
      best = min(best, cpuSeconds() - start)
    }
    guard medians.count == 1 else { fail("money: the same seed drew other worths: \(medians)") }
    printRow("money.draws.\(draws)", ours: best, unit: "s of CPU")
  }
}
