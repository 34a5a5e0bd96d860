/// A bill divided among the tenants of a run and their jobs, adding up to the
/// cent.
///
/// Each tenant pays for GPU time by a ``Basis``. GPU time that nobody pays for
/// in this way (free, stranded, down, changing, and what the basis leaves out)
/// is a line of its own, or is spread over the tenants.
public struct Chargeback: Hashable, Sendable {
  /// Which GPU time counts.
  public enum Basis: String, CaseIterable, Sendable {
    /// What jobs held, rounding to whole instances or GPUs included.
    case held
    /// What jobs asked for while they ran.
    case request
    /// What jobs kept busy.
    case use
    /// The larger of request and use, job by job, as OpenCost has it.
    case larger
  }

  /// What becomes of the time that nobody pays for.
  public enum Idle: String, CaseIterable, Sendable {
    /// A line of its own, which no tenant pays.
    case own
    /// The same for every tenant.
    case evenly
    /// In proportion to what each tenant pays for.
    case consumption
    /// In proportion to stated weights.
    case weights
  }

  /// GPU time of a job, thousandths of a GPU x ns.
  public struct JobTime: Hashable, Sendable {
    public var job: String
    public var tenant: String
    public var time: Int128

    public init(job: String, tenant: String, time: Int128) {
      self.job = job
      self.tenant = tenant
      self.time = time
    }
  }

  public struct Line: Hashable, Sendable {
    public var tenant: String
    /// Thousandths of a GPU x ns that it pays for.
    public var held: Int128
    public var ownCents: Int128
    /// Its part of the idle time.
    public var idleCents: Int128

    public var cents: Int128 { ownCents + idleCents }
  }

  public struct JobLine: Hashable, Sendable {
    public var job: String
    public var tenant: String
    public var time: Int128
    public var cents: Int128
  }

  /// In the order of the tenants.
  public let lines: [Line]
  /// The lines of the jobs add up to those of their tenants; in the order
  /// given. Empty when no jobs were given.
  public let jobs: [JobLine]
  /// Paid by nobody; 0 unless idle is a line of its own.
  public let idleCents: Int128
  public let billCents: Int128
  public let idle: Idle
  /// Thousandths of a GPU x ns of the fleet.
  public let capacity: Int128

  /// - Parameters:
  ///   - bill: rounded to the cent first.
  ///   - held: GPU time that counts, by tenant.
  ///   - capacity: of the fleet over the same time.
  ///   - weights: by tenant, for ``Idle/weights``; tenants without one have 0.
  ///   - jobs: among which the tenants' amounts are divided.
  public init(
    bill: Money,
    held: [(tenant: String, time: Int128)],
    capacity: Int128,
    idle: Idle,
    weights: [String: Int] = [:],
    jobs: [JobTime] = []
  ) {
    let times = held.map(\.time)
    let unheld = max(0, capacity - times.reduce(0, +))
    let shares = CentSplit.parts(ofCents: bill.cents, by: times + [unheld])
    let free = shares[times.count]
    let spread: [Int128] =
      switch idle {
      case _ where times.isEmpty: []
      case .own: times.map { _ in 0 }
      case .evenly: CentSplit.parts(ofCents: free, by: times.map { _ in 1 })
      case .consumption: CentSplit.parts(ofCents: free, by: times)
      case .weights: CentSplit.parts(ofCents: free, by: held.map { Int128(weights[$0.tenant] ?? 0) })
      }
    let lines = held.indices.map {
      Line(tenant: held[$0].tenant, held: held[$0].time, ownCents: shares[$0], idleCents: spread[$0])
    }
    self.lines = lines
    self.jobs = Self.divided(lines, among: jobs)
    idleCents = idle == .own || times.isEmpty ? free : 0
    billCents = bill.cents
    self.idle = idle
    self.capacity = capacity
  }

  private static func divided(_ lines: [Line], among jobs: [JobTime]) -> [JobLine] {
    var cents = Array(repeating: Int128(0), count: jobs.count)
    var places: [String: [Int]] = [:]
    for (place, job) in jobs.enumerated() { places[job.tenant, default: []].append(place) }
    for line in lines {
      guard let own = places[line.tenant] else { continue }
      let parts = CentSplit.parts(ofCents: line.cents, by: own.map { jobs[$0].time })
      for (place, part) in zip(own, parts) { cents[place] = part }
    }
    return zip(jobs, cents).map { JobLine(job: $0.job, tenant: $0.tenant, time: $0.time, cents: $1) }
  }
}
