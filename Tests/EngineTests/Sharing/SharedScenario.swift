import Engine
import Hardware
import SimulationKernel
import TestSupport
import Workload

/// A small run of jobs that slow one another, drawn from a seed.
enum SharedScenario {
  static func input(seed: UInt64) -> SimulationInput {
    var draws = SplitMix(seed: seed &* 0x9E37_79B9 &+ 17)
    func pick(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &draws) }
    var fleet = Fleet()
    for n in 0..<pick(1...3) {
      fleet.nodes.append(
        NodeSpec(
          name: "n\(n)",
          cpuMilli: 64_000,
          memoryMiB: 64_000,
          gpuCount: pick(1...3),
          gpuModel: fleet.intern(gpuModel: ["A", "B"][pick(0...1)])
        )
      )
    }
    fleet.statedMemoryMiB = ["A": 8_000, "B": 16_000]
    let mode = [SharingMode.fractions, .timeSlicing, .mps].randomElement(using: &draws)!
    var spec = ContentionSpec()
    spec.replicas = Int32(pick(1...9))
    spec.division = ContentionSpec.Division.allCases.randomElement(using: &draws)!
    spec.efficiency = [.ideal, .timeSlicedA30, .measuredMPS].randomElement(using: &draws)!
    spec.overheadMiB = Int32([0, 512, 3_000].randomElement(using: &draws)!)
    spec.outOfMemory = ContentionSpec.OutOfMemoryRule.allCases.randomElement(using: &draws)!
    spec.faultIsolation = Bool.random(using: &draws)
    spec.failRequestsGreaterThanOne = Bool.random(using: &draws)
    spec.devicePolicy = Bool.random(using: &draws) ? .binpack : .spread
    let delay = Int64(pick(1...9))
    spec.restart = RetryRule(
      most: Int32(pick(0...4)),
      delay: SimDuration(nanoseconds: delay),
      longestDelay: SimDuration(nanoseconds: delay + Int64(pick(0...40)))
    )
    let has = (0..<6).map { _ in Bool.random(using: &draws) }
    let jobs = jobs(count: pick(1...40), mode, has, &draws)
    var result = SimulationInput(
      fleet: fleet,
      jobs: jobs,
      seed: seed,
      placement: PlacementSpec(scores: [ScoreSpec(policy: "first-fit")], tieBreak: .name)
    )
    result.sharing = mode
    result.contention = spec
    result.rejectsImpossibleJobs = true
    if has[4] { result.horizon = SimTime(nanoseconds: Int64(pick(1...150))) }
    if has[5] { result.measuredFrom = SimTime(nanoseconds: Int64(pick(0...30))) }
    if let horizon = result.horizon, horizon <= result.measuredFrom {
      result.measuredFrom = .zero
    }
    if has[3] { result.fleetChanges = changes(nodes: fleet.nodes.count, &draws) }
    result.verify = true
    return result
  }

  private static func changes(nodes: Int, _ draws: inout SplitMix) -> [FleetChange] {
    var result: [FleetChange] = []
    for n in 0..<nodes where Bool.random(using: &draws) {
      let from = Int64.random(in: 1...60, using: &draws)
      let node = [NodeID(rawValue: Int32(n))]
      if Bool.random(using: &draws) {
        result.append(FleetChange(atNanoseconds: from, action: .interrupt, nodes: node))
        continue
      }
      result.append(FleetChange(atNanoseconds: from, action: .fail, nodes: node))
      result.append(FleetChange(atNanoseconds: from + 7, action: .repair, nodes: node))
    }
    return result.sorted { $0.atNanoseconds < $1.atNanoseconds }
  }

  private static func jobs(count: Int, _ mode: SharingMode, _ has: [Bool], _ draws: inout SplitMix)
    -> JobTable
  {
    var jobs = JobTable()
    jobs.tenants = ["a", "b"]
    jobs.classes = ["class"]
    jobs.modelSets = [""]
    var lists: [[Int32]] = []
    let arrivals = (0..<count).map { _ in Int64.random(in: 0...60, using: &draws) }.sorted()
    for arrival in arrivals {
      var demand = DeviceDemand(
        fillMilli: [1000, 300, 50].randomElement(using: &draws)!,
        kernels: KernelClass.allCases.randomElement(using: &draws)!
      )
      if Int.random(in: 0..<3, using: &draws) > 0 {
        demand.memoryMiB = Int32.random(in: 100...9_000, using: &draws)
      }
      var shape = JobShape(
        cpuMilli: 100,
        memoryMiB: 1,
        gpuCount: 1,
        milliGPUPerDevice: [1000, 100, 250, 300, 500].randomElement(using: &draws)!,
        models: ModelSetID(rawValue: 0)
      )
      shape.device = jobs.deviceDemand(demand)
      if Int.random(in: 0..<12, using: &draws) == 0 {
        shape.gpuCount = [0, 2, 3].randomElement(using: &draws)!
        shape.milliGPUPerDevice = shape.gpuCount == 0 ? 0 : 1000
        if shape.gpuCount != 1 { shape.device = 0 }
      }
      if !jobs.shapes.contains(shape) { jobs.shapes.append(shape) }
      jobs.arrival.append(SimTime(nanoseconds: arrival))
      jobs.duration.append(SimDuration(nanoseconds: Int64.random(in: 1...25, using: &draws)))
      jobs.shape.append(ShapeID(rawValue: Int32(jobs.shapes.firstIndex(of: shape)!)))
      jobs.tenant.append(TenantID(rawValue: UInt16.random(in: 0...1, using: &draws)))
      jobs.jobClass.append(JobClassID(rawValue: 0))
      jobs.priority.append(0)
      jobs.busyMilli.append([1000, 1000, 700, 200, 10, 0].randomElement(using: &draws)!)
      jobs.kind.append(.batch)
      lists.append(
        (0..<Int.random(in: 0...2, using: &draws)).map { _ in
          [0, 250_000_000, FailureShare.whole].randomElement(using: &draws)!
        }
      )
    }
    if has[0] { jobs.failures = JobLists(lists) }
    if has[1] {
      jobs.timeLimit = jobs.duration.map { _ in
        SimDuration(nanoseconds: Int64([0, 5, 30].randomElement(using: &draws)!))
      }
    }
    if has[2] {
      let ten = SimDuration(nanoseconds: 4)
      jobs.retryRules = [RetryRule(most: 2), RetryRule(most: 5, delay: ten, longestDelay: ten)]
      jobs.retry = jobs.duration.map { _ in UInt16.random(in: 0...2, using: &draws) }
    }
    return jobs
  }
}
