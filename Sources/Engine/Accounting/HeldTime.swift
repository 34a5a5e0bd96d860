import Outcome

/// What jobs held of a node, or of a tenant's share, in thousandths of a GPU x
/// nanoseconds: the allocated leaves of the ledger while they are being added.
///
/// A plain row, because every job adds to two of them.
struct HeldTime {
  var goodput: Int128 = 0
  var lost: Int128 = 0
  var overhead: Int128 = 0
  var idle: Int128 = 0
  var rounding: Int128 = 0
  /// Being made ready: MIG instances under creation.
  var changing: Int128 = 0
  /// Being wiped of what another tenant left.
  var wipe: Int128 = 0
  /// Jobs started.
  var starts: Int64 = 0

  /// What became of the work of a stretch of time.
  enum Fate { case kept, lost, overhead }

  mutating func add(busy: Int128, idle: Int128, rounding: Int128, _ fate: Fate) {
    switch fate {
    case .kept: goodput += busy
    case .lost: lost += busy
    case .overhead: overhead += busy
    }
    self.idle += idle
    self.rounding += rounding
  }

  /// Adds the leaves to a ledger.
  func add(to ledger: inout LedgerTotals) {
    ledger[.goodput] += goodput
    ledger[.lost] += lost
    ledger[.overhead] += overhead
    ledger[.idle] += idle
    ledger[.rounding] += rounding
    ledger[.changing] += changing
    ledger[.changingWipe] += wipe
  }
}
