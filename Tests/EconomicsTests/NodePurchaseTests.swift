import Hardware
import TestSupport
import Testing

@testable import Economics

@Suite("How the nodes of a fleet are had")
struct NodePurchaseTests {
  private let years = 4

  private func model(_ name: String, staff: Double? = nil) throws -> FleetModel {
    let gpu = try #require(GPUCatalogue.builtin.model(named: name))
    var parameters = try #require(CostParameters.builtin(for: gpu))
    if let staff { parameters[.postCost].typical = staff }
    return FleetModel(gpu: gpu, gpus: 8, parameters: parameters, years: years)
  }

  private func offer(_ kind: PurchaseKind, _ perNodeHour: Double) -> NodeOffer {
    let row = PriceRow(
      provider: "p",
      instance: kind.rawValue,
      gpu: "H100-SXM",
      gpuCount: 8,
      region: "r",
      onDemand: Money(perNodeHour),
      date: nil,
      source: "",
      evidence: .stated
    )
    return NodeOffer(kind: kind, row: row, instances: 1, perNodeHour: perNodeHour, remark: "")
  }

  @Test("all owned costs what owning the fleet costs")
  func owned() throws {
    let (h100, l40s) = (try model("h100-80gb-sxm"), try model("l40s"))
    for counts in [[1, 0], [3, 2], [40, 25]] {
      let groups = zip([h100, l40s], counts).map {
        NodePurchase.Group(model: $0, nodes: $1, billed: [], offers: [], mayBeOwned: true)
      }
      let found = try #require(NodePurchase(cheapestFor: groups, years: years))
      let fleets = zip([h100, l40s], counts).filter { $1 > 0 }.map { model, count in
        FleetModel(gpu: model.gpu, gpus: 8 * count, parameters: model.parameters, years: years)
      }
      let expected = TCOOption.levelCost(ofOwning: fleets, use: 1, years: years)
      #expect(abs(found.costPerYear - expected) < 1e-6 * expected, "\(counts)")
      #expect(found.parts.map { $0.map(\.nodes) } == counts.map { $0 > 0 ? [$0] : [] })
    }
  }

