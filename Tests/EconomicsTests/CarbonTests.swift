import Hardware
import TestSupport
import Testing
import Workload

@testable import Economics

@Suite("Energy, carbon and own sites")
struct CarbonTests {
  private static let hour: Int64 = 3_600_000_000_000
  private let scratch = try! ScratchFolder()

  /// So many GPUs in each of 24 hours.
  private func compare(_ gpus: [Int], start: Int64 = 0, _ change: (inout TCOTerms) -> Void = { _ in }) throws
    -> TCOComparison
  {
    let values = gpus.map { Int128($0) * 1000 * Int128(Self.hour) }
    var demand = RunDemand(
      fleet: [.init(gpu: "h100-80gb-sxm", gpus: 64)],
      kinds: [.init(accepts: [], offered: values)],
      served: values.reduce(0, +),
      waiting: 0,
      window: Self.hour * Int64(gpus.count),
      bucket: Self.hour
    )
    demand.startOfDay = start
    var terms = TCOTerms(years: 4)
    change(&terms)
    return try TCOComparison(
      demand: demand,
      terms: terms,
      names: ["owned", "aws"],
      parameters: { CostParameters.builtin(for: $0) },
      book: .builtin
    )
  }

  private func hourly(_ grams: [Double]) throws -> GridIntensity {
    let rows = grams.enumerated().map { "\($0),\($1)\n" }.joined()
    return try GridIntensity(path: scratch.write("hour,g_per_kwh\n" + rows))
  }

  @Test("known grids are those of the sources; owned energy is that of the fleet's model")
  func grids() throws {
    #expect(GridIntensity.named("europe-west9")?.grams == [16.3])
    #expect(GridIntensity.named("eu-north-1")?.grams == [8.8])
    #expect(GridIntensity.named("atlantis") == nil)
    #expect(GridIntensity.names.count == 71)
    let comparison = try compare(Array(repeating: 32, count: 24))
    let (owned, aws) = (comparison.options[0], comparison.options[1])
    let grid = GridIntensity.constant(100, source: "")
    let print = Footprint(owned, comparison, grid: grid)
    let fleet = try #require(owned.fleets.first)
    let values = fleet.model.parameters.typical
    #expect(abs(print.energy - fleet.model.energy(values, use: fleet.use)) < 1e-6)
    #expect(abs(print.operational - print.energy / 10) < 1e-6)
    // Four instances in us-east-1, all year: 379.07 g/kWh whatever the owned site's grid.
    let rented = Footprint(aws, comparison, grid: grid)
    #expect(abs(rented.operational / rented.energy - 0.37907) < 1e-9)
    #expect(abs(rented.embodied - 4 * 2500 / 5) < 1e-6)
  }

  @Test("by hour, power drawn in dirty hours counts more")
  func byHour() throws {
    let grid = try hourly((0..<24).map { $0 < 12 ? 100 : 500 })
    func operational(_ gpus: [Int], start: Int64 = 0) throws -> Double {
      let comparison = try compare(gpus, start: start)
      return Footprint(comparison.options[0], comparison, grid: grid).operational
    }
    let morning = Array(repeating: 64, count: 12) + Array(repeating: 0, count: 12)
    let evening = Array(morning.reversed())
    #expect(try operational(morning) < 0.6 * operational(evening))
    // Twelve hours later the morning is an evening.
    #expect(abs(try operational(morning, start: 12 * Self.hour) - operational(evening)) < 1e-6)
  }

  @Test(
    "what is wrong in a table of hours is told with its place",
    arguments: [("1,5\n", ":2:1:"), ("0,-1\n", ":2:3:"), ("0,5\n", "the table has 1 hours")]
  )
  func wrong(_ rows: String, _ place: String) throws {
    do {
      _ = try GridIntensity(path: scratch.write("hour,g_per_kwh\n" + rows))
      Issue.record("accepted \(rows)")
    } catch {
      #expect("\(error)".contains(place), "\(error)")
    }
  }

  @Test("an own site is bought with the nodes, pays no rent, and keeps part of its value")
  func ownSite() throws {
    let gpus = Array(repeating: 32, count: 24)
    let rented = try compare(gpus).options[0]
    let own = try compare(gpus) { $0.site = .own }.options[0]
    // Eight nodes of 10.2 kW at 12,000 USD/kW; 16 of 20 years are left.
    #expect(abs(own.capital.units - rented.capital.units - 979_200) < 1e-6)
    #expect(abs(own.residual.units - rented.residual.units - 979_200 * 0.8) < 1e-6)
    #expect(own.lines.first { $0.name == "rent" } == nil)
  }

  @Test("a price table of another version is refused")
  func version() throws {
    let head = "provider,instance_type,gpu_model,gpu_count,region,on_demand_usd_h,version\n"
    let old = try scratch.write(head + "a,b,l4,1,c,1,1\n", as: "one.csv")
    #expect(try PriceBook.rows(path: old, rates: ExchangeRates()).count == 1)
    let new = try scratch.write(head + "a,b,l4,1,c,1,2\n", as: "two.csv")
    do {
      _ = try PriceBook.rows(path: new, rates: ExchangeRates())
      Issue.record("accepted")
    } catch {
      #expect("\(error)".contains("two.csv:2:14") && "\(error)".contains("version 1"), "\(error)")
    }
  }
}
