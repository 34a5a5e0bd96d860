import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Budgets that count what nodes cost; times and money are worked by hand.
@Suite struct BurstBudgetTests {
  private func seconds(_ value: Double) -> Int64 { Int64((value * 1e9).rounded()) }

  /// One GPU at home that is taken, and a cloud node of 60 USD an hour, a USD a
  /// minute, that a job of 10 minutes brings; another job of 5 minutes comes at
  /// 1,000 s. The budget is 21 USD an hour. Returns when the last job starts.
  private func start(_ counts: Bursting.Budget.Counts, _ change: (inout SimulationInput) -> Void = { _ in })
    throws -> Double
  {
    let jobs: [JobSketch] = [
      .gpu(1, at: 0, for: seconds(7_000)), .gpu(1, at: seconds(1), for: seconds(600)),
      .gpu(1, at: seconds(1_000), for: seconds(300)),
    ]
    let outcome = try Simulation.run(
      input([.gpu(1), .gpu(1)], jobs).with {
        $0.fleet.nodes[1].labels = [NodeLabel(Bursting.siteLabel, "cloud")]
        $0.horizon = SimTime(nanoseconds: seconds(7_200))
        $0.queue = .fifo(headOfLineBlocking: false)
        $0.burst = Bursting(sites: ["base", "cloud"], home: 0, rules: [Bursting.Rule(sites: [1])])
        $0.burst!.budget = Bursting.Budget(usd: 21, every: .seconds(3_600))
        $0.burst!.budget!.counts = counts
        $0.autoNodes = AutoNodes(
          pools: [AutoNodes.Pool(name: "cloud")],
          groups: [AutoNodes.Group(name: "cloud", nodes: 1..<2, pool: 0, pricePerHour: 60)]
        )
        change(&$0)
      }
    )
    // The node is asked for at 2 s and up 300 s later.
    #expect(outcome.startSeconds[1] == 302)
    return outcome.startSeconds[2]
  }

  @Test func `a node that idles is paid, and holds the next job until the next period`() throws {
    // Charged are 10 and 5 USD; but the node, kept since 2 s, has cost 16.63 at 1,000 s.
    #expect(try start(.permitted) { $0.autoNodes!.consolidateAfter = nil } == 1_000)
    #expect(try start(.nodes) { $0.autoNodes!.consolidateAfter = nil } == 3_600)
  }

  @Test func `a node that goes when it is empty is paid no longer`() throws {
    // It is gone by 957 s: 15.92 and 5 USD fit, and the node comes again.
    #expect(try start(.nodes) == 1_301)
  }

  @Test func `nodes under an agreement cost the budget nothing more`() throws {
    let start = try start(.nodes) {
      $0.autoNodes!.consolidateAfter = nil
      $0.burst!.agreements = [Bursting.Agreement(group: "cloud", nodes: 1, pricePerHour: 1)]
    }
    // 20 USD are left of the period; only what jobs may still cost counts.
    #expect(start == 1_000)
  }
}
