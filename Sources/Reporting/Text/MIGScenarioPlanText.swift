import Hardware
import Planning

/// A layout for a scenario, with the replays side by side.
public enum MIGScenarioPlanText {
  /// Metrics of the table: name, heading and unit.
  private static let columns = [
    ("allocation", "allocation", "percent"), ("stranded", "stranded", "percent"),
    ("wait.mean", "wait mean", "s"), ("wait.p95", "wait p95", "s"),
    ("jobs.completed", "completed", "jobs"), ("jobs.rejected", "refused", "jobs"),
  ]

  /// The demand, the layout, and a row for each way to cut the fleet.
  public static func page(_ plan: MIGScenarioPlan, at share: String, style: TextStyle) -> String {
    var text = "Instances wanted at the same time (\(share) of the time), by \(plan.demand.jobs) jobs"
    if plan.demand.tooLarge > 0 {
      text += "; \(plan.demand.tooLarge) jobs ask for more than any instance has"
    }
    var lines = [text, "The fleet has \(plan.capableGPUs) GPUs with MIG.", ""]
    lines.append(MIGPlanText.page(plan.plan, plan.model, plan.geometry, style: style))
    let replications = plan.arms.first?.measured.count ?? 0
    lines.append("Replayed, \(replications) replication\(replications == 1 ? "" : "s"), means:")
    var table = TextTable(style: style, firstNumeric: 1)
    table.add(["cut"] + columns.map(\.1))
    for arm in plan.arms {
      table.add(
        [arm.name]
          + columns.map { name, _, unit in MetricText.value(mean(arm, name), unit: unit) }
      )
    }
    lines += table.lines(hangingTitle: false)
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  /// The same as JSON.
  public static func json(_ plan: MIGScenarioPlan) throws -> String {
    let layout = MIGPlanDocument(plan.plan, plan.model, plan.geometry)
    let arms = plan.arms.map { arm in
      Document.Arm(
        name: arm.name,
        metrics: Dictionary(
          uniqueKeysWithValues: columns.compactMap { name, _, _ in mean(arm, name).map { (name, $0) } }
        )
      )
    }
    return try ReportJSON.encode(
      Document(
        capableGPUs: plan.capableGPUs,
        jobs: plan.demand.jobs,
        tooLarge: plan.demand.tooLarge,
        plan: layout,
        replays: arms
      )
    )
  }

  private static func mean(_ arm: MIGScenarioPlan.Arm, _ name: String) -> Double? {
    let values = arm.measured.compactMap { $0.value(name, "fleet") }
    return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  private struct Document: Encodable {
    struct Arm: Encodable {
      var name: String
      var metrics: [String: Double]
    }
    var capableGPUs: Int
    var jobs: Int
    var tooLarge: Int
    var plan: MIGPlanDocument
    var replays: [Arm]
  }
}
