import Hardware
import Testing
import Workload

@testable import Scenario

/// What a scenario says of labels, taints and constraints arrives in the run's
/// input, and in its resolved text.
struct ConstraintScenarioTests {
  static let text = Sample.text
    .replacing(
      "cpu: 96, memory: 1TiB}",
      with:
        "cpu: 96, memory: 1TiB, labels: {zone: a, gen: 3}, taints: ['dedicated=x:NoSchedule', {key: spot, effect: PreferNoSchedule}]}"
    )
    .replacing(
      "duration: {lognormal",
      with: """
        nodeSelector: {zone: a}
              nodeAffinity:
                required: [{matchExpressions: [{key: gen, operator: Gt, values: 2}, {key: disk, operator: DoesNotExist}]}]
                preferred: {weight: 7, matchExpressions: {key: zone, operator: In, values: [a]}}
              tolerations: ['dedicated=x', {key: spot, operator: Exists, effect: PreferNoSchedule}, {operator: Exists}]
              antiAffinity: node
              duration: {lognormal
        """
    )
    .replacing("gpus: 0.25", with: "preferredModels: h100-80gb-sxm, gpus: 0.25")
    .replacing(
      "service: {",
      with:
        "tolerations: '*'\n      topologySpread: {key: zone, maxSkew: 2}\n      affinity: {scope: tenant, topology: zone}\n      service: {"
    )
    .replacing("key: disk", with: "key: zone")
    .replacing("operator: DoesNotExist", with: "operator: Exists")

  @Test func constraintsArriveInTheInput() throws {
    let scenario = try Sample.load(Self.text)
    let input = try scenario.input(placement: scenario.placements[0], replication: 0)
    let node = try #require(input.fleet.nodes.first)
    #expect(node.labels == [NodeLabel("gen", "3"), NodeLabel("zone", "a")])
    #expect(node.taints.map(\.text) == ["dedicated=x:NoSchedule", "spot:PreferNoSchedule"])
    #expect(input.fleet.nodes.last?.labels == [])
    let train = try #require(input.jobs.constraints.first { !$0.selector.isEmpty })
    #expect(train.selector == [NodeLabel("zone", "a")])
    #expect(
      train.required
        == [LabelTerm([LabelExpression("gen", .greaterThan, ["2"]), LabelExpression("zone", .exists)])]
    )
    #expect(train.preferred == [.init(weight: 7, term: LabelTerm([LabelExpression("zone", .isIn, ["a"])]))])
    #expect(
      train.tolerations == [
        Toleration(key: "dedicated", value: "x"),
        Toleration(key: "spot", value: nil, effect: .preferNoSchedule),
        Toleration(key: nil, value: nil),
      ]
    )
    #expect(train.rules.apart == .init(scope: .jobClass, topology: "node"))
    let serve = try #require(input.jobs.constraints.first { $0.rules.spread != nil })
    #expect(serve.rules.spread == .init(key: "zone", maxSkew: 2))
    #expect(serve.rules.together == .init(scope: .tenant, topology: "zone"))
    #expect(serve.preferredModels == ["h100-80gb-sxm"])
    #expect(serve.tolerations == [Toleration(key: nil, value: nil)])
  }

  @Test func theResolvedTextGivesTheSameRun() throws {
    let scenario = try Sample.load(Self.text)
    let again = try Sample.load(scenario.resolvedYAML)
    #expect(again.resolvedYAML == scenario.resolvedYAML)
    let (a, b) = (
      try scenario.input(placement: scenario.placements[0], replication: 0),
      try again.input(placement: again.placements[0], replication: 0)
    )
    #expect(a.fleet == b.fleet)
    #expect(a.jobs == b.jobs)
  }

  @Test func overridesReachLabelsAndTaints() throws {
    let scenario = try Sample.load(Self.text, "fleet.nodes.a.labels.gen=5", "fleet.nodes.a.taints=null")
    #expect(scenario.nodes.nodes[0].labels == [NodeLabel("gen", "5"), NodeLabel("zone", "a")])
    #expect(scenario.nodes.nodes[0].taints.isEmpty)
  }
}
