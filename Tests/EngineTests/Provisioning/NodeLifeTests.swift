import Engine
import Foundation
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// The life of nodes that come and go; times are worked by hand.
@Suite struct NodeLifeTests {
  private func seconds(_ value: Double) -> SimDuration {
    SimDuration(nanoseconds: AutoNodesRun.nanoseconds(value))
  }

  private func job(_ gpus: Int32, at arrival: Double, for duration: Double) -> JobSketch {
    AutoNodesRun.job(gpus, at: arrival, for: duration)
  }

  @Test func `a launch that takes too long is given up, and the job is planned anew`() throws {
    let run = AutoNodesRun(
      groups: [
        (
          Array(repeating: .gpu(1), count: 5),
          { ($0.launch, $0.launchTimeout) = (.constant(400), seconds(300)) }
        )
      ],
      end: 1_000
    )
    let outcome = try run([job(1, at: 0, for: 10)])
    // Asked for at 1, 301, 601 and 901 s; given up after 300 s, gone 30 s later.
    #expect(outcome.autoNodes[0].launched == 4)
    #expect(outcome.removed(.launchTimeout) == 3)
    #expect(abs(outcome.stageSeconds(.launching) - 999) < 1e-6)
    #expect(abs(outcome.stageSeconds(.terminating) - 90) < 1e-6)
    #expect(outcome.jobs.state == [.waiting])
  }

  @Test func `a machine that has not joined in time is given up`() throws {
    for neverJoins in [0.0, 1] {
      let run = AutoNodesRun(
        groups: [
          (
            [.gpu(1)],
            {
              $0.launch = .constant(100)
              $0.join = .constant(neverJoins == 1 ? 1 : 1_000)
              $0.neverJoins = neverJoins
              $0.registrationTimeout = seconds(900)
            }
          )
        ],
        end: 931
      )
      let outcome = try run([job(1, at: 0, for: 10)])
      #expect(outcome.removed(.registrationTimeout) == 1)
      #expect(outcome.stageSeconds(.launching) == 100)
      #expect(outcome.stageSeconds(.joining) == 800)
      #expect(outcome.stageSeconds(.terminating) == 30)
    }
  }

  @Test func `a node that is too old drains, and what ran on it waits again in its place`() throws {
    let run = AutoNodesRun(
      groups: [(Array(repeating: .gpu(1), count: 2), { ($0.atStart, $0.expireAfter) = (1, seconds(1_000)) })],
      end: 2_000
    )
    let outcome = try run([job(1, at: 0, for: 5_000)])
    // Old at 1000 s, a new one asked for at 1001 and up at 1301; the job had until 1030.
    #expect(outcome.startSeconds == [1_301])
    #expect(outcome.evicted(.expired) == 1 && outcome.removed(.expired) == 1)
    #expect(outcome.lostSeconds(.expired) == 1_030)
    #expect(outcome.stageSeconds(.draining) == 30)
    let attempt = try #require(outcome.interruptedAttempts.first)
    #expect(attempt.endNanoseconds == AutoNodesRun.nanoseconds(1_030))
  }

  @Test func `a job that can save within the grace loses nothing, and another falls back`() throws {
    func lost(write: Double) throws -> Double {
      let run = AutoNodesRun(
        groups: [
          (Array(repeating: .gpu(1), count: 2), { ($0.atStart, $0.expireAfter) = (1, seconds(1_000)) })
        ],
        end: 1_500
      )
      return try run([job(1, at: 0, for: 5_000)]) {
        $0.jobs.checkpointPlans = [
          CheckpointPlan(interval: seconds(300), write: seconds(write), restart: seconds(5))
        ]
        $0.jobs.checkpoint = [1]
      }.lostSeconds(.expired)
    }
    // Three intervals of 300 s and their writes of 10 s lie before 1030 s, 100 s more are done.
    #expect(try lost(write: 10) == 0)
    // At 1030 s the third interval is under way: 300 + 40, 300 + 40, 300 + 40, 10.
    #expect(try lost(write: 40) == 10)
  }

  @Test func `work that must not be disturbed holds a node until it ends, or until the limit`() throws {
    func end(limit: Double?, by end: Double) throws -> [Double] {
      let run = AutoNodesRun(
        groups: [([.gpu(1)], { ($0.atStart, $0.expireAfter) = (1, seconds(100)) })],
        end: end
      )
      let outcome = try run([job(1, at: 0, for: 500)]) {
        $0.autoNodes!.doNotDisrupt = ["class"]
        $0.autoNodes!.drainLimit = limit.map(seconds)
      }
      return [outcome.stageSeconds(.draining), Double(outcome.evicted(.expired))]
    }
    #expect(try end(limit: nil, by: 520) == [400, 0])
    #expect(try end(limit: 200, by: 400) == [200, 1])
  }

