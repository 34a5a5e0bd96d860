import TestSupport
import Testing

@testable import Economics

@Suite("Time value of money")
struct FinanceTests {
  @Test("the recovery factor at a rate of 0 is one over the years, and nothing jumps near it")
  func recoveryFactor() {
    #expect(Annuity.recoveryFactor(rate: 0, years: 4) == 0.25)
    #expect(abs(Annuity.recoveryFactor(rate: 1e-12, years: 4) - 0.25) < 1e-12)
    #expect(abs(Annuity.recoveryFactor(rate: 0.1, years: 4) - 0.315470803706098) < 1e-15)
    for rate in [-0.5, -0.01, 0, 0.07, 2] {
      let product = Annuity.recoveryFactor(rate: rate, years: 7) * Annuity.presentValue(rate: rate, years: 7)
      #expect(abs(product - 1) < 1e-13)
    }
  }

  @Test("depreciation adds up to the loss of value to the billionth, however it is split")
  func depreciation() {
    var random = SplitMix(seed: 1)
    for _ in 0..<2000 {
      let capital = Money(nanos: Int128(Int.random(in: 1...1_000_000_000_000, using: &random)))
      let residual = Money(nanos: capital.nanos * Int128(Int.random(in: 0...100, using: &random)) / 100)
      let years = Int.random(in: 1...30, using: &random)
      for parts in [
        Depreciation.straightLine(capital: capital, residual: residual, years: years),
        Depreciation.doubleDeclining(capital: capital, residual: residual, years: years),
      ] {
        #expect(parts.count == years)
        #expect(parts.total() == capital - residual)
        #expect(parts.allSatisfy { $0 >= .zero })
      }
    }
  }

  @Test("the present value at the internal rate is 0")
  func identity() throws {
    var random = SplitMix(seed: 2)
    for _ in 0..<2000 {
      let years = Int.random(in: 1...20, using: &random)
      let flows = CashFlows(
        [Money(-Double.random(in: 1000...1e9, using: &random))]
          + (0..<years).map { _ in Money(Double.random(in: 1...1e8, using: &random)) }
      )
      let rate = try #require(flows.internalRate.rate)
      let size = flows.flows.reduce(0) { $0 + $1.units.magnitude }
      #expect(abs(flows.presentValue(rate: rate)) <= size * 1e-9 * max(1, 1 / (1 + rate)))
    }
  }

  @Test("flows that never change their sign have no internal rate")
  func noRate() {
    #expect(InternalRate(of: [-1, -2, -3]) == .none)
    #expect(InternalRate(of: [1, 2]) == .none)
    #expect(InternalRate(of: [0, 0, 0]) == .none)
    #expect(InternalRate(of: []) == .none)
    // Two changes, but the worth stays above 0.
    #expect(InternalRate(of: [1, -1, 1]) == .none)
  }

  @Test("several internal rates are told as several")
  func severalRates() throws {
    // -1000 (1 - 1.1 x)(1 - 1.25 x): 10 % and 25 %.
    guard case .several(let rates) = InternalRate(of: [-1000, 2350, -1375]) else {
      Issue.record("expected two rates")
      return
    }
    #expect(rates.count == 2)
    #expect(abs(rates[0] - 0.1) < 1e-9 && abs(rates[1] - 0.25) < 1e-9)
    // Three: 0 %, 100 % and 200 % (D. Teichroew and others, 1965, use such flows).
    guard case .several(let three) = InternalRate(of: [-1000, 6000, -11000, 6000]) else {
      Issue.record("expected three rates")
      return
    }
    #expect(zip(three, [0, 1, 2]).allSatisfy { abs($0 - $1) < 1e-9 })
    // Touches 0 once, at 50 %.
    let touching = try #require(InternalRate(of: [-4, 12, -9]).rate)
    #expect(abs(touching - 0.5) < 1e-6)
  }

  @Test("payback is interpolated inside the year, and may never come")
  func payback() {
    #expect(Payback(capital: 100, earnings: [40, 40, 40]) == .after(years: 2.5))
    #expect(Payback(capital: 100, earnings: [100]) == .after(years: 1))
    #expect(Payback(capital: 100, earnings: [40, 40]) == .never)
    #expect(Payback(capital: 100, earnings: [-40, 40]) == .never)
    #expect(Payback(capital: 100, earnings: [110], rate: 0.1) == .after(years: 1))
  }

  @Test("amounts are exact: ten million cents' parts add up")
  func money() {
    #expect(DecimalText.money("0.1")! * 10 == Money(1))
    #expect(DecimalText.money("-2666.666667")?.nanos == -2_666_666_667_000)
    #expect(DecimalText.money("123456789012345678.123456")?.nanos == 123_456_789_012_345_678_123_456_000)
    #expect(DecimalText.money("1e3") == Money(1000))
    #expect(DecimalText.number("0x10") == nil)
    #expect(DecimalText.number(" 1") == nil)
    #expect(DecimalText.number("inf") == nil)
    #expect(Money(nanos: 5_000_000).cents == 1)
    #expect(Money(nanos: -5_000_000).cents == -1)
    #expect((Money(100) / 3).nanos == 33_333_333_333)
  }
}

@Suite("Contracts, people and power")
struct ContractTests {
  @Test("a commitment is paid even when idle, and what exceeds it is on demand")
  func commitment() {
    // 10 GPUs committed at 2 over three hours of 5, 10 and 15 GPUs: 60 + 5 x 4.
    #expect(Renting.committed(gpus: 10, price: 2, onDemandPrice: 4, use: [5, 10, 15], hours: 1) == 80)
    #expect(Renting.committed(gpus: 0, price: 2, onDemandPrice: 4, use: [5], hours: 2) == 40)
  }

  @Test("spot prices carry the work that is lost")
  func spot() {
    let price = Renting.effectiveSpotPrice(
      2,
      interruptionsPerHour: 0.1,
      checkpointHours: 1,
      restartHours: 0.5
    )
    #expect(abs(price - 2.2) < 1e-12)
  }

  @Test("staff comes in steps")
  func staff() {
    func posts(_ nodes: Int) -> Double { Staff.posts(nodes: nodes, minimum: 0.5, nodesPerPost: 75) }
    #expect([1, 37, 38, 75, 76, 150, 151].map(posts) == [0.5, 0.5, 1, 1, 2, 2, 3])
  }
}
