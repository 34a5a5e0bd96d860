import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Whole runs in which jobs on MIG instances run on nodes that come and go.
@Suite struct InstanceNodesTests {
  private static let h100 = "h100-80gb-sxm"
  private static let geometry = GPUCatalogue.builtin.model(named: h100).flatMap(MIGGeometry.of)!
  private static let small = (0..<7).map { MIGInstance(profile: "1g.10gb", start: $0) }
  private static let large = [
    MIGInstance(profile: "3g.40gb", start: 0), MIGInstance(profile: "3g.40gb", start: 4),
  ]

  private func job(_ profile: String, at arrival: Double, for duration: Double) -> JobSketch {
    var job = JobSketch.part(
      125,
      at: AutoNodesRun.nanoseconds(arrival),
      for: AutoNodesRun.nanoseconds(duration)
    )
    job.device.profile = profile
    return job
  }

  private func nodes(_ count: Int, gpus: Int = 1) -> AutoNodesRun {
    AutoNodesRun(
      groups: [(Array(repeating: .gpu(gpus, model: Self.h100), count: count), { _ in })],
      end: 20_000
    )
  }

  private func chosen(_ input: inout SimulationInput, _ layouts: [[MIGInstance]]) {
    input.sharing = .mig
    input.mig = MIGSpec(
      createTime: .zero,
      layouts: layouts,
      cuts: input.fleet.nodes.map { Array(repeating: .chosen, count: $0.gpuCount) }
    )
  }

  // MARK: - Worked examples

  @Test func `seven small instances bring one GPU, and two large ones two`() throws {
    let one = try nodes(6)((0..<7).map { _ in job("1g.10gb", at: 0, for: 100) }) {
      $0.sharing = .mig
      $0.mig = MIGSpec(createTime: .zero)
    }
    #expect(one.autoNodes[0].launched == 1)
    #expect(one.startSeconds == Array(repeating: 301, count: 7))
    let two = try nodes(6)([job("4g.40gb", at: 0, for: 100), job("4g.40gb", at: 0, for: 100)]) {
      $0.sharing = .mig
    }
    #expect(two.autoNodes[0].launched == 2)
    // Instances are created when the nodes are up.
    #expect(two.jobs.endNanoseconds.map { Double($0) / 1e9 } == [403, 403])
  }

  @Test func `a job goes to the node that comes already, as long as it has room`() throws {
    let jobs = [
      job("3g.40gb", at: 0, for: 1_000), job("3g.40gb", at: 60, for: 1_000), job("1g.10gb", at: 120, for: 9),
    ]
    let outcome = try nodes(6)(jobs) { $0.sharing = .mig }
    // Two 3g fill the eight slots.
    #expect(outcome.autoNodes[0].launched == 2)
    #expect(outcome.startSeconds == [301, 301, 421])
  }

  @Test func `each node is cut for what it is launched for, and keeps its layout until it goes`() throws {
    let jobs = [
      job("1g.10gb", at: 0, for: 100), job("3g.40gb", at: 0, for: 1_000),
      // The second 3g of a node; and one for which the node cut for small ones,
      // which is still there, has none.
      job("3g.40gb", at: 310, for: 1_000), job("3g.40gb", at: 312, for: 100),
      job("1g.10gb", at: 5_000, for: 100),
    ]
    let outcome = try nodes(3)(jobs) { chosen(&$0, [Self.small, Self.large]) }
    #expect(outcome.jobs.instance.compactMap { $0 }.map(\.profile) == jobs.map(\.device.profile))
    #expect(outcome.startSeconds == [301, 301, 310, 613, 5_301])
    #expect(outcome.autoNodes[0].launched == 4)
    #expect(outcome.autoNodes[0].removed == 4)
  }

  @Test func `a node that jobs on whole GPUs need stays uncut`() throws {
    let whole = JobSketch.gpu(1, at: 0, for: AutoNodesRun.nanoseconds(100))
    let outcome = try nodes(4, gpus: 2)([whole, job("1g.10gb", at: 0, for: 100)]) {
      chosen(&$0, [Self.small])
    }
    #expect(outcome.autoNodes[0].launched == 1)
    #expect(outcome.startSeconds == [301, 301])
    #expect(Set(outcome.jobs.gpuMask).count == 2)
  }

  @Test func `nodes that are there at the start are cut for the mix`() throws {
    let run = AutoNodesRun(
      groups: [(Array(repeating: .gpu(1, model: Self.h100), count: 2), { $0.atStart = 2 })],
      end: 5_000
    )
    let jobs = (0..<14).map { _ in job("1g.10gb", at: 1, for: 100) }
    let outcome = try run(jobs) { chosen(&$0, [Self.large, Self.small]) }
    #expect(outcome.startSeconds == Array(repeating: 1, count: 14))
  }

