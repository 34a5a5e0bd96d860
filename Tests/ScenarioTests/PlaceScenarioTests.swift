import Hardware
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Scenario

/// Racks, wishes, speeds and steps as scenarios say them.
struct PlaceScenarioTests {
  private static func sample(pool: String = "", demand: String = "", jobs: String = "") -> String {
    Sample.withoutService
      .replacing("cpu: 96, memory: 1TiB", with: "cpu: 96, memory: 1TiB" + pool)
      .replacing("gpus: 8, cpu: 64", with: "gpus: 8, \(demand)cpu: 64")
      .replacing("duration: {lognormal: {median: 2h, sigma: 1}}", with: jobs.isEmpty ? "duration: 2h" : jobs)
  }

  private static func jobs(_ text: String) throws -> JobTable {
    let scenario = try Sample.load(text)
    return try scenario.input(placement: scenario.placements[0], replication: 0).jobs
  }

  @Test("nodes stand in racks and NVLink domains of so many, in order")
  func racks() throws {
    let text = Self.sample(pool: ", nodesPerRack: 3, nodesPerNVLinkDomain: 3, fabric: roce")
    let fleet = try Sample.load(text).nodes
    #expect(fleet.racks == ["a-rack-0", "a-rack-1"])
    #expect(fleet.nodes.prefix(4).map(\.place.rack) == [0, 0, 0, 1])
    #expect(fleet.nodes.prefix(4).map(\.place.nvlinkDomain) == [0, 0, 0, 1])
    #expect(fleet.nodes.prefix(4).allSatisfy { $0.place.fabric == .roce })
    #expect(fleet.nodes[4].place == .unstated)
    let shared = try Sample.load(
      Self.sample(pool: ", rack: x").replacing("memory: 256GiB", with: "memory: 256GiB, rack: x")
    ).nodes
    #expect(shared.racks == ["x"])
    #expect(shared.nodes.allSatisfy { $0.place.rack == 0 && $0.place.nvlinkDomain == nil })
  }

  @Test("a placement may be a word, a map or a ladder")
  func wishes() throws {
    func gang(_ placement: String) throws -> String {
      let jobs = try Self.jobs(
        Self.sample(pool: ", nodesPerRack: 2", demand: "workers: 2, placement: \(placement), ")
      )
      let shape = try #require(jobs.shapes.first { $0.workers == 2 })
      return "\(shape.wish.name) \(WishRelaxation.text(jobs.relaxation(of: shape)))"
    }
    #expect(try gang("rack") == "rack ")
    #expect(try gang("{wish: rack}") == "rack ")
    #expect(try gang("{wish: rack, relaxAfter: 10m}") == "rack 600:anywhere")
    #expect(
      try gang("{wish: oneNode, ladder: [{relaxAfter: 0s, to: rack}, {relaxAfter: 1h}]}")
        == "oneNode 0:rack;3600:anywhere"
    )
  }

  @Test("speeds that are not stated are those of the next narrower span")
  func speeds() throws {
    func speed(_ text: String) throws -> [PlacementSpeed] {
      try Self.jobs(Self.sample(jobs: "duration: 2h\n      speed: \(text)")).speeds
    }
    #expect(try speed("full").isEmpty)
    #expect(try speed("byFabric") == [.byFabric])
    let own = try #require(try speed("{rack: 0.5, fleet: {infiniband: 0.4, roce: 0.3, ethernet: 0.2}}").first)
    #expect(PlacementSpan.allCases.map { own[$0, .roce] } == [1_000_000, 1_000_000, 500_000, 300_000])
    let narrow = try #require(try speed("{nvlinkDomain: 0.9}").first)
    #expect(PlacementSpan.allCases.map { narrow[$0, .ethernet] } == [1_000_000, 900_000, 900_000, 900_000])
  }

  @Test("jobs that count steps take the models of their table, inline or from a file")
  func steps() throws {
    let rows =
      "[{gpu: h100-80gb-sxm, gpus: 1, stepsPerSecond: 2}, {gpu: h100-80gb-sxm, gpus: 8, span: node, stepsPerSecond: 10}]"
    let jobs = try Self.jobs(Self.sample(jobs: "steps: 36000\n      throughput: \(rows)"))
    let work = try #require(jobs.stepWork)
    #expect(Set(work.steps) == [36_000])
    #expect(Set(jobs.modelSets) == ["", "h100-80gb-sxm"])
    for job in 0..<jobs.count {
      #expect(jobs.duration[job] == .seconds(jobs.gpus(of: job) == 8 ? 3_600 : 18_000))
    }
    let folder = try ScratchFolder()
    let path = try folder.write(
      "gpu,gpus,span,steps_per_s\nH100-80GB-SXM,1,fleet,2\nh100-80gb-sxm,8,node,10\n"
    )
    let read = try Self.jobs(Self.sample(jobs: "steps: 36000\n      throughputFile: \(path)"))
    #expect(read.duration == jobs.duration)
  }

  @Test("what was resolved gives the same jobs and nodes")
  func resolved() throws {
    let text = Self.sample(
      pool: ", nodesPerRack: 2, fabric: ethernet",
      demand: "workers: 2, placement: {wish: rack, relaxAfter: 10m}, ",
      jobs: "duration: 2h\n      speed: {fleet: 0.5}"
    )
    let scenario = try Sample.load(text)
    let again = try Sample.load(scenario.resolvedYAML)
    #expect(again.nodes == scenario.nodes)
    #expect((try Self.jobs(scenario.resolvedYAML) == Self.jobs(text)) == true)
  }
}
