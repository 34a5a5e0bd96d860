import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

@Suite struct LargeServiceTests {
  @Test func `service of many thousand GPU-hours is still told apart`() throws {
    // 8 GPUs for 40 and for 35 days: in thousandths x ns, beyond 64 bits.
    let day: Int64 = 86_400
    var fleet = Fleet()
    let model = fleet.intern(gpuModel: "gpu")
    fleet.nodes = [NodeSpec(name: "n", cpuMilli: 0, memoryMiB: 0, gpuCount: 8, gpuModel: model)]
    var jobs = JobTable()
    jobs.tenants = ["t"]
    jobs.classes = ["c"]
    jobs.shapes = [JobShape(cpuMilli: 0, memoryMiB: 0, gpuCount: 8, milliGPUPerDevice: 1000)]
    jobs.arrival = [.zero, .zero + .seconds(1)]
    jobs.duration = [.seconds(40 * day), .seconds(35 * day)]
    jobs.shape = Array(repeating: ShapeID(rawValue: 0), count: 2)
    jobs.tenant = Array(repeating: TenantID(rawValue: 0), count: 2)
    jobs.jobClass = Array(repeating: JobClassID(rawValue: 0), count: 2)
    jobs.priority = [0, 0]
    jobs.busyMilli = [1000, 1000]
    jobs.kind = [.batch, .batch]
    var input = SimulationInput(
      fleet: fleet,
      jobs: jobs,
      seed: 1,
      placement: PlacementSpec(scores: [ScoreSpec(policy: "first-fit")])
    )
    input.queue = .preemptive(PreemptiveQueue(.shortestRemainingService))
    let outcome = try Simulation.run(input).jobs
    #expect(outcome.preemptions == [1, 0])
    #expect(outcome.endNanoseconds == [75 * day, 1 + 35 * day].map { $0 * 1_000_000_000 })
  }
}
