import Hardware
import OutcomeFixtures
import SimulationKernel
import Testing
import Workload

@testable import Outcome

@Suite("Metrics of a run")
struct OutcomeMetricsTests {
  private let metrics = OutcomeMetrics.compute(
    outcome: SmallRun.outcome(),
    jobs: SmallRun.jobs,
    fleet: SmallRun.fleet
  )

  private func value(_ name: String, _ scope: String = "fleet") -> Double? {
    metrics.first { $0.name == name && $0.scope == scope }?.value
  }

  @Test("no name occurs twice in a scope, and every value is finite")
  func tidy() {
    #expect(Set(metrics.map { $0.scope + " " + $0.name }).count == metrics.count)
    #expect(metrics.allSatisfy { $0.value.isFinite })
  }

  @Test("shares are of capacity x time, and the ledger's leaves add up to it")
  func ledger() throws {
    #expect(value("gpus") == 18)
    #expect(value("gpu_time.capacity") == 180)
    let leaves = LedgerLeaf.allCases.compactMap { value("gpu_time.\($0.path)") }
    #expect(leaves.count == LedgerLeaf.allCases.count)
    #expect(abs(leaves.reduce(0, +) - 180) < 1e-9)
    let ledger = SmallRun.outcome().ledger
    let allocation = try #require(value("allocation"))
    #expect(allocation == 100 * Double(ledger.allocated) / Double(ledger.capacity))
    #expect(abs(try #require(value("stranded")) - 11) < 1e-6)
    #expect(abs(try #require(value("stranded.cpu")) - 8) < 1e-6)
    #expect(value("down") == 1)
  }

  @Test("waits: started jobs only, with those that still wait told beside them")
  func waits() {
    // Started: jobs 0-5, 7, 8; waits in minutes 0, 0, 0, 30, 40, 50, 0, and 20
    // of the 80 until the last start of the job that ran an hour before.
    #expect(value("jobs.started") == 8)
    #expect(value("jobs.counted") == 10)
    #expect(value("jobs.waiting") == 1)
    #expect(value("jobs.withdrawn") == 1)
    #expect(value("jobs.rejected") == 1)
    #expect(value("wait.mean") == 1050)
    #expect(value("wait.p50") == 0)
    #expect(value("wait.p90") == 3000)
    #expect(value("wait.max") == 3000)
    #expect(value("waited.gpu_model") == 1)
    #expect(value("wait_time.gpu_model") == 5.5)
    #expect(value("waited.cpu") == 1)
    #expect(value("wait_time.cpu") == 2)
    #expect(value("makespan") == 8 * 3600.0 - 2400)
  }

  @Test("completion times leave out services, whose length is given")
  func completionTimes() {
    // Batch and completed: 0, 1, 3, 4, 7, 8.
    #expect(value("jct.p50") == 7200)
    #expect(value("jct.p95") == 12_000)
  }

  @Test("groups partition the jobs")
  func groups() {
    for prefix in ["class:", "tenant:", "size:"] {
      let counted = metrics.filter { $0.scope.hasPrefix(prefix) && $0.name == "jobs.counted" }
      #expect(counted.map(\.value).reduce(0, +) == value("jobs.counted"))
    }
    #expect(value("jobs.started", "size:5-8") == 2)
    #expect(value("wait.p50", "class:train") == 0)
  }

  @Test("arrivals before the measured window are not counted")
  func window() {
    var outcome = SmallRun.outcome()
    outcome.measuredFrom = SimTime(nanoseconds: 3_600_000_000_000)
    let metrics = OutcomeMetrics.compute(outcome: outcome, jobs: SmallRun.jobs, fleet: SmallRun.fleet)
    #expect(metrics.first { $0.name == "jobs.counted" }?.value == 8)
  }

  @Test("an empty run has no undefined figures")
  func empty() {
    let metrics = OutcomeMetrics.compute(outcome: RunOutcome(), jobs: JobTable(), fleet: Fleet())
    #expect(metrics.allSatisfy { $0.value.isFinite })
    #expect(!metrics.contains { $0.name == "wait.p50" || $0.name == "allocation" })
  }

  @Test("nearest rank: the smallest value at or above the share", arguments: 1...200)
  func nearestRank(count: Int) {
    var statistics = OrderStatistics()
    for value in 1...count { statistics.append(Int64(value)) }
    for percent in [1, 50, 90, 95, 99, 100] {
      let expected = (1...count).first { 100 * $0 >= percent * count }
      #expect(statistics.percentile(percent) == expected.map(Int64.init))
    }
  }

  @Test("size classes have the bounds that their names say")
  func sizes() {
    func size(_ gpus: Int32, _ milli: Int32 = 1000, workers: Int32 = 1) -> String {
      JobSize(
        of: JobShape(
          cpuMilli: 0,
          memoryMiB: 0,
          gpuCount: gpus,
          milliGPUPerDevice: milli,
          workers: workers
        )
      ).name
    }
    #expect(size(0, 0) == "0")
    #expect(size(1, 999) == "fraction")
    #expect([1, 2, 4, 5, 8, 9, 16].map { size($0) } == ["1", "2-4", "2-4", "5-8", "5-8", "9-16", "9-16"])
    // A gang counts with the GPUs of all its workers.
    #expect(size(0, 0, workers: 9) == "0")
    #expect(size(1, 100, workers: 9) == "fraction")
    #expect([2, 3, 8, 9].map { size(1, 500, workers: $0) } == ["1", "2-4", "2-4", "5-8"])
    #expect(
      [1, 2, 3, 8, 9, 32, 33].map { size(8, workers: $0) } == [
        "5-8", "9-16", "17-64", "17-64", "65-256", "65-256", "257+",
      ]
    )
  }
}
