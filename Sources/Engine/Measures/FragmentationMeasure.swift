/// The seven classes into which the FGD measure puts a node's free GPU
/// thousandths, each an expectation over the typical jobs (FGD, USENIX ATC
/// 2023, section 3; order and names as in its artifact).
struct FragmentationClasses: Equatable {
  /// Lacks both GPU and CPU.
  var q1 = 0.0
  /// Lacks GPU: too few fitting devices, or the parts that are too small.
  var q2 = 0.0
  /// Usable.
  var q3 = 0.0
  /// Lacks CPU.
  var q4 = 0.0
  /// Typical job without GPU that fits.
  var xl = 0.0
  /// Typical job without GPU that does not fit.
  var xr = 0.0
  /// Node not accepted: its GPU model, or for constraints.
  var na = 0.0

  /// Everything but the usable part, thousandths. The order of the additions
  /// matters to the last bit, and the last bit decides truncated scores.
  var fragmented: Double { q1 + q2 + q4 + xl + xr + na }
}

/// Expected fragmentation of a node against the typical jobs.
///
/// A node's measure depends on its free CPU only through the comparisons with
/// the typical jobs' CPU, and on its GPUs only through their free parts as a
/// multiset; results are remembered under exactly that.
struct FragmentationMeasure: ~Copyable {
  /// Typical jobs as plain columns, in their order.
  struct Typical: BitwiseCopyable {
    var share: Double
    var cpu: Int32
    /// Position in the table of sizes; -1 for a job without GPU.
    var size: Int32
    var gpuCount: Int32
    var classes: UInt64
  }
  private let typical: Column<Typical>
  private let table: SizeTable
  /// Distinct CPU requests, ascending.
  private let cpuSteps: Column<Int32>
  private var memo: FragmentationMemo

  init(_ jobs: [TypicalJob]) {
    let steps = Set(jobs.map(\.request.cpu)).sorted()
    cpuSteps = Column(steps)
    let table = SizeTable(jobs)
    typical = Column(
      jobs.map { job in
        let r = job.request
        return Typical(
          share: job.share,
          cpu: r.cpu,
          size: r.gpuCount == 0 ? -1 : table.position(of: r.milli),
          gpuCount: r.gpuCount,
          classes: r.classes
        )
      }
    )
    self.table = table
    memo = FragmentationMemo()
  }

  /// How many typical CPU requests fit into this much free CPU: all that the
  /// measure sees of it.
  func cpuClass(_ cpuFree: Int32) -> Int32 {
    var low = 0
    var high = cpuSteps.count
    while low < high {
      let middle = (low + high) >> 1
      if cpuSteps[middle] <= cpuFree { low = middle + 1 } else { high = middle }
    }
    return Int32(low)
  }

  /// Fragmented thousandths of a node with this much free CPU and these free
  /// parts.
  mutating func fragmented(cpuFree: Int32, free: UnsafePointer<Int16>, gpuCount: Int, classBit: UInt64)
    -> Double
  {
    let cpuClass = cpuClass(cpuFree)
    if let known = memo.find(cpuClass, free, gpuCount, classBit) { return known }
    let value = classes(cpuFree: cpuFree, free: free, gpuCount: gpuCount, classBit: classBit).fragmented
    memo.store(value)
    return value
  }

  /// The seven classes, from their definition.
  func classes(cpuFree: Int32, free: UnsafePointer<Int16>, gpuCount: Int, classBit: UInt64)
    -> FragmentationClasses
  {
    var result = FragmentationClasses()
    let all = table.measure(free, gpuCount: gpuCount)
    let total = Double(all)
    for t in 0..<typical.count {
      let job = typical[t]
      if job.size < 0 {
        if cpuFree >= job.cpu { result.xl += job.share * total } else { result.xr += job.share * total }
      } else if job.classes & classBit == 0 {
        result.na += job.share * total
      } else {
        let devices = table.devices[Int(job.size)]
        let hasCPU = cpuFree >= job.cpu
        if devices >= job.gpuCount {
          if hasCPU {
            let usable = table.usable[Int(job.size)]
            result.q3 += job.share * Double(usable)
            result.q2 += job.share * Double(all - usable)
          } else {
            result.q4 += job.share * total
          }
        } else if hasCPU {
          result.q2 += job.share * total
        } else {
          result.q1 += job.share * total
        }
      }
    }
    return result
  }
}
