import Hardware
import TestSupport
import Testing

@testable import Economics

@Suite("Ways of meeting a run's demand")
struct OptionTests {
  private static let hour: Int64 = 3_600_000_000_000

  /// GPUs in use, by hour.
  private func demand(_ gpus: [Int], fleet: Int = 64, waiting: Int = 0) -> RunDemand {
    let values = gpus.map { Int128($0) * 1000 * Int128(Self.hour) }
    return RunDemand(
      fleet: [.init(gpu: "h100-80gb-sxm", gpus: fleet)],
      kinds: [.init(accepts: [], offered: values)],
      served: values.map { min($0, Int128(fleet) * 1000 * Int128(Self.hour)) }.reduce(0, +),
      waiting: Int128(waiting) * 1000 * Int128(Self.hour),
      window: Self.hour * Int64(gpus.count),
      bucket: Self.hour
    )
  }

  private func compare(_ demand: RunDemand, _ names: String..., book: PriceBook = .builtin) throws
    -> TCOComparison
  {
    try TCOComparison(
      demand: demand,
      terms: TCOTerms(years: 4),
      names: names,
      parameters: { CostParameters.builtin(for: $0) },
      book: book
    )
  }

  @Test("clouds rent out whole instances: 9 GPUs are two instances of 8")
  func wholeInstances() throws {
    let option = try #require(try compare(demand([9, 0]), "lambda").options.first)
    // 2 x 31.92 for one of two hours, 4380 times a year.
    #expect(option.lines.first?.amount == Money(2 * 31.92 * 4380))
    #expect(option.service == .immediate && option.unservedPerYear == 0)
    #expect(abs(option.servedPerYear - 9 * 4380) < 1e-6)
  }

  @Test("the commitment is the cheapest of all, by trying each")
  func bestCommitment() {
    var random = SplitMix(seed: 4)
    for _ in 0..<300 {
      let instances = (0..<12).map { _ in Int.random(in: 0...9, using: &random) }
      let lengths = instances.map { _ in Int64.random(in: 1...3, using: &random) * Self.hour }
      let (committed, onDemand) = (Money(Double(Int.random(in: 1...9, using: &random))), Money(10))
      func cost(_ count: Int) -> Money {
        let window = lengths.reduce(Int128(0)) { $0 + Int128($1) }
        let above = zip(instances, lengths).reduce(Int128(0)) {
          $0 + Int128(max(0, $1.0 - count)) * Int128($1.1)
        }
        return RentalPlan.cost(Int128(count) * window, perHour: committed)
          + RentalPlan.cost(above, perHour: onDemand)
      }
      let plan = RentalPlan(
        cheapestFor: instances,
        lengths: lengths,
        committedPrice: committed,
        onDemandPrice: onDemand
      )
      let ours =
        RentalPlan.cost(plan.committedTime, perHour: committed)
        + RentalPlan.cost(plan.onDemand, perHour: onDemand)
      #expect(ours == cost(plan.committed))
      #expect(ours == (0...10).map(cost).min())
    }
  }

  @Test("the hybrid costs no more than renting everything, and its base serves the steady part")
  func hybrid() throws {
    // 256 GPUs all the time, 512 for one hour in twenty.
    let comparison = try compare(
      demand(Array(repeating: 256, count: 19) + [512], fleet: 512),
      "aws",
      "owned",
      "hybrid"
    )
    let rate = comparison.rate
    func cost(_ name: String) throws -> Double {
      try #require(comparison.options.first { $0.name.hasPrefix(name) }).presentCost(rate: rate)
    }
    let hybrid = try #require(comparison.options.last)
    let base = try #require(hybrid.ownedGPUs.first?.gpus)
    #expect((250...272).contains(base))
    #expect(try cost("hybrid") < cost("aws, on demand"))
    #expect(try cost("hybrid") < cost("owned"))
  }

  @Test("a saturated fleet reports what it left, and is not told as equal service")
  func saturated() throws {
    let comparison = try compare(demand([128, 128], fleet: 64, waiting: 128), "owned", "lambda")
    let owned = try #require(comparison.options.first)
    #expect(owned.service == .asSimulated)
    #expect(abs(owned.unservedPerYear - 64 * 8760) < 1e-6)
    #expect(owned.waitingPerYear > 0)
    #expect(comparison.options[1].service == .immediate)
    #expect(abs(comparison.options[1].servedPerYear - 128 * 8760) < 1e-6)
  }

  @Test("the levelled cost of a year is worth as much as the flows; the lines add up to the first year")
  func identities() throws {
    for option in try compare(demand([10, 40, 64]), "owned", "aws", "nebius", "hybrid").options {
      let rate = 0.1
      let level = option.annualCost(rate: rate) * Annuity.presentValue(rate: rate, years: 4)
      #expect(abs(level - option.presentCost(rate: rate)) < 1e-3)
      #expect(option.lines.map(\.amount).total() == option.yearly[0])
      #expect(option.flows.flows.count == 5)
    }
  }

  @Test("what has no price is refused, never counted as nothing")
  func refusals() throws {
    #expect(throws: TCOComparison.Failure.noBurst) { try compare(demand([1]), "hybrid") }
    #expect(throws: TCOComparison.Failure.self) { try compare(demand([1]), "lamda") }
    #expect(throws: TCOComparison.Failure.twice("AWS")) { try compare(demand([1]), "aws", "AWS") }
    #expect(throws: TCOComparison.Failure.self) { try compare(demand([1]), "runpod") }
    var unknown = demand([1])
    unknown.fleet = [.init(gpu: "t4", gpus: 8)]
    #expect(throws: TCOComparison.Failure.self) { try compare(unknown, "owned") }
  }
}

@Suite("Chargeback")
struct ChargebackTests {
  @Test("parts add up to the bill to the cent, each within a cent of its exact share")
  func adds() {
    var random = SplitMix(seed: 5)
    for _ in 0..<2000 {
      let cents = Int128(Int.random(in: 0...100_000_000_000, using: &random))
      let weights = (0..<Int.random(in: 1...40, using: &random)).map { _ in
        Int128(Int.random(in: 0...Int.max, using: &random))
          * Int128(Int.random(in: 0...1_000_000, using: &random))
      }
      let parts = CentSplit.parts(ofCents: cents, by: weights)
      #expect(parts.reduce(0, +) == cents)
      let total = weights.reduce(0) { $0 + Double($1) }
      guard total > 0 else { continue }
      for (part, weight) in zip(parts, weights) {
        #expect(abs(Double(part) - Double(weight) / total * Double(cents)) < 1.01)
      }
    }
    #expect(CentSplit.parts(ofCents: 100, by: [1, 1, 1]) == [34, 33, 33])
    #expect(CentSplit.parts(ofCents: 5, by: [0, 0]) == [3, 2])
  }

  @Test(
    "idle time is a line of its own, or spread evenly or by consumption",
    arguments: [Chargeback.Idle.own, .evenly, .consumption]
  )
  func idle(_ rule: Chargeback.Idle) {
    let held = [(tenant: "a", time: Int128(30)), (tenant: "b", time: Int128(10))]
    let bill = Chargeback(bill: Money(100), held: held, capacity: 80, idle: rule)
    #expect(bill.lines.reduce(bill.idleCents) { $0 + $1.cents } == bill.billCents)
    let expected: [Int128] =
      switch rule {
      case .own: [3750, 1250]
      case .evenly: [6250, 3750]
      case .consumption, .weights: [7500, 2500]
      }
    #expect(bill.lines.map(\.cents) == expected)
  }
}
