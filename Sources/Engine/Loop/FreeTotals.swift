import Outcome

/// Most refusals follow from two numbers, what is free in the fleet and the
/// most that a node offers: kept so that a pass need not look at the classes
/// whose cause they cannot have changed.
struct FreeTotals: ~Copyable {
  /// What a request asks of the two: 16 bytes.
  struct Ask: BitwiseCopyable {
    /// Thousandths that all workers take; 0 where more than totals decides.
    var milli: Int64
    /// Capability; -1 where more than totals decides.
    var need: Int32
  }
  private let asks: Column<Ask>
  private(set) var free: Int64 = 0
  private(set) var largest: Int32 = 0

  // Within these bounds no cause noted since the last look at all classes has
  // changed.
  private var freeFrom: Int64 = 0
  private var freeBelow: Int64 = 0
  private var largestBelow: Int32 = 0
  private var decidesAll = false

  init(_ requests: [Request], isPooled: Bool) {
    asks = Column(
      requests.map { request in
        if request.classes != .max || request.gpuCount == 0 || request.slice >= 0 {
          return Ask(milli: 0, need: -1)
        }
        return Ask(milli: request.takenByAll, need: isPooled ? -1 : request.need)
      }
    )
  }

  /// The totals are these; returns whether every cause that they decided still
  /// holds, and they decided all.
  mutating func update(free: Int64, largest: Int32) -> Bool {
    (self.free, self.largest) = (free, largest)
    return decidesAll && free >= freeFrom && free < freeBelow && largest < largestBelow
  }

  /// All classes are looked at from here on.
  mutating func begin() {
    (freeFrom, freeBelow, largestBelow, decidesAll) = (0, .max, .max, true)
  }

  /// Something else may change a cause.
  mutating func lookAgain() { decidesAll = false }

  /// The cause of a refused request, or nil: the totals do not decide.
  @inline(__always)
  mutating func cause(_ shape: Int) -> WaitCause? {
    let ask = asks[shape]
    if free < ask.milli {
      freeBelow = min(freeBelow, ask.milli)
      return .capacity
    }
    if ask.need > largest {
      freeFrom = max(freeFrom, ask.milli)
      largestBelow = min(largestBelow, ask.need)
      return .fragmentation
    }
    decidesAll = false
    return nil
  }
}
