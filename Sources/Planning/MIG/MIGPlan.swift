import Engine
import Hardware

/// GPUs cut alike.
public struct MIGPlanRow: Hashable, Sendable {
  /// How many GPUs.
  public var gpus: Int
  /// Instances of each profile on one of them, by position in
  /// ``MIGGeometry/profiles``.
  public var contents: [Int]
}

/// A static layout of a fleet of equal GPUs for a stated demand, proven best.
///
/// The possible contents of a GPU are few (38 maximal ones on most boards), so
/// the best mix is an integer programme over how many GPUs get each; GLPK
/// solves it.
public struct MIGPlan: Hashable, Sendable {
  /// Instances wanted at the same time, by position in
  /// ``MIGGeometry/profiles``.
  public var demand: [Int]
  /// Most GPUs first.
  public var rows: [MIGPlanRow]
  /// Instances that the layout lacks, by profile.
  public var unserved: [Int]

  /// GPUs that are used.
  public var gpus: Int { rows.reduce(0) { $0 + $1.gpus } }

  /// The fewest GPUs that hold the demand.
  ///
  /// - Parameter demand: by profile, none negative.
  /// - Returns: nil when the solver finds no optimum.
  public static func fewestGPUs(for demand: [Int], _ geometry: MIGGeometry) -> MIGPlan? {
    guard demand.contains(where: { $0 > 0 }) else { return MIGPlan(demand, [], []) }
    let contents = usefulContents(demand, geometry)
    let programme = IntegerProgram(variables: contents.count)
    programme.minimise(contents.indices.map { ($0, 1) })
    for profile in demand.indices where demand[profile] > 0 {
      programme.require(supply(of: profile, contents), atLeast: demand[profile])
    }
    return programme.solve().map { MIGPlan(demand, contents, $0) }
  }

  /// The layout of `gpus` GPUs that leaves the fewest memory slots of demand
  /// unserved; among those, the fewest instances.
  ///
  /// - Returns: nil when the solver finds no optimum.
  public static func leastUnserved(of demand: [Int], gpus: Int, _ geometry: MIGGeometry) -> MIGPlan? {
    guard demand.contains(where: { $0 > 0 }) else { return MIGPlan(demand, [], []) }
    let contents = usefulContents(demand, geometry)
    // First the GPUs of each content, then what is left of each profile.
    let programme = IntegerProgram(variables: contents.count + demand.count)
    let left = { (profile: Int) in contents.count + profile }
    programme.require(contents.indices.map { ($0, 1) }, atMost: gpus)
    for profile in demand.indices where demand[profile] > 0 {
      programme.require(supply(of: profile, contents) + [(left(profile), 1)], atLeast: demand[profile])
    }
    let slots = demand.indices.map { (variable: left($0), factor: geometry.profiles[$0].memorySlots) }
    programme.minimise(slots)
    guard let first = programme.solve() else { return nil }
    programme.require(slots, atMost: slots.reduce(0) { $0 + first[$1.variable] * $1.factor })
    programme.minimise(demand.indices.map { (left($0), 1) })
    return programme.solve().map { MIGPlan(demand, contents, Array($0.prefix(contents.count))) }
  }

  /// What a GPU may hold of the demanded profiles, so that nothing more of
  /// them fits.
  private static func usefulContents(_ demand: [Int], _ geometry: MIGGeometry) -> [[Int]] {
    MIGLayouts(geometry, profiles: demand.indices.filter { demand[$0] > 0 }).maximalContents
  }

  private static func supply(of profile: Int, _ contents: [[Int]]) -> [(variable: Int, factor: Int)] {
    contents.indices.filter { contents[$0][profile] > 0 }.map { ($0, contents[$0][profile]) }
  }

  private init(_ demand: [Int], _ contents: [[Int]], _ gpus: [Int]) {
    self.demand = demand
    rows = contents.indices.filter { gpus[$0] > 0 }.map { MIGPlanRow(gpus: gpus[$0], contents: contents[$0]) }
      .sorted { $0.gpus > $1.gpus }
    let rows = rows
    unserved = demand.indices.map { profile in
      max(0, demand[profile] - rows.reduce(0) { $0 + $1.gpus * $1.contents[profile] })
    }
  }
}
