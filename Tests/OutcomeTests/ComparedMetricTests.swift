import Outcome
import OutcomeFixtures
import SimulationKernel
import Testing
import Workload

@Suite("The table of compared metrics")
struct ComparedMetricTests {
  @Test("every metric of the table is one that a run has, in that unit")
  func known() throws {
    // With all that only some runs have.
    var jobs = SmallRun.jobs
    jobs.timeLimit = jobs.kind.map { _ in .zero }
    jobs.deadline = jobs.kind.map { $0 == .batch ? .seconds(3600) : .zero }
    jobs.retry = jobs.kind.map { _ in 0 }
    jobs.after = JobLists(jobs.kind.map { _ in [] })
    var outcome = SmallRun.outcome()
    outcome.jobs.rate = jobs.arrival.map { _ in 1 }
    outcome.jobs.bestRate = outcome.jobs.rate
    outcome.jobs.usedMilliNanoseconds = jobs.arrival.map { _ in 1 }
    outcome.jobs.oomKills = jobs.arrival.map { _ in 0 }
    outcome.gangsHold = true
    outcome.autoNodes = [AutoNodeTotals(name: "auto", gpusPerNode: 8, pricePerHour: 1)]
    outcome.budgetViolations = jobs.classes.map { _ in 0 }
    jobs.services = [
      ServiceLoad(
        jobClass: JobClassID(rawValue: 1),
        requests: .constant(1),
        capacityPerReplica: 1,
        coldStart: .zero
      )
    ]
    outcome.autoNodes = [AutoNodeTotals(name: "cloud", gpusPerNode: 8, pricePerHour: 1)]
    let metrics = OutcomeMetrics.compute(outcome: outcome, jobs: jobs, fleet: SmallRun.fleet)
    for compared in ComparedMetric.all {
      let metric = try #require(
        metrics.first { $0.name == compared.name && $0.scope == "fleet" },
        "\(compared.name)"
      )
      #expect(metric.unit == compared.unit)
    }
  }

  @Test("names and labels are unique")
  func unique() {
    #expect(Set(ComparedMetric.all.map(\.name)).count == ComparedMetric.all.count)
    #expect(Set(ComparedMetric.all.map(\.label)).count == ComparedMetric.all.count)
    #expect(ComparedMetric.named("wait.p95")?.better == .lower)
    #expect(ComparedMetric.named("nonsense") == nil)
  }
}
