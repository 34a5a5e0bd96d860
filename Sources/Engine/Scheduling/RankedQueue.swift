import SimulationKernel
import Workload

/// All unfinished jobs of a preemptive queue: who is ahead of whom, and what
/// each has left to do.
///
/// A job's rank is a pair of numbers, lower ones first. A waiting job's rank
/// does not change while it waits, so waiting jobs stand in one heap for each
/// demand; only the running ones are ranked anew at each pass. Equal keys are
/// ordered as a stable sort of the whole list at every pass would order them:
/// whoever came to that key first is ahead.
///
/// - Complexity: a pass costs O(r log r) for r running jobs and O(d + log n)
///   for each job that starts or stops, d being the number of different
///   demands; it does not depend on the length of the queue.
struct RankedQueue {
  /// A job's place among all. The key has 128 bits: a service of some 2,500
  /// GPU-hours, in thousandths x ns, is beyond 64.
  struct Rank: Comparable {
    var key: Int128
    var tie: Int64
    var job: Int32

    @inline(__always)
    static func < (a: Rank, b: Rank) -> Bool {
      if a.key != b.key { return a.key < b.key }
      return a.tie != b.tie ? a.tie < b.tie : a.job < b.job
    }
  }
  /// What jobs of one demand ask of the fleet as a whole.
  struct Demand: Hashable {
    var milli: Int64
    /// Accepted classes of nodes.
    var classes: UInt64
    /// The sets of classes that it would rather have, best first.
    var preferred: [UInt64]
  }

  let spec: PreemptiveQueue
  let quirks: StudyQuirks
  /// By shape.
  let demandOf: [Int32]
  private(set) var demands: [Demand]
  private let shapes: [ShapeID]
  private let progress: JobProgress
  /// By job: the queue it stands in, of least attained service.
  private(set) var level: [UInt8]

  /// Waiting jobs of each demand.
  private var waiting: [MinHeap<Rank>]
  /// Running jobs in the order of the last pass; jobs that have ended leave at
  /// the next.
  var running: [Int32] = []
  /// Stamps count passes, so that newcomers of a pass stand behind the jobs
  /// preempted in it.
  var passNumber: Int64 = 0
  private var counter: Int64 = 0
  private var frontCounter: Int64 = 0

  init(
    _ spec: PreemptiveQueue,
    quirks: StudyQuirks,
    jobs: JobTable,
    requests: [Request],
    tiers: [[Int32]],
    progress: JobProgress
  ) {
    self.spec = spec
    self.progress = progress
    self.quirks = quirks
    shapes = jobs.shape
    var numbers: [Demand: Int32] = [:]
    var demands: [Demand] = []
    demandOf = jobs.shapes.indices.map { shape in
      let demand = Demand(
        milli: requests[shape].takenByAll,
        classes: requests[shape].classes,
        preferred: tiers.isEmpty ? [] : tiers[shape].map { requests[Int($0)].classes }
      )
      if let known = numbers[demand] { return known }
      numbers[demand] = Int32(demands.count)
      demands.append(demand)
      return Int32(demands.count - 1)
    }
    self.demands = demands
    level = Array(repeating: 0, count: jobs.count)
    waiting = Array(repeating: MinHeap(), count: demands.count)
  }

  var demandCount: Int { demands.count }
  func demand(of job: Int32) -> Int { Int(demandOf[Int(shapes[Int(job)].rawValue)]) }

  // MARK: - Jobs come and go

  mutating func arrive(_ job: Int32) {
    wait(job, tie: spec.order == .fewestGPUs ? Int64(job) : newcomerTie())
  }

  /// A node was lost: the work of the present run is lost with it, and the job
  /// stands behind its equals.
  mutating func lost(_ job: Int32) {
    running.removeAll { $0 == job }
    arrive(job)
  }

  private mutating func wait(_ job: Int32, tie: Int64) {
    waiting[demand(of: job)].insert(Rank(key: waitingKey(job), tie: tie, job: job))
  }

  /// Whether no job waits or runs.
  var isEmpty: Bool { running.isEmpty && waiting.allSatisfy(\.isEmpty) }

