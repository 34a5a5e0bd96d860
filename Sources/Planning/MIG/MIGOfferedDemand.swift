import Engine
import Hardware
import SimulationKernel
import Workload

/// How many instances of each profile the jobs of a run would hold if every job
/// started on its arrival.
public struct MIGOfferedDemand: Hashable, Sendable {
  /// By position in ``MIGGeometry/profiles``.
  public var instances: [Int]
  /// Jobs that ask for an instance.
  public var jobs: Int
  /// Jobs that ask for a part that no profile serves.
  public var tooLarge: Int

  /// - Parameter quantile: of the time in which any job is there, above 0 to 1:
  ///   1 is the peak; 0.95 is exceeded in a twentieth of the time. Each profile
  ///   has its own.
  ///
  /// - Complexity: O(jobs log jobs).
  public init(_ jobs: JobTable, _ geometry: MIGGeometry, horizon: SimTime?, quantile: Double) {
    let profiles = jobs.shapes.map { geometry.profile(for: $0, jobs.deviceDemand(of: $0)) }
    var changes = [[(at: Int64, by: Int)]](repeating: [], count: geometry.profiles.count)
    var count = 0
    var tooLarge = 0
    var last: Int64 = 0
    var first = Int64.max
    for job in 0..<jobs.count {
      let number = Int(jobs.shape[job].rawValue)
      guard let profile = profiles[number] else {
        tooLarge += jobs.deviceDemand(of: jobs.shapes[number]).asksForPart ? 1 : 0
        continue
      }
      let start = jobs.arrival[job].nanoseconds
      if let horizon, start >= horizon.nanoseconds { continue }
      let length = geometry.length(of: job, in: jobs, onProfile: profile)
      let end = min(start + length, horizon?.nanoseconds ?? .max)
      changes[profile].append((start, 1))
      changes[profile].append((end, -1))
      count += 1
      first = min(first, start)
      last = max(last, end)
    }
    self.jobs = count
    self.tooLarge = tooLarge
    instances = changes.map { MIGOfferedDemand.level($0, from: first, until: last, quantile: quantile) }
  }

  /// The least level that is not exceeded for this share of the time.
  private static func level(
    _ changes: [(at: Int64, by: Int)],
    from first: Int64,
    until last: Int64,
    quantile: Double
  ) -> Int {
    guard !changes.isEmpty else { return 0 }
    var spans: [Int: Int64] = [:]
    var level = 0
    var since = first
    for change in changes.sorted(by: { ($0.at, $0.by) < ($1.at, $1.by) }) {
      spans[level, default: 0] += change.at - since
      since = change.at
      level += change.by
    }
    spans[level, default: 0] += last - since
    let wanted = Double(last - first) * quantile
    var covered: Int64 = 0
    for (level, span) in spans.sorted(by: { $0.key < $1.key }) where span > 0 {
      covered += span
      if Double(covered) >= wanted { return level }
    }
    return spans.keys.max() ?? 0
  }
}
