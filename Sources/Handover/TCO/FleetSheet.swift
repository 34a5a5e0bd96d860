import Economics

/// The sheet of owned nodes: what they cost to buy and to run, a row a fleet.
struct FleetSheet {
  private(set) var sheet: Sheet
  /// Rows by option and fleet.
  private(set) var rows: [[Int]] = []

  /// Columns by what they hold.
  enum Column: Int, CaseIterable {
    case option, gpu, gpus, perNode, nodes, use, tdp, hardware, purchase, residualShare, residual
    case kilowatts, energy, power, rent, maintenance, staff, software, insurance, firstPower

    var title: String {
      switch self {
      case .option: "option"
      case .gpu: "GPU"
      case .gpus: "GPUs"
      case .perNode: "GPUs a node"
      case .nodes: "nodes"
      case .use: "use"
      case .tdp: "W a GPU"
      case .hardware: "hardware and spares"
      case .purchase: "purchase"
      case .residualShare: "left at the end, share"
      case .residual: "left at the end"
      case .kilowatts: "mean kW"
      case .energy: "kWh a year"
      case .power: "power"
      case .rent: "rent"
      case .maintenance: "maintenance"
      case .staff: "staff"
      case .software: "software"
      case .insurance: "insurance"
      case .firstPower: "power, first year"
      }
    }
  }

  /// The cost lines in their order.
  static let running: [Column] = [.power, .rent, .maintenance, .staff, .software, .insurance]

  init(_ comparison: TCOComparison, _ names: AssumptionsSheet) {
    sheet = Sheet("Fleet", widths: [24, 18] + Array(repeating: 14, count: Column.allCases.count - 2))
    sheet.add(Column.allCases.map { .text($0.title, .heading) })
    for option in comparison.options {
      rows.append(
        option.fleets.map { fleet in
          let row = sheet.rows.count + 1
          let formulas = FleetFormulas(fleet, row: row, years: comparison.terms.years) {
            names.name($0, fleet.place)
          }
          return sheet.add(Self.cells(option, fleet, formulas, comparison.terms))
        }
      )
    }
    if sheet.rows.count == 1 { sheet.add([.text("no option owns anything", .note)]) }
  }

  /// A cell of a fleet's row.
  func cell(_ row: Int, _ column: Column) -> String { sheet.cell(row: row, column: column.rawValue) }

  private static func cells(
    _ option: TCOOption,
    _ fleet: TCOOption.OwnedFleet,
    _ formulas: FleetFormulas,
    _ terms: TCOTerms
  ) -> [Cell] {
    let model = fleet.model
    let values = model.parameters.typical
    let costs = model.costs(values, use: fleet.use)
    func value(_ role: CostRole) -> Double { values[role.rawValue] }
    let hardware =
      (value(.nodePrice) + value(.networkPerNode)) * Double(model.nodes) * (1 + value(.sparesShare))
    let first = model.costs(values, use: fleet.use * terms.firstYearDemandShare).power
    return Column.allCases.map { column in
      switch column {
      case .option: .text(option.name)
      case .gpu: .text(model.gpu.id)
      case .gpus: .number(Double(model.gpus), .count)
      case .perNode: .number(Double(model.parameters.gpusPerNode), .count)
      case .use: .number(fleet.use, .percent)
      case .tdp: .number(model.gpu.tdpWatts.value, .count)
      case .nodes: .formula(formulas[column], Double(model.nodes), .count)
      case .hardware: .formula(formulas[column], hardware, .cents)
      case .purchase: .formula(formulas[column], costs.capital, .cents)
      case .residualShare:
        .formula(formulas[column], model.residualShare(values, years: terms.years), .percent)
      case .residual: .formula(formulas[column], costs.residual, .cents)
      case .kilowatts: .formula(formulas[column], model.power(values, use: fleet.use), .figure)
      case .energy: .formula(formulas[column], model.energy(values, use: fleet.use), .count)
      case .power: .formula(formulas[column], costs.power, .cents)
      case .rent: .formula(formulas[column], costs.rent, .cents)
      case .maintenance: .formula(formulas[column], costs.maintenance, .cents)
      case .staff: .formula(formulas[column], costs.staff, .cents)
      case .software: .formula(formulas[column], costs.software, .cents)
      case .insurance: .formula(formulas[column], costs.insurance, .cents)
      case .firstPower: .formula(formulas[column], first, .cents)
      }
    }
  }
}

