import Engine
import Foundation
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Nodes that come and go fail, are mended and replaced: worked from the instant
/// at which a node fails, which is drawn. Times are seconds.
@Suite struct NodeFailureTests {
  private func seconds(_ value: Double) -> SimDuration {
    SimDuration(nanoseconds: AutoNodesRun.nanoseconds(value))
  }

  /// One cause that strikes every 20,000 s on average.
  private func cause(
    repair: Double?,
    condition: FailureCause.Condition = .notReady,
    every mean: Double = 20_000
  ) -> FailureCause {
    FailureCause(
      name: "host",
      perNodeDay: 86_400 / mean,
      repair: repair.map { .constant($0) },
      condition: condition
    )
  }

  /// So many nodes of two GPUs of which `kept` are kept.
  private func run(
    _ count: Int,
    kept: Int,
    _ cause: FailureCause,
    jobs: [JobSketch] = [],
    end: Double = 60_000,
    seed: UInt64 = 1,
    purchase: AutoNodes.Purchase = .onDemand,
    _ change: @escaping (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    let run = AutoNodesRun(
      groups: [
        (
          Array(repeating: .gpu(2), count: count),
          {
            ($0.atStart, $0.failures, $0.purchase) = (kept, [cause], purchase)
            if purchase != .owned { $0.replicas = kept }
          }
        )
      ],
      end: end
    )
    return try run(jobs) {
      $0.seed = seed
      $0.autoNodes!.consolidateAfter = nil
      change(&$0)
    }
  }

  private func at(_ change: NodeStageChange) -> Double { Double(change.atNanoseconds) / 1e9 }

  /// What became of the fleet after its first failure: seconds since then, node
  /// and stage.
  private func story(_ outcome: RunOutcome, most: Int) throws -> [String] {
    let first = try #require(outcome.nodeStages.firstIndex { $0.stage == .failed })
    let zero = at(outcome.nodeStages[first])
    return outcome.nodeStages[first...].prefix(most).map { change in
      let after = ((at(change) - zero) * 1e3).rounded() / 1e3
      return "\(Int(after)) \(change.node) \(change.stage?.name ?? "gone")"
    }
  }

  @Test func `a node that fails is down until it is mended, and what ran there waits`() throws {
    let job = AutoNodesRun.job(2, at: 0, for: 100_000)
    let outcome = try run(1, kept: 1, cause(repair: 3_600), jobs: [job])
    #expect(try story(outcome, most: 2) == ["0 0 failed", "3600 0 up"])
    let failure = try #require(outcome.nodeStages.first { $0.stage == .failed })
    #expect(outcome.interruptedAttempts[0].endNanoseconds == failure.atNanoseconds)
    let failures = outcome.nodeStages.count { $0.stage == .failed }
    #expect(outcome.jobs.interruptions == [UInt32(failures)])
    #expect(outcome.autoNodes[0].failures == Int64(failures))
    #expect(outcome.evicted(.unhealthy) == Int64(failures) && outcome.autoNodes[0].removed == 0)
    // Without checkpoints all of its work is lost.
    let ran = outcome.interruptedAttempts.reduce(0.0) {
      $0 + Double($1.endNanoseconds - $1.startNanoseconds) / 1e9
    }
    #expect(abs(outcome.lostSeconds(.unhealthy) - 2 * ran) < 1e-6)
    checkBooks(outcome, "one node")
  }

  @Test func `node repair removes a node that is not ready after 30 minutes, and another comes`() throws {
    let outcome = try run(2, kept: 1, cause(repair: 40_000)) { $0.autoNodes!.repair = AutoNodes.Repair() }
    #expect(
      try story(outcome, most: 5) == [
        "0 0 failed", "1800 0 terminating", "1800 1 launching", "1830 0 gone", "2100 1 up",
      ]
    )
    #expect(outcome.removed(.unhealthy) == outcome.autoNodes[0].removed)
  }

