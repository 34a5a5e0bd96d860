import SimulationKernel

extension OpenBPodList {
  /// The pods as jobs with the trace's own times, sorted by arrival.
  ///
  /// A job arrives when its pod was created and lasts from its placement to
  /// its deletion; a pod that was never placed lasts from its creation. An
  /// empty span becomes one tick. The class is the pod's QoS, the tenant
  /// `default`, and each job keeps its GPUs busy all the time: the trace has
  /// no such columns. Set an offered load with
  /// ``JobTable/compressArrivals(toPeakLoad:onMilliGPU:)``.
  public func timedJobs() throws(TraceError) -> JobTable {
    guard hasTimes else {
      throw TraceError(file: path, problem: .noTimes(missing: OpenBPodReader.timeColumns))
    }
    var table = JobTable()
    var shapes = ShapeInterner()
    var specs = TextInterner([""])
    var classes = TextInterner()
    table.reserveCapacity(pods.count)
    for pod in pods {
      guard let times = pod.times else { continue }
      let span = times.deletion - (times.scheduled ?? times.creation)
      table.arrival.append(times.creation)
      table.duration.append(max(span, .tick))
      table.shape.append(
        shapes.intern(
          JobShape(
            cpuMilli: pod.cpuMilli,
            memoryMiB: pod.memoryMiB,
            gpuCount: pod.gpuCount,
            milliGPUPerDevice: pod.milliGPUPerDevice,
            models: ModelSetID(rawValue: Int32(specs.intern(pod.gpuSpec).number))
          )
        )
      )
      let (jobClass, _) = classes.intern(pod.qos)
      guard jobClass <= UInt16.max else {
        throw TraceError(file: path, problem: .tooManyValues(column: "qos", limit: Int(UInt16.max) + 1))
      }
      table.jobClass.append(JobClassID(rawValue: UInt16(jobClass)))
    }
    table.tenant = Array(repeating: TenantID(rawValue: 0), count: pods.count)
    table.priority = Array(repeating: 0, count: pods.count)
    table.busyMilli = Array(repeating: 1000, count: pods.count)
    table.kind = Array(repeating: .batch, count: pods.count)
    table.names = .listed(pods.map(\.name))
    table.shapes = shapes.shapes
    table.modelSets = specs.texts
    table.classes = classes.texts
    table.tenants = ["default"]
    table.sortByArrival()
    return table
  }

  /// GPUs that all pods together ask for, in thousandths.
  public var requestedMilliGPU: Int64 {
    pods.reduce(0) { $0 + Int64($1.gpuCount) * Int64($1.milliGPUPerDevice) }
  }
}
