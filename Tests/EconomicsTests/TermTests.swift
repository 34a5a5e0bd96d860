import Hardware
import TestSupport
import Testing

@testable import Economics

@Suite("What a comparison counts")
struct TermTests {
  private static let hour: Int64 = 3_600_000_000_000

  private func compare(_ gpus: [Int], _ names: [String], _ change: (inout TCOTerms) -> Void = { _ in }) throws
    -> TCOComparison
  {
    let values = gpus.map { Int128($0) * 1000 * Int128(Self.hour) }
    let demand = RunDemand(
      fleet: [.init(gpu: "h100-80gb-sxm", gpus: 64)],
      kinds: [.init(accepts: [], offered: values)],
      served: values.reduce(0, +),
      waiting: 0,
      window: Self.hour * Int64(gpus.count),
      bucket: Self.hour
    )
    var terms = TCOTerms(years: 4)
    change(&terms)
    return try TCOComparison(
      demand: demand,
      terms: terms,
      names: names,
      parameters: { CostParameters.builtin(for: $0) },
      book: .builtin
    )
  }

  private func line(_ option: TCOOption, _ name: String) -> [Double] {
    option.schedule.lines.first { $0.name == name }?.amounts.map(\.units) ?? []
  }

  @Test("charged time is that of each instance's stretches, rounded up, by trying every instance")
  func billing() {
    var random = SplitMix(seed: 11)
    let billing = BillingTerms(granularity: 3600, minimum: 7200)
    for _ in 0..<300 {
      let instances = (0..<15).map { _ in Int.random(in: 0...4, using: &random) }
      let lengths = instances.map { _ in Int64.random(in: 1...5, using: &random) * Self.hour / 2 }
      var expected = Int128(0)
      for level in 1...4 {
        var stretch: Int64 = 0
        for (count, length) in zip(instances, lengths) {
          if count >= level {
            stretch += length
          } else if stretch > 0 {
            let hours = max(2, (stretch + Self.hour - 1) / Self.hour)
            expected += Int128(hours * Self.hour)
            stretch = 0
          }
        }
        expected += Int128(stretch)
      }
      #expect(RentalPlan(instances: instances, lengths: lengths, billing: billing).onDemand == expected)
    }
  }

