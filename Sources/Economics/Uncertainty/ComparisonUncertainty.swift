import SimulationKernel

/// The parameters that move a comparison, each over all models of the fleet.
struct ComparedParameters {
  struct Entry {
    var parameter: CostParameter
    /// Models of the fleet that have it, and its place in their values.
    var models: [Int]
    var role: CostRole
  }

  let entries: [Entry]

  init(_ comparison: TCOComparison) {
    let unused = comparison.terms.unusedRoles
    let rentsSpot = comparison.options.contains { $0.rentals.contains(where: \.isSpot) }
    let isDiscounted = comparison.options.contains { $0.rentals.contains(where: \.hasTypicalDiscount) }
    var entries: [Entry] = []
    for role in CostRole.allCases where !unused.contains(role) {
      let isOfSpot = [.interruptions, .checkpointInterval, .restartTime].contains(role)
      if isOfSpot && !rentsSpot || role == .oneYearDiscount && !isDiscounted { continue }
      for (place, model) in comparison.models.enumerated() {
        let parameter = model.parameters[role]
        guard parameter.low < parameter.high else { continue }
        if let found = entries.firstIndex(where: { $0.parameter.name == parameter.name }) {
          entries[found].models.append(place)
        } else {
          entries.append(Entry(parameter: parameter, models: [place], role: role))
        }
      }
    }
    self.entries = entries
  }

  static func set(_ entry: Entry, to value: Double, in world: inout CostWorld) {
    for model in entry.models { world.values[model][entry.role.rawValue] = value }
  }
}

extension Tornado {
  /// How far each parameter alone moves what the first option is worth against
  /// the cheapest other one whose jobs keep their GPUs; parameters that do not
  /// move it are left out. nil with fewer than two options.
  public init?(_ comparison: TCOComparison) {
    let others = comparison.options.dropFirst()
    let steady = others.filter { $0.service != .interruptible }
    guard let first = comparison.options.first,
      let other = (steady.isEmpty ? Array(others) : steady).min(by: {
        $0.presentCost(rate: comparison.rate) < $1.presentCost(rate: comparison.rate)
      })
    else { return nil }
    func worth(_ world: CostWorld) -> Double {
      let rate = world.rate
      return CostSchedule(first, world).flows.presentValue(rate: rate)
        - CostSchedule(other, world).flows.presentValue(rate: rate)
    }
    let typical = comparison.typical
    let bars = ComparedParameters(comparison).entries.map { entry in
      func at(_ value: Double) -> Double {
        var world = typical
        ComparedParameters.set(entry, to: value, in: &world)
        return worth(world)
      }
      let parameter = entry.parameter
      return Bar(
        name: parameter.name,
        low: parameter.low,
        high: parameter.high,
        worthAtLow: at(parameter.low),
        worthAtHigh: at(parameter.high)
      )
    }
    self.init(worth: worth(typical), against: other.name, bars: bars.filter { $0.width > 0 })
  }
}

/// What options cost a year over many draws of the parameters and of the run's
/// replications: each draw takes one replication at random (bootstrap), so that
/// the spread holds the simulation's own uncertainty too.
public struct JointUncertainty: Sendable {
  public struct Option: Sendable {
    public var name: String
    /// Level cost a year, USD: order statistics of rank `ceil(p n)`.
    public var p10: Double
    public var p50: Double
    public var p90: Double
    /// The share of the draws in which it costs least.
    public var probabilityCheapest: Double
  }

  public let draws: Int
  public let seed: UInt64
  public let replications: Int
  public let options: [Option]

  /// - Parameter comparisons: of the replications, with the same options.
  /// - Precondition: `draws` is 1 or more, and there is a comparison.
  /// - Complexity: O(draws x options x years).
  public init(_ comparisons: [TCOComparison], draws: Int, seed: UInt64) {
    precondition(draws > 0 && !comparisons.isEmpty)
    let first = comparisons[0]
    let entries = ComparedParameters(first).entries
    var streams = entries.map {
      RandomStream(seed: seed, stream: StreamName("economics/" + $0.parameter.name))
    }
    var choice = RandomStream(seed: seed, stream: StreamName("economics/replication"))
    let shapes = entries.map {
      Triangular(low: $0.parameter.low, typical: $0.parameter.typical, high: $0.parameter.high)
    }
    var costs = first.options.map { _ in [Double]() }
    var wins = Array(repeating: 0, count: first.options.count)
    for _ in 0..<draws {
      var world = first.typical
      for (index, entry) in entries.enumerated() {
        ComparedParameters.set(entry, to: shapes[index].value(streams[index].nextUniform()), in: &world)
      }
      let place = min(comparisons.count - 1, Int(choice.nextUniform() * Double(comparisons.count)))
      let level = Annuity.recoveryFactor(rate: world.rate, years: first.terms.years)
      let drawn = comparisons[place].options.map {
        -CostSchedule($0, world).flows.presentValue(rate: world.rate) * level
      }
      for (index, cost) in drawn.enumerated() { costs[index].append(cost) }
      if let cheapest = drawn.indices.min(by: { drawn[$0] < drawn[$1] }) { wins[cheapest] += 1 }
    }
    self.draws = draws
    self.seed = seed
    replications = comparisons.count
    options = first.options.indices.map { index in
      let sorted = costs[index].sorted()
      func rank(_ share: Double) -> Double { sorted[max(0, Int((share * Double(draws)).rounded(.up)) - 1)] }
      return Option(
        name: first.options[index].name,
        p10: rank(0.1),
        p50: rank(0.5),
        p90: rank(0.9),
        probabilityCheapest: Double(wins[index]) / Double(draws)
      )
    }
  }
}
