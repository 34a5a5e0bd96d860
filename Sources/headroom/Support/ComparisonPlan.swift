import Engine
import Foundation
import Planning
import Scenario

/// What `compare` is going to simulate: its arms, and the seed and the number
/// of replications that they share.
struct ComparisonPlan: Sendable {
  /// Fewer replications say too little unless they are asked for.
  static let usualReplications = 10
  /// Reports call the arms A to Z.
  static let mostArms = 26

  let arms: [Comparison.Arm]
  let makers: [ArmRuns.Make]
  let seed: UInt64
  let replications: Int
  /// What the scenarios say beside their results, once each.
  let notes: [String]

  /// - Parameters:
  ///   - words: scenario files, each perhaps with `:POLICY`.
  ///   - policies: in place of the scenarios' own, where a word names none.
  ///   - overrides: laid over every scenario.
  ///   - varied: texts `key.path=value,value,...`: an arm for each value.
  ///   - seed: in place of the first scenario's.
  ///   - replications: in place of the usual.
  init(
    words: [String],
    policies: [String],
    overrides: [String],
    varied: [String] = [],
    seed: UInt64?,
    replications: Int?
  ) throws {
    let combinations = try VariedKeys.combinations(varied)
    let count = words.count * combinations.count
    guard count <= Self.mostArms else {
      throw InputError("there are \(count) arms; accepted: \(Self.mostArms)")
    }
    var arms: [Comparison.Arm] = []
    var makers: [ArmRuns.Make] = []
    var notes: [String] = []
    var common = seed
    var most = Self.usualReplications
    for (word, varied) in words.flatMap({ word in combinations.map { (word, $0) } }) {
      let (file, policy) = Self.parts(of: word)
      let names = policy.map { [$0] } ?? policies
      let scenario = try ScenarioFile.load(
        file,
        overrides: overrides + varied + (common.map { ["seed=\($0)"] } ?? [])
      )
      guard scenario.study == nil else {
        throw InputError("\(file): a published experiment has one arm; `headroom replicate` repeats it")
      }
      common = scenario.seed
      most = max(most, scenario.replications)
      notes += scenario.notes.filter { !notes.contains($0) }
      let placements = try names.isEmpty ? scenario.placements : names.map(scenario.placement(named:))
      for placement in placements {
        arms.append(.init(file: file, scenario: scenario.name, policy: placement.label, varied: varied))
        makers.append { try scenario.input(placement: placement, replication: $0) }
      }
    }
    guard arms.count > 1 else {
      throw InputError(
        "there is one arm only; name another scenario, policies with --policy, or values with --vary"
      )
    }
    guard arms.count <= Self.mostArms else {
      throw InputError("there are \(arms.count) arms; accepted: \(Self.mostArms)")
    }
    self.arms = arms
    self.makers = makers
    self.seed = common ?? 0
    self.replications = replications ?? most
    self.notes = notes
  }

  /// A word is a file when there is one of that name; else what follows its
  /// last colon is a policy.
  private static func parts(of word: String) -> (file: String, policy: String?) {
    guard !FileManager.default.fileExists(atPath: word), let colon = word.lastIndex(of: ":") else {
      return (word, nil)
    }
    return (String(word[..<colon]), String(word[word.index(after: colon)...]))
  }
}
