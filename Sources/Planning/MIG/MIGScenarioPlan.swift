import Engine
import Hardware
import Outcome
import Scenario
import SimulationKernel

/// A static layout for a scenario's jobs, and the same jobs replayed on it and
/// on instances that are created on demand.
public struct MIGScenarioPlan: Sendable {
  /// One way to cut the fleet, and what came of it.
  public struct Arm: Sendable {
    public var name: String
    /// By replication.
    public var measured: [MeasuredReplication]
  }

  public var model: GPUModel
  public var geometry: MIGGeometry
  public var demand: MIGOfferedDemand
  /// GPUs of the fleet that can be cut.
  public var capableGPUs: Int
  /// The fewest GPUs that hold the demand, or, where the fleet has less, the
  /// layout that leaves least unserved.
  public var plan: MIGPlan
  public var arms: [Arm]

  /// What cannot be planned.
  public struct Problem: Error, CustomStringConvertible {
    public var description: String
  }

  /// - Parameters:
  ///   - quantile: see ``MIGOfferedDemand``; of replication 0.
  ///   - finished: called after each simulation.
  public init(
    _ scenario: LoadedScenario,
    quantile: Double,
    replications: Int,
    threads: Int,
    observer: (any RunObserver & Sendable)?,
    finished: @escaping @Sendable () -> Void
  ) throws {
    let fleet = scenario.nodes
    let capable = fleet.gpuModels.compactMap { name in
      fleet.migGeometry(ofModel: name).map { (name: name, geometry: $0) }
    }
    guard let only = capable.first, capable.count == 1,
      let model = GPUCatalogue.builtin.model(named: only.name)
    else {
      throw Problem(
        description: capable.isEmpty
          ? "the fleet has no GPUs with MIG: \(fleet.gpuModels.joined(separator: ", "))"
          : "a layout is planned for one GPU model; the fleet has \(capable.map(\.name).joined(separator: ", "))"
      )
    }
    guard let placement = scenario.placements.first(where: { $0.problem(with: .mig) == nil }) else {
      throw Problem(
        description: scenario.placements.first?.problem(with: .mig)
          ?? "the scenario names no placement policy"
      )
    }
    self.model = model
    let geometry = only.geometry
    self.geometry = geometry
    let first = try scenario.input(placement: placement, replication: 0)
    let demand = MIGOfferedDemand(first.jobs, geometry, horizon: first.horizon, quantile: quantile)
    self.demand = demand
    guard demand.jobs > 0 else {
      throw Problem(description: "no job asks for a part of a GPU that MIG serves")
    }
    let nodes = fleet.nodes.indices.filter { n in
      fleet.nodes[n].gpuModel.map { fleet.gpuModels[Int($0.rawValue)] == only.name } ?? false
    }
    let gpus = nodes.reduce(0) { $0 + fleet.nodes[$1].gpuCount }
    capableGPUs = gpus
    guard let fewest = MIGPlan.fewestGPUs(for: demand.instances, geometry),
      let plan = fewest.gpus <= gpus
        ? fewest : MIGPlan.leastUnserved(of: demand.instances, gpus: gpus, geometry)
    else { throw Problem(description: "the solver found no plan for this demand") }
    self.plan = plan

    var fixed = MIGSpec()
    fixed.cuts = fleet.nodes.map { Array(repeating: .whole, count: $0.gpuCount) }
    var places = nodes.flatMap { n in (0..<fleet.nodes[n].gpuCount).map { (n, $0) } }[...]
    for row in plan.rows {
      guard let placed = geometry.placing(row.contents) else { continue }
      fixed.layouts.append(
        placed.map(geometry.instance)
      )
      for (n, g) in places.prefix(row.gpus) { fixed.cuts[n][g] = .layout(fixed.layouts.count - 1) }
      places = places.dropFirst(row.gpus)
    }
    var named: [(String, MIGSpec)] = [("static layout", fixed)]
    for rule in MIGInstanceRule.allCases {
      named.append(("dynamic, \(rule.rawValue)", MIGSpec(instances: rule, createTime: first.mig.createTime)))
    }
    let arms = named.map { name, spec in
      let make: ArmRuns.Make = { replication in
        var input = try scenario.input(placement: placement, replication: replication)
        input.sharing = .mig
        input.contention = nil
        input.mig = spec
        input.rejectsImpossibleJobs = true
        return input
      }
      return (name: name, make: make)
    }
    let measured = try ArmRuns.run(
      arms: arms.map(\.make),
      replications: replications,
      threads: threads,
      observer: observer,
      finished: finished
    )
    self.arms = zip(arms, measured).map { Arm(name: $0.name, measured: $1) }
  }
}
