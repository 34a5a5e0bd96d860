import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Features that were made apart, together: a run of them balances its books,
/// or is refused before it begins.
@Suite struct FeatureMixTests {
  #if DEBUG
    private static let seedsPerBatch: UInt64 = 40
  #else
    private static let seedsPerBatch: UInt64 = 500
  #endif

  private static func time(_ range: ClosedRange<Int64>, _ draws: inout SplitMix) -> SimDuration {
    SimDuration(nanoseconds: Int64.random(in: range, using: &draws))
  }

  /// A scenario of one kind in a queue of another, with preemption and gangs
  /// that hold where they are drawn.
  static func input(seed: UInt64) -> SimulationInput {
    var draws = SplitMix(seed: seed &* 0xA24B_AED4 &+ 5)
    var result =
      switch seed % 5 {
      case 0: RandomScenario.placed(seed: seed, isComparable: false)
      case 1: RandomScenario.withLives(seed: seed)
      case 2: RandomScenario.constrained(seed: seed)
      case 3: RandomScenario.divided(seed: seed)
      default: RandomScenario.holding(seed: seed)
      }
    let blocks = Bool.random(using: &draws)
    let limit = Bool.random(using: &draws) ? nil : Int32.random(in: 1...9, using: &draws)
    let ageing = PriorityAgeing(
      raises: Int32.random(in: 1...3, using: &draws),
      every: time(1...9, &draws),
      atMost: limit
    )
    let fair = FairShare(
      resource: Bool.random(using: &draws) ? .gpu : .dominant,
      halfLife: Bool.random(using: &draws) ? nil : time(1...40, &draws),
      outlook: time(0...9, &draws)
    )
    let orders: [QueueSpec] = [
      .ordered(.priority, headOfLineBlocking: blocks),
      .ordered(JobOrder.allCases.randomElement(using: &draws)!, headOfLineBlocking: blocks),
      .ageing(ageing, headOfLineBlocking: blocks), .fairShare(fair, headOfLineBlocking: blocks),
      .backfill(Backfill(.easy)), .backfill(Backfill(.conservative, order: .priority)),
      .preemptive(PreemptiveQueue(.shortestRemainingTime, cost: PreemptionCost())),
      .rounds(RoundSpec(.maxMinFairness, length: .seconds(1))), .none,
    ]
    // The order of priority often, since only that preempts.
    result.queue = Bool.random(using: &draws) ? orders[0] : orders.randomElement(using: &draws)!
    if case .rounds = result.queue, Bool.random(using: &draws) { suitRounds(&result) }
    if Bool.random(using: &draws) {
      let victims = [PriorityPreemption.Victims.kubeScheduler, .kueue, .cheapestLostWork]
      result.preemption = PriorityPreemption(
        victims.randomElement(using: &draws)!,
        gracefulPeriod: time(0...4, &draws)
      )
      result.preemption!.requeueDelay = time(0...6, &draws)
    }
    if Int.random(in: 0..<4, using: &draws) == 0 {
      let holding = GangHolding(
        timeout: Bool.random(using: &draws) ? nil : time(1...15, &draws),
        requeueDelay: time(1...5, &draws),
        longestDelay: time(1...20, &draws)
      )
      result.gangs = Bool.random(using: &draws) ? .quota(holding) : .holdAndWait(holding)
    }
    result.verify = true
    return result
  }

  /// Leaves out what rounds never take.
  private static func suitRounds(_ input: inout SimulationInput) {
    input.sharing = .wholeGPU
    input.fleetChanges = []
    input.jobs.checkpoint = []
    input.jobs.kind = input.jobs.kind.map { _ in .batch }
    for shape in input.jobs.shapes.indices {
      input.jobs.shapes[shape].gpuCount = max(1, input.jobs.shapes[shape].gpuCount)
      input.jobs.shapes[shape].milliGPUPerDevice = 1000
    }
  }

  @Test(arguments: 0..<8)
  func `what is not refused runs to its end and balances`(batch: UInt64) throws {
    var ran = 0
    var refused = 0
    for offset in 0..<Self.seedsPerBatch {
      let seed = 300_000_000 + batch * 1_000_000 + offset
      let input = Self.input(seed: seed)
      let label: Comment = "seed \(seed), \(input.queue), \(input.gangs)"
      do {
        let outcome = try Simulation.run(input)
        ran += 1
        let jobs = input.jobs
        for j in 0..<jobs.count {
          let waited = outcome.waits.total(of: j)
          #expect(waited >= 0 && waited <= outcome.end.nanoseconds, label)
        }
        var leaves = LedgerTotals()
        for node in outcome.nodes { leaves += node.ledger }
        #expect(leaves == outcome.ledger, label)
      } catch SimulationError.invalidInput {
        refused += 1
      } catch {
        Issue.record("\(error), \(label)")
      }
    }
    #expect(ran > 5 && refused > 5)
  }

  @Test func `a wish is relaxed by the time in the queue, not by the delay before it`() throws {
    // The gang starts on node 0; node 1 goes to job 1 until 21. At 2 job 2 takes
    // the gang's place until 42; the gang stands in the queue again at 12, and
    // would make do with any nodes from 15 on.
    var gang = JobSketch.gpu(1, at: 0, for: 10)
    gang.workers = 2
    gang.wish = .rack
    let jobs = [gang, .gpu(2, at: 1, for: 20), .gpu(2, at: 2, for: 40)]
    let input = EngineTests.input([.gpu(2), .gpu(2)], jobs).with {
      $0.jobs.priority = [0, 1, 1]
      $0.jobs.relaxations = [[WishRelaxation(after: SimDuration(nanoseconds: 3), to: .anywhere)]]
      for shape in $0.jobs.shapes.indices where $0.jobs.shapes[shape].workers > 1 {
        $0.jobs.shapes[shape].relaxation = 1
      }
      $0.queue = .ordered(.priority, headOfLineBlocking: false)
      $0.preemption = PriorityPreemption(.kueue)
      $0.preemption!.requeueDelay = SimDuration(nanoseconds: 10)
    }
    let outcome = try Simulation.run(input)
    #expect(outcome.jobs.startNanoseconds == [21, 1, 2])
    #expect(outcome.jobs.relaxed[0] == 1)
    let rows = Array(outcome.waits.rows(of: 0))
    #expect(rows.map { outcome.waits.cause[$0] } == [.capacity, .requeue])
    #expect(rows.map { outcome.waits.nanoseconds[$0] } == [9, 10])
  }
}