  @Test func `a provisioner that sees whole GPUs launches one for each instance`() throws {
    let jobs = (0..<3).map { _ in job("1g.10gb", at: 0, for: 100) }
    let outcome = try nodes(6)(jobs) {
      $0.sharing = .mig
      $0.autoNodes!.view = .gpus
    }
    #expect(outcome.autoNodes[0].launched == 3)
  }

  @Test func `an underused node goes where its instances fit elsewhere, and not where geometry forbids it`()
    throws
  {
    func outcome(_ profile: String) throws -> RunOutcome {
      let run = AutoNodesRun(
        groups: [
          (
            Array(repeating: .gpu(1, model: Self.h100), count: 2),
            {
              $0.atStart = 2
              $0.pricePerHour = 1
            }
          )
        ],
        end: 5_000
      )
      // The 3g fills the first node beside a 4g, and leaves four slots when that ends.
      let jobs = [
        job("4g.40gb", at: 0, for: 50), job("3g.40gb", at: 0, for: 9_000), job(profile, at: 1, for: 9_000),
      ]
      return try run(jobs) {
        $0.sharing = .mig
        $0.mig = MIGSpec(createTime: .zero)
        $0.autoNodes!.consolidatesUnderused = true
        $0.autoNodes!.budget = 1
      }
    }
    #expect(try outcome("2g.20gb").removed(.underused) == 1)
    #expect(try outcome("7g.80gb").removed(.underused) == 0)
  }

  // MARK: - Refusals

