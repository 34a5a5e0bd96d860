import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

@Suite struct PriorityPreemptionTests {
  private static let policies = PriorityPreemption.Victims.allCases

  private func run(
    _ nodes: [NodeSketch],
    _ jobs: [JobSketch],
    priorities: [Int32],
    _ victims: PriorityPreemption.Victims,
    change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    try Simulation.run(
      input(nodes, jobs).with {
        $0.queue = .ordered(.priority, headOfLineBlocking: false)
        $0.jobs.priority = priorities
        $0.preemption = PriorityPreemption(victims)
        change(&$0)
      }
    )
  }

  @Test(arguments: policies) func `a higher priority takes the GPU and the victim starts again`(
    _ victims: PriorityPreemption.Victims
  ) throws {
    let jobs = [JobSketch.gpu(1, at: 0, for: 100), .gpu(1, at: 30, for: 10)]
    let outcome = try run([.gpu(1)], jobs, priorities: [0, 1], victims)
    #expect(outcome.jobs.startNanoseconds == [40, 30])
    #expect(outcome.jobs.endNanoseconds == [140, 40])
    #expect(outcome.jobs.preemptions == [1, 0])
    // Thirty nanoseconds of the victim are lost.
    #expect(outcome.ledger[.lost] == 30 * 1000)
    #expect(outcome.ledger[.goodput] == 110 * 1000)
  }

  @Test(arguments: policies) func `equal priorities never preempt`(_ victims: PriorityPreemption.Victims)
    throws
  {
    let jobs = [JobSketch.gpu(1, at: 0, for: 100), .gpu(1, at: 30, for: 10)]
    let outcome = try run([.gpu(1)], jobs, priorities: [1, 1], victims)
    #expect(outcome.jobs.startNanoseconds == [0, 100])
  }

  @Test(arguments: policies) func `a protected job is never a victim`(_ victims: PriorityPreemption.Victims)
    throws
  {
    let jobs = [JobSketch.gpu(1, at: 0, for: 100), .gpu(1, at: 30, for: 10)]
    let outcome = try run([.gpu(1)], jobs, priorities: [0, 1], victims) {
      $0.jobs.isProtected = [true, false]
    }
    #expect(outcome.jobs.startNanoseconds == [0, 100])
  }

  @Test func `kube-scheduler chooses the node whose victims matter least`() throws {
    // Node 0 holds priority 2, node 1 two of priority 1 (one suffices), node 2
    // one of priority 1: fewer in sum.
    let jobs = [
      JobSketch.gpu(2, at: 0, for: 100), .gpu(1, at: 0, for: 100), .gpu(1, at: 0, for: 100),
      .gpu(2, at: 0, for: 100), .gpu(2, at: 10, for: 5),
    ]
    let outcome = try run([.gpu(2), .gpu(2), .gpu(2)], jobs, priorities: [2, 1, 1, 1, 3], .kubeScheduler)
    #expect(outcome.jobs.preemptions == [0, 0, 0, 1, 0])
    #expect(outcome.jobs.node[4].rawValue == 2)
  }

