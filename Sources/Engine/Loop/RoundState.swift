import SimulationKernel
import Workload

/// What a queue in rounds keeps between boundaries.
final class RoundState {
  let spec: RoundSpec
  private let allocator: any RoundAllocator
  private let input: SimulationInput
  private let modelCount: Int
  /// GPUs of each model.
  private let gpus: [Int]
  /// By job: GPUs; steps per second by model; steps left.
  private let gpusOf: [Int]
  private let throughput: [[Double]]
  private var stepsLeft: [Int64]
  /// By job: steps and length of its part of the present round; seconds.
  private var partSteps: [Int64]
  private var partNanoseconds: [Int64]
  /// The number of the first shape that is bound to a model.
  private let firstBoundShape: Int

  /// Jobs that came during the round.
  var arrived: [Int32] = []
  /// Jobs run, or those that came wait for the boundary.
  var isUnderWay = false
  /// Chosen for the present round.
  private(set) var chosen: Set<Int32> = []
  /// Admitted and unfinished, by arrival.
  private(set) var active: [Int32] = []

  private struct Book {
    /// Share of time, by model; zeros until the job is in an allocation.
    var share: [Double]
    /// Seconds run since the refresh, by model, from half a round on.
    var run: [Double]
    /// Seconds due and not had at the refreshes so far, by model.
    var deficit: [Double]
  }
  private var books: [Int32: Book] = [:]
  /// By model: the sum of all jobs' seconds since the refresh.
  private var runOfModel: [Double]
  /// Since when the shares hold, seconds; 0: they may be found anew at once.
  private var refreshedAt = 0.0
  /// When this round began, and when the last of its parts ends, seconds.
  ///
  /// The books are kept in seconds as floating-point numbers, the clock
  /// included, and not from the run's nanoseconds: deficits of jobs that have
  /// had the same differ by the rounding of their sums, and that decides who
  /// is ahead in the published results.
  private var clock = 0.0
  private var lastEnd = 0.0
  /// Jobs came or went since.
  private var hasChanged = false

  init(_ spec: RoundSpec, _ input: SimulationInput) {
    self.spec = spec
    self.input = input
    allocator = spec.policy.allocator
    let models = input.fleet.gpuModels
    modelCount = models.count
    var gpus = [Int](repeating: 0, count: models.count)
    for node in input.fleet.nodes {
      if let model = node.gpuModel { gpus[Int(model.rawValue)] += node.gpuCount }
    }
    self.gpus = gpus
    let jobs = input.jobs
    let work = jobs.stepWork!
    gpusOf = jobs.shape.map { Int(jobs.shapes[Int($0.rawValue)].milliGPU / 1000) }
    throughput = (0..<jobs.count).map { work.throughput($0, gpus: jobs.gpus(of: $0), on: models) }
    stepsLeft = work.steps
    partSteps = Array(repeating: 0, count: jobs.count)
    partNanoseconds = Array(repeating: 0, count: jobs.count)
    firstBoundShape = jobs.shapes.count / (1 + models.count)
    runOfModel = Array(repeating: 0, count: models.count)
  }

  /// The shape of a job bound to one model, see
  /// ``SimulationInput/withShapesByModel()``.
  func boundShape(_ job: Int, _ model: Int) -> ShapeID {
    let own = Int(input.jobs.shape[job].rawValue)
    return ShapeID(rawValue: Int32(firstBoundShape + own * modelCount + model))
  }

  // MARK: - Parts

  /// Plans the job's part of a round.
  func plan(_ job: Int, on model: Int) {
    let rate = throughput[job][model]
    let steps = min(Int64((rate * spec.seconds).rounded(.down)), stepsLeft[job])
    partSteps[job] = steps
    partNanoseconds[job] = max(1, Int64((Double(steps) / rate * 1e9).rounded(.toNearestOrEven)))
  }

  /// How long the planned part takes.
  func partLength(_ job: Int) -> SimDuration { SimDuration(nanoseconds: partNanoseconds[job]) }

  /// The part begins: it counts as run.
  func begin(_ job: Int, on model: Int) {
    let seconds = Double(partSteps[job]) / throughput[job][model]
    books[Int32(job)]!.run[model] += seconds
    runOfModel[model] += seconds
    lastEnd = max(lastEnd, clock + seconds)
  }

