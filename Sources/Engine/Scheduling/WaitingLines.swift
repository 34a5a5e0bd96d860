import SimulationKernel
import Workload

/// Waiting jobs where the order changes while they wait: in lines by arrival,
/// of which the one whose turn it is is found anew at each decision.
///
/// With ``PriorityAgeing`` the jobs of one priority stand in order of arrival
/// whatever the time, so that they make a line; with ``FairShare`` those of one
/// tenant. Where the first of a line holds up the rest, a line is just that;
/// where later ones may pass, it is that for each distinct request, and jobs
/// with equal requests are refused together.
///
/// - Complexity: a pass costs O(log l) a try for the l lines in question, which
///   are those that are new or not refused any more; where a priority's head
///   holds up everybody, O(p) a try for p priorities. It does not depend on
///   the number of waiting jobs.
final class WaitingLines {
  enum Order {
    /// With the priority of each group.
    case ageing(PriorityAgeing, [Int32])
    case fairShare(TenantShares)
  }
  /// A line's turn: shares, or levels of priority from the top, as a rational
  /// number; then the job at its head.
  struct Turn: Comparable {
    var rank: TenantShares.Share
    var job: Int32
    var line: Int32

    static func < (a: Turn, b: Turn) -> Bool {
      if a.rank < b.rank { return true }
      return b.rank < a.rank ? false : a.job < b.job
    }
    static func == (a: Turn, b: Turn) -> Bool { !(a < b) && !(b < a) }
  }
  /// Above all levels of priority.
  private static let topLevel = Int128(1) << 100

  let order: Order
  let arrival: [SimTime]
  private let shapes: [ShapeID]
  /// A refused head holds up its line; with ageing, everybody.
  let blocks: Bool
  let blocksAll: Bool
  /// Lines of equal requests are refused together: not where priorities
  /// preempt, and who asks makes a difference.
  private let sharesRefusals: Bool
  /// By job.
  private let lineOf: [Int32]
  /// By line: its priority's or tenant's number.
  let groupOf: [Int32]
  private(set) var lines: RequestQueues
  private var isWithdrawn: [Bool]
  private(set) var count = 0
  private var isRefused: [Bool]
  /// The lines that are refused; some may be again what they were.
  private var refused: [Int32] = []
  private var isListed: [Bool]
  /// Lines to be tried in the next pass; may repeat.
  private var fresh: [Int32] = []
  private var turns = MinHeap<Turn>()
  private var isInPass = false
  /// The line that was tried last.
  private var current = 0
  /// Nodes with more room than at the last pass; may repeat.
  private var freed: [Int32] = []
  /// The present instant, ns.
  private(set) var now: Int64 = 0
  /// When a pass is due though nothing happens, ns.
  var timedFor = Int64.max
  private var pass = 0
  /// By line: whether its head was refused last because of tenants with a
  /// smaller share.
  private var overtaken: [Bool]
  /// By shape: the pass in which it was refused last.
  private var refusedInPass: [Int]

  init(_ order: Order, groups: [Int32], blocks: Bool, preempts: Bool, jobs: JobTable) {
    self.order = order
    self.blocks = blocks
    arrival = jobs.arrival
    shapes = jobs.shape
    if case .ageing = order { blocksAll = blocks } else { blocksAll = false }
    sharesRefusals = !blocks && !preempts
    var numbers: [Int64: Int32] = [:]
    var groupOf: [Int32] = []
    lineOf = groups.indices.map { job in
      let request = blocks ? 0 : Int64(jobs.shape[job].rawValue)
      let key = Int64(groups[job]) << 32 | request
      if let known = numbers[key] { return known }
      numbers[key] = Int32(groupOf.count)
      groupOf.append(groups[job])
      return Int32(groupOf.count - 1)
    }
    self.groupOf = groupOf
    lines = RequestQueues(requests: groupOf.count, jobs: groups.count)
    isWithdrawn = Array(repeating: false, count: groups.count)
    isRefused = Array(repeating: false, count: groupOf.count)
    isListed = isRefused
    refusedInPass = Array(repeating: -1, count: jobs.shapes.count)
    overtaken = isRefused
  }

  var lineCount: Int { groupOf.count }
  func line(of job: Int32) -> Int { Int(lineOf[Int(job)]) }

  /// Whether a pass could place anything.
  var mayPlace: Bool { blocksAll ? count > 0 : !fresh.isEmpty }

  // MARK: - Jobs come and go

  func insert(_ job: Int32) {
    count += 1
    let line = line(of: job)
    lines.insert(job, request: line)
    if lines.head(of: line) == job { headChanged(line) }
  }

  /// A waiting job leaves without having been placed.
  func withdraw(_ job: Int32) {
    count -= 1
    isWithdrawn[Int(job)] = true
    let line = line(of: job)
    if lines.head(of: line) == job { removeHead(line) }
  }

  private func removeHead(_ line: Int) {
    repeat { lines.removeHead(of: line) } while isHeadWithdrawn(line)
    headChanged(line)
  }

  private func isHeadWithdrawn(_ line: Int) -> Bool {
    let head = lines.head(of: line)
    return head >= 0 && isWithdrawn[Int(head)]
  }