  @Test func `a group that keeps nodes replaces what it loses, and launches none for jobs`() throws {
    let run = AutoNodesRun(
      groups: [
        (
          Array(repeating: .gpu(1), count: 6),
          { ($0.atStart, $0.replicas, $0.expireAfter) = (1, 3, seconds(1_000)) }
        )
      ],
      end: 990
    )
    let outcome = try run((0..<5).map { _ in job(1, at: 0, for: 5_000) })
    #expect(outcome.autoNodes[0].launched == 2)
    #expect(outcome.jobs.state.count { $0 == .running } == 3)
    let later = try AutoNodesRun(groups: run.groups, end: 1_310)([])
    // The first is 1000 s old, and its successor asked for at once; the others are younger.
    #expect(later.autoNodes[0].launched == 5)
    #expect(later.removed(.expired) == 3 && later.removed(.empty) == 0)
  }

  @Test func `owned nodes stay though they are empty, and are paid before they come`() throws {
    let run = AutoNodesRun(
      groups: [
        (
          Array(repeating: .gpu(1), count: 3),
          { ($0.purchase, $0.atStart, $0.pricePerHour) = (.owned, 1, 2) }
        )
      ]
    )
    let outcome = try run([job(1, at: 0, for: 10), job(1, at: 0, for: 10)])
    #expect(outcome.autoNodes[0].launched == 1 && outcome.autoNodes[0].removed == 0)
    #expect(outcome.autoNodes[0].cost == 6)
  }

  @Test func `reserved nodes are taken before spot and spot before on demand, whatever they cost`() throws {
    let run = AutoNodesRun(
      groups: [
        (Array(repeating: .gpu(1), count: 1), { ($0.purchase, $0.pricePerHour) = (.onDemand, 1) }),
        (Array(repeating: .gpu(1), count: 1), { ($0.purchase, $0.pricePerHour) = (.spot, 3) }),
        (Array(repeating: .gpu(1), count: 1), { ($0.purchase, $0.pricePerHour) = (.reserved, 5) }),
      ]
    )
    func launched(_ count: Int) throws -> [Int64] {
      try run((0..<count).map { job(1, at: 60 * Double($0), for: 2_000) }).autoNodes.map(\.launched)
    }
    #expect(try launched(1) == [0, 0, 1])
    #expect(try launched(2) == [0, 1, 1])
    #expect(try launched(3) == [1, 1, 1])
  }

  @Test func `a node pool stays within its limits, counting the largest type that a node may become`() throws
  {
    func launched(_ pool: AutoNodes.Pool) throws -> [Int64] {
      let run = AutoNodesRun(
        groups: [
          (Array(repeating: .gpu(1), count: 9), { $0.pricePerHour = 1 }),
          (Array(repeating: .gpu(4), count: 9), { $0.pricePerHour = 8 }),
        ],
        pools: [pool],
        end: 11
      )
      // A job each that fits on either; the batch closes at 1 s.
      return try run((0..<5).map { _ in job(1, at: 0, for: 900) }) {
        for n in $0.fleet.nodes.indices { $0.fleet.nodes[n].cpuMilli = 1_000 }
        for shape in $0.jobs.shapes.indices { $0.jobs.shapes[shape].cpuMilli = 1_000 }
      }.autoNodes.map(\.launched)
    }
    #expect(try launched(AutoNodes.Pool(name: "pool")) == [5, 0])
    #expect(try launched(AutoNodes.Pool(name: "pool", mostNodes: 2)) == [2, 0])
    // Each claim could be a node of 4 GPUs: two are within 8, and the third is not.
    // (A claim of a single GPU still is, for types that are too large are left out.)
    #expect(try launched(AutoNodes.Pool(name: "pool", mostGPUs: 8)) == [2, 0])
    #expect(try launched(AutoNodes.Pool(name: "pool", mostGPUs: 9)) == [3, 0])
    #expect(try launched(AutoNodes.Pool(name: "pool", mostGPUs: 3)) == [3, 0])
  }

  @Test func `presets of delays say what they should`() {
    let minutes = AutoNodes.Delays.allCases.map { kind in
      [kind.launch, kind.join, kind.gpuStack].reduce(0) { $0 + $1.quantile(0.5) } / 60
    }
    #expect(minutes[0] == 5 && minutes[1] == 30)
    #expect((8.0 * 7 * 1440...12.5 * 7 * 1440).contains(minutes[2]))
    #expect(AutoNodes.Delays.cloud.launchTimeout == seconds(300))
    #expect(AutoNodes.Delays.cloud.registrationTimeout == seconds(900))
    #expect(AutoNodes.Delays.bareMetal.launchTimeout == nil)
  }