  @Test("tax is the rate of costs and write-off, and adds up to that of everything spent")
  func tax() throws {
    for writeOff in TCOTerms.WriteOff.allCases {
      let owned = try #require(
        try compare([40, 50], ["owned"]) {
          $0.isTaxed = true
          $0.writeOff = writeOff
        }.options.first
      )
      let tax = line(owned, CostSchedule.tax).reduce(0, +)
      let rest = owned.schedule.lines.filter { $0.name != CostSchedule.tax }
        .flatMap(\.amounts).total().units
      #expect(abs(tax + 0.25 * rest) < 1e-6)
    }
  }

  @Test("before the delivery the demand is rented and nothing is run; without a provider it is told")
  func leadTime() throws {
    let comparison = try compare([40, 50], ["owned", "lambda"]) { $0.countsLeadTime = true }
    let (owned, onDemand) = (comparison.options[0], comparison.options[1])
    let share = 12.0 * 7 / 365
    let plain = try #require(try compare([40, 50], ["owned"]).options.first)
    #expect(abs(line(owned, "staff")[1] - line(plain, "staff")[1] * (1 - share)) < 1e-6)
    #expect(line(owned, "staff")[2] == line(plain, "staff")[2])
    let bridge = line(owned, "until delivery, on demand")
    #expect(abs(bridge[1] - line(onDemand, "on demand")[1] * share) < 1e-6)
    #expect(bridge[2...].allSatisfy { $0 == 0 })
    let alone = try compare([40, 50], ["owned"]) { $0.countsLeadTime = true }.options[0]
    #expect(alone.remarks.contains { $0.contains("nothing is served in the 12.0 weeks") })
  }

  @Test("a ramp of a year halves the first year's metered rent; commitments are paid in full")
  func ramp() throws {
    let options = try compare([40, 40], ["lambda"]) { $0.rampWeeks = TCOTerms.weeksPerYear }.options
    let plain = try compare([40, 40], ["lambda"]).options
    #expect(abs(line(options[0], "on demand")[1] - line(plain[0], "on demand")[1] / 2) < 1e-6)
    #expect(line(options[0], "on demand")[2] == line(plain[0], "on demand")[2])
    #expect(line(options[1], "committed") == line(plain[1], "committed"))
  }

  @Test("storage, egress by steps and support are lines of their own")
  func data() throws {
    let comparison = try compare([40], ["owned", "aws"]) {
      $0.storageTerabytes = 100
      $0.egressTerabytesPerMonth = 100
      $0.countsSupport = true
    }
    let (owned, aws) = (comparison.options[0], comparison.options[1])
    #expect(line(owned, CostSchedule.storagePurchase)[0] == 25_000)
    #expect(line(owned, CostSchedule.egress).isEmpty)
    // 10 TB at 0.09, 40 at 0.085 and 50 at 0.07 USD/GB, twelve times.
    #expect(abs(line(aws, CostSchedule.egress)[1] - 95_846.4) < 1e-6)
    #expect(abs(line(aws, CostSchedule.storage)[3] - 100_000 * 12 * 0.023) < 1e-6)
    #expect(abs(line(aws, CostSchedule.support)[1] - 0.07 * line(aws, "on demand")[1]) < 1e-6)
  }

  @Test("work lost on spot is rate x (checkpoint / 2 + restart) of the rent")
  func lostWork() throws {
    let spot = try #require(try compare([40], ["aws"]).options.first { $0.name == "aws, spot" })
    let ratio = line(spot, CostSchedule.lostWork)[1] / line(spot, "spot")[1]
    #expect(abs(ratio - 0.001 * (0.5 + 0.1)) < 1e-9)
  }

  @Test("owning against another option: worth is the difference of the present costs")
  func worth() throws {
    let comparison = try compare([60, 50], ["owned", "aws", "lambda"])
    let (owned, worths) = try #require(comparison.owningWorths)
    #expect(worths.count == comparison.options.count - 1)
    for worth in worths {
      let other = try #require(comparison.options.first { $0.name == worth.other })
      let expected = other.presentCost(rate: comparison.rate) - owned.presentCost(rate: comparison.rate)
      #expect(abs(worth.netPresentValue - expected) < 1e-3)
      if let rate = worth.internalRate.rate { #expect(abs(worth.flows.presentValue(rate: rate)) < 1e-2) }
    }
  }

  @Test("the fleet's cost is divided by what became of its time, and adds up")
  func states() throws {
    var demand = try compare([40], ["owned"]).demand
    demand.time = .init(capacity: 100, unavailable: 5, placeable: 20, stranded: 15, allocated: 60, busy: 45)
    demand.completedJobs = 10
    let comparison = try TCOComparison(
      demand: demand,
      terms: TCOTerms(years: 4),
      names: ["owned", "lambda"],
      parameters: { CostParameters.builtin(for: $0) },
      book: .builtin
    )
    let owned = comparison.options[0]
    let costs = try #require(StateCosts(owned, demand, rate: comparison.rate))
    let year = owned.annualCost(rate: comparison.rate)
    #expect(abs(costs.parts.map(\.cost).reduce(0, +) - year) < 1e-6)
    #expect(abs(costs.parts[0].cost - 0.45 * year) < 1e-6)
    #expect(abs(try #require(costs.perJob) - year / (10 * demand.repeatsPerYear)) < 1e-9)
    #expect(StateCosts(comparison.options[1], demand, rate: comparison.rate) == nil)
  }

  @Test("draws: the same for the same seed, around the typical cost, and some option is always cheapest")
  func joint() throws {
    let comparisons = [try compare([60, 50], ["owned", "aws"]), try compare([64, 64], ["owned", "aws"])]
    let joint = JointUncertainty(comparisons, draws: 500, seed: 3)
    let again = JointUncertainty(comparisons, draws: 500, seed: 3)
    #expect(joint.options.map(\.p50) == again.options.map(\.p50))
    #expect(abs(joint.options.map(\.probabilityCheapest).reduce(0, +) - 1) < 1e-9)
    for (place, option) in joint.options.enumerated() {
      #expect(option.p10 < option.p50 && option.p50 < option.p90)
      // Ranges are not symmetric, so the typical cost need not be the middle.
      let costs = comparisons.map { $0.options[place].annualCost(rate: $0.rate) }
      #expect(option.p90 > costs.min()! && option.p10 < 1.2 * costs.max()!)
    }
  }

  @Test("the tornado holds the parameters that move the comparison, widest first")
  func tornado() throws {
    let comparison = try compare([60, 50], ["owned", "aws"])
    let tornado = try #require(Tornado(comparison))
    #expect(tornado.against == "aws, committed")
    #expect(tornado.bars.map(\.width) == tornado.bars.map(\.width).sorted(by: >))
    #expect(tornado.bars.contains { $0.name == "cloud.discount_1yr" })
    #expect(!tornado.bars.contains { $0.name == "finance.tax_rate" })
  }

  @Test("jobs' lines add up to their tenants', and weights divide what lay idle")
  func jobs() {
    let jobs = [("a", "x", 3), ("b", "y", 5), ("c", "x", 4)].map {
      Chargeback.JobTime(job: $0, tenant: $1, time: Int128($2))
    }
    let bill = Chargeback(
      bill: Money(100.01),
      held: [("x", 7), ("y", 5)],
      capacity: 20,
      idle: .weights,
      weights: ["y": 1],
      jobs: jobs
    )
    #expect(bill.lines[0].idleCents == 0 && bill.lines[1].idleCents > 0)
    #expect(bill.lines.map(\.cents).reduce(0, +) == 10_001)
    for line in bill.lines {
      #expect(bill.jobs.filter { $0.tenant == line.tenant }.map(\.cents).reduce(0, +) == line.cents)
    }
    let verdict = Budget(tenant: "y", limit: Money(10), isHard: true).verdict(on: bill)
    #expect(verdict?.isBroken == true)
    #expect(Budget(tenant: "z", limit: Money(10), isHard: true).verdict(on: bill) == nil)
  }

  @Test("an instance is billed by its memory, its compute, or the larger")
  func instances() throws {
    let h100 = try #require(GPUCatalogue.builtin.model(named: "h100-80gb-sxm"))
    #expect(try #require(InstanceShare.memory.of(profile: "1g.10gb", on: h100)) == (1, 8))
    #expect(try #require(InstanceShare.compute.of(profile: "1g.10gb", on: h100)) == (1, 7))
    #expect(try #require(InstanceShare.larger.of(profile: "3g.40gb", on: h100)) == (4, 8))
    #expect(InstanceShare.memory.of(profile: "9g", on: h100) == nil)
  }
}
