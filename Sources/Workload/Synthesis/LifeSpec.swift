import SimulationKernel

/// What may end the jobs of a class before their time, how they are started
/// again, and by when they should be done.
public struct LifeSpec: Equatable, Sendable {
  /// How long a run may last; nil: as long as it likes.
  public var timeLimit: SimDuration?
  /// How attempts fail of themselves; nil: they do not.
  public var failure: AttemptFailure?
  /// nil: as often as it takes, at once.
  public var retry: RetryRule?
  public var deadline: DeadlineSpec?

  public init() {}
}

/// How the attempts of a job fail of themselves: crashes, bugs, bad input.
public struct AttemptFailure: Equatable, Sendable {
  /// Of each attempt, 0 ... 1; below 1 where retries have no end.
  public var probability: Double
  /// The share of the attempt's work that is done when it fails; draws are
  /// kept within 0 and 1.
  public var share: Variate

  public init(probability: Double, share: Variate) {
    self.probability = probability
    self.share = share
  }
}

/// By when the jobs of a class should be done.
public enum DeadlineSpec: Equatable, Sendable {
  /// So long after arrival.
  case after(SimDuration)
  /// The job's duration times a factor, drawn for each job, after arrival.
  case factor(Variate)
}

/// The place of a class in a pipeline: one arrival of the pipeline makes one
/// job of each of its stages.
public struct StageSpec: Equatable, Sendable {
  /// Names the streams of arrivals and tenants, which the stages share; their
  /// arrival processes and tenants must be equal.
  public var pipeline: String
  /// Positions in ``SynthesisSpec/classes`` of the stages whose jobs must have
  /// completed first.
  public var after: [Int]

  public init(pipeline: String, after: [Int]) {
    self.pipeline = pipeline
    self.after = after
  }
}

extension LifeSpec {
  /// The largest probability of failure where retries have no end.
  public static let mostEndlessProbability = 0.99
  /// More retries of one job than this are taken for a slip of the pen.
  public static let mostRetries: Int32 = 1000

  func validate(_ path: String, isService: Bool) throws(SynthesisError) {
    if isService, self != LifeSpec() {
      throw SynthesisError(path, .conflict("replicas of a service have no limit, failures or deadline"))
    }
    func check(_ holds: Bool, _ key: String, _ found: String, _ accepted: String) throws(SynthesisError) {
      if !holds { throw SynthesisError("\(path).\(key)", .outOfRange(found: found, accepted: accepted)) }
    }
    func check(_ variate: Variate, _ key: String) throws(SynthesisError) {
      do { try variate.validate() } catch { throw SynthesisError("\(path).\(key)", .variate(error)) }
    }
    if let timeLimit {
      try check(timeLimit > .zero, "timeLimit", "\(timeLimit.seconds)", "above 0 s")
    }
    if let retry {
      try check(
        (0...Self.mostRetries).contains(retry.most ?? 0),
        "retries",
        "\(retry.most ?? 0)",
        "0 to \(Self.mostRetries)"
      )
      try check(
        retry.delay >= .zero && retry.longestDelay >= retry.delay,
        "retryDelay",
        "\(retry.delay.seconds) to \(retry.longestDelay.seconds) s",
        "a delay of 0 s or more that is no longer than the longest"
      )
    }
    if let failure {
      let most = retry?.most == nil ? Self.mostEndlessProbability : 1
      try check(
        failure.probability >= 0 && failure.probability <= most,
        "failure",
        "\(failure.probability)",
        retry?.most == nil ? "0 to \(most) where retries have no end" : "0 to 1"
      )
      try check(failure.share, "failure")
    }
    switch deadline {
    case .after(let span)?: try check(span > .zero, "deadline", "\(span.seconds)", "above 0 s")
    case .factor(let factor)?:
      try check(factor, "deadline")
      if case .constant(let value) = factor { try check(value > 0, "deadline", "\(value)", "above 0") }
    case nil: break
    }
  }
}

extension SynthesisSpec {
  /// Stages must name classes of their own pipeline, and wait in no ring.
  func validateStages() throws(SynthesisError) {
    for (index, jobClass) in classes.enumerated() {
      guard let stage = jobClass.stage else { continue }
      let path = "classes[\(index)].after"
      guard case .batch(let batch) = jobClass.kind else {
        throw SynthesisError(path, .conflict("a stage of a pipeline is no service"))
      }
      for other in stage.after {
        guard classes.indices.contains(other), classes[other].stage?.pipeline == stage.pipeline,
          case .batch(let earlier) = classes[other].kind
        else { throw SynthesisError(path, .conflict("a stage waits for stages of its own pipeline")) }
        guard earlier.arrivals == batch.arrivals, earlier.offeredLoad == nil, batch.offeredLoad == nil else {
          throw SynthesisError(path, .conflict("the stages of a pipeline arrive together"))
        }
      }
    }
    let waits = JobLists(classes.map { ($0.stage?.after ?? []).map(Int32.init) })
    if let ring = waits.cycle {
      let names = ring.map { classes[$0].name }.joined(separator: ", ")
      throw SynthesisError("classes[\(ring[0])].after", .conflict("stages wait for one another: \(names)"))
    }
  }
}
