/// Which tenants lay on the same GPUs at the same time, and for how long: what
/// a fault of a GPU, or a look over a weak border, reaches (its blast radius).
///
/// Where GPUs are cut by MIG the tenants of one GPU are behind borders in
/// hardware; they still fall with it.
public struct CoResidence: Hashable, Sendable {
  /// Time of one tenant on GPUs: each GPU counts while it has any job there, ns.
  public struct Tenant: Hashable, Sendable {
    public var name: String
    /// One job on the GPU.
    public var alone: Int128 = 0
    /// Several, all its own.
    public var amongItsOwn: Int128 = 0
    /// Other tenants' jobs on the same GPU.
    public var withOthers: Int128 = 0
    /// Most jobs of others at a time on a GPU where it had one.
    public var mostForeignJobs = 0
    /// Most other tenants at a time on such a GPU.
    public var mostForeignTenants = 0
    /// Times that it was the first on an empty GPU whose last job was another
    /// tenant's: what a wipe of the memory would be due for.
    public var handovers = 0

    public var total: Int128 { alone + amongItsOwn + withOthers }
  }

  /// Two tenants on the same GPU.
  public struct Pair: Hashable, Sendable {
    /// Positions in ``tenants``, ascending.
    public var first: Int
    public var second: Int
    /// Over all GPUs, ns.
    public var together: Int128
    /// On how many of them.
    public var gpus: Int
  }

  /// Those with a job on any GPU, by name.
  public private(set) var tenants: [Tenant]
  /// The longest first, then by position.
  public private(set) var pairs: [Pair] = []

  /// - Complexity: O(n log n) for n residences, plus the square of the tenants
  ///   that share a GPU at each change there.
  public init(_ table: ResidenceTable) {
    let used = Set(table.residences.map(\.tenant))
    let known = table.tenants.filter { used.contains($0.row) }.sorted {
      ($0.name, $0.row) < ($1.name, $1.row)
    }
    tenants = known.map { Tenant(name: $0.name) }
    var position: [Int64: Int] = [:]
    for (place, tenant) in known.enumerated() { position[tenant.row] = place }
    var changes: [Change] = []
    changes.reserveCapacity(table.residences.count * 2)
    for residence in table.residences {
      let device = residence.node * 64 + Int64(residence.gpu)
      let tenant = position[residence.tenant]!
      changes.append(Change(device: device, time: residence.startNanoseconds, isStart: true, tenant: tenant))
      changes.append(Change(device: device, time: residence.endNanoseconds, isStart: false, tenant: tenant))
    }
    changes.sort()
    var matrix = [Int128](repeating: 0, count: tenants.count * tenants.count)
    var gpus = [Int](repeating: 0, count: matrix.count)
    var begin = 0
    while begin < changes.count {
      var end = begin
      while end < changes.count && changes[end].device == changes[begin].device { end += 1 }
      sweep(changes[begin..<end], &matrix, &gpus)
      begin = end
    }
    for first in tenants.indices {
      for second in tenants.indices where second > first && matrix[first * tenants.count + second] > 0 {
        let cell = first * tenants.count + second
        pairs.append(Pair(first: first, second: second, together: matrix[cell], gpus: gpus[cell]))
      }
    }
    pairs.sort { ($1.together, $0.first, $0.second) < ($0.together, $1.first, $1.second) }
  }

  private struct Change: Comparable {
    var device: Int64
    var time: Int64
    /// Ends come before starts.
    var isStart: Bool
    var tenant: Int

    static func < (a: Self, b: Self) -> Bool {
      if a.device != b.device { return a.device < b.device }
      if a.time != b.time { return a.time < b.time }
      if a.isStart != b.isStart { return b.isStart }
      return a.tenant < b.tenant
    }
  }

  /// One GPU from its first job to its last.
  private mutating func sweep(_ changes: ArraySlice<Change>, _ matrix: inout [Int128], _ gpus: inout [Int]) {
    var jobs = [Int](repeating: 0, count: tenants.count)
    var present: [Int] = []
    var total = 0
    var last: Int?
    var met: Set<Int> = []
    var now = changes.first!.time
    for change in changes {
      if change.time > now {
        spend(Int128(change.time - now), present, total, jobs, &matrix, &met)
        now = change.time
      }
      let tenant = change.tenant
      jobs[tenant] += change.isStart ? 1 : -1
      total += change.isStart ? 1 : -1
      if change.isStart {
        if total == 1, let last, last != tenant { tenants[tenant].handovers += 1 }
        if jobs[tenant] == 1 { present.append(tenant) }
      } else if jobs[tenant] == 0 {
        present.removeAll { $0 == tenant }
      }
      if total == 0 { last = tenant }
    }
    for cell in met { gpus[cell] += 1 }
  }

  /// So long this was on the GPU.
  private mutating func spend(
    _ span: Int128,
    _ present: [Int],
    _ total: Int,
    _ jobs: [Int],
    _ matrix: inout [Int128],
    _ met: inout Set<Int>
  ) {
    for tenant in present {
      if total == 1 {
        tenants[tenant].alone += span
      } else if present.count == 1 {
        tenants[tenant].amongItsOwn += span
      } else {
        tenants[tenant].withOthers += span
        tenants[tenant].mostForeignJobs = max(tenants[tenant].mostForeignJobs, total - jobs[tenant])
        tenants[tenant].mostForeignTenants = max(tenants[tenant].mostForeignTenants, present.count - 1)
      }
      for other in present where other > tenant {
        let cell = tenant * jobs.count + other
        matrix[cell] += span
        met.insert(cell)
      }
    }
  }
}
