import Engine
import Hardware
import Scenario
import Studies

/// What a `run` is going to simulate: placements, replications, and how to
/// make the input of each.
struct RunPlan: Sendable {
  /// One run each.
  struct Cell: Sendable {
    var label: String
    var make: @Sendable (Int) throws -> SimulationInput
  }

  let scenario: LoadedScenario
  let fleet: Fleet
  let cells: [Cell]
  let replications: Int

  init(_ scenario: LoadedScenario, verify: Bool) throws {
    self.scenario = scenario
    if let section = scenario.study {
      // A study brings its own fleet, jobs and plan of arrivals.
      let study = try FGDStudy(folder: section.data, workload: section.workload)
      fleet = study.fleet
      replications = 1
      cells = [
        Cell(label: section.policy) { _ in
          guard let seed = Int(exactly: section.seed) else { throw StudyError("the seed is too large") }
          var input = try study.input(policy: section.policy, seed: seed)
          input.verify = verify
          return input
        }
      ]
      return
    }
    fleet = scenario.nodes
    replications = scenario.replications
    cells = scenario.placements.map { placement in
      Cell(label: placement.label) { number in
        var input = try scenario.input(placement: placement, replication: number)
        input.verify = verify
        return input
      }
    }
  }

  /// The override that makes a scenario run under these placements.
  static func override(policies: [String]) throws -> String {
    let profiles = try policies.map { name in
      let spec = try ScenarioLoader.placement(named: name)
      return "{scores: [\(spec.scores.map(\.policy).joined(separator: ", "))]}"
    }
    return "policy.placement=[\(profiles.joined(separator: ", "))]"
  }
}
