import Outcome
import Workload

/// A gang of which some workers hold their places while the rest wait.
struct HoldingGang {
  struct Piece {
    var piece: GangPiece
    /// Since when it is held, ns.
    var since: Int64
    /// The group of workers that must share a node; -1: anywhere.
    var group: Int32
  }

  let job: Int
  /// Place in the queue's order.
  let place: Int32
  /// Since when it holds or is admitted, ns.
  var since: Int64
  /// Workers without a place.
  var left: Int32
  /// Groups without a place, ascending; empty where workers lie anywhere.
  var open: [Int32]
  var pieces: [Piece] = []

  init(job: Int, place: Int32, since: Int64, _ gang: Gang) {
    self.job = job
    self.place = place
    self.since = since
    left = gang.workers
    open = gang.wish == .anywhere ? [] : Array(0..<gang.groupCount)
  }
}

/// What a run keeps where gangs hold places before they start.
final class HeldGangs {
  let mode: GangMode
  let holding: GangHolding
  /// The first that does not fit holds up those behind it.
  let blocks: Bool
  /// In the queue's order. At most as many as the fleet has room for, but for
  /// admitted gangs without a GPU.
  var gangs: [HoldingGang] = []
  /// Time-outs in a row after which a gang that nothing else can help any more
  /// is left alone: enough for the longest delay to be reached.
  static let mostTimeouts = 16
  /// Gangs that gave up, until they stand in the queue again; by time, then
  /// by job.
  var away: [(due: Int64, job: Int)] = []
  /// Time-outs of a job since it ran last.
  var timeouts: [Int: Int] = [:]
  /// All that was held and given up or used.
  var holds: [GangHold] = []
  /// When the queue was asked to look again.
  var timerDue = Int64.max

  init(_ mode: GangMode, _ holding: GangHolding, blocks: Bool) {
    self.mode = mode
    self.holding = holding
    self.blocks = blocks
  }

  var isByQuota: Bool { if case .quota = mode { true } else { false } }

  /// When something is due that no other event brings.
  var nextDue: Int64 {
    var due = away.first?.due ?? .max
    if let timeout = holding.timeout {
      for gang in gangs { due = min(due, gang.since + timeout.nanoseconds) }
    }
    return due
  }

  /// Where a gang of this place stands or would stand.
  func position(of place: Int32) -> Int {
    gangs.firstIndex { $0.place >= place } ?? gangs.count
  }

  func note(_ job: Int, _ held: HoldingGang.Piece, until now: Int64, _ ending: GangHold.Ending) {
    guard now > held.since else { return }
    holds.append(
      GangHold(
        job: JobID(rawValue: Int32(job)),
        piece: held.piece,
        startNanoseconds: held.since,
        endNanoseconds: now,
        ending: ending
      )
    )
  }
}
