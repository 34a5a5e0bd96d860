import Hardware
import Workload

/// One kind of request of the mix against which free capacity is judged.
struct TypicalJob {
  var request: Request
  /// Its share of the jobs covered.
  var share: Double
  /// Jobs of this kind.
  var count: Int64
  /// Why it does not accept some nodes.
  var acceptance = Acceptance()
}

extension WorkloadMix {
  /// The mix of a table's own jobs, most frequent first (see
  /// ``typical(coveringPercent:)`` for the order among equals).
  public init(jobsOf table: JobTable) {
    var counts = [Int64](repeating: 0, count: table.shapes.count)
    for shape in table.shape { counts[Int(shape.rawValue)] += 1 }
    self.init(entries: zip(table.shapes, counts).filter { $0.1 > 0 }.map { Entry(shape: $0.0, count: $0.1) })
  }

  /// The typical requests: groups of equal requests by count, largest first,
  /// until at least this percentage of all jobs is covered. A gang counts as
  /// its workers.
  ///
  /// Equal counts: more CPU first, then a larger part of a GPU, more GPUs,
  /// and the later model text (FGD, USENIX ATC 2023, artifact). `share` is
  /// (count / all) / (covered / all), in this form, so that a reproduction is
  /// equal to the last bit.
  ///
  /// - Parameter ignoringMemory: groups requests that differ in memory only,
  ///   as the FGD measure does.
  func typical(
    coveringPercent percent: Int64,
    ignoringMemory: Bool,
    resolve: (JobShape) -> Request,
    acceptance: (JobShape) -> Acceptance = { _ in Acceptance() },
    modelText: (JobShape) -> String
  ) -> [TypicalJob] {
    var groups: [JobShape: Int64] = [:]
    var order: [JobShape] = []
    for entry in entries {
      var shape = entry.shape
      if ignoringMemory { shape.memoryMiB = 0 }
      // Free capacity is judged by single workers.
      shape = shape.ofOneWorker
      if groups[shape] == nil { order.append(shape) }
      groups[shape, default: 0] += entry.count * Int64(entry.shape.workers)
    }
    order.sort { a, b in
      let (x, y) = (groups[a]!, groups[b]!)
      if x != y { return x > y }
      if a.cpuMilli != b.cpuMilli { return a.cpuMilli > b.cpuMilli }
      if a.milliGPUPerDevice != b.milliGPUPerDevice { return a.milliGPUPerDevice > b.milliGPUPerDevice }
      if a.gpuCount != b.gpuCount { return a.gpuCount > b.gpuCount }
      if a.memoryMiB != b.memoryMiB { return a.memoryMiB > b.memoryMiB }
      if modelText(a) != modelText(b) { return modelText(a) > modelText(b) }
      return a.constraints.rawValue < b.constraints.rawValue
    }
    let all = entries.reduce(0) { $0 + $1.count * Int64($1.shape.workers) }
    var covered: Int64 = 0
    var chosen: [JobShape] = []
    for shape in order {
      if 100 * covered >= percent * all { break }
      covered += groups[shape]!
      chosen.append(shape)
    }
    return chosen.map { shape in
      let share = (Double(groups[shape]!) / Double(all)) / (Double(covered) / Double(all))
      return TypicalJob(
        request: resolve(shape),
        share: share,
        count: groups[shape]!,
        acceptance: acceptance(shape)
      )
    }
  }
}
