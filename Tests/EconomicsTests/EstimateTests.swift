import Hardware
import TestSupport
import Testing
import Workload

@testable import Economics

@Suite("A fleet's estimate")
struct EstimateTests {
  private let scratch = try! ScratchFolder()

  private func parameters() throws -> CostParameters {
    let gpu = try #require(GPUCatalogue.builtin.model(named: "h100"))
    return try #require(CostParameters.builtin(for: gpu))
  }

  private func model(gpus: Int = 64, years: Int? = 4) throws -> FleetModel {
    FleetModel(
      gpu: try #require(GPUCatalogue.builtin.model(named: "h100")),
      gpus: gpus,
      parameters: try parameters(),
      years: years
    )
  }

  @Test("every GPU with a purchase price has a parameter for every role, in order")
  func complete() throws {
    for id in CostParameters.pricedGPUs {
      let gpu = try #require(GPUCatalogue.builtin.model(named: id))
      let parameters = try #require(CostParameters.builtin(for: gpu))
      #expect(parameters.list.count == CostRole.allCases.count)
      for parameter in parameters.list {
        #expect(
          parameter.low <= parameter.typical && parameter.typical <= parameter.high,
          "\(parameter.name)"
        )
        #expect(!parameter.source.isEmpty && !parameter.unit.isEmpty)
      }
    }
  }

  @Test("the purchase is nodes, network, spares and installation")
  func capital() throws {
    let model = try model()
    let costs = model.costs(model.parameters.typical, use: 0.7)
    #expect(model.nodes == 8)
    // (310,000 + 65,000) x 8 x 1.03 x 1.05
    #expect(abs(costs.capital - 3_244_500) < 1e-6)
    // 0.25 after 3 years, 0.08 after 5: 0.165 after 4.
    #expect(abs(costs.residual / costs.capital - 0.165) < 1e-12)
    #expect(costs.staff == 200_000)
    // 10.2 kW x 8 nodes x 12 x 184.06
    #expect(abs(costs.rent - 180_231.552) < 1e-6)
  }

  @Test("owning and renting are compared for the same GPU-hours")
  func sameHours() throws {
    let model = try model()
    let estimate = try QuickEstimate(model: model, use: 0.7, against: ["lambda", "aws"], book: .builtin)
    #expect(estimate.offers.map(\.contract) == [.onDemand, .onDemand, .spot])
    for offer in estimate.offers {
      #expect(abs(offer.result.rent.units - offer.price * 64 * 8760 * 0.99 * 0.7) < 1e-6)
    }
  }

  @Test("at the break-even price and at the break-even use, owning is worth as much as renting")
  func breakEven() throws {
    let model = try model(years: 5)
    let values = model.parameters.typical
    let price = try #require(
      OwnershipResult(model.comparison(values, use: 0.6, cloudPrice: 3)).breakEvenCloudPrice
    )
    let atPrice = OwnershipResult(model.comparison(values, use: 0.6, cloudPrice: price))
    #expect(abs(atPrice.netPresentValue) < 1e-3)
    // Power follows use, so that the break-even use holds at fixed costs only.
    var atUse = model.comparison(values, use: 0.6, cloudPrice: 5)
    atUse.utilisation = try #require(OwnershipResult(atUse).breakEvenUtilisation)
    #expect(abs(OwnershipResult(atUse).netPresentValue) < 1e-3)
  }

  @Test("a provider without a price of the GPU is refused, and those that have one are named")
  func noPrice() throws {
    let model = try model()
    #expect(throws: QuickEstimate.Failure.self) {
      try QuickEstimate(model: model, use: 0.5, against: ["runpod"], book: .builtin)
    }
    do {
      _ = try QuickEstimate(model: model, use: 0.5, against: ["lamda"], book: .builtin)
    } catch {
      #expect(error.description.contains("did you mean `lambda`?"))
    }
  }

  @Test("parameters of a table replace the shipped ones; a value alone is fixed")
  func override() throws {
    let file = try scratch.write(
      "parameter,low,typical,high\nfacility.pue,,1.2,\nfinance.wacc,0.05,0.08,0.09\n"
    )
    let mine = try parameters().overridden(path: file)
    #expect([mine[.pue].low, mine[.pue].typical, mine[.pue].high] == [1.2, 1.2, 1.2])
    #expect(mine[.costOfCapital].low == 0.05)
    #expect(mine[.pue].evidence == .stated)
  }

  @Test(
    "what is wrong in a table of parameters is told with its place",
    arguments: [
      ("facility.pu,1,1.2,1.3\n", ":2:1: `parameter` is `facility.pu`; did you mean `facility.pue`?"),
      ("facility.pue,1,0.2,1.3\n", ":2:16: `facility.pue` is 0.2; accepted: a ratio of 1 to 10"),
      ("facility.pue,1.3,1.2,1.4\n", ":2:18: `typical` is 1.2, outside 1.3 to 1.4"),
      ("finance.wacc,-1,0.1,0.2\n", ":2:14: `finance.wacc` is -1; accepted: a rate a year above -1"),
    ]
  )
  func badInput(row: String, expected: String) throws {
    let file = try scratch.write("parameter,low,typical,high\n" + row)
    let parameters = try parameters()
    let error = #expect(throws: TraceError.self) { try parameters.overridden(path: file) }
    #expect(error?.description.hasPrefix(file + expected) == true, "\(error?.description ?? "nothing")")
  }
}
