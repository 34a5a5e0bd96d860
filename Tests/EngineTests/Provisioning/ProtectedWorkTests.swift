import Foundation
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Engine

/// Jobs that may not be told to leave their nodes, for a while or as long as too many of
/// their class are stopped; times are worked by hand.
@Suite struct ProtectedWorkTests {
  private func seconds(_ value: Double) -> SimDuration {
    SimDuration(nanoseconds: AutoNodesRun.nanoseconds(value))
  }

  private func job(_ gpus: Int32, at arrival: Double, for duration: Double) -> JobSketch {
    AutoNodesRun.job(gpus, at: arrival, for: duration)
  }

  /// Two nodes of 2 GPUs, of which one could go from 100 s on.
  private func decided(_ change: (inout SimulationInput) -> Void) throws -> [Double] {
    let run = AutoNodesRun(groups: [(Array(repeating: .gpu(2), count: 2), { $0.atStart = 2 })], end: 1_000)
    return try run([job(1, at: 0, for: 5_000), job(1, at: 0, for: 100), job(1, at: 0, for: 5_000)]) {
      $0.autoNodes!.consolidatesUnderused = true
      $0.autoNodes!.budget = 1
      change(&$0)
    }.nodeDisruptions.map { Double($0.atNanoseconds) / 1e9 }
  }

  @Test func `a node stays as long as the youngest job on it is protected`() throws {
    #expect(try decided { _ in } == [125])
    #expect(try decided { $0.autoNodes!.protectedFor = ["class": seconds(300)] } == [315])
    // There is a look when the protection ends, and at it the second job has ended.
    #expect(try decided { $0.autoNodes!.protectedFor = ["class": seconds(99)] } == [115])
    #expect(try decided { $0.autoNodes!.protectedFor = ["class": AutoNodes.always] } == [])
    // A class of which there are no jobs.
    #expect(try decided { $0.autoNodes!.protectedFor = ["nobody": seconds(300)] } == [125])
  }

  @Test func `no node goes while none of a class may be stopped`() throws {
    let cases: [(DisruptionBudget, [Double])] = [
      (.jobs(0), []), (.jobs(1), [125]), (.running(2), []), (.running(1), [125]),
      (.share(thousandths: 0), []), (.share(thousandths: 10), [125]),
      (.runningShare(thousandths: 500), [125]), (.runningShare(thousandths: 501), []),
    ]
    for (budget, expected) in cases {
      let found = try decided { $0.jobs.disruptionBudgets = [budget] }
      #expect(found == expected, "\(budget.text)")
    }
  }

  @Test func `a job that is protected for a while is told when that is over`() throws {
    func stopped(limit: Double?) throws -> [Double] {
      let run = AutoNodesRun(
        groups: [([.gpu(1)], { ($0.atStart, $0.expireAfter) = (1, seconds(100)) })],
        end: 700
      )
      return try run([job(1, at: 0, for: 5_000)]) {
        $0.autoNodes!.protectedFor = ["class": seconds(400)]
        $0.autoNodes!.drainLimit = limit.map(seconds)
      }.interruptedAttempts.map { Double($0.endNanoseconds) / 1e9 }
    }
    // The node expires at 100 s; the job is told at 400 s, and has 30 s.
    #expect(try stopped(limit: nil) == [430])
    #expect(try stopped(limit: 200) == [300])
    #expect(try stopped(limit: 500) == [430])
  }

  /// One node of 2 GPUs with two jobs expires at 100 s; another may come.
  private func expired(_ budget: DisruptionBudget, limit: Double? = nil) throws -> RunOutcome {
    let run = AutoNodesRun(
      groups: [
        ([.gpu(2)], { ($0.atStart, $0.expireAfter) = (1, seconds(100)) }),
        ([.gpu(2)], { $0.pricePerHour = 1 }),
      ],
      end: 2_000
    )
    return try run([job(1, at: 0, for: 5_000), job(1, at: 0, for: 5_000)]) {
      $0.jobs.disruptionBudgets = [budget]
      $0.autoNodes!.drainLimit = limit.map(seconds)
    }
  }

