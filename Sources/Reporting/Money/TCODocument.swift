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

  struct Book: Encodable {
    var name: String
    var options: [TCOOptionDocument]
  }

  struct Sensitivity: Encodable {
    var against: String
    var npvUsd: Double
    var bars: [UncertaintyDocument.Bar]
  }

  struct Joint: Encodable {
    struct Option: Encodable {
      var name: String
      var p10: Double
      var p50: Double
      var p90: Double
      var probabilityCheapest: Double
    }

    var draws: Int
    var seed: UInt64
    var replications: Int
    /// USD a year.
    var options: [Option]
  }

  var format = "headroom-tco/2"
  var run: Run
  var years: Int
  var costOfCapital: Double
  var offeredGpuHYear: Double
  var equalService: Bool
  var options: [TCOOptionDocument]
  var notCounted: [String]
  var assumptions: [AssumptionDocument]
  var books: [Book]?
  var tornado: Sensitivity?
  var joint: Joint?
  var chargeback: ChargebackDocument?

  init(_ report: TCOReport) {
    let (comparison, source) = (report.comparison, report.source)
    run = Run(
      id: source.run,
      name: source.name,
      policy: source.policy,
      replication: source.replication,
      measuredS: source.seconds
    )
    years = comparison.terms.years
    costOfCapital = comparison.rate
    offeredGpuHYear = comparison.offeredPerYear
    equalService = Set(comparison.options.map(\.service)).count <= 1
    options = comparison.options.map { TCOOptionDocument($0, comparison, report.grid) }
    notCounted = comparison.terms.notCounted
    assumptions = Self.assumptions(comparison)
    if report.books.count > 1 {
      books = report.books.map { name, comparison in
        Book(name: name, options: comparison.options.map { TCOOptionDocument($0, comparison, report.grid) })
      }
    }
    tornado = report.tornado.flatMap { tornado in
      tornado.against.map {
        Sensitivity(against: $0, npvUsd: tornado.worth, bars: tornado.bars.map(UncertaintyDocument.Bar.init))
      }
    }
    joint = report.joint.map { joint in
      Joint(
        draws: joint.draws,
        seed: joint.seed,
        replications: joint.replications,
        options: joint.options.map {
          .init(
            name: $0.name,
            p10: $0.p10,
            p50: $0.p50,
            p90: $0.p90,
            probabilityCheapest: $0.probabilityCheapest
          )
        }
      )
    }
    chargeback = report.chargeback.map { ChargebackDocument($0, report) }
  }

  /// Each parameter once: models share most of them.
  static func assumptions(_ comparison: TCOComparison) -> [AssumptionDocument] {
    var seen: Set<CostParameter> = []
    return comparison.models.flatMap(\.parameters.list).filter { seen.insert($0).inserted }.map(
      AssumptionDocument.init
    )
  }
}

/// One option for programs.
struct TCOOptionDocument: Encodable {
  struct Price: Encodable {
    var line: String
    var offer: String
    var usdH: Double
    var instanceHYear: Double
    var date: String?
    var source: String
  }

  struct State: Encodable {
    var name: String
    var share: Double
    var usdYear: Double
  }

  struct Worth: Encodable {
    var against: String
    var npvUsd: Double
    var irr: Double?
    var irrState: String
    var paybackYearsSimple: Double?
    var paybackYearsDiscounted: Double?
    var roiUndiscounted: Double?
  }

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
  var prices: [Price]
  var servedGpuHYear: Double
  var unservedGpuHYear: Double
  var waitingGpuHYear: Double
  var states: [State]?
  var costPerAvailableGpuHour: Double?
  var costPerAllocatedGpuHour: Double?
  var costPerBusyGpuHour: Double?
  var costPerJob: Double?
  var waitingUsdYear: Double?
  var worth: [Worth]?
  var energyKwhYear: Double
  var carbonKgYearOperational: Double
  var carbonKgYearEmbodied: Double
  var remarks: [String]

