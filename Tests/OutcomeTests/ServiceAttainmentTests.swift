import Hardware
import SimulationKernel
import Testing
import Workload

@testable import Outcome

@Suite("Attainment of services")
struct ServiceAttainmentTests {
  /// Replica 0 runs for 1,000 s; replica 1 from 200 to 400 s, then again from
  /// 600 s on; a batch job beside them counts for nothing.
  private func run() -> (RunOutcome, JobTable) {
    var jobs = JobTable()
    jobs.tenants = ["default"]
    jobs.classes = ["chat", "train"]
    jobs.shapes = [JobShape(cpuMilli: 1, memoryMiB: 1, gpuCount: 1, milliGPUPerDevice: 1000)]
    for job in 0..<3 {
      jobs.arrival.append(.zero)
      jobs.duration.append(.seconds(1000))
      jobs.shape.append(ShapeID(rawValue: 0))
      jobs.tenant.append(TenantID(rawValue: 0))
      jobs.jobClass.append(JobClassID(rawValue: job == 2 ? 1 : 0))
      jobs.priority.append(0)
      jobs.busyMilli.append(1000)
      jobs.kind.append(job == 2 ? .batch : .service)
    }
    jobs.services = [
      ServiceLoad(
        jobClass: JobClassID(rawValue: 0),
        requests: .constant(10),
        capacityPerReplica: 4,
        coldStart: .seconds(100)
      )
    ]
    let second: Int64 = 1_000_000_000
    var outcome = RunOutcome()
    outcome.end = .zero + .seconds(1000)
    outcome.jobs.state = [.completed, .running, .completed]
    outcome.jobs.startNanoseconds = [0, 600 * second, 0]
    outcome.jobs.endNanoseconds = [1000 * second, -1, 1000 * second]
    outcome.interruptedAttempts = [
      InterruptedAttempt(
        job: JobID(rawValue: 1),
        startNanoseconds: 200 * second,
        endNanoseconds: 400 * second,
        node: NodeID(rawValue: 0),
        gpuMask: 1
      )
    ]
    return (outcome, jobs)
  }

  @Test("ready from a cold start after each start; requests beyond the capacity are lost")
  func figures() throws {
    let (outcome, jobs) = run()
    let attainment = ServiceAttainment(jobs.services[0], outcome, jobs)
    // Replica 0 is ready from 100 s on, replica 1 for 100 s and for 300 s.
    #expect(abs(attainment.readySeconds - 1300) < 1e-9)
    #expect(abs(attainment.requests - 10_000) < 1e-9)
    #expect(abs(attainment.served - 5200) < 1e-9)
    #expect(abs(try #require(attainment.percent) - 52) < 1e-9)
    let metrics = OutcomeMetrics.services(outcome, jobs)
    #expect(
      metrics.map { "\($0.scope) \($0.name)" } == [
        "fleet service.requests", "fleet service.attainment", "fleet service.ready_replicas",
        "class:chat service.requests", "class:chat service.attainment", "class:chat service.ready_replicas",
      ]
    )
  }

  @Test("only the measured window counts, and capacity beyond the rate is no gain")
  func window() throws {
    var (outcome, jobs) = run()
    outcome.measuredFrom = .zero + .seconds(500)
    #expect(abs(ServiceAttainment(jobs.services[0], outcome, jobs).served - (4 * 200 + 8 * 300)) < 1e-9)
    jobs.services[0].capacityPerReplica = 1e6
    #expect(ServiceAttainment(jobs.services[0], outcome, jobs).percent == 100)
  }

  @Test("no service, no rows; no requests, no share")
  func none() {
    var (outcome, jobs) = run()
    jobs.services[0].requests = .constant(0)
    #expect(ServiceAttainment(jobs.services[0], outcome, jobs).percent == nil)
    jobs.services = []
    outcome.jobs.state[1] = .waiting
    #expect(OutcomeMetrics.services(outcome, jobs).isEmpty)
  }
}