/// The formulas of ``FleetModel`` for one row of the fleet sheet.
///
/// ``inlined`` puts every formula into one, for a row that is computed with
/// other parameters.
struct FleetFormulas {
  private let row: Int
  private let years: Int
  private let isInlined: Bool
  private let isOwnSite: Bool
  private let name: (CostRole) -> String

  init(
    _ fleet: TCOOption.OwnedFleet,
    row: Int,
    years: Int,
    isInlined: Bool = false,
    name: @escaping (CostRole) -> String
  ) {
    self.row = row
    self.years = years
    self.isInlined = isInlined
    isOwnSite = fleet.model.site == .own
    self.name = name
  }

  /// The cell of a column of the same row, or what it computes.
  private func cell(_ column: FleetSheet.Column) -> String {
    switch column {
    case .gpus, .perNode, .nodes, .use, .tdp:
      let reference = Sheet.reference(row: row, column: column.rawValue)
      return isInlined ? "Fleet!\(reference)" : reference
    default:
      return isInlined ? "(\(self[column]))" : Sheet.reference(row: row, column: column.rawValue)
    }
  }

  subscript(column: FleetSheet.Column) -> String {
    switch column {
    case .option, .gpu, .gpus, .perNode, .use, .tdp: ""
    case .nodes: "ROUNDUP(\(cell(.gpus))/\(cell(.perNode)),0)"
    case .hardware:
      "(\(name(.nodePrice))+\(name(.networkPerNode)))*\(cell(.nodes))*(1+\(name(.sparesShare)))"
    case .purchase: "\(system)\(isOwnSite ? "+\(building)" : "")"
    case .residualShare:
      years <= 3
        ? name(.residual36)
        : "MAX(0,\(name(.residual36))+(\(name(.residual60))-\(name(.residual36)))*\(years - 3)/2)"
    case .residual:
      "\(system)*\(cell(.residualShare))"
        + (isOwnSite ? "+\(building)*MAX(0,1-\(years)/\(name(.buildingLife)))" : "")
    case .kilowatts: kilowatts(cell(.use))
    case .energy: "\(cell(.kilowatts))*8760*\(name(.pue))"
    case .power: "\(cell(.energy))*\(name(.electricity))"
    case .rent: isOwnSite ? "0" : "\(name(.nodePower))*\(cell(.nodes))*12*\(name(.rent))"
    case .maintenance: "\(cell(.hardware))*\(name(.maintenance))"
    case .staff: Self.staff(cell(.nodes), name)
    case .software: "\(cell(.gpus))*(\(name(.vendorSoftware))+\(name(.orchestrationSoftware)))"
    case .insurance: "\(cell(.hardware))*\(name(.insurance))"
    case .firstPower:
      "\(kilowatts("\(cell(.use))*first_year_demand"))*8760*\(name(.pue))*\(name(.electricity))"
    }
  }

  private var system: String { "\(cell(.hardware))*(1+\(name(.installShare)))" }
  private var building: String { "\(name(.nodePower))*\(cell(.nodes))*\(name(.buildCost))" }

  private func kilowatts(_ use: String) -> String {
    let share =
      "(\(name(.idleShare))+(\(name(.loadShare))-\(name(.idleShare)))*\(use)*\(name(.availability)))"
    let watts = "(\(cell(.nodes))*\(name(.hostPower))+\(cell(.gpus))*\(cell(.tdp))*\(share))"
    return "MIN(\(watts)/1000,\(name(.nodePower))*\(cell(.nodes)))"
  }

  /// Of so many nodes: whole posts above a minimum.
  static func staff(_ nodes: String, _ name: (CostRole) -> String) -> String {
    let needed = "(\(nodes))/\(name(.nodesPerPost))"
    return
      "IF(\(needed)<=\(name(.minimumPosts)),\(name(.minimumPosts)),ROUNDUP(\(needed),0))*\(name(.postCost))"
  }
}
