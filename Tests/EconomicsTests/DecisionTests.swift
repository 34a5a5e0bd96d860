import TestSupport
import Testing

@testable import Economics

@Suite("Decision sheets")
struct DecisionTests {
  private let figures = DecisionFigures(
    cost: [.build: 100, .managed: 110, .public: 120, .hybrid: 105],
    posts: 1,
    leadTime: 12,
    dataCost: 0
  )

  @Test("needs that only the own site meets exclude everything else, whatever it costs")
  func excluded() {
    var inputs = DecisionInputs(steadyShare: 0.1)
    inputs.residency = .own
    let sheet = DecisionSheet(inputs, figures)
    #expect(sheet.winner == .build && sheet.totals.keys.count == 1)
    #expect(DecisionSheet(inputs, figures, weights: ["residency": 0]).winner != .build)
  }

  @Test("steady demand with a team is built, unsteady demand without one is rented")
  func steadiness() {
    var inputs = DecisionInputs(steadyShare: 0.9)
    inputs.team = 1
    #expect(DecisionSheet(inputs, figures).winner == .build)
    inputs = DecisionInputs(steadyShare: 0.1)
    inputs.horizon = 1
    #expect(DecisionSheet(inputs, figures).winner == .public)
  }

  @Test("every flip is one: the changed sheet has the winner that it names")
  func flips() {
    var random = SplitMix(seed: 9)
    for _ in 0..<200 {
      var inputs = DecisionInputs(steadyShare: Double.random(in: 0...1, using: &random))
      inputs.team = Double(Int.random(in: 0...3, using: &random))
      inputs.growth = Double.random(in: 0...1, using: &random)
      inputs.horizon = Int.random(in: 1...6, using: &random)
      let cost = Dictionary(
        uniqueKeysWithValues: Sourcing.allCases.map { ($0, Double.random(in: 50...200, using: &random)) }
      )
      let figures = DecisionFigures(cost: cost, posts: 1, leadTime: 12, dataCost: 0)
      let sheet = DecisionSheet(inputs, figures)
      for flip in sheet.flips(weights: [:], figures: { _ in figures }) {
        #expect(flip.winner != sheet.winner)
        guard let rule = flip.change.split(separator: "`").dropFirst().first,
          flip.change.hasPrefix("without")
        else { continue }
        #expect(DecisionSheet(inputs, figures, weights: [String(rule): 0]).winner == flip.winner)
      }
    }
  }

  @Test("the cheapest way scores 1 for its cost, twice the cost -1")
  func cost() throws {
    let figures = DecisionFigures(
      cost: [.build: 100, .public: 200, .hybrid: 150],
      posts: 1,
      leadTime: 12,
      dataCost: 0
    )
    let sheet = DecisionSheet(DecisionInputs(steadyShare: 0.5), figures)
    let row = try #require(sheet.rows.first { $0.rule.name == "cost" })
    #expect(row.scores == [.build: 1, .public: -1, .hybrid: 0])
    #expect(sheet.totals[.managed] == nil)
  }

  @Test("the steady share is what the level of nine tenths of the time covers")
  func steadyShare() {
    func share(_ levels: [Int]) -> Double {
      let demand = RunDemand(
        fleet: [],
        kinds: [.init(accepts: [], offered: levels.map { Int128($0) * 1000 })],
        served: 0,
        waiting: 0,
        window: Int64(levels.count),
        bucket: 1
      )
      return DecisionInputs.steadyShare(of: demand)
    }
    #expect(share([4, 4, 4, 4]) == 1)
    #expect(share(Array(repeating: 10, count: 9) + [20]) == 100.0 / 110)
    #expect(share([0, 0, 10, 10]) == 0)
    #expect(share([]) == 0)
  }
}
