import Economics
import Hardware

/// The owned-cost parameters of a fleet, by GPU id; models without a purchase
/// price are left out.
enum StoredParameters {
  /// - Parameter costs: a user's table over the shipped ones.
  static func of(_ demand: RunDemand, costs: String?) throws -> [String: CostParameters] {
    var found: [String: CostParameters] = [:]
    for part in demand.fleet {
      guard let gpu = GPUCatalogue.builtin.model(named: part.gpu),
        let shipped = CostParameters.builtin(for: gpu)
      else { continue }
      found[gpu.id] = try costs.map { try shipped.overridden(path: $0) } ?? shipped
    }
    return found
  }
}