  /// The first waiting job of the demand, or nil.
  func head(_ demand: Int) -> Rank? { waiting[demand].first }
  mutating func removeHead(_ demand: Int) { _ = waiting[demand].removeFirst() }
  /// Puts a job back that was taken from the head.
  mutating func putBack(_ rank: Rank) { waiting[demand(of: rank.job)].insert(rank) }

  /// Running jobs that lost their GPUs wait again, in the order of the pass.
  mutating func requeue(_ ranks: [Rank]) {
    if case .leastAttainedService = spec.order {
      // Those that stood among the running ones go ahead of all that wait.
      for rank in ranks where rank.key & 3 == 2 { wait(rank.job, tie: newcomerTie()) }
      for rank in ranks.reversed() where rank.key & 3 == 0 {
        frontCounter -= 1
        wait(rank.job, tie: frontCounter)
      }
    } else {
      // A cost moves a job back to a key; it stood ahead of all that have it.
      for rank in ranks.reversed() where isPushedBack(rank) {
        frontCounter -= 1
        wait(rank.job, tie: frontCounter)
      }
      for rank in ranks where !isPushedBack(rank) {
        wait(rank.job, tie: spec.order == .fewestGPUs || !isTicking ? rank.tie : newcomerTie())
      }
    }
  }

  private func isPushedBack(_ rank: Rank) -> Bool { !isTicking && waitingKey(rank.job) > rank.key }

  /// Whether jobs stand in queues by what they have attained.
  var isByLevel: Bool {
    if case .leastAttainedService = spec.order { true } else { false }
  }

  mutating func setLevel(_ job: Int32, _ new: UInt8) { level[Int(job)] = new }

  /// Keys of all waiting jobs, unordered.
  var waitingKeys: [Int64] { waiting.flatMap { $0.unordered.map { Int64($0.key) } } }

  // MARK: - Ranks

  /// Service in milliGPU x ns.
  private func service(_ time: Int64, _ job: Int32) -> Int128 {
    Int128(time) * Int128(max(1, demands[demand(of: job)].milli))
  }

  private func key(_ job: Int32, remaining: Int64) -> Int128 {
    switch spec.order {
    case .fewestGPUs: Int128(demands[demand(of: job)].milli)
    case .shortestRemainingTime: Int128(remaining)
    case .shortestRemainingService: service(remaining, job)
    // Running ones of a queue come first, then waiting ones, then those
    // that were moved to its tail in this pass.
    case .leastAttainedService: Int128(level[Int(job)]) * 4
    }
  }

  func waitingKey(_ job: Int32) -> Int128 {
    let key = key(job, remaining: progress.runLength(Int(job)))
    if case .leastAttainedService = spec.order { return key + 1 }
    return key
  }

  /// The rank of a running job. `position` is its place among the running
  /// ones; `isMoved`: to the tail of its queue in this pass.
  func runningRank(_ job: Int32, position: Int, isMoved: Bool, at now: Int64) -> Rank {
    let base = key(job, remaining: progress.remaining(Int(job), at: now))
    switch spec.order {
    case .fewestGPUs: return Rank(key: base, tie: Int64(job), job: job)
    case .leastAttainedService:
      return isMoved
        ? Rank(key: base + 2, tie: Int64(job), job: job)
        : Rank(key: base, tie: Int64(position), job: job)
    case .shortestRemainingTime, .shortestRemainingService:
      // It came down to this key just now: behind those that had it, ahead of
      // those that come now.
      let tie = isTicking ? Int64.max >> 1 + Int64(position) : passNumber << 33 | Int64(position)
      return Rank(key: base, tie: tie, job: job)
    }
  }

  /// Behind all that wait, and behind what is preempted in the coming pass.
  private mutating func newcomerTie() -> Int64 {
    counter += 1
    if case .leastAttainedService = spec.order { return counter }
    return isTicking ? counter : passNumber << 33 | 1 << 32 | counter & 0xFFFF_FFFF
  }

  private var isTicking: Bool { quirks.contains(.tickingClock) }
}
