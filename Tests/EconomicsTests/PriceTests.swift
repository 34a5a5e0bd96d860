import TestSupport
import Testing
import Workload

@testable import Economics

@Suite("Prices")
struct PriceTests {
  private static let header =
    "provider,instance_type,gpu_model,gpu_count,region,on_demand_usd_h,spot_usd_h,note,currency\n"
  private let scratch = try! ScratchFolder()

  private func rows(_ text: String, rates: String? = nil) throws -> [PriceRow] {
    let rates =
      try rates.map { try ExchangeRates(path: scratch.write($0, as: "rates.csv")) } ?? ExchangeRates()
    return try PriceBook.rows(path: scratch.write(text, as: "prices.csv"), rates: rates)
  }

  @Test("shipped prices are those that the sources state, per GPU")
  func shipped() throws {
    let book = PriceBook.builtin
    func price(_ gpu: String, _ provider: String) -> Double? {
      book.cheapest(gpu: gpu, provider: provider).flatMap { $0.row.perGPU($0.row.onDemand)?.units }
    }
    #expect(price("H100-SXM", "aws") == 6.88)
    #expect(price("h100", "lambda") == 3.99)
    #expect(price("h100-80gb-sxm", "nebius") == 2.95)
    #expect(price("H100-SXM", "hyperstack") == 2.4)
    #expect(price("H100-SXM", "azure") == 12.29)
    #expect(price("H100-SXM", "gcp") == 87.8325 / 8)
    #expect(price("B200", "gcp") == nil)
  }

  @Test("no shipped price is zero, doubled or without a source")
  func sound() {
    let rows = PriceBook.builtin.entries.map(\.row)
    #expect(Set(rows.map(\.key)).count == rows.count)
    #expect(rows.allSatisfy { ($0.onDemand ?? .zero) > .zero && !$0.source.isEmpty && $0.gpuCount > 0 })
  }

  @Test(
    "shipped prices are those of the public tables",
    .enabled(if: DataFolder.has("prices/gpu_instances.csv"))
  )
  func agreesWithTables() throws {
    let tables = try PriceBook.rows(path: DataFolder.path("prices/gpu_instances.csv"), rates: ExchangeRates())
    #expect(tables.count == 392)
    for entry in PriceBook.builtin.entries {
      let row = entry.row
      let same = tables.first {
        $0.region == row.region && $0.gpuCount == row.gpuCount && $0.gpu == row.gpu
          && ($0.instance == row.instance || $0.instance.hasPrefix(row.instance + " ("))
      }
      #expect(same?.onDemand == row.onDemand && same?.spot == row.spot, "\(row.offer)")
    }
  }

  @Test("prices that are wrong at their source or lack the host are never used, but told")
  func suspect() throws {
    let flawed = PriceBook.builtin.entries.filter { !$0.isUsable }
    #expect(flawed.count == 4)
    #expect(flawed.allSatisfy { $0.row.provider == "gcp" })
    let book = PriceBook(
      try rows(
        Self.header + "x,a,H100-SXM,8,r,,,,\nx,b,H100-SXM,8,r,0,,,\nx,c,H100-SXM,8,r,5,5,,\nx,d,Z9,1,r,5,,,\n"
      )
    )
    #expect(book.entries.map(\.isUsable) == [false, false, true, true])
    #expect(book.entries[0].flaws.contains(.noOnDemandPrice))
    #expect(book.entries[1].flaws.contains(.free))
    #expect(book.entries[2].flaws.contains(.spotNotBelowOnDemand))
    #expect(book.entries[3].flaws.contains(.unknownGPU))
  }

  @Test("a user's row replaces the shipped one of the same offer")
  func override() throws {
    let mine = try rows(Self.header + "lambda,gpu_8x_h100_sxm5,H100-SXM,8,us-east-1,16,,,\n")
    let book = PriceBook.builtin.overridden(by: mine)
    #expect(book.entries.count == PriceBook.builtin.entries.count)
    #expect(book.cheapest(gpu: "h100", provider: "lambda")?.row.perGPU(Money(16)) == Money(2))
    #expect(book.cheapest(gpu: "h100", provider: "lambda")?.row.evidence == .stated)
  }

  @Test("other currencies need a dated rate")
  func currencies() throws {
    let text = Self.header + "mine,a,H100-SXM,8,r,10,,,EUR\n"
    let error = #expect(throws: TraceError.self) { try rows(text) }
    #expect(error?.message.contains("no exchange rate from EUR to USD; give one with --rates") == true)
    #expect(error?.line == 2)
    let rates = "currency,usd_per_unit,date,source\nEUR,1.17,2026-07-20,central bank\n"
    #expect(try rows(text, rates: rates).first?.onDemand == Money(11.7))
  }

  @Test(
    "what is wrong in a table of prices is told with its place",
    arguments: [
      ("x,a,H100,8,r,-1,,,\n", ":2:14: `on_demand_usd_h` is -1; accepted: a price for an hour"),
      ("x,a,H100,8,r,abc,,,\n", ":2:14: `on_demand_usd_h` is `abc`, which is no number"),
      ("x,a,H100,0,r,1,,,\n", ":2:10: `gpu_count` is 0; accepted"),
      ("x,a,H100,8,r,1,,,eur\n", ":2:18: `eur` is no currency"),
      ("x,a,H100,8,r,1,,,\nX,A,H100,8,R,2,,,\n", ":3:3: the name `X A R` is taken by line 2"),
    ]
  )
  func badInput(row: String, expected: String) throws {
    let error = #expect(throws: TraceError.self) { try rows(Self.header + row) }
    let text = error?.description ?? "nothing"
    #expect(text.contains(expected), "\(text)")
  }
}
