import Hardware
import SimulationKernel
import Workload

/// Builds the job table of a study: one tenant, one class, jobs that end
/// their duration after their start.
struct StudyTableBuilder {
  private(set) var table = JobTable()
  private var shapes: [JobShape: ShapeID] = [:]

  /// - Parameter ids: the study's numbers of all jobs, for their names.
  init(_ ids: [Int64]) {
    table.names = .listed(ids.map { String($0) })
    table.tenants = ["default"]
    table.classes = ["job"]
  }

  /// The number of a set of accepted models, joined with `|`.
  mutating func modelSet(_ models: String) -> ModelSetID {
    if let known = table.modelSets.firstIndex(of: models) { return ModelSetID(rawValue: Int32(known)) }
    table.modelSets.append(models)
    return ModelSetID(rawValue: Int32(table.modelSets.count - 1))
  }

  /// Adds a job.
  ///
  /// - Parameters:
  ///   - submit, duration: whole seconds.
  ///   - estimate: what the duration is expected to be; nil where a study has
  ///     no estimates at all.
  mutating func append(submit: Int64, duration: Int64, shape: JobShape, estimate: SimDuration? = nil) {
    append(at: SimTime.zero + .seconds(submit), for: .seconds(duration), shape: shape)
    if let estimate { table.estimate.append(estimate) }
  }

  /// Adds a job.
  mutating func append(at arrival: SimTime, for duration: SimDuration, shape: JobShape) {
    table.arrival.append(arrival)
    table.duration.append(duration)
    let next = ShapeID(rawValue: Int32(table.shapes.count))
    let id = shapes[shape] ?? next
    if id == next {
      shapes[shape] = next
      table.shapes.append(shape)
    }
    table.shape.append(id)
    table.tenant.append(TenantID(rawValue: 0))
    table.jobClass.append(JobClassID(rawValue: 0))
    table.priority.append(0)
    table.busyMilli.append(1000)
    table.kind.append(.batch)
  }
}

extension Fleet {
  /// Nodes with GPUs and nothing else, whose names sort in their order.
  static func ofGPUs(nodes: Int, gpusPerNode: Int) -> Fleet {
    var fleet = Fleet()
    let model = fleet.intern(gpuModel: "GPU")
    fleet.nodes = (0..<nodes).map { index in
      NodeSpec(
        name: nodeName(index, of: nodes),
        cpuMilli: 0,
        memoryMiB: 0,
        gpuCount: gpusPerNode,
        gpuModel: model
      )
    }
    return fleet
  }

  /// A name with leading zeros, so that names sort as numbers do.
  static func nodeName(_ index: Int, of count: Int) -> String {
    let digits = String(max(0, count - 1)).count
    let number = String(index)
    return "node-" + String(repeating: "0", count: max(0, digits - number.count)) + number
  }
}
