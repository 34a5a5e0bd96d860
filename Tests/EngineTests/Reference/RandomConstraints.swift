import Engine
import Hardware
import TestSupport
import Workload

/// Labels, taints, preferences and rules between jobs on top of a random
/// scenario, from draws of their own.
extension RandomScenario {
  static func constrained(
    seed: UInt64,
    profile: [ScoreSpec]? = nil,
    nodeCount: ClosedRange<Int> = 1...9,
    jobCount: ClosedRange<Int> = 1...60
  ) -> SimulationInput {
    var result = plain(seed: seed, profile: profile, nodeCount: nodeCount, jobCount: jobCount)
    var draws = SplitMix(seed: seed &* 0x6A09_E667 &+ 11)
    let has = (0..<6).map { _ in Bool.random(using: &draws) }
    let isPoolable = !result.placement.scores.contains {
      ["fgd", "gpu-packing", "gpu-clustering"].contains($0.policy)
    }
    if isPoolable && Int.random(in: 0..<5, using: &draws) == 0 { result.sharing = .pooled }
    mark(&result.fleet, &draws, tainted: has[0])
    for n in 0..<3 { result.jobs.classes.append("class-\(n)") }
    for j in result.jobs.jobClass.indices {
      result.jobs.jobClass[j] = JobClassID(rawValue: UInt16.random(in: 0...2, using: &draws))
    }
    let models = ["A", "B", "C"]
    for _ in 0..<Int.random(in: 1...4, using: &draws) {
      var one = JobConstraints()
      if has[1] { addConditions(&one, &draws) }
      if has[0] { one.tolerations = (0..<2).compactMap { _ in toleration(&draws) } }
      if has[2] {
        one.preferredModels = Array(
          models.shuffled(using: &draws).prefix(Int.random(in: 0...2, using: &draws))
        )
      }
      if has[3] {
        one.preferred = (0..<Int.random(in: 0...2, using: &draws)).map { _ in
          .init(weight: Int32.random(in: 1...3, using: &draws), term: term(&draws))
        }
      }
      if has[4] { addRules(&one.rules, &draws) }
      result.jobs.constraints.append(one)
    }
    for j in 0..<result.jobs.count where Int.random(in: 0..<4, using: &draws) > 0 {
      var shape = result.jobs.shapes[Int(result.jobs.shape[j].rawValue)]
      let id = Int32.random(in: 0..<Int32(result.jobs.constraints.count), using: &draws)
      if has[5] && Int.random(in: 0..<3, using: &draws) == 0 {
        shape.workers = Int32.random(in: 2...5, using: &draws)
        shape.wish = PlacementWish.allCases.randomElement(using: &draws)!
      }
      let rules = result.jobs.constraints[Int(id)].rules
      let asksNothing = shape.cpuMilli == 0 && shape.memoryMiB == 0 && shape.gpuCount == 0
      let isWrong =
        rules.together != nil || (rules.apart != nil && rules.spread != nil) || shape.wish != .anywhere
      if rules.isEmpty || !(asksNothing || (shape.workers > 1 && isWrong)) {
        shape.constraints = ConstraintsID(rawValue: id)
      }
      if !result.jobs.shapes.contains(shape) { result.jobs.shapes.append(shape) }
      result.jobs.shape[j] = ShapeID(rawValue: Int32(result.jobs.shapes.firstIndex(of: shape)!))
    }
    return result
  }

  private static func mark(_ fleet: inout Fleet, _ draws: inout SplitMix, tainted: Bool) {
    for n in fleet.nodes.indices {
      var labels: [NodeLabel] = []
      if Int.random(in: 0..<4, using: &draws) == 0 { labels.append(NodeLabel("disk", "nvme")) }
      if Bool.random(using: &draws) {
        labels.append(NodeLabel("gen", String(Int.random(in: 1...4, using: &draws))))
      }
      if Int.random(in: 0..<6, using: &draws) > 0 {
        labels.append(NodeLabel("zone", ["a", "b", "c"].randomElement(using: &draws)!))
      }
      fleet.nodes[n].labels = labels
      guard tainted else { continue }
      for _ in 0..<2 where Int.random(in: 0..<3, using: &draws) == 0 {
        fleet.nodes[n].taints.append(
          NodeTaint(
            key: ["dedicated", "spot"].randomElement(using: &draws)!,
            value: ["", "x", "y"].randomElement(using: &draws)!,
            effect: NodeTaint.Effect.allCases.randomElement(using: &draws)!
          )
        )
      }
    }
  }

  private static func toleration(_ draws: inout SplitMix) -> Toleration? {
    guard Bool.random(using: &draws) else { return nil }
    let key = [nil, "dedicated", "spot"].randomElement(using: &draws)!
    return Toleration(
      key: key,
      value: key == nil ? nil : [nil, "", "x", "y"].randomElement(using: &draws)!,
      effect: [nil, .noSchedule, .preferNoSchedule].randomElement(using: &draws)!
    )
  }

  private static func addConditions(_ one: inout JobConstraints, _ draws: inout SplitMix) {
    if Int.random(in: 0..<3, using: &draws) == 0 {
      one.selector = [NodeLabel("zone", ["a", "b"].randomElement(using: &draws)!)]
    }
    one.required = (0..<Int.random(in: 0...2, using: &draws)).map { _ in term(&draws) }
  }

  private static func term(_ draws: inout SplitMix) -> LabelTerm {
    LabelTerm(
      (0..<Int.random(in: 1...2, using: &draws)).map { _ in
        let op = LabelExpression.Operator.allCases.randomElement(using: &draws)!
        let key = ["disk", "gen", "zone"].randomElement(using: &draws)!
        switch op {
        case .isIn, .notIn: return LabelExpression(key, op, key == "gen" ? ["1", "3"] : ["a", "nvme"])
        case .exists, .doesNotExist: return LabelExpression(key, op)
        case .greaterThan, .lessThan: return LabelExpression("gen", op, ["2"])
        }
      }
    )
  }

  private static func addRules(_ rules: inout JobRules, _ draws: inout SplitMix) {
    let keys = ["node", "zone", "zone", "disk"]
    let scope = { (draws: inout SplitMix) in JobRules.Scope.allCases.randomElement(using: &draws)! }
    if Int.random(in: 0..<3, using: &draws) == 0 {
      rules.apart = .init(scope: scope(&draws), topology: keys.randomElement(using: &draws)!)
    }
    if Int.random(in: 0..<4, using: &draws) == 0 {
      rules.together = .init(
        scope: [.jobClass, .tenant].randomElement(using: &draws)!,
        topology: keys.randomElement(using: &draws)!
      )
    }
    if Int.random(in: 0..<3, using: &draws) == 0 {
      rules.spread = .init(
        key: keys.randomElement(using: &draws)!,
        maxSkew: Int32.random(in: 1...3, using: &draws)
      )
    }
  }
}
