import Workload

/// Waiting by cause, exact: by tenant and size of the jobs.
public struct WaitTotals: Hashable, Sendable {
  /// What the jobs of one tenant and size waited for one cause.
  public struct Row: Hashable, Sendable {
    /// Position in the job table's list.
    public var tenant: Int
    public var size: JobSize
    public var cause: WaitCause
    /// Jobs that waited for it at all.
    public var jobs: Int64 = 0
    /// Job time, ns.
    public var nanoseconds: Int128 = 0
    /// GPU time asked meanwhile, thousandths x ns.
    public var milliGPUNanoseconds: Int128 = 0
  }

  /// By tenant, size and cause; only where jobs waited.
  public let rows: [Row]

  /// Of the jobs that count (see ``OutcomeMetrics``), up to the end of the run.
  public init(_ outcome: RunOutcome, _ jobs: JobTable) {
    let sizes = jobs.shapes.map(JobSize.init(of:))
    let sizeCount = JobSize.allCases.count
    var cells = [Row?](repeating: nil, count: jobs.tenants.count * sizeCount * WaitCause.places)
    for job in 0..<jobs.count where OutcomeMetrics.isCounted(job, outcome, jobs) {
      let tenant = Int(jobs.tenant[job].rawValue)
      let shape = Int(jobs.shape[job].rawValue)
      let base = (tenant * sizeCount + Int(sizes[shape].rawValue)) * WaitCause.places
      for row in outcome.waits.rows(of: job) {
        let cause = outcome.waits.cause[row]
        let cell = base + Int(cause.rawValue)
        var sum = cells[cell] ?? Row(tenant: tenant, size: sizes[shape], cause: cause)
        let span = Int128(outcome.waits.nanoseconds[row])
        sum.jobs += 1
        sum.nanoseconds += span
        sum.milliGPUNanoseconds += span * Int128(jobs.shapes[shape].milliGPU)
        cells[cell] = sum
      }
    }
    rows = cells.compactMap { $0 }
  }

  /// `waited.*`, `wait_time.*` and `wait_gpu_time.*` by cause: of the fleet
  /// for every cause, of tenants and sizes where there was such waiting.
  func metrics(_ jobs: JobTable) -> [Metric] {
    WaitCause.allCases.filter { $0 != .none }.flatMap { metrics($0, "fleet", rows, isFull: true) }
      + jobs.tenants.indices.flatMap { tenant in
        scope("tenant:\(jobs.tenants[tenant])", rows.filter { $0.tenant == tenant })
      }
      + JobSize.allCases.flatMap { size in scope("size:\(size.name)", rows.filter { $0.size == size }) }
  }

  private func scope(_ name: String, _ part: [Row]) -> [Metric] {
    WaitCause.allCases.flatMap { metrics($0, name, part, isFull: false) }
  }

  private func metrics(_ cause: WaitCause, _ scope: String, _ part: [Row], isFull: Bool) -> [Metric] {
    let those = part.filter { $0.cause == cause }
    guard isFull || !those.isEmpty else { return [] }
    let time = those.reduce(Int128(0)) { $0 + $1.nanoseconds }
    let gpuTime = those.reduce(Int128(0)) { $0 + $1.milliGPUNanoseconds }
    return [
      Metric(
        name: "waited.\(cause.name)",
        scope: scope,
        unit: "jobs",
        value: Double(those.reduce(0) { $0 + $1.jobs })
      ),
      Metric(name: "wait_time.\(cause.name)", scope: scope, unit: "job_h", value: Double(time) / 3.6e12),
      Metric(
        name: "wait_gpu_time.\(cause.name)",
        scope: scope,
        unit: "GPU_h",
        value: GPUTime.hours(gpuTime)
      ),
    ]
  }
}
