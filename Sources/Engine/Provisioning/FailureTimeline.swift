import Foundation
import Hardware
import SimulationKernel

/// Makes the failures of a run before it begins, so that no policy can shift
/// them.
///
/// Each node has a Poisson clock for each cause, in the stream
/// `faults/CAUSE/GROUP` of its position in the group; a node of another group,
/// or one more at a group's end, changes nothing. Draw 2k is the time to the
/// k-th tick, draw 2k + 1 its repair. A tick that finds its node out of service
/// is passed over. A node that drains or is in rolling maintenance may fail.
public enum FailureTimeline {
  /// The stated changes of the fleet and the failures until `end`, sorted by
  /// time. A stated change takes a node over: a pending repair is forgotten,
  /// and a node that was taken out does not fail.
  ///
  /// - Complexity: O(n log n) in ticks, about a microsecond each.
  public static func changes(
    _ groups: [FailureGroup],
    fleet: Fleet,
    stated: [FleetChange],
    seed: UInt64,
    end: SimTime
  ) -> [FleetChange] {
    var result = stated
    for group in groups {
      var sweep = FailureSweep(group, fleet: fleet, stated: stated)
      result += sweep.run(ticks(group, fleet, seed: seed, end: end.nanoseconds), end: end.nanoseconds)
    }
    let order = result.indices.sorted { (result[$0].atNanoseconds, $0) < (result[$1].atNanoseconds, $1) }
    return order.map { result[$0] }
  }

  /// Failures of a node a day, in the mean over the fleet's nodes with GPUs (of
  /// all nodes, when none has any): what jobs that span whole nodes have to
  /// expect.
  public static func perNodeDay(_ groups: [FailureGroup], fleet: Fleet) -> Double {
    let counted = fleet.gpuCount > 0 ? fleet.nodes.filter { $0.gpuCount > 0 }.count : fleet.nodes.count
    var sum = 0.0
    for group in groups {
      for node in group.nodes where fleet.nodes[node].gpuCount > 0 || fleet.gpuCount == 0 {
        sum += group.causes.reduce(0) { $0 + $1.perDay(gpus: fleet.nodes[node].gpuCount) }
      }
    }
    return sum / Double(max(1, counted))
  }

  private static func ticks(
    _ group: FailureGroup,
    _ fleet: Fleet,
    seed: UInt64,
    end: Int64
  ) -> [FailureSweep.Tick] {
    var result: [FailureSweep.Tick] = []
    for (position, node) in group.nodes.enumerated() {
      for (number, cause) in group.causes.enumerated() {
        let rate = cause.perDay(gpus: fleet.nodes[node].gpuCount)
        guard rate > 0 else { continue }
        let stream = RandomStream(
          seed: seed,
          stream: StreamName("faults/\(cause.name)/\(group.name)"),
          entity: UInt64(position)
        )
        let mean = 86_400e9 / rate
        var at = 0.0
        var draw: UInt64 = 0
        while true {
          at -= mean * log(1 - stream.uniform(draw))
          guard at <= Double(end) else { break }
          let repair = cause.repair.map { nanoseconds($0.quantile(stream.uniform(draw + 1))) }
          result.append(.init(at: Int64(at), node: Int32(node), cause: Int32(number), repair: repair ?? -1))
          draw += 2
        }
      }
    }
    return result.sorted()
  }

  private static func nanoseconds(_ seconds: Double) -> Int64 {
    Int64(min(max(seconds * 1e9, 1), Double(SimTime.latest.nanoseconds)))
  }
}

/// Walks the ticks of one group in time and decides which of them count.
struct FailureSweep {
  /// A failure, if its node is in service then.
  struct Tick: Comparable {
    var at: Int64
    var node: Int32
    var cause: Int32
    /// ns; -1: the node stays up.
    var repair: Int64

    static func < (a: Tick, b: Tick) -> Bool { (a.at, a.node, a.cause) < (b.at, b.node, b.cause) }
  }