  /// The part is over; returns whether the job has steps left.
  func hasMore(afterPartOf job: Int) -> Bool {
    stepsLeft[job] -= partSteps[job]
    if stepsLeft[job] > 0 { return true }
    active.removeAll { $0 == Int32(job) }
    books[Int32(job)] = nil
    hasChanged = true
    return false
  }

  // MARK: - Boundaries

  /// A round may begin: jobs that came are admitted.
  func admit(at now: SimTime) {
    let exact = Double(now.nanoseconds) / 1e9
    // Rounding to nanoseconds adds up over the rounds.
    clock = abs(lastEnd - exact) < 1e-3 ? lastEnd : exact
    guard !arrived.isEmpty else { return }
    let zeros = [Double](repeating: 0, count: modelCount)
    let half = [Double](repeating: spec.seconds / 2, count: modelCount)
    for job in arrived { books[job] = Book(share: zeros, run: half, deficit: zeros) }
    active += arrived
    arrived = []
    hasChanged = true
  }

  /// Finds the shares anew if that is due.
  func refreshIfDue() {
    let interval = Double(spec.refreshInterval.nanoseconds) / 1e9
    let isDue = refreshedAt == 0 || clock - refreshedAt >= interval
    if hasChanged && isDue { refresh() }
  }

  /// Nothing was chosen and nobody will come: finds the shares anew.
  func refreshNow() {
    refreshedAt = 0
    refresh()
  }

  private func refresh() {
    let elapsed = clock - refreshedAt
    let half = spec.seconds / 2
    let shares = allocator.shares(demand())
    for (position, job) in active.enumerated() {
      var book = books[job]!
      for model in 0..<modelCount {
        book.deficit[model] += book.share[model] * elapsed - (book.run[model] - half)
        book.run[model] = half
      }
      book.share = shares[position]
      books[job] = book
    }
    for model in 0..<modelCount { runOfModel[model] = half * Double(active.count) }
    refreshedAt = clock
    hasChanged = false
  }

  private func demand() -> RoundDemand {
    let jobs = active.map { id in
      let job = Int(id)
      return RoundDemand.Job(
        id: id,
        gpus: Double(gpusOf[job]),
        weight: input.jobs.stepWork!.weight[job],
        throughput: throughput[job],
        stepsLeft: Double(stepsLeft[job]),
        age: clock - Double(input.jobs.arrival[job].nanoseconds) / 1e9
      )
    }
    return RoundDemand(jobs: jobs, gpus: gpus.map(Double.init), models: input.fleet.gpuModels)
  }

  /// Whether the job is in the present allocation; until then it waits for a
  /// boundary at which shares are found.
  func hasShare(_ job: Int32) -> Bool { books[job]!.share.contains { $0 > 0 } }

  /// Who runs in the next round, and on which model: model by model in the
  /// fleet's order, jobs by priority (share over what they had of the model's
  /// time), then by deficit, then by share, as they fit. Jobs without a share
  /// are left out even where GPUs stay idle.
  func choice() -> [(job: Int, model: Int)] {
    struct Candidate {
      var priority: Double
      var deficit: Double
      var share: Double
      var place: Int
      static func isAhead(_ a: Candidate, _ b: Candidate) -> Bool {
        if a.priority != b.priority { return a.priority > b.priority }
        if a.deficit != b.deficit { return a.deficit > b.deficit }
        if a.share != b.share { return a.share > b.share }
        return a.place < b.place
      }
    }
    var result: [(job: Int, model: Int)] = []
    var isTaken = [Bool](repeating: false, count: active.count)
    for model in 0..<modelCount {
      var candidates: [Candidate] = []
      for (place, id) in active.enumerated() where !isTaken[place] && throughput[Int(id)][model] > 0 {
        let book = books[id]!
        let share = book.share[model]
        guard share > 0 else { continue }
        let priority = share / (book.run[model] / runOfModel[model])
        candidates.append(
          Candidate(priority: priority, deficit: book.deficit[model], share: share, place: place)
        )
      }
      candidates.sort(by: Candidate.isAhead)
      var left = gpus[model]
      for candidate in candidates {
        let job = Int(active[candidate.place])
        guard gpusOf[job] <= left else { continue }
        left -= gpusOf[job]
        isTaken[candidate.place] = true
        result.append((job, model))
      }
    }
    chosen = Set(result.map { Int32($0.job) })
    return result
  }
}
