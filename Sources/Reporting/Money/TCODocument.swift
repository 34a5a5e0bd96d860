import Economics

/// The ways of meeting a run's demand, for programs.
struct TCODocument: Encodable {
  struct Run: Encodable {
    var id: Int64
    var name: String
    var policy: String
    var replication: Int
    var measuredS: Double
  }

  struct Option: Encodable {
    var name: String
    var service: String
    var capexUsd: Double
    var residualUsd: Double
    var firstYearUsd: [String: Double]
    /// Years 0, 1, …; costs are negative.
    var cashFlowUsd: [Double]
    var presentCostUsd: Double
    var equivalentAnnualCostUsd: Double
    var costPerServedGpuHour: Double?
    var ownedGpus: [String: Int]
    var servedGpuHYear: Double
    var unservedGpuHYear: Double
    var waitingGpuHYear: Double
    var remarks: [String]
  }

  struct Bill: Encodable {
    struct Line: Encodable {
      var tenant: String
      var gpuH: Double
      var cents: Int64
      var idleCents: Int64
    }

    var idle: String
    var billCents: Int64
    var idleCents: Int64
    var tenants: [Line]
  }

  var format = "headroom-tco/1"
  var run: Run
  var years: Int
  var costOfCapital: Double
  var offeredGpuHYear: Double
  var equalService: Bool
  var options: [Option]
  var chargeback: Bill?

  init(_ comparison: TCOComparison, _ source: TCOText.Source, _ bill: Chargeback?) {
    let rate = comparison.rate
    run = Run(
      id: source.run,
      name: source.name,
      policy: source.policy,
      replication: source.replication,
      measuredS: source.seconds
    )
    years = comparison.years
    costOfCapital = rate
    offeredGpuHYear = comparison.offeredPerYear
    equalService = Set(comparison.options.map(\.service)).count <= 1
    options = comparison.options.map { option in
      Option(
        name: option.name,
        service: option.service.rawValue,
        capexUsd: option.capital.units,
        residualUsd: option.residual.units,
        firstYearUsd: Dictionary(option.lines.map { ($0.name, $0.amount.units) }) { $0 + $1 },
        cashFlowUsd: option.flows.flows.map(\.units),
        presentCostUsd: option.presentCost(rate: rate),
        equivalentAnnualCostUsd: option.annualCost(rate: rate),
        costPerServedGpuHour: option.costPerServedGPUHour(rate: rate),
        ownedGpus: Dictionary(option.ownedGPUs.map { ($0.gpu, $0.gpus) }) { $0 + $1 },
        servedGpuHYear: option.servedPerYear,
        unservedGpuHYear: option.unservedPerYear,
        waitingGpuHYear: option.waitingPerYear,
        remarks: option.remarks
      )
    }
    chargeback = bill.map { bill in
      Bill(
        idle: bill.idle.rawValue,
        billCents: Int64(bill.billCents),
        idleCents: Int64(bill.idleCents),
        tenants: bill.lines.map {
          Bill.Line(
            tenant: $0.tenant,
            gpuH: Double($0.held) / 3.6e15,
            cents: Int64($0.cents),
            idleCents: Int64($0.idleCents)
          )
        }
      )
    }
  }
}
