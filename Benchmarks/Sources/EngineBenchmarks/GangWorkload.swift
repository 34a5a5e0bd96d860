import Engine
import Hardware
import SimulationKernel
import Workload

/// Training jobs on equal nodes of eight GPUs: small jobs inside a node, and
/// gangs of eight-GPU workers; three priorities; exponential durations.
struct GangWorkload {
  /// Share, GPUs: most jobs are small, most GPU time is in gangs.
  private static let sizes: [(share: Double, gpus: Int32)] = [
    (0.50, 1), (0.10, 2), (0.10, 4), (0.15, 8), (0.08, 16), (0.04, 32), (0.02, 64), (0.01, 128),
  ]
  private static let priorities: [(share: Double, value: Int32)] = [(0.7, 0), (0.2, 1), (0.1, 2)]
  static let meanDurationSeconds = 3600.0

  let jobs: Int
  /// A multiple of 8.
  let gpus: Int
  /// Of the fleet's GPU capacity.
  var load = 0.95
  /// Arrive together at the start, ahead of the others.
  var burst = 0

  func input(_ queue: QueueSpec, preemption: PriorityPreemption? = nil) -> SimulationInput {
    var fleet = Fleet()
    let model = fleet.intern(gpuModel: "h100-80gb-sxm")
    for n in 0..<gpus / 8 {
      let digits = String(n)
      fleet.nodes.append(
        NodeSpec(
          name: "node-" + String(repeating: "0", count: 6 - digits.count) + digits,
          cpuMilli: 192_000,
          memoryMiB: 2_097_152,
          gpuCount: 8,
          gpuModel: model
        )
      )
    }
    var input = SimulationInput(
      fleet: fleet,
      jobs: table(),
      seed: 1,
      placement: PlacementSpec(scores: [ScoreSpec(policy: "best-fit")])
    )
    input.queue = queue
    input.preemption = preemption
    return input
  }

  private func table() -> JobTable {
    var table = JobTable()
    table.tenants = ["team"]
    table.classes = ["training"]
    table.shapes = Self.sizes.map {
      JobShape(
        cpuMilli: 8000 * min($0.gpus, 8),
        memoryMiB: 65_536 * min($0.gpus, 8),
        gpuCount: min($0.gpus, 8),
        milliGPUPerDevice: 1000,
        workers: max(1, $0.gpus / 8)
      )
    }
    var draws = RandomStream(seed: 1, stream: "gangs")
    let meanGPUs = Self.sizes.reduce(0) { $0 + $1.share * Double($1.gpus) }
    let gap = meanGPUs * Self.meanDurationSeconds / (load * Double(gpus))
    var time = 0.0
    for job in 0..<jobs {
      if job >= burst { time += draws.nextExponential(mean: gap) }
      table.arrival.append(SimTime(seconds: time)!)
      let seconds = max(1, draws.nextExponential(mean: Self.meanDurationSeconds))
      table.duration.append(SimDuration(seconds: seconds)!)
      table.shape.append(ShapeID(rawValue: Int32(Self.pick(Self.sizes.map(\.share), draws.nextUniform()))))
      let priority = Self.pick(Self.priorities.map(\.share), draws.nextUniform())
      table.priority.append(Self.priorities[priority].value)
    }
    table.tenant = Array(repeating: TenantID(rawValue: 0), count: jobs)
    table.jobClass = Array(repeating: JobClassID(rawValue: 0), count: jobs)
    table.busyMilli = Array(repeating: 1000, count: jobs)
    table.kind = Array(repeating: .batch, count: jobs)
    return table
  }

  private static func pick(_ shares: [Double], _ uniform: Double) -> Int {
    var left = uniform
    for (index, share) in shares.enumerated() {
      left -= share
      if left < 0 { return index }
    }
    return shares.count - 1
  }
}
