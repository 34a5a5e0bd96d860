import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Inputs that contradict themselves are refused with a message; nothing
/// traps.
@Suite struct InputCheckTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let part: String
    let change: @Sendable (inout SimulationInput) -> Void
    init(_ part: String, _ change: @escaping @Sendable (inout SimulationInput) -> Void) {
      self.part = part
      self.change = change
    }
    var testDescription: String { part }
  }

  private static let good = EngineTests.input(
    [.gpu(2), .gpu(2, model: "B")],
    [.gpu(1, at: 0, for: 5), .part(300, at: 3, for: 5)]
  )

  private static func spec(_ spec: ScoreSpec) -> PlacementSpec { PlacementSpec(scores: [spec]) }

  static let fleetCases = [
    Case("no nodes") { $0.fleet.nodes = [] },
    Case("at most 262,144 nodes") { $0.fleet.nodes = Array(repeating: $0.fleet.nodes[0], count: 262_145) },
    Case("at most 64 GPU models") { $0.fleet.gpuModels = (0..<65).map { "m\($0)" } },
    Case("does not list") { $0.fleet.gpuModels.removeLast() },
    Case("impossible size") { $0.fleet.nodes[0].gpuCount = 17 },
    Case("impossible size") { $0.fleet.nodes[0].gpuCount = -1 },
    Case("impossible size") { $0.fleet.nodes[0].cpuMilli = -1 },
    Case("impossible size") { $0.fleet.nodes[0].memoryMiB = -1 },
    Case("their model together") { $0.fleet.nodes[0].gpuModel = nil },
    Case("their model together") { $0.fleet.nodes[0].gpuCount = 0 },
    Case("not a permutation") { $0.nodeRanks = [0, 0] },
    Case("not a permutation") { $0.nodeRanks = [0] },
    Case("not sorted by time") {
      $0.fleetChanges = [FleetChange(at: 5, .fail, 0), FleetChange(at: 4, .repair, 0)]
    },
    Case("does not exist") { $0.fleetChanges = [FleetChange(at: 5, .fail, 2)] },
    Case("does not exist") { $0.fleetChanges = [FleetChange(at: 5, .fail, -1)] },
    Case("outside the 36 years") { $0.fleetChanges = [FleetChange(at: -1, .fail, 0)] },
    Case("outside the 36 years") { $0.fleetChanges = [FleetChange(at: 1 << 60, .fail, 0)] },
  ]

  static let jobCases = [
    Case("differ in length") { $0.jobs.duration.removeLast() },
    Case("differ in length") { $0.jobs.shape.removeLast() },
    Case("differ in length") { $0.jobs.tenant.removeLast() },
    Case("differ in length") { $0.jobs.jobClass.removeLast() },
    Case("differ in length") { $0.jobs.priority.removeLast() },
    Case("differ in length") { $0.jobs.busyMilli.removeLast() },
    Case("differ in length") { $0.jobs.kind.removeLast() },
    Case("not sorted by arrival") { $0.jobs.arrival.reverse() },
    Case("before the start") { $0.jobs.arrival[0] = SimTime(nanoseconds: -1) },
    Case("later than 36 years") { $0.jobs.arrival[1] = SimTime(nanoseconds: 1 << 60) },
    Case("below one nanosecond") { $0.jobs.duration[0] = .zero },
    Case("above 36 years") { $0.jobs.duration[0] = SimDuration(nanoseconds: .max) },
    Case("busy share") { $0.jobs.busyMilli[0] = 1001 },
    Case("does not list") { $0.jobs.shape[0] = ShapeID(rawValue: 2) },
    Case("does not list") { $0.jobs.shape[0] = ShapeID(rawValue: -1) },
    Case("does not list") { $0.jobs.tenant[0] = TenantID(rawValue: 1) },
    Case("does not list") { $0.jobs.jobClass[0] = JobClassID(rawValue: 1) },
    Case("does not list") { $0.jobs.shapes[0].models = ModelSetID(rawValue: 1) },
    Case("impossible shape") { $0.jobs.shapes[0].cpuMilli = -1 },
    Case("impossible shape") { $0.jobs.shapes[0].memoryMiB = -1 },
    Case("impossible shape") { $0.jobs.shapes[0].gpuCount = -1 },
    Case("impossible shape") { $0.jobs.shapes[0].gpuCount = 0 },
    Case("impossible shape") { $0.jobs.shapes[0].gpuCount = .max },
    Case("impossible shape") { $0.jobs.shapes[0].milliGPUPerDevice = 1001 },
    Case("impossible shape") { $0.jobs.shapes[0].milliGPUPerDevice = -1 },
    Case("impossible shape") { $0.jobs.shapes[1].gpuCount = 2 },
    Case("counts no jobs") { $0.mix = WorkloadMix(entries: [.init(shape: $0.jobs.shapes[0], count: 0)]) },
    Case("impossible shape") {
      $0.mix = WorkloadMix(entries: [
        .init(shape: JobShape(cpuMilli: 0, memoryMiB: 0, gpuCount: 0, milliGPUPerDevice: 5), count: 1)
      ])
    },
  ]

  static let runCases = [
    Case("horizon is not after") { $0.horizon = .zero },
    Case("horizon is not after") {
      $0.horizon = SimTime(nanoseconds: 5)
      $0.measuredFrom = SimTime(nanoseconds: 5)
    },
    Case("filling is recorded only") { $0.recordsFilling = true },
    Case("horizon is later") { $0.horizon = SimTime(nanoseconds: 1 << 60) },
    Case("warm-up ends before") { $0.measuredFrom = SimTime(nanoseconds: -1) },
    Case("longer than zero") { $0.bucket = .zero },
    Case("bucket is above") { $0.bucket = SimDuration(nanoseconds: .max) },
    Case("at least one score") { $0.placement.scores = [] },
    Case("unknown placement policy 'fit'") { $0.placement = spec(ScoreSpec(policy: "fit")) },
    Case("cannot be weighted") { $0.placement.scores.append(ScoreSpec(policy: "fgd")) },
    Case("not random") { $0.placement.tieBreak = .random },
    Case("weight must be") { $0.placement = spec(ScoreSpec(policy: "fgd", weight: 0)) },
    Case("weight must be") { $0.placement = spec(ScoreSpec(policy: "fgd", weight: 10_001)) },
    Case("takes no resources") {
      $0.placement = spec(ScoreSpec(policy: "fgd", resources: [.init(resource: "cpu", weight: 1)]))
    },
    Case("takes no shape") {
      $0.placement = spec(ScoreSpec(policy: "fgd", shape: [.init(utilization: 0, score: 0)]))
    },
    Case("unknown resource 'gpu'") {
      $0.placement = spec(ScoreSpec(policy: "most-allocated", resources: [.init(resource: "gpu", weight: 1)]))
    },
    Case("resource's weight") {
      $0.placement = spec(
        ScoreSpec(policy: "most-allocated", resources: [.init(resource: "cpu", weight: 101)])
      )
    },
    Case("must increase") {
      $0.placement = spec(
        ScoreSpec(
          policy: "requested-to-capacity-ratio",
          shape: [.init(utilization: 5, score: 0), .init(utilization: 5, score: 1)]
        )
      )
    },
    Case("shape point") {
      $0.placement = spec(
        ScoreSpec(policy: "requested-to-capacity-ratio", shape: [.init(utilization: 5, score: 11)])
      )
    },
  ]

  @Test(arguments: fleetCases + jobCases + runCases)
  func `a contradiction is refused with a message`(item: Case) throws {
    #expect(throws: Never.self) { try Simulation.run(Self.good) }
    #expect { try Simulation.run(Self.good.with(item.change)) } throws: { error in
      guard case SimulationError.invalidInput(let text) = error else { return false }
      return text.contains(item.part)
    }
  }

  @Test(arguments: fleetCases + jobCases + runCases)
  func `a refusal begins with the place where the part to blame was stated`(item: Case) throws {
    let places = InputPart.allCases.reduce(into: [:]) { $0[$1] = "here.yaml:1:2: \($1)" }
    let input = Self.good.with(item.change).with { $0.places = InputPlaces(places) }
    #expect { try Simulation.run(input) } throws: { error in
      guard case SimulationError.invalidInput(let text) = error else { return false }
      let parts = InputPart.allCases.filter { text.hasPrefix("here.yaml:1:2: \($0): ") }
      return parts.count == 1 && text.ranges(of: "here.yaml").count == 1 && text.contains(item.part)
    }
  }

  @Test func `without a place of its own a part counts as the run, and without any the message stands alone`()
  {
    let places = InputPlaces([.run: "a.yaml:1:1", .burst: "a.yaml:9:3: policy.burst"])
    #expect(places.located("no", about: .burst) == "a.yaml:9:3: policy.burst: no")
    #expect(places.located("no", about: .storage) == "a.yaml:1:1: no")
    #expect(places.located(places.located("no", about: .burst)) == "a.yaml:9:3: policy.burst: no")
    #expect(InputPlaces().located("no", about: .burst) == "no")
  }

  @Test func `jobs that no node can ever hold are named, or rejected when asked`() throws {
    let jobs = [
      JobSketch.gpu(1, at: 0, for: 5), .gpu(3, at: 1, for: 5), .gpu(16, at: 2, for: 5),
      .gpu(3, at: 3, for: 5),
      JobSketch(arrival: 4, duration: 5, models: "unknown"), JobSketch(arrival: 5, duration: 5, cpu: 64_001),
      JobSketch(arrival: 6, duration: 5, memory: 256_001), .gpu(17, at: 7, for: 5),
      .gpu(2_000_000, at: 8, for: 5),
    ]
    let input = EngineTests.input([.gpu(2), .gpu(2, model: "B")], jobs)
    let error = SimulationError.impossibleJobs(
      names: ["job-1", "job-2", "job-3"],
      count: 8,
      asks: "3 GPUs (any model), 0.0 vCPU, 0 MiB"
    )
    #expect(throws: error) { try Simulation.run(input) }
    let outcome = try Simulation.run(input.with { $0.rejectsImpossibleJobs = true })
    #expect(outcome.jobs.state == [.completed] + Array(repeating: .rejected, count: 8))
    #expect(outcome.jobs.cause.allSatisfy { $0 == .none })
    #expect(outcome.tenants[0].submitted == 9)
    #expect(
      "\(SimulationError.impossibleJobs(names: ["a"], count: 3, asks: "9 GPUs"))".contains(
        "3 of the jobs: a and 2 more; a asks one node for 9 GPUs"
      )
    )
  }
}
