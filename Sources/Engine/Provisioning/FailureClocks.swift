import Foundation
import SimulationKernel

/// When machines that come and go fail: drawn while the run goes on, since
/// which there are depends on it.
///
/// Each machine has a Poisson clock for each cause from when it is up, in the
/// stream `auto-faults/CAUSE/GROUP`, a sequence for each of its node's lives, so
/// that nothing else shifts it: the entity is the life (0 for a node that is
/// there at the start, k for its k-th launch) x 2^20 + the position in the
/// group. Draw 2k is the time to the k-th tick, draw 2k + 1 its repair, as in
/// ``FailureTimeline``. A tick that finds its node out of service is passed
/// over.
final class FailureClocks {
  /// A failure, if its node is in service then.
  struct Tick: Equatable {
    var at: Int64
    /// Position in the group's causes.
    var cause: Int
    /// ns; nil: the node stays up.
    var repair: Int64?
  }

  /// The pending tick of one cause: ns since the machine was up, and how many
  /// were before it.
  private struct Hand {
    var elapsed = Double.infinity
    var ticks: UInt64 = 0
  }

  private struct Clock {
    var group = -1
    var entity: UInt64 = 0
    var start: Int64 = 0
    var hands: [Hand] = []
  }

  /// One cause of a group: its stream, its mean time in ns, its repair.
  private struct Source {
    var stream: StreamName
    var mean: Double
    var repair: Variate?
  }

  private let sources: [[Source]]
  private let seed: UInt64
  private let first: [Int]
  private var clocks: [Clock]

  init(_ groups: [AutoNodes.Group], gpusPerNode: [Int], nodes: Int, seed: UInt64) {
    self.seed = seed
    first = groups.map(\.nodes.lowerBound)
    clocks = Array(repeating: Clock(), count: nodes)
    sources = groups.indices.map { number in
      groups[number].failures.map { cause in
        let rate = cause.perDay(gpus: gpusPerNode[number])
        return Source(
          stream: StreamName("auto-faults/\(cause.name)/\(groups[number].name)"),
          mean: rate > 0 ? 86_400e9 / rate : .infinity,
          repair: cause.repair
        )
      }
    }
  }

  /// The machine of a node is up for the first time.
  func start(_ n: Int, group: Int, life: UInt32, at now: Int64) {
    clocks[n] = Clock(
      group: group,
      // The node's lives are counted at the beginning and the end of each.
      entity: UInt64((life + 1) / 2) << 20 | UInt64(n - first[group]),
      start: now,
      hands: sources[group].map { _ in Hand(elapsed: 0) }
    )
    for cause in sources[group].indices { advance(n, cause) }
  }

  /// When the machine may fail next; nil: not within the longest run.
  func next(_ n: Int) -> Int64? { earliest(n)?.at }

  /// The machine's first pending tick, which is over then.
  func take(_ n: Int) -> Tick {
    let (cause, at) = earliest(n)!
    let source = sources[clocks[n].group][cause]
    let draw = 2 * (clocks[n].hands[cause].ticks - 1) + 1
    let repair = source.repair.map { time in
      Int64(
        min(max(time.quantile(stream(n, source).uniform(draw)) * 1e9, 1), Double(SimTime.latest.nanoseconds))
      )
    }
    advance(n, cause)
    return Tick(at: at, cause: cause, repair: repair)
  }

  private func stream(_ n: Int, _ source: Source) -> RandomStream {
    RandomStream(seed: seed, stream: source.stream, entity: clocks[n].entity)
  }

  private func earliest(_ n: Int) -> (cause: Int, at: Int64)? {
    let hands = clocks[n].hands
    guard let cause = hands.indices.min(by: { (hands[$0].elapsed, $0) < (hands[$1].elapsed, $1) }) else {
      return nil
    }
    let left = Double(SimTime.latest.nanoseconds - clocks[n].start)
    return hands[cause].elapsed < left ? (cause, clocks[n].start + Int64(hands[cause].elapsed)) : nil
  }

  private func advance(_ n: Int, _ cause: Int) {
    let source = sources[clocks[n].group][cause]
    let draw = 2 * clocks[n].hands[cause].ticks
    // A draw of zero times an infinite mean is no number.
    let wait = source.mean == .infinity ? .infinity : -source.mean * log(1 - stream(n, source).uniform(draw))
    clocks[n].hands[cause].elapsed += wait
    clocks[n].hands[cause].ticks += 1
  }
}
