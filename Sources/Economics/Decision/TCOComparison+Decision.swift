extension TCOComparison {
  /// The cheapest option of each way; spot is none, because it may be taken
  /// away at any time.
  public var ways: [Sourcing: TCOOption] {
    var ways: [Sourcing: TCOOption] = [:]
    for option in options where option.service != .interruptible {
      let way: Sourcing =
        if option.name.hasPrefix("hybrid") {
          .hybrid
        } else if !option.fleets.isEmpty {
          .build
        } else if option.rentals.allSatisfy({ $0.line == "rented fleet" }) {
          .managed
        } else {
          .public
        }
      if ways[way].map({ option.presentCost(rate: rate) < $0.presentCost(rate: rate) }) ?? true {
        ways[way] = option
      }
    }
    return ways
  }

  /// - Parameter monthlyEgress: TB read out of a public cloud a month.
  public func decisionFigures(monthlyEgress: Double) -> DecisionFigures {
    let ways = ways
    let posts = Staff.posts(
      nodes: models.reduce(0) { $0 + $1.nodes },
      minimum: value(.minimumPosts),
      nodesPerPost: value(.nodesPerPost)
    )
    let provider = ways[.public]?.provider ?? ""
    return DecisionFigures(
      cost: ways.mapValues { $0.annualCost(rate: rate) },
      posts: posts,
      leadTime: value(.leadTime),
      dataCost: EgressTariff.of(provider).cost(terabytesPerMonth: monthlyEgress).units * 12
    )
  }
}
