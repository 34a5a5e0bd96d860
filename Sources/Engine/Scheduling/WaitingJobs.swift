/// The queue with its policy: which waiting job is tried next, and which
/// refusals still stand.
///
/// A refusal stands until capacity comes back that could change it: a refused
/// request is tried again only when it fits on a node that was freed since.
struct WaitingJobs: ~Copyable {
  private enum Order {
    case strict
    case overtaking
  }
  private let order: Order
  private var strict: ArrivalOrderQueue
  private var byRequest: RequestQueues
  private let requestOf: Column<Int32>
  /// Left the queue without being placed; dropped when it comes to a head.
  private let isWithdrawn: Column<Bool>
  private var count = 0
  /// Strict order: the head has been refused, and this stands.
  private var isHeadRefused = false
  /// Overtaking: the request has been refused, and this stands.
  private let isRefused: Column<Bool>
  /// Overtaking: requests to try in this pass, by their oldest job
  /// (job << 32 | request), as a binary heap. A request may stand here twice,
  /// under an older job that came back too.
  private var candidates: [UInt64] = []
  private let isCandidate: Column<Bool>
  /// Nodes with more room than at the last pass; may repeat.
  private var freed: [Int32] = []

  init(_ spec: QueueSpec, requests: Int, jobs: Int) {
    switch spec {
    case .fifo(headOfLineBlocking: true): order = .strict
    case .fifo(headOfLineBlocking: false), .none: order = .overtaking
    }
    strict = ArrivalOrderQueue(jobs: order == .strict ? jobs : 0)
    byRequest = RequestQueues(requests: requests, jobs: order == .overtaking ? jobs : 0)
    requestOf = Column(repeating: 0, count: order == .strict ? jobs : 0)
    isWithdrawn = Column(repeating: false, count: jobs)
    isRefused = Column(repeating: false, count: requests)
    isCandidate = Column(repeating: false, count: requests)
    candidates.reserveCapacity(requests)
    freed.reserveCapacity(1024)
  }

  var isEmpty: Bool { count == 0 }

  /// Whether a pass after an arrival could place anything.
  var mayPlaceAfterArrival: Bool { order == .overtaking || !isHeadRefused }

  // MARK: - Jobs come and go

  mutating func append(_ job: Int32, request: Int) {
    count += 1
    if order == .strict {
      requestOf[Int(job)] = Int32(request)
      strict.append(job)
    } else {
      byRequest.append(job, request: request)
      addCandidate(request)
    }
  }

  /// A job that was placed comes back to its old place in the order.
  mutating func putBack(_ job: Int32, request: Int) {
    count += 1
    if order == .strict {
      requestOf[Int(job)] = Int32(request)
      strict.putBack(job)
      isHeadRefused = false
    } else {
      byRequest.putBack(job, request: request)
      // It may stand under a younger job, whose turn is later.
      if byRequest.head(of: request) == job { isCandidate[request] = false }
      addCandidate(request)
    }
  }

  /// A waiting job leaves without having been placed.
  mutating func withdraw(_ job: Int32, request: Int) {
    count -= 1
    isWithdrawn[Int(job)] = true
    if order == .strict {
      if strict.head == job { isHeadRefused = false }
      dropWithdrawnHeads()
    } else {
      dropWithdrawnHeads(of: request)
    }
  }

  /// Node `n` has more room than before.
  mutating func noteFreed(_ n: Int) {
    if count > 0 { freed.append(Int32(n)) }
  }

  // MARK: - A pass

  mutating func beginPass(_ requests: borrowing Column<Request>, _ cluster: borrowing ClusterState) {
    guard order == .overtaking, !freed.isEmpty else { return }
    for position in 0..<byRequest.activeCount {
      let request = byRequest.activeRequest(at: position)
      if isRefused[request] && fitsOnFreed(requests[request], cluster) {
        isRefused[request] = false
        addCandidate(request)
      }
    }
  }

  /// The next job to try, or -1: the pass is over.
  mutating func nextCandidate(_ requests: borrowing Column<Request>, _ cluster: borrowing ClusterState)
    -> Int32
  {
    if order == .strict {
      let head = strict.head
      if head < 0 { return -1 }
      if isHeadRefused {
        if !fitsOnFreed(requests[Int(requestOf[Int(head)])], cluster) { return -1 }
        isHeadRefused = false
      }
      return head
    }
    while let entry = popCandidate() {
      let request = Int(entry & 0xFFFF_FFFF)
      isCandidate[request] = false
      let head = byRequest.head(of: request)
      if head < 0 || isRefused[request] { continue }
      if UInt64(head) == entry >> 32 { return head }
      addCandidate(request)
    }
    return -1
  }

  /// The job tried last has been placed (or rejected for good).
  mutating func took(request: Int) {
    count -= 1
    if order == .strict {
      strict.removeHead()
      dropWithdrawnHeads()
    } else {
      byRequest.removeHead(of: request)
      dropWithdrawnHeads(of: request)
      addCandidate(request)
    }
  }

  /// The job tried last fits nowhere.
  mutating func refused(request: Int) {
    if order == .strict {
      isHeadRefused = true
      freed.removeAll(keepingCapacity: true)
    } else {
      isRefused[request] = true
    }
  }

  mutating func endPass() { freed.removeAll(keepingCapacity: true) }

  // MARK: - Inside

  private func fitsOnFreed(_ request: Request, _ cluster: borrowing ClusterState) -> Bool {
    for n in freed where cluster.fits(request, Int(n)) { return true }
    return false
  }

  private mutating func dropWithdrawnHeads() {
    while strict.head >= 0, isWithdrawn[Int(strict.head)] { strict.removeHead() }
  }

  private mutating func dropWithdrawnHeads(of request: Int) {
    while byRequest.head(of: request) >= 0, isWithdrawn[Int(byRequest.head(of: request))] {
      byRequest.removeHead(of: request)
    }
    // Freed nodes are not compared with a request that nobody waits for, so
    // its refusal cannot stand.
    if byRequest.head(of: request) < 0 { isRefused[request] = false }
  }

  private mutating func addCandidate(_ request: Int) {
    guard !isRefused[request], !isCandidate[request], byRequest.head(of: request) >= 0 else { return }
    isCandidate[request] = true
    candidates.append(UInt64(byRequest.head(of: request)) << 32 | UInt64(request))
    var child = candidates.count - 1
    while child > 0 {
      let parent = (child - 1) >> 1
      if candidates[parent] <= candidates[child] { break }
      candidates.swapAt(parent, child)
      child = parent
    }
  }

  private mutating func popCandidate() -> UInt64? {
    guard let top = candidates.first else { return nil }
    let last = candidates.removeLast()
    if candidates.isEmpty { return top }
    candidates[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      if child >= candidates.count { break }
      if child + 1 < candidates.count && candidates[child + 1] < candidates[child] { child += 1 }
      if candidates[parent] <= candidates[child] { break }
      candidates.swapAt(parent, child)
      parent = child
    }
    return top
  }
}
