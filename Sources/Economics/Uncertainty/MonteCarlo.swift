import SimulationKernel

/// The worth of owning over many draws of the uncertain parameters.
///
/// Each parameter is triangular from low over typical to high, independent of
/// the others, and has a stream of its own: draws of one parameter stay the
/// same when another becomes certain.
public struct MonteCarlo: Sendable {
  public let draws: Int
  public let seed: UInt64
  public let mean: Double
  /// 10 %, 50 % and 90 % of the draws are at most so much, USD: the order
  /// statistic of rank `ceil(p n)`.
  public let p10: Double
  public let p50: Double
  public let p90: Double
  /// The share of the draws in which owning is worth more than renting.
  public let probabilityOwningWins: Double

  /// - Precondition: `draws` is 1 or more.
  /// - Complexity: O(draws x (parameters + years + log draws)).
  public init(_ world: UncertainWorld, draws: Int, seed: UInt64) {
    precondition(draws > 0)
    var worths = Self.worths(world, draws: draws, seed: seed)
    // Adding in sorted order makes the mean independent of anything else too.
    worths.sort()
    func rank(_ share: Double) -> Double { worths[max(0, Int((share * Double(draws)).rounded(.up)) - 1)] }
    self.draws = draws
    self.seed = seed
    mean = worths.reduce(0, +) / Double(draws)
    p10 = rank(0.1)
    p50 = rank(0.5)
    p90 = rank(0.9)
    probabilityOwningWins = Double(worths.count { $0 > 0 }) / Double(draws)
  }

  private struct Source {
    var place: Int
    var shape: Triangular
    var stream: RandomStream
  }

  /// In the order of the draws.
  static func worths(_ world: UncertainWorld, draws: Int, seed: UInt64) -> [Double] {
    func stream(_ name: String) -> RandomStream {
      RandomStream(seed: seed, stream: StreamName("economics/" + name))
    }
    var sources = world.varied.map { role in
      let parameter = world.model.parameters[role]
      return Source(
        place: role.rawValue,
        shape: Triangular(low: parameter.low, typical: parameter.typical, high: parameter.high),
        stream: stream(parameter.name)
      )
    }
    let use = Triangular(low: world.use.low, typical: world.use.typical, high: world.use.high)
    var useStream = stream("use")
    var values = world.model.parameters.typical
    return (0..<draws).map { _ in
      for index in sources.indices {
        values[sources[index].place] = sources[index].shape.value(sources[index].stream.nextUniform())
      }
      let share = use.isFixed ? use.low : use.value(useStream.nextUniform())
      return world.worth(values, use: share, price: world.cloudPrice)
    }
  }
}