  /// A node that returns from repair, or a spare that is ready.
  private struct Return: Comparable {
    var at: Int64
    var node: Int
    var turn: Int
    var isSpare: Bool

    static func < (a: Return, b: Return) -> Bool { (a.at, a.node, a.turn) < (b.at, b.node, b.turn) }
  }

  private let swap: Int64
  private let first: Int
  private var isUp: [Bool]
  /// By node: pending returns of an earlier turn no longer stand.
  private var turn: [Int]
  /// Idle, in the order of their use.
  private var spares: [Int]
  /// Nodes that failed and have not been replaced.
  private var missing = 0
  private var returns = MinHeap<Return>()
  private let stated: [(at: Int64, action: FleetChange.Action, node: Int)]
  private var changes: [FleetChange] = []

  init(_ group: FailureGroup, fleet: Fleet, stated: [FleetChange]) {
    swap = group.swap.nanoseconds
    first = group.nodes.lowerBound
    isUp = Array(repeating: true, count: group.nodes.count)
    turn = Array(repeating: 0, count: group.nodes.count)
    spares = Array(group.nodes.suffix(group.spares))
    self.stated = stated.flatMap { change in
      change.nodes.map { (change.atNanoseconds, change.action, Int($0.rawValue)) }
    }.filter { group.nodes.contains($0.2) }
    var hasChanged: Set<Int> = []
    for change in self.stated where hasChanged.insert(change.node).inserted && change.action == .join {
      isUp[change.node - first] = false
    }
    for node in spares {
      isUp[node - first] = false
      emit(.leave, node, at: 0)
    }
  }

  mutating func run(_ ticks: [Tick], end: Int64) -> [FleetChange] {
    var (nextTick, nextStated) = (0, 0)
    while true {
      let times = [
        nextStated < stated.count ? stated[nextStated].at : .max, returns.first?.at ?? .max,
        nextTick < ticks.count ? ticks[nextTick].at : .max,
      ]
      guard let now = times.min(), now <= end else { return changes }
      if times[0] == now {
        take(stated[nextStated].action, stated[nextStated].node)
        nextStated += 1
      } else if times[1] == now {
        bringBack(returns.removeFirst()!)
      } else {
        fail(ticks[nextTick])
        nextTick += 1
      }
    }
  }

  private mutating func emit(_ action: FleetChange.Action, _ node: Int, at time: Int64) {
    changes.append(
      FleetChange(atNanoseconds: time, action: action, nodes: [NodeID(rawValue: Int32(node))])
    )
  }

  private mutating func take(_ action: FleetChange.Action, _ node: Int) {
    guard action != .interrupt else { return }
    isUp[node - first] = action == .join || action == .repair
    turn[node - first] += 1
    spares.removeAll { $0 == node }
  }

  private mutating func fail(_ tick: Tick) {
    let node = Int(tick.node)
    guard isUp[node - first] else { return }
    guard tick.repair >= 0 else { return emit(.interrupt, node, at: tick.at) }
    emit(.fail, node, at: tick.at)
    isUp[node - first] = false
    missing += 1
    schedule(node, at: tick.at, after: tick.repair, isSpare: false)
    if let spare = spares.first {
      spares.removeFirst()
      missing -= 1
      schedule(spare, at: tick.at, after: swap, isSpare: true)
    }
  }

  private mutating func schedule(_ node: Int, at now: Int64, after span: Int64, isSpare: Bool) {
    turn[node - first] += 1
    guard span <= SimTime.latest.nanoseconds - now else { return }
    returns.insert(Return(at: now + span, node: node, turn: turn[node - first], isSpare: isSpare))
  }

  private mutating func bringBack(_ item: Return) {
    guard turn[item.node - first] == item.turn else { return }
    if item.isSpare {
      emit(.join, item.node, at: item.at)
      isUp[item.node - first] = true
    } else if missing > 0 {
      missing -= 1
      emit(.repair, item.node, at: item.at)
      isUp[item.node - first] = true
    } else {
      emit(.leave, item.node, at: item.at)
      spares.append(item.node)
    }
  }
}
