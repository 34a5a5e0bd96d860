import Foundation
import Outcome
import TestSupport
import Testing

@testable import Engine
@testable import Studies

/// The published experiment, where the public trace is at hand.
@Suite(.enabled(if: DataFolder.has("openb/plan/go_rand_streams.csv"))) struct FGDStudyTests {
  static let deterministic = ["DotProd", "GpuClustering", "GpuPacking", "BestFit", "FGD"]
  #if DEBUG
    static let seeds = [42]
    static let comparedArrivals = 600
  #else
    static let seeds = Array(42...51)
    static let comparedArrivals = Int.max
  #endif
  static let folder = DataFolder.path("openb")

  private func lines(_ file: String) throws -> [[String]] {
    try String(contentsOfFile: DataFolder.path("openb/" + file), encoding: .utf8).split(separator: "\n")
      .dropFirst()
      .map { $0.split(separator: ",").map(String.init) }
  }

  /// Whether both print alike; the published texts drop zeros at the end.
  private func prints(_ value: Double, as text: String, decimals: Int) -> Bool {
    let format = "%.\(decimals)f"
    return String(format: format, value) == String(format: format, Double(text)!)
  }

  @Test(arguments: deterministic, seeds)
  func `a deterministic policy equals the published table in every printed digit`(policy: String, seed: Int)
    throws
  {
    let expected = try #require(
      try lines("expected/default_at_100.csv").first { $0[0] == policy && $0[1] == String(seed) }
    )
    let study = try FGDStudy(folder: Self.folder, workload: "default")
    let row = study.rows(try Simulation.run(try study.input(policy: policy, seed: seed)))[100]
    #expect(row.arrivalPercent == 100)
    #expect(prints(row.allocationPercent, as: expected[2], decimals: 2), "\(row) against \(expected)")
    #expect(prints(row.fragmentationRatePercent, as: expected[3], decimals: 4), "\(row) against \(expected)")
    #expect(prints(row.fragmentationTotalPercent, as: expected[4], decimals: 2), "\(row) against \(expected)")
    #expect(
      prints((100 - row.allocationPercent) * 62.12, as: expected[5], decimals: 1),
      "\(row) against \(expected)"
    )
  }

  @Test func `the random policy has the published mean over its seeds`() throws {
    let study = try FGDStudy(folder: Self.folder, workload: "default")
    let seeds = Self.seeds.count > 1 ? Self.seeds : [42, 43]
    let allocations = try seeds.map { seed in
      study.rows(try Simulation.run(try study.input(policy: "Random", seed: seed)))[100].allocationPercent
    }
    let mean = allocations.reduce(0, +) / Double(allocations.count)
    #expect(abs(mean - 86.30) < (seeds.count == 10 ? 0.5 : 1.0), "allocations \(allocations)")
    #expect(Set(allocations).count > 1)
  }

  @Test(arguments: 42...51)
  func `arrivals, clones and node ranks equal the published plan`(seed: Int) throws {
    var rows: [String: [Int]] = [:]
    for row in try lines("plan/openb_plan_default.csv") where row[0] == String(seed) {
      rows[row[1]] = row[2].split(separator: " ").map { Int($0)! }
    }
    let study = try FGDStudy(folder: Self.folder, workload: "default")
    let input = try study.input(policy: "FGD", seed: seed)
    let names = try lines("openb_pod_list_default.csv").map { $0[0] }
    #expect(input.jobs.names == .listed((rows["order"]! + rows["clones"]!).map { names[$0] }))
    #expect(input.nodeRanks == rows["noderank"]!.map { Int32($0) })
  }

  #if DEBUG
    static let recomputed = ["gpuspec33"]
  #else
    static let recomputed = ["gpuspec33", "cpu250", "multigpu20", "multigpu50"]
  #endif

  @Test(arguments: recomputed, ["FGD", "BestFit"])
  func `a variant equals a literal recomputation, placement by placement`(workload: String, policy: String)
    throws
  {
    let seed = 47
    let study = try FGDStudy(folder: Self.folder, workload: workload)
    let input = try study.input(policy: policy, seed: seed)
    let ours = try Simulation.run(input)
    var literal = try LiteralFilling(
      nodeList: DataFolder.path("openb/openb_node_list_gpu_node.csv"),
      podList: DataFolder.path("openb/pods/openb_pod_list_\(workload).csv"),
      streams: DataFolder.path("openb/plan/go_rand_streams.csv"),
      seed: seed
    )
    #expect(input.nodeRanks == literal.ranks.map { Int32($0) })
    #expect(input.jobs.count == literal.arrivals.count)
    let placements = literal.fill(policy: policy, limit: Self.comparedArrivals)
    #expect(placements.count >= 600)
    let first = placements.indices.first {
      Int(ours.jobs.node[$0].rawValue) != placements[$0].node || ours.jobs.gpuMask[$0] != placements[$0].mask
    }
    #expect(first == nil, "the first arrival that differs")
    if Self.comparedArrivals == .max { #expect(placements.contains { $0.node < 0 }) }
  }

  @Test func `the empty and the filled cluster have the golden classes`() throws {
    let study = try FGDStudy(folder: Self.folder, workload: "default")
    let input = try study.input(policy: "FGD", seed: 42)
    let prepared = try PreparedRun(input)
    let cluster = prepared.cluster()
    let typical = try #require(prepared.typicalForFragmentation)
    #expect(typical.count == 35)
    #expect(typical.prefix(5).map(\.count) == [1047, 874, 599, 470, 388])
    let empty = classes(typical, cluster)
    expect(empty, q1: 0, q2: 0, q3: 5_345_767.45, q4: 21_541.33, xl: 831_166.11, xr: 13_525.11)
    #expect(abs(empty.fragmented - 866_232.55) < 0.006)

    let ours = try Simulation.run(input)
    #expect(input.jobs.count == 10_866)
    #expect(ours.jobs.state.filter { $0 == .rejected }.count == 2_532)
    for j in 0..<input.jobs.count where ours.jobs.state[j] == .running {
      cluster.allocate(
        prepared.requests[Int(input.jobs.shape[j].rawValue)],
        node: Int(ours.jobs.node[j].rawValue),
        gpuMask: ours.jobs.gpuMask[j]
      )
    }
    let full = classes(typical, cluster)
    expect(full, q1: 138_432.67, q2: 85_864.49, q3: 1_228.35, q4: 27_278.88, xl: 6_055.27, xr: 33_730.34)
    var (free, cpu, touched) = (0, 0, 0)
    for n in 0..<cluster.nodeCount {
      free += Int(cluster.nodes[n].gpuFreeSum)
      cpu += Int(cluster.nodes[n].cpuTotal - cluster.nodes[n].cpuFree)
      touched += Int(cluster.nodes[n].gpuCount - cluster.nodes[n].wholeFree)
    }
    #expect(6_212_000 - free == 5_919_410)
    #expect(cpu == 89_928_302)
    #expect(touched == 6_189)
    #expect(ours.filling?.allocatedMilliGPU.last == 5_919_410)
    #expect(abs(100 * full.fragmented / Double(free) - 99.58) < 0.005)
    #expect(abs(ours.snapshot.fgdMilliGPU - full.fragmented) < 1e-3)
  }

  private func classes(_ typical: [TypicalJob], _ cluster: borrowing ClusterState) -> FragmentationClasses {
    let tracker = FragmentationTracker(typical, cluster)
    var sum = FragmentationClasses()
    for n in 0..<cluster.nodeCount {
      let c = tracker.classes(n, cluster)
      sum.q1 += c.q1
      sum.q2 += c.q2
      sum.q3 += c.q3
      sum.q4 += c.q4
      sum.xl += c.xl
      sum.xr += c.xr
      sum.na += c.na
    }
    return sum
  }

  private func expect(
    _ c: FragmentationClasses,
    q1: Double,
    q2: Double,
    q3: Double,
    q4: Double,
    xl: Double,
    xr: Double
  ) {
    for (ours, golden) in [(c.q1, q1), (c.q2, q2), (c.q3, q3), (c.q4, q4), (c.xl, xl), (c.xr, xr), (c.na, 0)]
    {
      #expect(abs(ours - golden) < 0.0051, "\(ours) against \(golden)")
    }
  }

  @Test func `the same input ends in the same fingerprint`() throws {
    let study = try FGDStudy(folder: Self.folder, workload: "default")
    let input = try study.input(policy: "BestFit", seed: 43)
    #expect(try Simulation.run(input) == Simulation.run(input))
  }

  @Test func `unknown names are refused with the known ones`() throws {
    #expect(throws: StudyError.self) { try FGDStudy(folder: Self.folder, workload: "none") }
    let study = try FGDStudy(folder: Self.folder, workload: "default")
    #expect { try study.input(policy: "Best", seed: 42) } throws: { "\($0)".contains("BestFit") }
    #expect(throws: StudyError.self) { try study.input(policy: "FGD", seed: 1) }
  }
}
