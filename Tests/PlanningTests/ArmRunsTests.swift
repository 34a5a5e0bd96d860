import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

@testable import Planning

@Suite("Arms of a comparison")
struct ArmRunsTests {
  /// Jobs on two GPUs; the number shifts their lengths.
  @Sendable private static func input(_ number: Int) throws -> SimulationInput {
    var fleet = Fleet()
    let model = fleet.intern(gpuModel: "H100")
    fleet.nodes = (0..<2).map {
      NodeSpec(name: "n\($0)", cpuMilli: 32_000, memoryMiB: 65_536, gpuCount: 1, gpuModel: model)
    }
    var jobs = JobTable()
    jobs.tenants = ["a"]
    jobs.classes = ["c"]
    jobs.shapes = [JobShape(cpuMilli: 1000, memoryMiB: 1024, gpuCount: 1, milliGPUPerDevice: 1000)]
    for job in 0..<16 {
      jobs.arrival.append(SimTime(nanoseconds: Int64(job) * 40_000_000_000))
      jobs.duration.append(.seconds(Int64(100 + (job * 37 + number * 11) % 97)))
      jobs.shape.append(ShapeID(rawValue: 0))
      jobs.tenant.append(TenantID(rawValue: 0))
      jobs.jobClass.append(JobClassID(rawValue: 0))
      jobs.priority.append(0)
      jobs.busyMilli.append(900)
      jobs.kind.append(.batch)
    }
    return SimulationInput(
      fleet: fleet,
      jobs: jobs,
      seed: UInt64(number),
      placement: PlacementSpec(scores: [ScoreSpec(policy: "first-fit")])
    )
  }

  /// Twice as long jobs.
  @Sendable private static func longer(_ number: Int) throws -> SimulationInput {
    var input = try Self.input(number)
    input.jobs.duration = input.jobs.duration.map { SimDuration(nanoseconds: 2 * $0.nanoseconds) }
    return input
  }

  @Test("the number of threads changes nothing, and arms keep their order")
  func threads() throws {
    let alone = try ArmRuns.run(arms: [Self.input, Self.longer], replications: 4, threads: 1)
    let together = try ArmRuns.run(arms: [Self.input, Self.longer], replications: 4, threads: 4)
    #expect(alone == together)
    #expect(alone.map { $0.map(\.seed) } == [[0, 1, 2, 3], [0, 1, 2, 3]])
    #expect(Set(alone[0].map(\.inputs.jobs)).count == 4)
  }

  @Test("a comparison says when the arms' jobs differ")
  func workloads() throws {
    let measured = try ArmRuns.run(
      arms: [Self.input, Self.input, Self.longer],
      replications: 3,
      threads: 2
    )
    let arm = Comparison.Arm(file: "a.yaml", scenario: "a", policy: "first-fit")
    let comparison = Comparison(seed: 0, arms: [arm, arm, arm], measured: measured)
    #expect(comparison.contrasts.map(\.isSameWorkload) == [true, false])
    #expect(comparison.contrasts.map(\.differentWorkloads) == [0, 3])
    let same = Set(comparison.contrasts[0].metrics.map(\.verdict))
    #expect(same == [.identical])
    let waits = comparison.contrasts[1].metrics.first { $0.metric.name == "wait.mean" }
    #expect(waits?.verdict == .worse)
  }

  @Test("a change of any input changes its print, a change of policy none")
  func prints() throws {
    let input = try Self.input(0)
    let changes: [(inout SimulationInput) -> Void] = [
      { $0.jobs.names = .numbered(prefix: "x-") }, { $0.jobs.names = .listed(["x"]) },
      { $0.jobs.arrival[15] = SimTime(nanoseconds: Int64.max / 2) },
      { $0.jobs.duration[3] = .seconds(1) }, { $0.jobs.priority[3] = 1 }, { $0.jobs.busyMilli[3] = 1 },
      { $0.jobs.kind[3] = .service }, { $0.jobs.shapes[0].memoryMiB += 1 }, { $0.jobs.tenants[0] = "b" },
      { $0.jobs.shapes[0].workers = 2 }, { $0.jobs.shapes[0].wish = .oneNode },
      { $0.jobs.estimate = $0.jobs.duration }, { $0.jobs.classes[0] = "d" },
      { $0.jobs.modelSets.append("A100") },
      { $0.jobs.relaxations = [[WishRelaxation(after: .seconds(1), to: .anywhere)]] },
      { $0.jobs.relaxations = [[WishRelaxation(after: .seconds(2), to: .anywhere)]] },
      { $0.jobs.shapes[0].relaxation = 1 },
      { $0.jobs.speed = Array(repeating: 1, count: 16) }, { $0.jobs.speeds = [.byFabric] },
      {
        $0.jobs.stepWork = StepWork()
        $0.jobs.stepWork!.steps = Array(repeating: 5, count: 16)
        $0.jobs.stepWork!.table = Array(repeating: 0, count: 16)
        $0.jobs.stepWork!.weight = Array(repeating: 1, count: 16)
      },
      { $0.fleet.nodes[0].place.rack = 0 }, { $0.fleet.nodes[0].place.nvlinkDomain = 0 },
      { $0.fleet.nodes[0].place.fabric = .ethernet },
      { $0.jobs.isProtected = Array(repeating: false, count: 16) },
      { $0.jobs.isProtected = Array(repeating: true, count: 16) },
      { $0.fleet.nodes[1].cpuMilli += 1 }, { $0.fleet.nodes[1].name = "x" },
      { $0.fleet.gpuModels[0] = "H200" },
      { $0.fleetChanges = [FleetChange(atNanoseconds: 5, action: .fail, nodes: [NodeID(rawValue: 0)])] },
      { $0.mix = WorkloadMix(entries: [.init(shape: $0.jobs.shapes[0], count: 1)]) },
      { $0.horizon = SimTime(nanoseconds: 5) }, { $0.measuredFrom = SimTime(nanoseconds: 5) },
    ]
    var seen: Set<InputPrints> = [InputPrints(input)]
    for (number, change) in changes.enumerated() {
      var changed = input
      change(&changed)
      #expect(seen.insert(InputPrints(changed)).inserted, "change \(number)")
    }
    var other = input
    other.placement = PlacementSpec(scores: [ScoreSpec(policy: "fgd")])
    other.queue = .ordered(.priority, headOfLineBlocking: true)
    other.preemption = PriorityPreemption(.kueue)
    #expect(InputPrints(other) == InputPrints(input))
  }
}
