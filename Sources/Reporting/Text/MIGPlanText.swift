import Hardware
import Planning

/// A plan of layouts, for people and for programs.
public enum MIGPlanText {
  /// What was asked, the layouts, and what is left.
  public static func page(
    _ plan: MIGPlan,
    _ model: GPUModel,
    _ geometry: MIGGeometry,
    style: TextStyle
  ) -> String {
    var lines = [
      style.heading("\(plan.gpus) x \(model.id) for \(contents(plan.demand, geometry))"), "",
    ]
    var table = TextTable(style: style, firstNumeric: 0)
    table.add(["GPUs", "each holds"])
    for row in plan.rows { table.add(["\(row.gpus)", contents(row.contents, geometry)]) }
    lines += table.lines(hangingTitle: false)
    let isServed = plan.unserved.allSatisfy { $0 == 0 }
    let surplus = plan.demand.indices.map { profile in
      max(0, plan.rows.reduce(0) { $0 + $1.gpus * $1.contents[profile] } - plan.demand[profile])
    }
    lines += ["", isServed ? "  all demand is served" : "  unserved: \(contents(plan.unserved, geometry))"]
    if surplus.contains(where: { $0 > 0 }) {
      lines.append("  beyond the demand: \(contents(surplus, geometry))")
    }
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  /// The same as JSON.
  public static func json(_ plan: MIGPlan, _ model: GPUModel, _ geometry: MIGGeometry) throws -> String {
    try ReportJSON.encode(MIGPlanDocument(plan, model, geometry))
  }

  private static func contents(_ counts: [Int], _ geometry: MIGGeometry) -> String {
    let parts = geometry.profiles.indices.reversed().filter { counts[$0] > 0 }.map {
      "\(counts[$0]) x \(geometry.profiles[$0].name)"
    }
    return parts.isEmpty ? "nothing" : parts.joined(separator: " + ")
  }
}

/// A plan of layouts in JSON.
struct MIGPlanDocument: Encodable {
  struct Row: Encodable {
    var gpus: Int
    var contents: [String: Int]
  }

  var gpu: String
  var gpus: Int
  var demand: [String: Int]
  var layouts: [Row]
  var unserved: [String: Int]

  init(_ plan: MIGPlan, _ model: GPUModel, _ geometry: MIGGeometry) {
    func named(_ counts: [Int]) -> [String: Int] {
      let held = geometry.profiles.indices.filter { counts[$0] > 0 }
      return Dictionary(uniqueKeysWithValues: held.map { (geometry.profiles[$0].name, counts[$0]) })
    }
    gpu = model.id
    gpus = plan.gpus
    demand = named(plan.demand)
    layouts = plan.rows.map { Row(gpus: $0.gpus, contents: named($0.contents)) }
    unserved = named(plan.unserved)
  }
}
