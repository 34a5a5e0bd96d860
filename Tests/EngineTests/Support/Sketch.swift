import Engine
import Hardware
import SimulationKernel
import Workload

/// A node in few words; its name follows from its position.
struct NodeSketch {
  var cpu: Int32 = 64_000
  var memory: Int32 = 256_000
  var gpus = 0
  var model = "A"

  /// Identical nodes with this many GPUs and plenty of everything else.
  static func gpu(_ count: Int, model: String = "A") -> NodeSketch { NodeSketch(gpus: count, model: model) }
}

/// A job in few words. Times are nanoseconds.
struct JobSketch {
  var arrival: Int64 = 0
  var duration: Int64 = 1
  var cpu: Int32 = 0
  var memory: Int32 = 0
  var gpus: Int32 = 1
  var milli: Int32 = 1000
  var models = ""
  var tenant = 0
  var busy: UInt16 = 1000
  var kind = JobKind.batch
  var workers: Int32 = 1
  var wish = PlacementWish.anywhere
  var device = DeviceDemand.none

  /// A job of whole GPUs and nothing else.
  static func gpu(_ count: Int32, at arrival: Int64, for duration: Int64) -> JobSketch {
    JobSketch(arrival: arrival, duration: duration, gpus: count, milli: count == 0 ? 0 : 1000)
  }

  /// A job that asks for a part of one GPU.
  static func part(_ milli: Int32, at arrival: Int64, for duration: Int64) -> JobSketch {
    JobSketch(arrival: arrival, duration: duration, gpus: 1, milli: milli)
  }
}

/// A fleet of these nodes, named `node-0000` and so on.
func fleet(_ nodes: [NodeSketch]) -> Fleet {
  var result = Fleet()
  for (i, node) in nodes.enumerated() {
    let digits = String(i)
    result.nodes.append(
      NodeSpec(
        name: "node-" + String(repeating: "0", count: 4 - digits.count) + digits,
        cpuMilli: node.cpu,
        memoryMiB: node.memory,
        gpuCount: node.gpus,
        gpuModel: node.gpus == 0 ? nil : result.intern(gpuModel: node.model)
      )
    )
  }
  return result
}

/// A table of these jobs, in this order; shapes and model sets are interned.
func table(_ jobs: [JobSketch], tenants: Int = 1) -> JobTable {
  var result = JobTable()
  result.tenants = (0..<tenants).map { "tenant-\($0)" }
  result.classes = ["class"]
  for job in jobs {
    if !result.modelSets.contains(job.models) { result.modelSets.append(job.models) }
    let shape = JobShape(
      cpuMilli: job.cpu,
      memoryMiB: job.memory,
      gpuCount: job.gpus,
      milliGPUPerDevice: job.gpus == 0 ? 0 : job.milli,
      models: ModelSetID(rawValue: Int32(result.modelSets.firstIndex(of: job.models)!)),
      workers: job.workers,
      wish: job.wish,
      device: result.deviceDemand(job.device)
    )
    if !result.shapes.contains(shape) { result.shapes.append(shape) }
    result.arrival.append(SimTime(nanoseconds: job.arrival))
    result.duration.append(SimDuration(nanoseconds: job.duration))
    result.shape.append(ShapeID(rawValue: Int32(result.shapes.firstIndex(of: shape)!)))
    result.tenant.append(TenantID(rawValue: UInt16(job.tenant)))
    result.jobClass.append(JobClassID(rawValue: 0))
    result.priority.append(0)
    result.busyMilli.append(job.busy)
    result.kind.append(job.kind)
  }
  return result
}

/// A verified run of these jobs on these nodes.
func input(
  _ nodes: [NodeSketch],
  _ jobs: [JobSketch],
  tenants: Int = 1,
  policy: String = "first-fit",
  seed: UInt64 = 1
) -> SimulationInput {
  var result = SimulationInput(
    fleet: fleet(nodes),
    jobs: table(jobs, tenants: tenants),
    seed: seed,
    placement: PlacementSpec(scores: [ScoreSpec(policy: policy)], tieBreak: .name)
  )
  result.verify = true
  return result
}

extension SimulationInput {
  /// The same input with some of its fields changed.
  func with(_ change: (inout SimulationInput) -> Void) -> SimulationInput {
    var copy = self
    change(&copy)
    return copy
  }
}

extension FleetChange {
  init(at nanoseconds: Int64, _ action: Action, _ nodes: Int...) {
    self.init(atNanoseconds: nanoseconds, action: action, nodes: nodes.map { NodeID(rawValue: Int32($0)) })
  }
}
