/// The queue with its policy: which waiting job is tried next, and which
/// refusals still stand.
///
/// A refusal stands until capacity comes back that could change it: a refused
/// request is tried again only when it fits on a node that was freed since.
struct WaitingJobs: ~Copyable {
  enum Passing {
    /// The first that does not fit stops the pass.
    case strict
    /// Later ones that fit may pass it.
    case overtaking
  }
  let passing: Passing
  /// Place of each job in the order, and back; empty when a job's place is its
  /// number. Everything below counts in places.
  private let placeOf: Column<Int32>
  private let jobAt: Column<Int32>
  private let isByArrival: Bool
  private(set) var strict: OrderedQueue
  private(set) var byRequest: RequestQueues
  private let requestOf: Column<Int32>
  /// Overtaking: places that have left a request's line for another's and still
  /// lie in it (place << 32 | request); dropped when they come to its head.
  private(set) var stale: Set<UInt64> = []
  /// By place: it has been in a second line, see ``change(_:from:to:)``; empty
  /// where none ever is.
  private let hasChanged: Column<Bool>
  /// Left the queue without being placed; dropped when it comes to a head.
  let isWithdrawn: Column<Bool>
  private var count = 0
  /// Strict order: the head has been refused, and this stands.
  var isHeadRefused = false
  /// Overtaking: the request has been refused, and this stands.
  let isRefused: Column<Bool>
  /// Overtaking: requests to try in this pass, by their first place
  /// (place << 32 | request). One may stand here twice, under an earlier place
  /// that came later too.
  private var candidates = MinHeap<UInt64>()
  private let isCandidate: Column<Bool>
  /// Nodes with more room than at the last pass; may repeat.
  private var freed: [Int32] = []
  /// Where the order changes while jobs wait: takes the place of all above.
  let lines: WaitingLines?

  init(
    _ spec: QueueSpec,
    places: [Int32]?,
    lines: WaitingLines?,
    requests: Int,
    jobs: Int,
    changesRequests: Bool
  ) {
    self.lines = lines
    switch spec {
    case .ordered(_, headOfLineBlocking: true), .ageing(_, headOfLineBlocking: true): passing = .strict
    case .ordered(_, headOfLineBlocking: false), .ageing(_, headOfLineBlocking: false), .fairShare,
      .backfill, .preemptive, .rounds, .none:
      passing = .overtaking
    }
    isByArrival = places == nil
    placeOf = Column(places ?? [])
    var inverse = [Int32](repeating: 0, count: places?.count ?? 0)
    for (job, place) in (places ?? []).enumerated() { inverse[Int(place)] = Int32(job) }
    jobAt = Column(inverse)
    strict = OrderedQueue(jobs: passing == .strict ? jobs : 0)
    byRequest = RequestQueues(requests: requests, jobs: passing == .overtaking ? jobs : 0)
    requestOf = Column(repeating: 0, count: passing == .strict ? jobs : 0)
    hasChanged = Column(repeating: false, count: changesRequests ? jobs : 0)
    isWithdrawn = Column(repeating: false, count: jobs)
    isRefused = Column(repeating: false, count: requests)
    isCandidate = Column(repeating: false, count: requests)
    candidates.reserveCapacity(requests)
    freed.reserveCapacity(1024)
  }

  var isEmpty: Bool { waitingCount == 0 }
  var waitingCount: Int { lines?.count ?? count }

  /// Whether a pass after an arrival could place anything.
  var mayPlaceAfterArrival: Bool { lines?.mayPlace ?? (passing == .overtaking || !isHeadRefused) }

  // MARK: - Jobs come and go

  /// A job joins: on its arrival, or when it comes back after its node was
  /// lost, to its old place in the order.
  mutating func insert(_ job: Int32, request: Int) {
    if let lines { return lines.insert(job) }
    count += 1
    let place = place(of: job)
    if isWithdrawn[Int(place)] {
      // It still lies in its line, behind the head.
      isWithdrawn[Int(place)] = false
      if passing == .overtaking { addCandidate(request) }
      return
    }
    if passing == .strict {
      requestOf[Int(place)] = Int32(request)
      strict.insert(place)
      // The refusal was the former head's.
      if strict.head == place { isHeadRefused = false }
    } else {
      line(place, up: request)
      // It may stand under a later place, whose turn comes later.
      if byRequest.head(of: request) == place { isCandidate[request] = false }
      addCandidate(request)
    }
  }

  /// A waiting job leaves without having been placed.
  mutating func withdraw(_ job: Int32, request: Int) {
    if let lines { return lines.withdraw(job) }
    count -= 1
    let place = place(of: job)
    isWithdrawn[Int(place)] = true
    if passing == .strict {
      if strict.head == place { isHeadRefused = false }
      dropWithdrawnHeads()
    } else {
      dropWithdrawnHeads(of: request)
    }
  }

