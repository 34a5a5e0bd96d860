import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

@testable import Engine

/// Labels, taints and preferences, in examples small enough to follow by hand.
@Suite struct NodeConstraintTests {
  /// Nodes of one GPU each, with a zone and taints.
  private func nodes(_ zones: String..., models: [String] = [], taints: [Int: String] = [:]) -> Fleet {
    var result = fleet(zones.indices.map { .gpu(1, model: models.isEmpty ? "A" : models[$0]) })
    for (n, zone) in zones.enumerated() {
      if !zone.isEmpty { result.nodes[n].labels = [NodeLabel("zone", zone)] }
      if let taint = taints[n] { result.nodes[n].taints = [NodeTaint(text: taint)!] }
    }
    return result
  }

  /// One job after the other, each with its constraints.
  private func input(_ fleet: Fleet, _ jobs: [(JobSketch, (inout JobConstraints) -> Void)]) -> SimulationInput
  {
    var own = table(jobs.map(\.0))
    for (job, (_, change)) in jobs.enumerated() {
      var constraints = JobConstraints()
      change(&constraints)
      if !own.constraints.contains(constraints) { own.constraints.append(constraints) }
      var shape = own.shapes[Int(own.shape[job].rawValue)]
      shape.constraints = ConstraintsID(rawValue: Int32(own.constraints.firstIndex(of: constraints)!))
      own.shape[job] = ShapeID(rawValue: Int32(own.shapes.count))
      own.shapes.append(shape)
    }
    var input = SimulationInput(
      fleet: fleet,
      jobs: own,
      seed: 1,
      placement: PlacementSpec(scores: [ScoreSpec(policy: "first-fit")], tieBreak: .name)
    )
    input.queue = .fifo(headOfLineBlocking: false)
    input.verify = true
    return input
  }

  private func nodesOf(_ outcome: RunOutcome) -> [Int32] { outcome.jobs.node.map(\.rawValue) }

  @Test func `a selector keeps a job off free nodes, and says so`() throws {
    let inB: (inout JobConstraints) -> Void = { $0.selector = [NodeLabel("zone", "b")] }
    let outcome = try Simulation.run(
      input(nodes("a", "b"), [(.gpu(1, at: 0, for: 5), inB), (.gpu(1, at: 1, for: 5), inB)])
    )
    #expect(nodesOf(outcome) == [1, 1])
    #expect(outcome.jobs.startNanoseconds == [0, 5])
    #expect(outcome.jobs.cause == [.none, .nodeConstraint])
    // Node a is free for 10 ns and neither job may have it.
    #expect(outcome.ledger[.strandedConstraint] == 10 * 1000)
    #expect(outcome.ledger[.strandedModel] == 0)
  }

  @Test func `a taint reserves a node for those that tolerate it`() throws {
    let tolerant: (inout JobConstraints) -> Void = {
      $0.tolerations = [Toleration(key: "dedicated", value: "r")]
    }
    let outcome = try Simulation.run(
      input(
        nodes("", "", taints: [0: "dedicated=r:NoSchedule"]),
        [
          (.gpu(1, at: 0, for: 5), { _ in }), (.gpu(1, at: 0, for: 5), { _ in }),
          (.gpu(1, at: 1, for: 2), tolerant),
        ]
      )
    )
    #expect(nodesOf(outcome) == [1, 1, 0])
    #expect(outcome.jobs.startNanoseconds == [0, 5, 1])
    #expect(outcome.jobs.cause == [.none, .nodeConstraint, .none])
  }

  @Test func `the model is told apart from the labels`() throws {
    // Node 0 is of the wrong model; node 1 has the wrong zone; node 2 is right and held.
    let inB: (inout JobConstraints) -> Void = { $0.selector = [NodeLabel("zone", "b")] }
    var job = JobSketch.gpu(1, at: 0, for: 5)
    job.models = "A"
    var second = job
    second.arrival = 1
    let wrongModel = try Simulation.run(
      input(nodes("b", "b", models: ["B", "A"]), [(job, inB), (second, inB)])
    )
    #expect(wrongModel.jobs.cause[1] == .gpuModel)
    let wrongZone = try Simulation.run(
      input(nodes("a", "b", models: ["A", "A"]), [(job, inB), (second, inB)])
    )
    #expect(wrongZone.jobs.cause[1] == .nodeConstraint)
    let both = try Simulation.run(input(nodes("a", "b", models: ["B", "A"]), [(job, inB), (second, inB)]))
    #expect(both.jobs.cause[1] == .capacity)
  }

