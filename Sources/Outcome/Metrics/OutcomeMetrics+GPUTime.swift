import Hardware
import SimulationKernel
import Workload

extension OutcomeMetrics {
  /// What the fleet is and where its time went.
  static func gpuTime(_ outcome: RunOutcome, _ fleet: Fleet) -> [Metric] {
    let ledger = outcome.ledger
    var rows = [
      Metric(name: "nodes", scope: "fleet", unit: "nodes", value: Double(fleet.nodes.count)),
      Metric(name: "gpus", scope: "fleet", unit: "GPU", value: Double(fleet.gpuCount)),
      Metric(
        name: "measured_time",
        scope: "fleet",
        unit: "s",
        value: (outcome.end - outcome.measuredFrom).seconds
      ),
      Metric(name: "events", scope: "fleet", unit: "events", value: Double(outcome.eventCount)),
    ]
    rows += hours(ledger, scope: "fleet")
    for leaf in LedgerLeaf.allCases {
      rows.append(
        Metric(
          name: "gpu_time.\(leaf.path)",
          scope: "fleet",
          unit: "GPU_h",
          value: GPUTime.hours(ledger[leaf])
        )
      )
    }
    rows += shares(ledger, scope: "fleet") + effective(ledger, scope: "fleet")
    for leaf in [
      LedgerLeaf.strandedModel, .strandedConstraint, .strandedRemainder, .strandedCPU, .strandedMemory,
    ] {
      guard let share = GPUTime.percent(ledger[leaf], of: ledger.capacity) else { continue }
      let name = leaf.path.replacing("free.stranded", with: "stranded", maxReplacements: 1)
      rows.append(Metric(name: name, scope: "fleet", unit: "percent", value: share))
    }
    return rows
  }

  /// The same by GPU model.
  static func models(_ outcome: RunOutcome, _ fleet: Fleet) -> [Metric] {
    var gpus = [Int](repeating: 0, count: fleet.gpuModels.count)
    for node in fleet.nodes {
      if let model = node.gpuModel { gpus[Int(model.rawValue)] += node.gpuCount }
    }
    return zip(fleet.gpuModels.indices, outcome.ledgerByModel).flatMap { index, ledger in
      let scope = "model:\(fleet.gpuModels[index])"
      return [Metric(name: "gpus", scope: scope, unit: "GPU", value: Double(gpus[index]))]
        + hours(ledger, scope: scope) + shares(ledger, scope: scope)
    }
  }

  /// What each tenant asked for, got and used.
  static func tenantTime(_ outcome: RunOutcome, _ jobs: JobTable) -> [Metric] {
    zip(jobs.tenants, outcome.tenants).flatMap { name, totals in
      let figures: [(String, Int128)] = [
        ("gpu_time.allocated", totals.ledger.allocated), ("gpu_time.busy", totals.ledger.busy),
        ("demand.offered", totals.offered), ("demand.waiting", totals.waiting),
      ]
      return figures.map { metric, integral in
        Metric(name: metric, scope: "tenant:\(name)", unit: "GPU_h", value: GPUTime.hours(integral))
      } + effective(totals.ledger, scope: "tenant:\(name)")
    }
  }

  /// How broken up the free capacity is at the end of the run.
  static func fragmentation(_ outcome: RunOutcome) -> [Metric] {
    let snapshot = outcome.snapshot
    var rows = [
      Metric(
        name: "fragmentation.free",
        scope: "fleet",
        unit: "GPU",
        value: Double(snapshot.freeMilliGPU) / 1000
      ),
      Metric(name: "fragmentation.fgd", scope: "fleet", unit: "GPU", value: snapshot.fgdMilliGPU / 1000),
      Metric(
        name: "fragmentation.largest_job",
        scope: "fleet",
        unit: "GPU",
        value: Double(snapshot.largestJobOnOneNode)
      ),
      Metric(
        name: "fragmentation.largest_gang",
        scope: "fleet",
        unit: "GPU",
        value: Double(snapshot.largestGang)
      ),
    ]
    if snapshot.freeMilliGPU > 0 {
      rows.append(
        Metric(
          name: "fragmentation.rate",
          scope: "fleet",
          unit: "percent",
          value: 100 * snapshot.fgdMilliGPU / Double(snapshot.freeMilliGPU)
        )
      )
    }
    return rows
  }

  private static func hours(_ ledger: LedgerTotals, scope: String) -> [Metric] {
    let sums: [(String, Int128)] = [
      ("capacity", ledger.capacity), ("allocated", ledger.allocated), ("busy", ledger.busy),
      ("stranded", ledger.stranded), ("down", ledger[.downFault] + ledger[.downMaintenance]),
    ]
    return sums.map {
      Metric(name: "gpu_time.\($0)", scope: scope, unit: "GPU_h", value: GPUTime.hours($1))
    }
  }

  /// What interruptions, checkpoints and restarts left of the busy time: the
  /// effective training time ratio of the time that was held. No row where
  /// they took nothing.
  private static func effective(_ ledger: LedgerTotals, scope: String) -> [Metric] {
    guard ledger[.goodput] < ledger.busy, let share = GPUTime.percent(ledger[.goodput], of: ledger.busy)
    else { return [] }
    return [Metric(name: "effective_time", scope: scope, unit: "percent", value: share)]
  }

  private static func shares(_ ledger: LedgerTotals, scope: String) -> [Metric] {
    let parts: [(String, Int128)] = [
      ("allocation", ledger.allocated), ("utilisation", ledger.busy), ("goodput", ledger[.goodput]),
      ("stranded", ledger.stranded), ("down", ledger[.downFault] + ledger[.downMaintenance]),
    ]
    return parts.compactMap { name, part in
      GPUTime.percent(part, of: ledger.capacity).map {
        Metric(name: name, scope: scope, unit: "percent", value: $0)
      }
    }
  }
}
