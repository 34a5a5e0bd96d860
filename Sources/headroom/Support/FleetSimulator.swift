import Economics
import Engine
import Foundation
import Outcome
import Planning
import Scenario

/// Simulates fleets for a plan, and keeps how their nodes were used.
final class FleetSimulator {
  /// How the nodes of one group are billed when they are rented by use.
  struct Meter {
    /// Name of the group.
    var pool: String
    var billing: BillingTerms
  }

  private let options: ScenarioOptions
  private let overrides: [String]
  private let threads: Int
  private let meters: [Meter]
  /// What is done to the scenario of a fleet before it runs.
  private let prepare: (LoadedScenario) throws -> LoadedScenario
  /// By fleet and replication: by group, the share of the time for which the
  /// 1st, 2nd … node is billed.
  private var billed: [[Int]: [[[Double]]]] = [:]

  init(
    options: ScenarioOptions,
    overrides: [String],
    threads: Int?,
    meters: [Meter],
    prepare: @escaping (LoadedScenario) throws -> LoadedScenario = { $0 }
  ) {
    self.options = options
    self.overrides = overrides
    self.threads = threads ?? ProcessInfo.processInfo.activeProcessorCount
    self.meters = meters
    self.prepare = prepare
  }

  /// Replications of a fleet.
  func trial(_ counts: [Int], _ fleet: [String], _ range: Range<Int>) throws -> FleetPlanner.Trial {
    do {
      let scenario = try prepare(try options.load(adding: fleet + overrides))
      let placement = scenario.placements[0]
      let meters = meters
      let found = try ParallelMap.map(count: range.count, threads: threads) {
        piece -> (metrics: [Metric], billed: [[Double]]) in
        if Interrupt.isRequested { throw SimulationError.cancelled }
        let input = try scenario.input(placement: placement, replication: range.lowerBound + piece)
        let outcome = try Simulation.run(input, observer: InterruptObserver())
        let metrics = OutcomeMetrics.compute(outcome: outcome, jobs: input.jobs, fleet: input.fleet)
        guard !meters.isEmpty else { return (metrics, []) }
        let groupOf = input.fleet.nodes.map { node in
          meters.firstIndex { node.name.hasPrefix($0.pool + "-") } ?? -1
        }
        let used = OccupiedNodes.of(outcome, input.jobs, groupOf: groupOf, groups: meters.count)
        return (metrics, zip(used, meters).map { RentalPlan.billedShares($0, $1.billing) })
      }
      billed[counts, default: []] += found.map(\.billed)
      return .measured(found.map(\.metrics))
    } catch let error as ScenarioError {
      // The scenario itself is sound: a fleet this small cannot serve it.
      return .impossible("\(error)")
    }
  }

  /// By group, the mean over the replications; empty where nothing was metered.
  func billedShares(_ counts: [Int]) -> [[Double]] {
    guard let all = billed[counts], !meters.isEmpty else { return [] }
    return meters.indices.map { group in
      let most = all.map { $0[group].count }.max() ?? 0
      return (0..<most).map { node in
        all.reduce(0) { $0 + ($1[group].indices.contains(node) ? $1[group][node] : 0) } / Double(all.count)
      }
    }
  }
}

extension RentalPlan {
  /// The share of the window for which the 1st, 2nd … node is billed, each of
  /// its stretches by the provider's terms.
  static func billedShares(_ used: OccupiedNodes, _ billing: BillingTerms) -> [Double] {
    let window = used.window
    guard window > 0 else { return [] }
    return charged(used.counts, used.lengths, billing).map { Double($0) / Double(window) }
  }
}