  @Test func `a node that drains waits until the next job of a class may be stopped`() throws {
    let outcome = try expired(.jobs(1))
    let ends = outcome.interruptedAttempts.map { Double($0.endNanoseconds) / 1e9 }
    // The other node is asked for a second after the first is told, at 101 s, and is up
    // 300 s later; the second job is told at the next try, and has 30 s.
    #expect(ends == [130, 440])
    #expect(outcome.startSeconds.sorted() == [401, 440])
    let first = try #require(outcome.interruptedAttempts.first).job.rawValue
    #expect(outcome.startSeconds[Int(first)] == 401)
  }

  @Test func `without a budget all are told at once, and the limit of draining ends every wait`() throws {
    func ends(_ budget: DisruptionBudget, limit: Double? = nil) throws -> [Double] {
      try expired(budget, limit: limit).interruptedAttempts.map { Double($0.endNanoseconds) / 1e9 }
    }
    #expect(try ends(.jobs(2)) == [130, 130])
    #expect(try ends(.jobs(0)) == [])
    #expect(try ends(.running(2), limit: 250) == [350, 350])
    #expect(try ends(.jobs(1), limit: 200) == [130, 300])
  }

  @Test func `a provider that takes a node back does not wait`() throws {
    let run = AutoNodesRun(
      groups: [
        ([.gpu(1)], { ($0.atStart, $0.purchase, $0.interruptionsPerHour) = (1, .spot, 100) })
      ],
      end: 3_000
    )
    let outcome = try run([job(1, at: 0, for: 9_000)]) { $0.jobs.disruptionBudgets = [.jobs(0)] }
    let first = try #require(outcome.interruptedAttempts.first)
    let told = try #require(outcome.nodeStages.first { $0.stage == .draining })
    #expect(first.endNanoseconds == told.atNanoseconds + AutoNodesRun.nanoseconds(120))
  }

  // MARK: - Budgets by cron

  @Test func `a budget may hold at the times of a cron expression`() throws {
    let hour: Int64 = 3_600_000_000_000
    let window = AutoNodes.Budget.Window(
      schedule: try CronSchedule("0 9 * * mon-fri"),
      length: SimDuration(nanoseconds: 8 * hour)
    )
    // A run begins on a Monday.
    let inside: [Int64] = [9, 12, 33, 180]
    let outside: [Int64] = [0, 17, 26, 132]
    for hours in inside { #expect(window.holds(at: hours * hour), "\(hours)") }
    for hours in outside { #expect(!window.holds(at: hours * hour), "\(hours)") }
    #expect(window.holds(at: 17 * hour - 1) && !window.holds(at: 9 * hour - 1))
    // The last of the week ends on Friday at 17:00.
    for (now, next) in [(0, 9), (9, 17), (113, 177)] as [(Int64, Int64)] {
      #expect(window.nextChange(after: now * hour) == next * hour)
    }
    #expect(try decided { $0.autoNodes!.budgets = [.init(.nodes(0), window: window)] } == [125])
    let now = AutoNodes.Budget.Window(schedule: try CronSchedule("0 0 * * mon"), length: seconds(450))
    #expect(try decided { $0.autoNodes!.budgets = [.init(.nodes(0), window: now)] } == [465])
  }

  @Test func `the same times by cron and by period hold at the same times`() throws {
    var draws = SplitMix(seed: 7)
    let minute: Int64 = 60_000_000_000
    for _ in 0..<200 {
      let hourOfDay = Int64.random(in: 0..<24, using: &draws)
      let minuteOfHour = Int64.random(in: 0..<60, using: &draws)
      let length = SimDuration(nanoseconds: Int64.random(in: 1..<24 * 60, using: &draws) * minute)
      let cron = AutoNodes.Budget.Window(
        schedule: try CronSchedule("\(minuteOfHour) \(hourOfDay) * * *"),
        length: length
      )
      let period = AutoNodes.Budget.Window(
        period: SimDuration(nanoseconds: 1_440 * minute),
        from: SimDuration(nanoseconds: (60 * hourOfDay + minuteOfHour) * minute),
        length: length
      )
      for _ in 0..<20 {
        let now = Int64.random(in: 0..<20 * 1_440 * minute, using: &draws)
        #expect(cron.holds(at: now) == period.holds(at: now))
        #expect(cron.nextChange(after: now) == period.nextChange(after: now))
      }
    }
  }
}
