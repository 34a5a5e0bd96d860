import Engine
import Hardware
import Workload

/// What `policy.sharing.isolation` says: tenants all of whose jobs demand at
/// least so much.
struct TenantIsolation: Sendable {
  private(set) var levels: [String: IsolationLevel] = [:]

  init() {}

  /// - Parameter strategy: of the device plugin.
  init(
    _ policy: Decoded?,
    _ work: WorkSource?,
    _ sharing: SharingMode?,
    _ strategy: MIGStrategyChoice,
    into diagnostics: inout DiagnosticList
  ) {
    guard let map = policy?["sharing"]?["isolation"], map.isSound, let work, let sharing else { return }
    let tenants = work.tenants
    for (tenant, word) in map.entries {
      guard let level = IsolationLevel.allCases.first(where: { $0.name == word.text }) else { continue }
      if !tenants.contains(tenant) {
        diagnostics.add(
          word.origin,
          word.keyPath,
          "no job has the tenant '\(tenant)'; accepted: \(tenants.sorted().joined(separator: ", "))",
          hint: Hint.didYouMean(tenant, among: tenants)
        )
      } else if let problem = TenantIsolation.problem(level, under: sharing) {
        diagnostics.add(word.origin, word.keyPath, problem.message, hint: problem.hint)
      } else if level == .gpu, let profile = strategy.profile {
        diagnostics.add(
          word.origin,
          word.keyPath,
          "asks for GPUs of its own where all GPUs are cut into \(profile)",
          hint: "choose mig or node, or policy.sharing.strategy: mixed and leave some GPUs whole"
        )
      } else {
        levels[tenant] = level
      }
    }
  }

  /// Why a sharing mode cannot isolate so, with a hint; nil: it can.
  static func problem(_ level: IsolationLevel, under sharing: SharingMode) -> (message: String, hint: String)?
  {
    guard [.mig, .gpu].contains(level), [.pooled, .timeSlicing, .mps].contains(sharing) else { return nil }
    return (
      "GPUs that are shared by \(sharing.rawValue) isolate nobody; found '\(level.name)'",
      "choose policy.sharing: mig, isolation: node, or none"
    )
  }

  /// Jobs of these tenants demand what their tenant does, or more.
  func rewrite(_ jobs: inout JobTable) {
    guard !levels.isEmpty else { return }
    let ofTenant = jobs.tenants.map { levels[$0] ?? .none }
    struct Key: Hashable {
      var shape: ShapeID
      var level: IsolationLevel
    }
    var numbers: [Key: ShapeID] = [:]
    for job in 0..<jobs.count {
      let level = ofTenant[Int(jobs.tenant[job].rawValue)]
      let shape = jobs.shapes[Int(jobs.shape[job].rawValue)]
      var demand = jobs.deviceDemand(of: shape)
      // Without GPUs there is nothing to keep apart but nodes.
      guard level.rawValue > demand.isolation.rawValue, shape.gpuCount > 0 || level == .node else { continue }
      let key = Key(shape: jobs.shape[job], level: level)
      if numbers[key] == nil {
        demand.isolation = level
        var raised = shape
        raised.device = jobs.deviceDemand(demand)
        numbers[key] = ShapeID(rawValue: Int32(jobs.shapes.count))
        jobs.shapes.append(raised)
      }
      jobs.shape[job] = numbers[key]!
    }
  }
}
