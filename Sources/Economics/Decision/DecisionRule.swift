/// One consideration of a decision: how it speaks for or against each way.
///
/// Thresholds and weights are judgements of this program, stated so that they
/// can be weighed otherwise or switched off; only the money is computed.
public struct DecisionRule: Sendable {
  public let name: String
  /// What it looks at.
  public let question: String
  public let usualWeight: Double
  /// From -1 (against) to 1 (for); nil for a way: impossible.
  let scores: @Sendable (DecisionInputs, DecisionFigures) -> [Sourcing: Double?]

  /// All rules in the order of the sheet: adding one is a row here.
  public static let all = [
    DecisionRule(name: "cost", question: "What costs least?", usualWeight: 3) { _, figures in
      guard let least = figures.cost.values.min(), least > 0 else { return [:] }
      var scores: [Sourcing: Double?] = [:]
      // The cheapest gets 1; twice its cost or more gets -1.
      for (way, cost) in figures.cost { scores[way] = max(-1, 1 - 2 * (cost / least - 1)) }
      return scores
    },
    DecisionRule(name: "steady", question: "How steady is the demand?", usualWeight: 2) { inputs, _ in
      switch inputs.steadyShare {
      case 0.7...: [.build: 1, .managed: 0.5, .public: -1, .hybrid: 0]
      case ..<0.3: [.build: -1, .managed: -0.5, .public: 1, .hybrid: 0.5]
      default: [.build: 0, .managed: 0, .public: 0, .hybrid: 1]
      }
    },
    DecisionRule(name: "isolation", question: "From whom must the work be kept apart?", usualWeight: 2) {
      inputs,
      _ in
      switch inputs.isolation {
      case .none: [:]
      case .dedicated: [.build: 1, .managed: 1, .public: -0.5, .hybrid: 0]
      case .site: [.build: 1, .managed: nil, .public: nil, .hybrid: nil]
      }
    },
    DecisionRule(name: "residency", question: "Where must the data stay?", usualWeight: 2) { inputs, _ in
      switch inputs.residency {
      case .none: [:]
      case .country: [.build: 0.5, .managed: 0.5, .public: -0.5, .hybrid: 0]
      case .own: [.build: 1, .managed: nil, .public: nil, .hybrid: nil]
      }
    },
    DecisionRule(name: "data", question: "What does reading the data out cost?", usualWeight: 1) {
      _,
      figures in
      guard let cloud = figures.cost[.public], cloud > 0, figures.dataCost > 0 else { return [:] }
      let share = figures.dataCost / cloud
      return share > 0.1 ? [.build: 1, .managed: 0.5, .public: -1, .hybrid: -0.5] : [:]
    },
    DecisionRule(name: "team", question: "Are there people to run it?", usualWeight: 2) { inputs, figures in
      inputs.team >= figures.posts
        ? [.build: 0.5, .hybrid: 0.5] : [.build: -1, .managed: 0.5, .public: 1, .hybrid: -0.5]
    },
    DecisionRule(name: "growth", question: "How fast does the demand grow?", usualWeight: 1) { inputs, _ in
      switch inputs.growth {
      case 0.5...: [.build: -0.5, .public: 0.5, .hybrid: 1]
      case ..<0.1: [.build: 0.5, .managed: 0.5]
      default: [.hybrid: 0.5]
      }
    },
    DecisionRule(name: "horizon", question: "For how long?", usualWeight: 1) { inputs, _ in
      inputs.horizon < 2
        ? [.build: -1, .managed: 0, .public: 1, .hybrid: -0.5] : inputs.horizon >= 4 ? [.build: 0.5] : [:]
    },
    DecisionRule(name: "delivery", question: "Are they needed before owned ones can come?", usualWeight: 1) {
      inputs,
      figures in
      guard let weeks = inputs.neededInWeeks, weeks < figures.leadTime else { return [:] }
      return [.build: -1, .managed: 0.5, .public: 1, .hybrid: 0.5]
    },
  ]
}
