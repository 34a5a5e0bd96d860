/// Since when a cause held: changes in ascending order of time, each up to the
/// next. 9 bytes a change.
public struct CauseLog: Hashable, Sendable {
  public var nanoseconds: [Int64] = []
  public var causes: [WaitCause] = []

  public init() {}

  public init(always cause: WaitCause) {
    nanoseconds = [0]
    causes = [cause]
  }

  /// The cause changes. Of several changes at an instant the last stands; what
  /// is no change at all is not kept.
  public mutating func append(_ cause: WaitCause, at time: Int64) {
    if nanoseconds.last == time {
      nanoseconds.removeLast()
      causes.removeLast()
    }
    if causes.last == cause { return }
    nanoseconds.append(time)
    causes.append(cause)
  }

  /// The change that holds at this time, or -1: none has come yet.
  ///
  /// - Complexity: O(log n).
  public func position(at time: Int64) -> Int {
    var low = 0
    var high = nanoseconds.count
    while low < high {
      let middle = (low + high) / 2
      if nanoseconds[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }
}

/// What kept jobs waiting, and since when: like requests have one log
/// together; a job that waits for something of its own has entries of its own.
public struct CauseHistory: Hashable, Sendable {
  /// By shape of the job table: the log of its class.
  public var classOfShape: [Int32] = []
  public var classes: [CauseLog] = []
  /// Own causes, by job and then by time; `none` gives a job back to its
  /// class. The entries of job j are at `firstOwn[j] ..< firstOwn[j + 1]`.
  public var firstOwn: [Int32] = []
  public var own = CauseLog()

  /// A time during which a job waited for one cause.
  public struct Stretch: Hashable, Sendable {
    public var start: Int64
    public var end: Int64
    public var cause: WaitCause

    public init(start: Int64, end: Int64, cause: WaitCause) {
      self.start = start
      self.end = end
      self.cause = cause
    }
  }

  public init() {}

  public func ownRows(of job: Int) -> Range<Int> {
    firstOwn.isEmpty ? 0..<0 : Int(firstOwn[job])..<Int(firstOwn[job + 1])
  }

  /// What a job of this shape waited for between two instants, in order.
  public func stretches(of job: Int, shape: Int, from start: Int64, to end: Int64) -> [Stretch] {
    var result: [Stretch] = []
    func add(_ from: Int64, _ to: Int64, _ cause: WaitCause) {
      guard to > from else { return }
      if result.last?.cause == cause {
        result[result.count - 1].end = to
      } else {
        result.append(Stretch(start: from, end: to, cause: cause))
      }
    }
    eachOwn(job, from: start, to: end) { from, to, cause in
      guard cause == .none else { return add(from, to, cause) }
      let log = classes[Int(classOfShape[shape])]
      var position = log.position(at: from)
      var since = from
      while since < to {
        let next = position + 1 < log.nanoseconds.count ? min(to, log.nanoseconds[position + 1]) : to
        add(since, next, position < 0 ? .none : log.causes[position])
        since = next
        position += 1
      }
    }
    return result
  }

  /// Calls `body` with each part of the time in which the job's own cause did
  /// not change; `none`: it waits for what its class waits for.
  public func eachOwn(
    _ job: Int,
    from start: Int64,
    to end: Int64,
    _ body: (_ from: Int64, _ to: Int64, _ cause: WaitCause) -> Void
  ) {
    var since = start
    var cause = WaitCause.none
    for row in ownRows(of: job) {
      let time = own.nanoseconds[row]
      if time >= end { break }
      if time > since {
        body(since, time, cause)
        since = time
      }
      cause = own.causes[row]
    }
    if end > since { body(since, end, cause) }
  }
}

/// A log with the sums of its causes at hand.
///
/// - Complexity: a question costs two binary searches and a look at no more
///   than 2 x ``stride`` changes, however many lie between.
public struct CauseSums {
  private static let stride = 16
  private let log: CauseLog
  /// Ns of each cause before change `k * stride`, at `k * places + cause`.
  private var before: [Int64]

  public init(_ log: CauseLog) {
    self.log = log
    let blocks = (log.causes.count + Self.stride - 1) / Self.stride
    before = Array(repeating: 0, count: blocks * WaitCause.places)
    var sums = [Int64](repeating: 0, count: WaitCause.places)
    for position in log.causes.indices {
      if position > 0 {
        sums[Int(log.causes[position - 1].rawValue)] +=
          log.nanoseconds[position] - log.nanoseconds[position - 1]
      }
      guard position % Self.stride == 0 else { continue }
      let base = position / Self.stride * WaitCause.places
      for cause in 0..<WaitCause.places { before[base + cause] = sums[cause] }
    }
  }

  /// Adds how long each cause held between two instants; what lies before the
  /// first change counts as `none`.
  public func add(from start: Int64, to end: Int64, into sums: inout [Int64]) {
    guard end > start else { return }
    let last = log.position(at: end - 1)
    var position = log.position(at: start)
    var since = start
    while position <= last {
      let next = position + 1
      if since > start, position >= 0, position % Self.stride == 0, last - position > Self.stride {
        let skipped = last / Self.stride
        let (from, to) = (position / Self.stride * WaitCause.places, skipped * WaitCause.places)
        for cause in 0..<WaitCause.places { sums[cause] += before[to + cause] - before[from + cause] }
        position = skipped * Self.stride
        since = log.nanoseconds[position]
        continue
      }
      let until = position == last ? end : log.nanoseconds[next]
      sums[position < 0 ? 0 : Int(log.causes[position].rawValue)] += until - since
      since = until
      position = next
    }
  }
}