  @Test func `what does not go together is refused with its reason`() {
    func refusal(_ change: @escaping (inout SimulationInput) -> Void) -> String {
      do {
        _ = try nodes(2)([]) {
          chosen(&$0, [Self.small])
          change(&$0)
        }
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal { _ in } == "")
    #expect(refusal { $0.autoNodes!.consolidatesUnderused = true }.contains("when they are empty"))
    #expect(
      refusal { $0.autoNodes!.groups[0].driftsAt = [SimTime(nanoseconds: 1_000)] }.contains(
        "when they are empty"
      )
    )
    #expect(
      refusal { $0.autoNodes!.use(ClusterAutoscaler()) }.contains("takes all nodes of a group for alike")
    )
    #expect(refusal { $0.autoNodes!.view = .gpus }.contains("sees whole GPUs"))
    #expect(refusal { $0.mig.cuts[1] = [.dynamic] }.contains("cut differently"))
    #expect(refusal { $0.autoNodes!.groups[0].nodes = 0..<1 }.contains("always there"))
    #expect(
      refusal {
        $0.mig.cuts = [[.layout(0)], [.layout(0)]]
        $0.mig.relayout = MIGRelayout()
      }.contains("not laid out anew")
    )
  }

  // MARK: - Random runs

  @Test func `random runs keep the books, and every node the layouts that it came with`() throws {
    #if DEBUG
      let scenarios = 150
    #else
      let scenarios = 1_500
    #endif
    var launched: Int64 = 0
    var instances = 0
    for number in 0..<scenarios {
      let seed = UInt64(93_000_000 + number)
      var draws = SplitMix(seed: seed)
      let input = randomInput(&draws)
      let outcome = try Simulation.run(input)
      #expect(
        outcome.ledger.capacity
          == outcome.autoNodes.reduce(0) { $0 + $1.allNodeNanoseconds * Int128($1.gpusPerNode) * 1_000 },
        "seed \(seed)"
      )
      #expect(try Simulation.run(input).fingerprint == outcome.fingerprint, "seed \(seed)")
      // Nobody waits for ever: nodes of other layouts go when they are empty.
      #expect(
        outcome.jobs.state.allSatisfy { $0 == .completed || $0 == .rejected },
        "seed \(seed)"
      )
      checkInstances(outcome, input.mig.layouts, "seed \(seed)")
      launched += outcome.autoNodes.reduce(0) { $0 + $1.launched }
      instances += outcome.jobs.instance.count { $0 != nil }
    }
    #expect(launched > 3 * Int64(scenarios) && instances > 10 * scenarios)
  }

  private func randomInput(_ draws: inout SplitMix) -> SimulationInput {
    var groups: [(nodes: [NodeSketch], change: (inout AutoNodes.Group) -> Void)] = []
    for number in 0..<Int.random(in: 1...2, using: &draws) {
      let gpus = Int.random(in: 1...2, using: &draws)
      let isSpot = Int.random(in: 0..<4, using: &draws) == 0
      let isDelayed = Bool.random(using: &draws)
      let stockOut = Bool.random(using: &draws) ? 0.1 : 0
      let atStart = Int.random(in: 0...1, using: &draws)
      let warm = Int.random(in: 0..<5, using: &draws) == 0 ? 1 : 0
      groups.append(
        (
          Array(repeating: NodeSketch(cpu: 12, gpus: gpus, model: Self.h100), count: 4),
          {
            ($0.pricePerHour, $0.stockOut, $0.atStart) = (Double(gpus + number), stockOut, atStart)
            $0.purchase = isSpot ? .spot : .onDemand
            if isSpot { $0.interruptionsPerHour = 0.3 }
            if !isDelayed { ($0.launch, $0.join, $0.gpuStack) = (.constant(0), .constant(0), .constant(0)) }
            $0.warm = warm
          }
        )
      )
    }
    var jobs: [JobSketch] = []
    for _ in 0..<Int.random(in: 10...60, using: &draws) {
      let (at, span) = (
        Double.random(in: 0..<4_000, using: &draws), Double.random(in: 10..<900, using: &draws)
      )
      var one =
        switch Int.random(in: 0..<6, using: &draws) {
        case 0: AutoNodesRun.job(1, at: at, for: span)
        case 1, 2, 3: job("1g.10gb", at: at, for: span)
        default: job("3g.40gb", at: at, for: span)
        }
      one.cpu = Int32.random(in: 0...3, using: &draws)
      jobs.append(one)
    }
    jobs.sort { $0.arrival < $1.arrival }
    let way = Int.random(in: 0..<3, using: &draws)
    let plan = AutoNodes.Plan.allCases.randomElement(using: &draws)!
    let consolidates = way != 1 && Bool.random(using: &draws)
    let destroys = Bool.random(using: &draws)
    let policy = ["first-fit", "best-fit", "worst-fit", "fgd"].randomElement(using: &draws)!
    let mixed = Array(Self.small.prefix(3)) + [Self.large[1]]
    return AutoNodesRun(groups: groups, end: 200_000).input(jobs) {
      $0.sharing = .mig
      $0.placement = PlacementSpec(scores: [ScoreSpec(policy: policy)], tieBreak: .name)
      $0.autoNodes!.plan = plan
      $0.measuredFrom = SimTime(nanoseconds: AutoNodesRun.nanoseconds(300))
      if consolidates {
        $0.autoNodes!.consolidatesUnderused = true
        for group in $0.autoNodes!.groups.indices { $0.autoNodes!.groups[group].warm = 0 }
      }
      switch way {
      case 0:
        $0.mig = MIGSpec()
        if destroys { $0.mig.destroyTime = SimDuration(nanoseconds: 7_000_000_000) }
      case 1: chosen(&$0, Bool.random(using: &draws) ? [Self.small, Self.large] : [mixed, Self.large])
      default:
        // All nodes of a group alike; the second GPU stays whole.
        $0.rejectsImpossibleJobs = true
        $0.mig = MIGSpec(
          layouts: [mixed],
          cuts: $0.fleet.nodes.map { $0.gpuCount == 1 ? [.layout(0)] : [.layout(0), .whole] }
        )
      }
    }
  }

  /// No two instances share a slot, and all that lay on a GPU during one life of
  /// its node are those of one layout.
  private func checkInstances(_ outcome: RunOutcome, _ layouts: [[MIGInstance]], _ comment: Comment) {
    struct Run {
      var start: Int64
      var end: Int64
      var instance: MIGInstance?
    }
    var runs: [[Int]: [Run]] = [:]
    let births = Dictionary(grouping: outcome.nodeStages.filter { $0.stage == .launching }, by: \.node)
    for job in outcome.jobs.node.indices where outcome.jobs.startNanoseconds[job] >= 0 {
      let node = outcome.jobs.node[job].rawValue
      let start = outcome.jobs.startNanoseconds[job]
      let life = (births[node] ?? []).count { $0.atNanoseconds <= start }
      let gpu = outcome.jobs.gpuMask[job].trailingZeroBitCount
      runs[[Int(node), gpu, life], default: []].append(
        Run(start: start, end: outcome.jobs.endNanoseconds[job], instance: outcome.jobs.instance[job])
      )
    }
    for (_, own) in runs {
      let profiles = own.compactMap(\.instance)
      if !layouts.isEmpty {
        let isOne = profiles.isEmpty || layouts.contains { layout in profiles.allSatisfy(layout.contains) }
        #expect(isOne, "\(comment): \(own)")
        // A GPU that is cut is never handed out whole.
        #expect(profiles.isEmpty || profiles.count == own.count, "\(comment): \(own)")
      }
      for (a, one) in own.enumerated() {
        for other in own[(a + 1)...] where one.start < other.end && other.start < one.end {
          #expect(slots(one.instance).isDisjoint(with: slots(other.instance)), "\(comment): \(one), \(other)")
        }
      }
    }
  }

  private func slots(_ instance: MIGInstance?) -> Set<Int> {
    guard let instance else { return Set(0..<8) }
    let profile = Self.geometry.profiles.first { $0.name == instance.profile }!
    return Set(instance.start..<instance.start + profile.memorySlots)
  }
}