  @Test func `what contradicts itself is refused`() {
    func refusal(_ change: (inout AutoNodes) -> Void) -> String {
      let run = AutoNodesRun(groups: [([.gpu(1)], { _ in })])
      do {
        _ = try run([]) { change(&$0.autoNodes!) }
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal { $0.groups[0].interruptionsPerHour = 1 }.contains("is not spot"))
    #expect(refusal { $0.groups[0].replicas = 2 }.contains("that are to be kept"))
    #expect(refusal { ($0.groups[0].purchase, $0.groups[0].replicas) = (.owned, 1) }.contains("stay"))
    #expect(refusal { $0.groups[0].neverJoins = 0.5 }.contains("no time-out"))
    #expect(refusal { ($0.consolidatesUnderused, $0.consolidateAfter) = (true, nil) }.contains("not set"))
    #expect(refusal { $0.budgets = [.init(.share(1.5))] }.contains("0 ... 1"))
    #expect(refusal { $0.budgets = [.init(.nodes(1), reasons: [.expired])] }.contains("bind only"))
    #expect(refusal { $0.budgets = [.init(.nodes(1), pool: "q")] }.contains("does not exist"))
    #expect(refusal { $0.doNotDisrupt = ["nobody"] }.contains("nobody"))
  }
}

/// What jobs wait for while nodes come.
@Suite struct NodeWaitTests {
  private func waits(_ outcome: RunOutcome, _ job: Int) -> [WaitCause: Double] {
    var result: [WaitCause: Double] = [:]
    for cause in WaitCause.allCases {
      let rows = outcome.waits.rows(of: job).filter { outcome.waits.cause[$0] == cause }
      let span = rows.reduce(0) { $0 + outcome.waits.nanoseconds[$1] }
      if span > 0 { result[cause] = Double(span) / 1e9 }
    }
    return result
  }

  @Test func `a job waits for capacity until its node is asked for, and then for the node`() throws {
    let run = AutoNodesRun(groups: [(Array(repeating: .gpu(2), count: 2), { _ in })], end: 1_000)
    let outcome = try run([AutoNodesRun.job(1, at: 0, for: 10)])
    #expect(waits(outcome, 0) == [.capacity: 1, .provisioning: 300])
  }

  @Test func `a gang waits for nodes that come when the rest of its workers would fit on them`() throws {
    let run = AutoNodesRun(groups: [(Array(repeating: .gpu(1), count: 2), { $0.atStart = 1 })], end: 1_000)
    let gang = JobSketch(arrival: 0, duration: AutoNodesRun.nanoseconds(10), gpus: 1, workers: 2)
    let outcome = try run([gang])
    #expect(waits(outcome, 0) == [.capacity: 1, .provisioning: 300])
  }

  @Test func `a job for which no node can be had waits for stock`() throws {
    let run = AutoNodesRun(groups: [(Array(repeating: .gpu(2), count: 2), { $0.stockOut = 1 })], end: 1_000)
    let outcome = try run([AutoNodesRun.job(1, at: 0, for: 10), AutoNodesRun.job(1, at: 0, for: 10)])
    let causes = waits(outcome, 0)
    #expect(causes[.stockOut, default: 0] + causes[.capacity, default: 0] == 1_000)
    // The type is asked for again when its pause of three minutes is over.
    #expect(causes[.capacity, default: 0] < 10)
  }

  @Test func `a job of higher priority preempts where it can, and else brings a node`() throws {
    let run = AutoNodesRun(groups: [(Array(repeating: .gpu(1), count: 2), { $0.atStart = 1 })], end: 2_000)
    let jobs = [
      AutoNodesRun.job(1, at: 0, for: 500), AutoNodesRun.job(1, at: 50, for: 100),
      AutoNodesRun.job(1, at: 60, for: 100),
    ]
    let outcome = try run(jobs) {
      $0.jobs.priority = [0, 10, 10]
      $0.queue = .ordered(.priority, headOfLineBlocking: false)
      $0.preemption = PriorityPreemption(.kubeScheduler)
    }
    // The second takes the only node, the third has to wait for it, and a node comes for the
    // first, which would be up at 351 s: it runs before that where the others did.
    #expect(outcome.startSeconds[1] == 50 && outcome.startSeconds[2] == 150)
    #expect(outcome.startSeconds[0] == 250)
    #expect(outcome.autoNodes[0].launched == 1)
    #expect(outcome.jobs.state.allSatisfy { $0 == .completed })
  }
}