  @Test func `kube-scheduler puts back whom it can`() throws {
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 100), .gpu(1, at: 1, for: 100), .gpu(2, at: 2, for: 100),
      .gpu(1, at: 10, for: 5),
    ]
    // All three are lower; putting back in order of importance leaves the
    // youngest of the lowest as the victim.
    let outcome = try run([.gpu(4)], jobs, priorities: [1, 0, 1, 2], .kubeScheduler)
    #expect(outcome.jobs.preemptions == [0, 1, 0, 0])
  }

  @Test func `Kueue evicts the youngest of the lowest priority`() throws {
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 100), .gpu(1, at: 1, for: 100), .gpu(1, at: 2, for: 100),
      .gpu(1, at: 10, for: 5),
    ]
    let outcome = try run([.gpu(3)], jobs, priorities: [0, 0, 1, 2], .kueue)
    #expect(outcome.jobs.preemptions == [0, 1, 0, 0])
  }

  @Test func `cheapest lost work spares the job that ran long`() throws {
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 100), .gpu(1, at: 5, for: 100), .gpu(1, at: 10, for: 5),
    ]
    // The older one saves its work every nanosecond and loses nothing.
    let outcome = try run([.gpu(2)], jobs, priorities: [0, 0, 1], .cheapestLostWork) {
      let free = SimDuration(nanoseconds: 0)
      $0.jobs.checkpointPlans = [CheckpointPlan(interval: .tick, write: free, restart: free)]
      $0.jobs.checkpoint = [1, 0, 0]
    }
    #expect(outcome.jobs.preemptions == [1, 0, 0])
    #expect(outcome.ledger[.lost] == 0)
    #expect(outcome.jobs.endNanoseconds == [105, 105, 15])
  }

  @Test func `a graceful period holds the GPUs and lets a checkpoint be written`() throws {
    let jobs = [JobSketch.gpu(1, at: 0, for: 100), .gpu(1, at: 30, for: 10)]
    let outcome = try run([.gpu(1)], jobs, priorities: [0, 1], .kueue) {
      $0.preemption!.gracefulPeriod = SimDuration(nanoseconds: 7)
      let plan = CheckpointPlan(
        interval: SimDuration(nanoseconds: 1000),
        write: SimDuration(nanoseconds: 5),
        restart: SimDuration(nanoseconds: 3)
      )
      $0.jobs.checkpointPlans = [plan]
      $0.jobs.checkpoint = [1, 0]
    }
    // Stopped at 37 with 37 done; restarts for 3 and does the other 63.
    #expect(outcome.jobs.startNanoseconds == [47, 37])
    #expect(outcome.jobs.endNanoseconds == [47 + 3 + 63, 47])
    #expect(outcome.ledger[.overhead] == 3 * 1000)
    #expect(outcome.ledger[.lost] == 0)
  }

  @Test func `what runs on a draining node is not preempted in vain`() throws {
    // The younger job is asked first, and its node takes no work.
    let jobs = [JobSketch.gpu(1, at: 0, for: 100), .gpu(1, at: 1, for: 100), .gpu(1, at: 10, for: 5)]
    for victims in Self.policies {
      let outcome = try run([.gpu(1), .gpu(1)], jobs, priorities: [0, 0, 1], victims) {
        $0.fleetChanges = [FleetChange(at: 5, .drain, 1)]
      }
      #expect(outcome.jobs.preemptions == [1, 0, 0], "\(victims)")
    }
  }

  @Test func `a gang preempts whole gangs on several nodes`() throws {
    var jobs = [JobSketch.gpu(2, at: 0, for: 100), .gpu(2, at: 1, for: 100), .gpu(2, at: 10, for: 5)]
    jobs[2].gpus = 1
    for victims in Self.policies {
      let outcome = try run([.gpu(2), .gpu(2)], jobs, priorities: [0, 0, 1], victims) {
        $0.jobs.shapes[1].workers = 4
      }
      #expect(outcome.jobs.preemptions == [1, 1, 0], "\(victims)")
      #expect(outcome.jobs.startNanoseconds[2] == 10, "\(victims)")
      #expect(outcome.jobs.state.allSatisfy { $0 == .completed })
    }
  }

  @Test func `random jobs all end, higher ones preempt lower ones, and the books balance`() throws {
    var preempted = 0
    for seed in 0..<UInt64(400) {
      var draws = SplitMix(seed: seed &* 31 &+ 1)
      let jobs = (0..<30).map { _ in
        JobSketch.gpu(
          [1, 1, 2, 4].randomElement(using: &draws)!,
          at: Int64.random(in: 0...60, using: &draws),
          for: Int64.random(in: 1...40, using: &draws)
        )
      }.sorted { $0.arrival < $1.arrival }
      let priorities = jobs.map { _ in Int32.random(in: 0...3, using: &draws) }
      let victims = Self.policies.randomElement(using: &draws)!
      let grace = Int64([0, 0, 3].randomElement(using: &draws)!)
      let outcome = try run([.gpu(4), .gpu(4), .gpu(2)], jobs, priorities: priorities, victims) {
        $0.preemption!.gracefulPeriod = SimDuration(nanoseconds: grace)
        $0.preemption!.cost.largest = SimDuration(nanoseconds: 2)
        for s in $0.jobs.shapes.indices where $0.jobs.shapes[s].gpuCount == 1 && seed % 2 == 0 {
          $0.jobs.shapes[s].workers = 3
        }
        $0.queue = .ordered(.priority, headOfLineBlocking: Bool.random(using: &draws))
        if seed % 3 == 0 {
          $0.fleetChanges = [FleetChange(at: 20, .fail, 0), FleetChange(at: 45, .repair, 0)]
        }
      }
      #expect(outcome.jobs.state.allSatisfy { $0 == .completed }, "seed \(seed)")
      #expect(outcome.ledger.capacity == Int128(10_000) * Int128(outcome.end.nanoseconds), "seed \(seed)")
      for attempt in outcome.interruptedAttempts where attempt.isPreemption {
        preempted += 1
        let own = priorities[Int(attempt.job.rawValue)]
        if grace > 0 { continue }
        let time = attempt.endNanoseconds
        var starters = priorities.indices.filter { outcome.jobs.startNanoseconds[$0] == time }
        for other in outcome.interruptedAttempts where other.startNanoseconds == time {
          starters.append(Int(other.job.rawValue))
        }
        #expect(starters.contains { priorities[$0] > own }, "seed \(seed), job \(attempt.job)")
      }
    }
    #expect(preempted > 500)
  }
}