  /// A waiting job asks another request from now on, in its old place.
  mutating func change(_ job: Int32, from old: Int, to new: Int) {
    let place = place(of: job)
    if passing == .strict {
      requestOf[Int(place)] = Int32(new)
      if strict.head == place { isHeadRefused = false }
      return
    }
    stale.insert(UInt64(place) << 32 | UInt64(old))
    hasChanged[Int(place)] = true
    dropWithdrawnHeads(of: old)
    count -= 1
    insert(job, request: new)
  }

  /// A place joins the request's line, or is found where it still lies in it.
  private mutating func line(_ place: Int32, up request: Int) {
    guard hasChanged.count > 0, hasChanged[Int(place)] else {
      return byRequest.insert(place, request: request)
    }
    if stale.remove(UInt64(place) << 32 | UInt64(request)) == nil {
      byRequest.insertAside(place, request: request)
    }
  }

  /// Node `n` has more room than before.
  mutating func noteFreed(_ n: Int) {
    if let lines { return lines.noteFreed(n) }
    if count > 0 { freed.append(Int32(n)) }
  }

  // MARK: - A pass

  mutating func beginPass(_ requests: borrowing Column<Request>, _ cluster: borrowing ClusterState) {
    if let lines { return lines.beginPass(requests, cluster) }
    guard passing == .overtaking, !freed.isEmpty else { return }
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
    if let lines { return lines.nextCandidate() }
    if passing == .strict {
      let head = strict.head
      if head < 0 { return -1 }
      if isHeadRefused {
        if !fitsOnFreed(requests[Int(requestOf[Int(head)])], cluster) { return -1 }
        isHeadRefused = false
      }
      return job(at: head)
    }
    while let entry = candidates.removeFirst() {
      let request = Int(entry & 0xFFFF_FFFF)
      isCandidate[request] = false
      let head = byRequest.head(of: request)
      if head < 0 || isRefused[request] { continue }
      if UInt64(head) == entry >> 32 { return job(at: head) }
      addCandidate(request)
    }
    return -1
  }

  /// The job tried last has been placed (or rejected for good).
  mutating func took(request: Int) {
    if let lines { return lines.took() }
    count -= 1
    if passing == .strict {
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
    if let lines { return lines.refuse() }
    if passing == .strict {
      isHeadRefused = true
      freed.removeAll(keepingCapacity: true)
    } else {
      isRefused[request] = true
    }
  }

  /// `keepsFreed`: another pass follows at once, for what was freed in this one.
  mutating func endPass(keepsFreed: Bool) {
    if let lines { return lines.endPass(keepsFreed: keepsFreed) }
    if !keepsFreed { freed.removeAll(keepingCapacity: true) }
  }

  // MARK: - Inside

  private func fitsOnFreed(_ request: Request, _ cluster: borrowing ClusterState) -> Bool {
    for n in freed where cluster.fits(request, Int(n)) { return true }
    return false
  }

  private mutating func dropWithdrawnHeads() {
    while strict.head >= 0, isWithdrawn[Int(strict.head)] {
      isWithdrawn[Int(strict.head)] = false
      strict.removeHead()
    }
  }

  private mutating func dropWithdrawnHeads(of request: Int) {
    while byRequest.head(of: request) >= 0, hasLeft(byRequest.head(of: request), request) {
      byRequest.removeHead(of: request)
    }
    // Freed nodes are not compared with a request that nobody waits for, so
    // its refusal cannot stand.
    if byRequest.head(of: request) < 0 { isRefused[request] = false }
  }

  /// Whether the head of a line stands in it no longer; forgets that it did.
  private mutating func hasLeft(_ place: Int32, _ request: Int) -> Bool {
    if !stale.isEmpty, stale.remove(UInt64(place) << 32 | UInt64(request)) != nil { return true }
    defer { isWithdrawn[Int(place)] = false }
    return isWithdrawn[Int(place)]
  }

  mutating func addCandidate(_ request: Int) {
    guard !isRefused[request], !isCandidate[request], byRequest.head(of: request) >= 0 else { return }
    isCandidate[request] = true
    candidates.insert(UInt64(byRequest.head(of: request)) << 32 | UInt64(request))
  }

  /// Place of the job in the order.
  @inline(__always)
  func place(of job: Int32) -> Int32 { isByArrival ? job : placeOf[Int(job)] }

  @inline(__always)
  func job(at place: Int32) -> Int32 { isByArrival ? place : jobAt[Int(place)] }
}