  @Test func `a preferred model is taken while it lasts, in the stated order`() throws {
    let prefers: (inout JobConstraints) -> Void = { $0.preferredModels = ["C", "B"] }
    let outcome = try Simulation.run(
      input(
        nodes("", "", "", "", models: ["A", "B", "C", "A"]),
        (0..<4).map { (.gpu(1, at: Int64($0), for: 10), prefers) }
      )
    )
    #expect(nodesOf(outcome) == [2, 1, 0, 3])
    #expect(outcome.jobs.cause == [.none, .none, .none, .none])
  }

  @Test func `a gang lies on its preferred model as a whole, or on all that it accepts`() throws {
    var gang = JobSketch.gpu(1, at: 1, for: 5)
    gang.workers = 2
    let prefers: (inout JobConstraints) -> Void = { $0.preferredModels = ["B"] }
    let fleet = nodes("", "", "", "", models: ["A", "A", "B", "B"])
    let free = try Simulation.run(input(fleet, [(gang, prefers)]))
    #expect(free.pieces.map(\.node) == [2, 3])
    // One B is taken: no gang of two fits on B alone, and A and B together are
    // taken as the policy likes.
    let onB: (inout JobConstraints) -> Void = { $0.preferredModels = ["B"] }
    let held = try Simulation.run(input(fleet, [(.gpu(1, at: 0, for: 9), onB), (gang, prefers)]))
    #expect(held.pieces.map(\.node) == [0, 1])
  }

  @Test func `nodes with PreferNoSchedule are tried last`() throws {
    let fleet = nodes("", "", taints: [0: "spot:PreferNoSchedule"])
    let jobs = (0..<2).map { (JobSketch.gpu(1, at: Int64($0), for: 10), { (_: inout JobConstraints) in }) }
    #expect(nodesOf(try Simulation.run(input(fleet, jobs))) == [1, 0])
    let tolerant = jobs.map { job, _ in
      (job, { (c: inout JobConstraints) in c.tolerations = [Toleration(key: nil, value: nil)] })
    }
    #expect(nodesOf(try Simulation.run(input(fleet, tolerant))) == [0, 1])
  }

  @Test func `preferred terms order nodes by the weight that they meet`() throws {
    let prefers: (inout JobConstraints) -> Void = {
      $0.preferred = [
        .init(weight: 2, term: LabelTerm([LabelExpression("zone", .isIn, ["b"])])),
        .init(weight: 5, term: LabelTerm([LabelExpression("zone", .isIn, ["c"])])),
      ]
    }
    let outcome = try Simulation.run(
      input(nodes("a", "b", "c"), (0..<3).map { (.gpu(1, at: Int64($0), for: 10), prefers) })
    )
    #expect(nodesOf(outcome) == [2, 1, 0])
  }

  @Test func `a fleet whose labels nobody looks at has a class for each model`() throws {
    var fleet = nodes("a", "b", "c", "d", models: ["B", "A", "B", "C"])
    #expect(try NodeClasses(fleet, [JobConstraints()]).classOf == [0, 1, 0, 2])
    var inA = JobConstraints()
    inA.selector = [NodeLabel("zone", "a")]
    let classes = try NodeClasses(fleet, [JobConstraints(), inA])
    #expect(classes.classOf == [0, 2, 1, 3])
    #expect(classes.models == [0, 0, 1, 2])
    // Labels that all jobs judge alike make no class of their own.
    fleet.nodes[1].labels = [NodeLabel("zone", "z")]
    #expect(try NodeClasses(fleet, [JobConstraints(), inA]).classOf == [0, 2, 1, 3])
  }

  @Test func `more than 64 classes are refused`() throws {
    let fleet = fleet((0..<65).map { _ in .gpu(1) }).withZones { "z\($0)" }
    let all = (0..<65).map { n in
      var one = JobConstraints()
      one.selector = [NodeLabel("zone", "z\(n)")]
      return one
    }
    #expect(try NodeClasses(fleet, [JobConstraints()] + all.prefix(63)).count == 64)
    #expect(throws: SimulationError.self) { try NodeClasses(fleet, [JobConstraints()] + all) }
  }

