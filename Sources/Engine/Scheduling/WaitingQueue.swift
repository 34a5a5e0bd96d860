import Outcome

/// Jobs that wait, in arrival order.
///
/// Every job enters once, in arrival order, so they stand in one column from
/// front to back; the few that come back (their node failed) belong before
/// most that wait, and stand in a small sorted list of their own.
///
/// - Complexity: append and removal of the head O(1); a job that comes back
///   O(jobs that came back and wait). 4 bytes a job, nothing allocated later.
struct ArrivalOrderQueue: ~Copyable {
  private let entered: Column<Int32>
  /// The waiting ones are at `front ..< back`.
  private var front = 0
  private var back = 0
  /// Descending, so that the oldest is last.
  private var returned: [Int32] = []

  init(jobs: Int) { entered = Column(repeating: 0, count: jobs) }

  var isEmpty: Bool { front == back && returned.isEmpty }

  /// The oldest job, or -1.
  var head: Int32 {
    let first = front < back ? entered[front] : Int32.max
    let oldest = min(first, returned.last ?? Int32.max)
    return oldest == Int32.max ? -1 : oldest
  }

  mutating func append(_ job: Int32) {
    entered[back] = job
    back += 1
  }

  mutating func putBack(_ job: Int32) {
    let at = returned.firstIndex { $0 < job } ?? returned.count
    returned.insert(job, at: at)
  }

  mutating func removeHead() {
    if let oldest = returned.last, front == back || oldest < entered[front] {
      returned.removeLast()
    } else {
      front += 1
    }
  }
}

/// Waiting jobs of each distinct request, each list in arrival order.
///
/// Jobs with equal requests are refused together, so a pass tries one job a
/// request, however long the queue is.
struct RequestQueues: ~Copyable {
  private let head: Column<Int32>
  private let tail: Column<Int32>
  private let next: Column<Int32>
  /// Requests with waiting jobs, unordered, and each one's position here.
  private let active: Column<Int32>
  private let activePosition: Column<Int32>
  private(set) var activeCount = 0

  init(requests: Int, jobs: Int) {
    head = Column(repeating: -1, count: requests)
    tail = Column(repeating: -1, count: requests)
    next = Column(repeating: -1, count: jobs)
    active = Column(repeating: -1, count: requests)
    activePosition = Column(repeating: -1, count: requests)
  }

  func head(of request: Int) -> Int32 { head[request] }

  func activeRequest(at position: Int) -> Int { Int(active[position]) }

  mutating func append(_ job: Int32, request: Int) {
    next[Int(job)] = -1
    if head[request] < 0 {
      head[request] = job
      activate(request)
    } else {
      next[Int(tail[request])] = job
    }
    tail[request] = job
  }

  /// Inserts in arrival order: the job is older than most that wait.
  mutating func putBack(_ job: Int32, request: Int) {
    var before: Int32 = -1
    var after = head[request]
    while after >= 0 && after < job {
      before = after
      after = next[Int(after)]
    }
    next[Int(job)] = after
    if after < 0 { tail[request] = job }
    if before < 0 {
      if head[request] < 0 { activate(request) }
      head[request] = job
    } else {
      next[Int(before)] = job
    }
  }

  mutating func removeHead(of request: Int) {
    head[request] = next[Int(head[request])]
    if head[request] >= 0 { return }
    tail[request] = -1
    activeCount -= 1
    let hole = activePosition[request]
    let last = active[activeCount]
    active[Int(hole)] = last
    activePosition[Int(last)] = hole
    activePosition[request] = -1
  }

  private mutating func activate(_ request: Int) {
    active[activeCount] = Int32(request)
    activePosition[request] = Int32(activeCount)
    activeCount += 1
  }
}