  @Test func `where no other node may be, the next comes when the node is gone`() throws {
    let outcome = try run(1, kept: 1, cause(repair: 40_000)) { $0.autoNodes!.repair = AutoNodes.Repair() }
    #expect(
      try story(outcome, most: 5) == [
        "0 0 failed", "1800 0 terminating", "1830 0 gone", "1830 0 launching", "2130 0 up",
      ]
    )
  }

  @Test func `bad accelerators are borne for 10 minutes`() throws {
    let bad = cause(repair: 40_000, condition: .accelerator)
    let outcome = try run(2, kept: 1, bad) { $0.autoNodes!.repair = AutoNodes.Repair() }
    #expect(try story(outcome, most: 2) == ["0 0 failed", "600 0 terminating"])
  }

  @Test func `a node that is mended sooner stays, and so does an owned one`() throws {
    let quick = try run(2, kept: 1, cause(repair: 1_799)) { $0.autoNodes!.repair = AutoNodes.Repair() }
    #expect(try story(quick, most: 2) == ["0 0 failed", "1799 0 up"])
    let owned = try run(1, kept: 1, cause(repair: 9_000), purchase: .owned) {
      $0.autoNodes!.repair = AutoNodes.Repair()
    }
    #expect(try story(owned, most: 2) == ["0 0 failed", "9000 0 up"])
    #expect(owned.autoNodes[0].removed == 0)
  }

  @Test func `a crash of software stops what runs and leaves the node up`() throws {
    let job = AutoNodesRun.job(2, at: 0, for: 300_000)
    let outcome = try run(1, kept: 1, cause(repair: nil), jobs: [job])
    #expect(outcome.jobs.interruptions[0] > 0)
    #expect(!outcome.nodeStages.contains { $0.stage == .failed })
    #expect(outcome.autoNodes[0].failures == 0 && outcome.stageSeconds(.up) == 60_000)
  }

  @Test func `jobs that wait bring another node while one is down`() throws {
    let run = AutoNodesRun(
      groups: [
        (Array(repeating: .gpu(2), count: 3), { ($0.atStart, $0.failures) = (1, [cause(repair: 50_000)]) })
      ],
      end: 60_000
    )
    let outcome = try run([AutoNodesRun.job(2, at: 0, for: 100_000)]) { $0.autoNodes!.consolidateAfter = nil }
    // The batch closes a second after the job has come to wait.
    #expect(try story(outcome, most: 3) == ["0 0 failed", "1 1 launching", "301 1 up"])
    let failure = outcome.nodeStages.first { $0.stage == .failed }
    #expect(outcome.interruptedAttempts.first?.endNanoseconds == failure?.atNanoseconds)
  }

  @Test func `checkpoints keep their work, and retries are counted, as on nodes that stay`() throws {
    let job = AutoNodesRun.job(2, at: 0, for: 400_000)
    let outcome = try run(2, kept: 1, cause(repair: 60), jobs: [job], end: 300_000) {
      $0.jobs.checkpoint = [1]
      $0.jobs.checkpointPlans = [
        CheckpointPlan(interval: seconds(600), write: seconds(10), restart: seconds(30))
      ]
    }
    #expect(outcome.interruptedAttempts.count > 5)
    for (number, run) in outcome.interruptedAttempts.enumerated() {
      let length = Double(run.endNanoseconds - run.startNanoseconds) / 1e9
      let worked = max(0, length - (number == 0 ? 0 : 30))
      #expect(Double(run.keptNanoseconds) / 1e9 == 600 * (worked / 610).rounded(.down))
    }
    let impatient = try run(2, kept: 1, cause(repair: 60), jobs: [job], end: 300_000) {
      $0.jobs.retry = [1]
      $0.jobs.retryRules = [RetryRule(most: 2)]
    }
    #expect(impatient.jobs.state == [.failed])
    #expect(impatient.interruptedAttempts.count == 2 && impatient.evicted(.unhealthy) == 3)
    let runs =
      impatient.interruptedAttempts.map { ($0.startNanoseconds, $0.endNanoseconds) }
      + [(impatient.jobs.startNanoseconds[0], impatient.jobs.endNanoseconds[0])]
    let ran = runs.reduce(0.0) { $0 + Double($1.1 - $1.0) / 1e9 }
    #expect(abs(impatient.lostSeconds(.unhealthy) - 2 * ran) < 1e-6)
  }

  /// 20 % of three nodes, rounded up, is one.
  @Test func `node repair is suspended while more than a fifth of a pool is down`() throws {
    var (suspended, removed) = (0, 0)
    for seed in UInt64(1)...40 {
      let outcome = try run(6, kept: 3, cause(repair: 9_000, every: 8_000), seed: seed) {
        $0.autoNodes!.repair = AutoNodes.Repair()
      }
      var down: [Int32: Double] = [:]
      var total = Set<Int32>()
      for change in outcome.nodeStages {
        switch change.stage {
        case .up:
          total.insert(change.node)
          down[change.node] = nil
        case .failed: down[change.node] = at(change)
        case .terminating:
          let since = try #require(down[change.node])
          let most = Int((0.2 * Double(total.count) - 1e-9).rounded(.up))
          #expect(down.count <= most, "seed \(seed): \(down.count) of \(total.count)")
          #expect(at(change) >= since + 1_800 - 1e-6)
          if at(change) > since + 1_801 { suspended += 1 }
          removed += 1
        case nil:
          total.remove(change.node)
          down[change.node] = nil
        default: break
        }
      }
    }
    #expect(suspended > 20 && removed > 100, "\(suspended) of \(removed)")
  }

  @Test func `what fails does not depend on what is done about it or on what runs`() throws {
    /// By node and the number of its life: how long it was up before it first failed.
    func firsts(_ outcome: RunOutcome) -> [String: Int64] {
      var lives: [Int32: Int] = [:]
      var up: [Int32: Int64] = [:]
      var result: [String: Int64] = [:]
      for change in outcome.nodeStages {
        switch change.stage {
        case .launching: lives[change.node, default: 0] += 1
        case .up: up[change.node] = up[change.node] ?? change.atNanoseconds
        case .failed:
          let key = "\(change.node) in life \(lives[change.node] ?? 0)"
          result[key] = result[key] ?? change.atNanoseconds - up[change.node]!
        case nil: up[change.node] = nil
        default: break
        }
      }
      return result
    }
    let fault = cause(repair: 5_000, every: 9_000)
    let plain = firsts(try run(6, kept: 4, fault, end: 200_000))
    let repaired = firsts(
      try run(6, kept: 4, fault, end: 200_000) {
        $0.autoNodes!.repair = AutoNodes.Repair()
        $0.autoNodes!.repair!.suspendAbove = 1
      }
    )
    let busy = firsts(
      try run(
        6,
        kept: 3,
        fault,
        jobs: (0..<90).map { AutoNodesRun.job(1, at: 100 * Double($0), for: 5_000) },
        end: 200_000
      ) {
        $0.autoNodes!.repair = AutoNodes.Repair()
      }
    )
    #expect(plain.count == 4 && repaired.count > 20 && busy.count > 10)
    for other in [plain, busy] {
      let common = Set(other.keys).intersection(repaired.keys)
      #expect(common.count >= 3)
      for key in common { #expect(other[key] == repaired[key], "\(key)") }
    }
    // Each life has a clock of its own.
    #expect(Set(repaired.values).count == repaired.count)
  }

  /// One node may go at a time; one that is not ready takes that place.
  @Test(arguments: [FailureCause.Condition.notReady, .accelerator])
  func `budgets count nodes that are not ready as if they went`(condition: FailureCause.Condition) throws {
    let run = AutoNodesRun(
      groups: [
        (
          Array(repeating: .gpu(2), count: 30),
          {
            ($0.atStart, $0.driftsAt) = (10, [SimTime(nanoseconds: 1)])
            $0.failures = [cause(repair: 1e9, condition: condition, every: 5_000)]
          }
        )
      ],
      end: 20_000
    )
    let jobs = (0..<10).map { _ in AutoNodesRun.job(2, at: 0, for: 19_000) }
    let outcome = try run(jobs) {
      $0.autoNodes!.consolidateAfter = nil
      $0.autoNodes!.budget = 1
      $0.autoNodes!.budgets = [.init(.nodes(1))]
    }
    let drifts = outcome.nodeDisruptions.filter { $0.removal == .drifted }
    let first = try #require(outcome.nodeStages.first { $0.stage == .failed }).atNanoseconds
    #expect(drifts.contains { $0.atNanoseconds < first })
    #expect(drifts.contains { $0.atNanoseconds > first } == (condition == .accelerator))
  }

  @Test func `what cannot be is refused`() throws {
    func refusal(_ change: @escaping (inout SimulationInput) -> Void) -> String {
      do {
        _ = try run(2, kept: 1, cause(repair: 60), change)
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal { $0.autoNodes!.repair = AutoNodes.Repair() } == "")
    #expect(
      refusal {
        $0.autoNodes!.repair = AutoNodes.Repair()
        $0.autoNodes!.repair!.suspendAbove = 1.5
      }.contains("a share of 0 ... 1")
    )
    #expect(
      refusal {
        $0.autoNodes!.repair = AutoNodes.Repair()
        $0.autoNodes!.repair!.notReady = SimDuration(nanoseconds: -1)
      }.contains("36 years")
    )
    #expect(refusal { $0.autoNodes!.groups[0].failures += [cause(repair: 1)] }.contains("one name"))
    #expect(refusal { $0.autoNodes!.groups[0].failures[0].perNodeDay = -1 }.contains("rates of failures"))
    #expect(
      refusal {
        $0.autoNodes!.repair = AutoNodes.Repair()
        $0.autoNodes!.groups[0].replicas = nil
        $0.autoNodes!.use(ClusterAutoscaler())
      }.contains("cluster-autoscaler has none")
    )
    let plan = RollingMaintenance(
      startNanoseconds: 1,
      nodes: [NodeID(rawValue: 0)],
      atOnce: 1,
      duration: seconds(60),
      drainLimit: nil
    )
    #expect(refusal { $0.maintenances = [plan] }.contains("replaced where their group drifts"))
    #expect(refusal { $0.fleetChanges = [FleetChange(at: 1, .fail, 0)] }.contains("state the failures"))
  }
}