  init(_ option: TCOOption, _ comparison: TCOComparison, _ grid: GridIntensity) {
    let carbon = Footprint(option, comparison, grid: grid)
    energyKwhYear = carbon.energy
    carbonKgYearOperational = carbon.operational
    carbonKgYearEmbodied = carbon.embodied
    let rate = comparison.rate
    name = option.name
    service = option.service.rawValue
    capexUsd = option.capital.units
    residualUsd = option.residual.units
    firstYearUsd = Dictionary(option.lines.map { ($0.name, $0.amount.units) }) { $0 + $1 }
    cashFlowUsd = option.flows.flows.map(\.units)
    presentCostUsd = option.presentCost(rate: rate)
    equivalentAnnualCostUsd = option.annualCost(rate: rate)
    costPerServedGpuHour = option.costPerServedGPUHour(rate: rate)
    ownedGpus = Dictionary(option.ownedGPUs.map { ($0.gpu, $0.gpus) }) { $0 + $1 }
    prices = option.rentals.map {
      Price(
        line: $0.line,
        offer: $0.row.offer,
        usdH: $0.price.units,
        instanceHYear: $0.hoursPerYear,
        date: $0.row.date,
        source: $0.row.source
      )
    }
    servedGpuHYear = option.servedPerYear
    unservedGpuHYear = option.unservedPerYear
    waitingGpuHYear = option.waitingPerYear
    let costs = StateCosts(option, comparison.demand, rate: rate)
    states = costs?.parts.map { State(name: $0.name, share: $0.share, usdYear: $0.cost) }
    costPerAvailableGpuHour = costs?.perAvailable
    costPerAllocatedGpuHour = costs?.perAllocated
    costPerBusyGpuHour = costs?.perBusy
    costPerJob = costs?.perJob
    waitingUsdYear = costs?.waiting
    remarks = option.remarks
    guard let (owner, worths) = comparison.owningWorths, owner.name == option.name else { return }
    worth = worths.map { worth in
      Worth(
        against: worth.other,
        npvUsd: worth.netPresentValue,
        irr: worth.internalRate.rate,
        irrState: worth.internalRate.rate == nil ? QuickQuantities.reason(worth.internalRate) : "unique",
        paybackYearsSimple: worth.payback(isDiscounted: false).years,
        paybackYearsDiscounted: worth.payback(isDiscounted: true).years,
        roiUndiscounted: worth.returnOnInvestment
      )
    }
  }
}

/// A divided bill for programs.
struct ChargebackDocument: Encodable {
  struct Line: Encodable {
    var tenant: String
    var gpuH: Double
    var cents: Int64
    var idleCents: Int64
  }

  struct Job: Encodable {
    var job: String
    var tenant: String
    var gpuH: Double
    var cents: Int64
  }

  struct Budget: Encodable {
    var tenant: String
    var limitCents: Int64
    var cents: Int64
    var hard: Bool
    var broken: Bool
  }

  var idle: String
  var billCents: Int64
  var idleCents: Int64
  var tenants: [Line]
  var jobs: [Job]?
  var budgets: [Budget]?

  init(_ bill: Chargeback, _ report: TCOReport) {
    idle = bill.idle.rawValue
    billCents = Int64(bill.billCents)
    idleCents = Int64(bill.idleCents)
    tenants = bill.lines.map {
      Line(
        tenant: $0.tenant,
        gpuH: Double($0.held) / 3.6e15,
        cents: Int64($0.cents),
        idleCents: Int64($0.idleCents)
      )
    }
    let listed = report.dearestJobs
    if !listed.isEmpty {
      jobs = listed.map {
        Job(job: $0.job, tenant: $0.tenant, gpuH: Double($0.time) / 3.6e15, cents: Int64($0.cents))
      }
    }
    if !report.verdicts.isEmpty {
      budgets = report.verdicts.map {
        Budget(
          tenant: $0.budget.tenant,
          limitCents: Int64($0.budget.limit.cents),
          cents: Int64($0.cents),
          hard: $0.budget.isHard,
          broken: $0.isBroken
        )
      }
    }
  }
}
