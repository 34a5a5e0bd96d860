/// The weighed rules of a decision, its answer, and what would change it.
public struct DecisionSheet: Sendable {
  public struct Row: Sendable {
    public var rule: DecisionRule
    /// 0: switched off.
    public var weight: Double
    /// From -1 to 1 by way; a way that it excludes is missing.
    public var scores: [Sourcing: Double]
    public var excluded: Set<Sourcing>
  }

  /// A change after which another way wins.
  public struct Flip: Hashable, Sendable {
    public var change: String
    public var winner: Sourcing
  }

  public let inputs: DecisionInputs
  public let figures: DecisionFigures
  public let rows: [Row]
  /// Weighted sums; excluded and unpriced ways are missing.
  public let totals: [Sourcing: Double]
  /// The highest total; of equal ones the cheapest. nil: every way is excluded.
  public let winner: Sourcing?

  /// - Parameter weights: by rule, in place of the usual; 0 switches one off.
  public init(_ inputs: DecisionInputs, _ figures: DecisionFigures, weights: [String: Double] = [:]) {
    self.inputs = inputs
    self.figures = figures
    rows = DecisionRule.all.map { rule in
      let weight = weights[rule.name] ?? rule.usualWeight
      let found = rule.scores(inputs, figures)
      var scores: [Sourcing: Double] = [:]
      var excluded: Set<Sourcing> = []
      for way in Sourcing.allCases {
        guard let score = found[way] else { continue }
        if let score { scores[way] = score } else if weight > 0 { excluded.insert(way) }
      }
      return Row(rule: rule, weight: weight, scores: scores, excluded: excluded)
    }
    var totals: [Sourcing: Double] = [:]
    for way in Sourcing.allCases
    where figures.cost[way] != nil && !rows.contains(where: { $0.excluded.contains(way) }) {
      totals[way] = rows.reduce(0) { $0 + $1.weight * ($1.scores[way] ?? 0) }
    }
    self.totals = totals
    winner = Sourcing.allCases.filter { totals[$0] != nil }.max { a, b in
      (totals[a] ?? 0, -(figures.cost[a] ?? 0)) < (totals[b] ?? 0, -(figures.cost[b] ?? 0))
    }
  }

  /// Rules whose absence, and the nearest values of inputs at which, another
  /// way wins.
  ///
  /// - Parameter figures: for a horizon; the money depends on it.
  public func flips(
    weights: [String: Double],
    figures compute: (_ horizon: Int) throws -> DecisionFigures
  ) rethrows -> [Flip] {
    var flips: [Flip] = []
    func tryOut(
      _ change: String,
      _ inputs: DecisionInputs,
      _ figures: DecisionFigures,
      _ weights: [String: Double]
    )
      -> Bool
    {
      guard let other = DecisionSheet(inputs, figures, weights: weights).winner, other != winner else {
        return false
      }
      flips.append(Flip(change: change, winner: other))
      return true
    }
    for row in rows where row.weight > 0 {
      var without = weights
      without[row.rule.name] = 0
      _ = tryOut("without the rule `\(row.rule.name)`", inputs, figures, without)
    }
    /// Goes from the value outwards on each side, until another way wins.
    func search(
      _ values: [Double],
      from now: Double,
      _ name: (Double) -> String,
      _ set: (inout DecisionInputs, Double) -> Void
    ) {
      for side in [values.filter { $0 > now }.sorted(), values.filter { $0 < now }.sorted(by: >)] {
        for value in side {
          var changed = inputs
          set(&changed, value)
          if tryOut(name(value), changed, figures, weights) { break }
        }
      }
    }
    func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
    search((0...20).map { Double($0) / 20 }, from: inputs.steadyShare, { "steady share \(percent($0))" }) {
      $0.steadyShare = $1
    }
    search((0...40).map { Double($0) / 20 }, from: inputs.growth, { "growth \(percent($0)) a year" }) {
      $0.growth = $1
    }
    search((0...40).map { Double($0) / 2 }, from: inputs.team, { "a team of \($0) posts" }) { $0.team = $1 }
    for isolation in DecisionInputs.Isolation.allCases where isolation != inputs.isolation {
      var changed = inputs
      changed.isolation = isolation
      _ = tryOut("isolation `\(isolation.rawValue)`", changed, figures, weights)
    }
    for residency in DecisionInputs.Residency.allCases where residency != inputs.residency {
      var changed = inputs
      changed.residency = residency
      _ = tryOut("residency `\(residency.rawValue)`", changed, figures, weights)
    }
    for years in (1...10).sorted(by: { ($0 - inputs.horizon).magnitude < ($1 - inputs.horizon).magnitude })
    where years != inputs.horizon {
      var changed = inputs
      changed.horizon = years
      if try tryOut("a horizon of \(years) years", changed, compute(years), weights) { break }
    }
    return flips
  }
}