  @Test("the base that is always used is owned, the peak rented, the middle committed")
  func split() throws {
    // One node without staff costs so much a year.
    let alone = try #require(
      NodePurchase(
        cheapestFor: [
          .init(model: model("h100-80gb-sxm", staff: 0), nodes: 1, billed: [], offers: [], mayBeOwned: true)
        ],
        years: years
      )
    ).costPerYear
    let hour = alone / OwnershipCase.hoursPerYear
    let groups = [
      NodePurchase.Group(
        model: try model("h100-80gb-sxm", staff: 0),
        nodes: 6,
        billed: [1, 1, 0.9, 0.6, 0.2],
        offers: [offer(.committed, 1.5 * hour), offer(.onDemand, 2 * hour)],
        mayBeOwned: true
      )
    ]
    let found = try #require(NodePurchase(cheapestFor: groups, years: years))
    // Owning beats rent by use from 50 % of the time on, and commitments always.
    #expect(found.parts[0].map(\.kind) == [.owned, .onDemand])
    #expect(found.parts[0].map(\.nodes) == [4, 2])
    #expect(abs(found.parts[0][1].billedShare - 0.1) < 1e-12)
    #expect(abs(found.costPerYear - alone * (4 + 2 * 0.2)) < 1e-6 * alone)
    var rented = groups
    rented[0].mayBeOwned = false
    let split = try #require(NodePurchase(cheapestFor: rented, years: years))
    // A commitment pays from 75 % of the time on.
    #expect(split.parts[0].map(\.kind) == [.committed, .onDemand])
    #expect(split.parts[0].map(\.nodes) == [3, 3])
    rented[0].offers = []
    #expect(NodePurchase(cheapestFor: rented, years: years) == nil)
  }

  @Test("staff in whole posts: as trying every split says")
  func exhaustive() throws {
    var random = SplitMix(seed: 21)
    for _ in 0..<60 {
      var models = [try model("h100-80gb-sxm"), try model("l40s")]
      for place in models.indices {
        var parameters = models[place].parameters
        parameters[.nodesPerPost].typical = 3
        parameters[.minimumPosts].typical = 0.5
        parameters[.postCost].typical = 90_000
        models[place] = FleetModel(gpu: models[place].gpu, gpus: 8, parameters: parameters, years: years)
      }
      let groups = models.map { model -> NodePurchase.Group in
        let nodes = Int.random(in: 0...6, using: &random)
        let billed = (0..<nodes).map { _ in Double.random(in: 0...1, using: &random) }.sorted(by: >)
        let offers = [
          offer(.onDemand, Double.random(in: 5...40, using: &random)),
          offer(.committed, Double.random(in: 5...30, using: &random)),
        ]
        return .init(model: model, nodes: nodes, billed: billed, offers: offers, mayBeOwned: true)
      }
      func cost(_ owned: [Int]) -> Double {
        let fleets = zip(groups, owned).filter { $1 > 0 }.map { group, count in
          FleetModel(gpu: group.model.gpu, gpus: 8 * count, parameters: group.model.parameters, years: years)
        }
        var sum = TCOOption.levelCost(ofOwning: fleets, use: 1, years: years)
        for (group, owned) in zip(groups, owned) {
          for node in owned..<group.nodes {
            sum += 8760 * min(group.offers[0].perNodeHour * group.billed[node], group.offers[1].perNodeHour)
          }
        }
        return sum
      }
      var best = Double.infinity
      for a in 0...groups[0].nodes {
        for b in 0...groups[1].nodes { best = min(best, cost([a, b])) }
      }
      let found = try #require(NodePurchase(cheapestFor: groups, years: years))
      #expect(abs(found.costPerYear - best) <= 1e-6 * max(best, 1), "\(found.costPerYear) \(best)")
    }
  }

  @Test("offers: a whole node where there is one, else several instances; spot tells its risk")
  func offers() throws {
    let gpu = "h100-80gb-sxm"
    let parameters = try model(gpu).parameters
    func cheapest(_ kind: PurchaseKind, _ gpusPerNode: Int, _ rows: [PriceRow]) -> NodeOffer? {
      NodeOffer.cheapest(
        kind,
        gpu: gpu,
        gpusPerNode: gpusPerNode,
        providers: ["p"],
        book: PriceBook(rows),
        parameters: parameters,
        years: 1
      )
    }
    func row(_ gpus: Int, _ price: Double, spot: Double? = nil) -> PriceRow {
      PriceRow(
        provider: "p",
        instance: "i\(gpus)",
        gpu: "H100-SXM",
        gpuCount: gpus,
        region: "r",
        onDemand: Money(price),
        spot: spot.map { Money($0) },
        date: nil,
        source: "",
        evidence: .stated
      )
    }
    let rows = [row(1, 2.5), row(8, 24, spot: 9.6)]
    let whole = try #require(cheapest(.onDemand, 8, rows))
    #expect(whole.instances == 1 && abs(whole.perNodeHour - 24) < 1e-9 && whole.remark.isEmpty)
    let parts = try #require(cheapest(.onDemand, 4, rows))
    #expect(parts.instances == 4 && abs(parts.perNodeHour - 10) < 1e-9)
    #expect(parts.remark.contains("4 instances"))
    let committed = try #require(cheapest(.committed, 8, rows))
    #expect(abs(committed.perNodeHour - 24 * 0.65) < 1e-9 && committed.remark.contains("typical"))
    let spot = try #require(cheapest(.spot, 8, rows))
    #expect(spot.perNodeHour > 9.6 && spot.perNodeHour < 9.7 && spot.remark.contains("taken away"))
    #expect(cheapest(.spot, 4, rows) == nil && cheapest(.owned, 8, rows) == nil)
    #expect(cheapest(.onDemand, 8, [row(16, 40)]) == nil)
  }
}