  // MARK: - Rules between jobs

  @Test func `jobs of a class keep off each other's nodes`() throws {
    let apart: (inout JobConstraints) -> Void = { $0.rules.apart = .init(scope: .jobClass, topology: "node") }
    var fleet = fleet([.gpu(2), .gpu(2)])
    fleet.nodes[0].labels = []
    let outcome = try Simulation.run(input(fleet, (0..<3).map { (.gpu(1, at: Int64($0), for: 10), apart) }))
    #expect(nodesOf(outcome) == [0, 1, 0])
    #expect(outcome.jobs.startNanoseconds == [0, 1, 10])
    #expect(outcome.jobs.cause[2] == .nodeConstraint)
  }

  @Test func `the workers of a gang lie on as many nodes`() throws {
    var gang = JobSketch.gpu(1, at: 0, for: 5)
    gang.workers = 3
    let apart: (inout JobConstraints) -> Void = { $0.rules.apart = .init(scope: .gang, topology: "node") }
    let outcome = try Simulation.run(
      input(fleet([.gpu(2), .gpu(2), .gpu(2)]), [(gang, apart), (gang, apart)])
    )
    #expect(outcome.pieces.map(\.node) == [0, 1, 2, 0, 1, 2])
    #expect(outcome.jobs.startNanoseconds == [0, 0])
    #expect(throws: SimulationError.self) {
      try Simulation.run(input(fleet([.gpu(8), .gpu(8)]), [(gang, apart)]))
    }
  }

  @Test func `workers are spread over zones within the skew`() throws {
    var gang = JobSketch.gpu(1, at: 0, for: 5)
    gang.workers = 5
    let spread: (inout JobConstraints) -> Void = { $0.rules.spread = .init(key: "zone", maxSkew: 1) }
    let fleet = fleet([.gpu(4), .gpu(4), .gpu(4)]).withZones { ["a", "a", "b"][$0] }
    let outcome = try Simulation.run(input(fleet, [(gang, spread)]))
    // a, b, a, b, a: first-fit takes the first node of zone a.
    #expect(outcome.pieces.map(\.node) == [0, 2, 0, 2, 0])
    gang.workers = 10
    #expect(throws: SimulationError.self) { try Simulation.run(input(fleet, [(gang, spread)])) }
  }

  @Test func `jobs that keep together follow the first`() throws {
    let together: (inout JobConstraints) -> Void = {
      $0.rules.together = .init(scope: .jobClass, topology: "zone")
    }
    let inB: (inout JobConstraints) -> Void = {
      $0.rules.together = .init(scope: .jobClass, topology: "zone")
      $0.selector = [NodeLabel("zone", "b")]
    }
    let outcome = try Simulation.run(
      input(
        nodes("a", "b", "", "b"),
        [
          (.gpu(1, at: 0, for: 5), inB), (.gpu(1, at: 1, for: 5), together),
          (.gpu(1, at: 2, for: 5), together),
        ]
      )
    )
    #expect(nodesOf(outcome) == [1, 3, 1])
    #expect(outcome.jobs.startNanoseconds == [0, 1, 5])
  }

  @Test(arguments: [
    QueueSpec.backfill(Backfill(.easy)), .preemptive(PreemptiveQueue(.fewestGPUs)),
  ])
  func `rules between jobs are refused where they could not be kept exactly`(queue: QueueSpec) throws {
    let apart: (inout JobConstraints) -> Void = { $0.rules.apart = .init(scope: .jobClass, topology: "node") }
    let input = input(nodes("a"), [(.gpu(1, at: 0, for: 5), apart)]).with { $0.queue = queue }
    #expect(throws: SimulationError.self) { try Simulation.run(input) }
  }
}

extension Fleet {
  fileprivate func withZones(_ zone: (Int) -> String) -> Fleet {
    var copy = self
    for n in copy.nodes.indices { copy.nodes[n].labels = [NodeLabel("zone", zone(n))] }
    return copy
  }
}