  /// The refusal was of the former head, unless all of the line ask the same;
  /// a line that nobody stands in is not refused.
  private func headChanged(_ line: Int) {
    let head = lines.head(of: line)
    if blocks || head < 0 { isRefused[line] = false }
    if head >= 0 && !isRefused[line] { mayGo(line) }
  }

  private func mayGo(_ line: Int) {
    if blocksAll { return }
    if isInPass { turns.insert(turn(line)) } else { fresh.append(Int32(line)) }
  }

  func noteFreed(_ node: Int) {
    if count > 0 { freed.append(Int32(node)) }
  }

  // MARK: - A pass

  func begin(at now: SimTime) {
    self.now = now.nanoseconds
    if case .fairShare(let shares) = order { shares.started.removeAll(keepingCapacity: true) }
  }

  func beginPass(_ requests: borrowing Column<Request>, _ cluster: borrowing ClusterState) {
    isInPass = true
    pass += 1
    if !freed.isEmpty { forgive(requests, cluster) }
    turns = MinHeap()
    for line in fresh where !isRefused[Int(line)] && lines.head(of: Int(line)) >= 0 {
      turns.insert(turn(Int(line)))
    }
    fresh.removeAll(keepingCapacity: true)
  }

  /// Refusals end where a freed node has room.
  private func forgive(_ requests: borrowing Column<Request>, _ cluster: borrowing ClusterState) {
    var fits: [Int32: Bool] = [:]
    var left: [Int32] = []
    for line in refused {
      let head = lines.head(of: Int(line))
      guard isRefused[Int(line)], head >= 0 else {
        isListed[Int(line)] = false
        continue
      }
      let shape = shapes[Int(head)].rawValue
      let isRoom = fits[shape] ?? freed.contains { cluster.fits(requests[Int(shape)], Int($0)) }
      fits[shape] = isRoom
      if isRoom {
        isRefused[Int(line)] = false
        isListed[Int(line)] = false
        if !blocksAll { fresh.append(line) }
      } else {
        left.append(line)
      }
    }
    refused = left
  }

  /// The next job to try, or -1: the pass is over.
  func nextCandidate() -> Int32 {
    if blocksAll {
      guard let first = firstTurn(), !isRefused[Int(first.line)] else { return -1 }
      current = Int(first.line)
      return first.job
    }
    while let next = turns.removeFirst() {
      let line = Int(next.line)
      let head = lines.head(of: line)
      if head < 0 || isRefused[line] { continue }
      let present = turn(line)
      if next < present {
        // A job of the tenant has started since, or this one's has.
        turns.insert(present)
        continue
      }
      current = line
      if sharesRefusals && refusedInPass[Int(shapes[Int(head)].rawValue)] == pass {
        refuse(line)
        overtaken[line] = false
        continue
      }
      return head
    }
    return -1
  }

  /// The first of all lines.
  func firstTurn() -> Turn? {
    var first: Turn?
    for position in 0..<lines.activeCount {
      let own = turn(lines.activeRequest(at: position))
      if first == nil || own < first! { first = own }
    }
    return first
  }

  private func turn(_ line: Int) -> Turn {
    let job = lines.head(of: line)
    let group = Int(groupOf[line])
    switch order {
    case .fairShare(let shares):
      return Turn(rank: shares.share(group, at: now), job: job, line: Int32(line))
    case .ageing(let ageing, let priorities):
      let level = ageing.level(priorities[group], age: now - arrival[Int(job)].nanoseconds)
      let rank = TenantShares.Share(numerator: UInt128(Self.topLevel - level), denominator: 1)
      return Turn(rank: rank, job: job, line: Int32(line))
    }
  }

  /// The job tried last has been placed.
  func took() {
    count -= 1
    removeHead(current)
  }

  /// The job tried last fits nowhere.
  func refuse() {
    refusedInPass[Int(shapes[Int(lines.head(of: current))].rawValue)] = pass
    refuse(current)
    if blocksAll { freed.removeAll(keepingCapacity: true) }
  }

  private func refuse(_ line: Int) {
    isRefused[line] = true
    if !isListed[line] { refused.append(Int32(line)) }
    isListed[line] = true
  }

  func endPass(keepsFreed: Bool) {
    isInPass = false
    if !keepsFreed { freed.removeAll(keepingCapacity: true) }
  }

  /// The job was refused; `isOvertaken`: because jobs that arrived later went
  /// first.
  func noteOvertaken(_ job: Int32, _ isOvertaken: Bool) { overtaken[line(of: job)] = isOvertaken }

  /// Whether the head of the job's line was refused so.
  func isOvertaken(_ job: Int32) -> Bool { overtaken[line(of: job)] }

  /// The first job of each line whose refusal stands.
  var refusedHeads: [Int32] {
    refused.filter { isRefused[Int($0)] }.map { lines.head(of: Int($0)) }
  }

  /// The refusal of the job's line no longer stands.
  func reconsider(_ job: Int32) {
    isRefused[line(of: job)] = false
    mayGo(line(of: job))
  }
}
