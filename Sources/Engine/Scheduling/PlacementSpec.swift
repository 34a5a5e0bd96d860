/// One score of a placement profile, as a scenario names it.
public struct ScoreSpec: Hashable, Sendable {
  /// A resource and its weight, for the scores that take a list of resources.
  public struct ResourceWeight: Hashable, Sendable {
    /// `cpu`, `memory` or `nvidia.com/gpu`.
    public var resource: String
    public var weight: Int32

    public init(resource: String, weight: Int32) {
      self.resource = resource
      self.weight = weight
    }
  }

  /// One point of a RequestedToCapacityRatio shape.
  public struct ShapePoint: Hashable, Sendable {
    /// Percent, 0 ... 100; strictly increasing along the shape.
    public var utilization: Int32
    /// 0 ... 10.
    public var score: Int32

    public init(utilization: Int32, score: Int32) {
      self.utilization = utilization
      self.score = score
    }
  }

  /// A name of ``PlacementRegistry``.
  public var policy: String
  /// Multiplies the score, at least 1.
  public var weight: Int32
  /// Empty: the policy's default.
  public var resources: [ResourceWeight]
  /// Empty: the policy's default.
  public var shape: [ShapePoint]

  public init(
    policy: String,
    weight: Int32 = 1,
    resources: [ResourceWeight] = [],
    shape: [ShapePoint] = []
  ) {
    self.policy = policy
    self.weight = weight
    self.resources = resources
    self.shape = shape
  }
}

/// Who wins among nodes of equal score.
public enum TieBreak: String, Hashable, Sendable, CaseIterable {
  /// The first node in the fleet's order of names.
  case name
  /// A ranking of the nodes drawn once from the run's seed.
  case seededRank
  /// A fresh uniform draw among the equals at each decision.
  case random
}

/// How a node is chosen: weighted scores, then a tie-break.
public struct PlacementSpec: Hashable, Sendable {
  public var scores: [ScoreSpec]
  public var tieBreak: TieBreak

  public init(scores: [ScoreSpec], tieBreak: TieBreak = .name) {
    self.scores = scores
    self.tieBreak = tieBreak
  }

  /// What a table calls this profile: the names joined with `+`.
  public var label: String { scores.map(\.policy).joined(separator: "+") }
}

/// In which order waiting jobs are tried, and who may pass whom.
public enum QueueSpec: Hashable, Sendable {
  /// In this order; with head-of-line blocking the first job that does not
  /// fit stops the pass, without it later jobs that fit may overtake.
  case ordered(JobOrder, headOfLineBlocking: Bool)
  /// By priority, which grows while a job waits.
  case ageing(PriorityAgeing, headOfLineBlocking: Bool)
  /// By the shares of tenants; with head-of-line blocking a tenant's first
  /// waiting job that does not fit stops its own jobs, and nobody else's.
  case fairShare(FairShare, headOfLineBlocking: Bool)
  /// In order, with reservations for those that wait: others may start
  /// earlier if they do not delay them.
  case backfill(Backfill)
  /// By rank among all unfinished jobs: running ones may have to make room.
  case preemptive(PreemptiveQueue)
  /// In rounds of equal length: who runs, and on which GPU model, is decided
  /// at the boundaries by shares of time.
  case rounds(RoundSpec)
  /// Nobody waits: a job that does not fit on arrival is rejected (a loss
  /// system; the filling study).
  case none

  /// First in, first out.
  public static func fifo(headOfLineBlocking: Bool) -> QueueSpec {
    .ordered(.fifo, headOfLineBlocking: headOfLineBlocking)
  }
}

/// What a GPU hands out.
public enum SharingMode: String, Hashable, Sendable, CaseIterable {
  /// Thousandths of a GPU, as asked.
  case fractions
  /// Whole GPUs only: a request for a part is rounded up (ledger: rounding).
  case wholeGPU
  /// The GPUs of a node are one divisible pool in hundredths of a GPU: a job
  /// may hold parts of several devices, and no device is named.
  case pooled
  /// MIG instances for jobs that ask for a part of a GPU, whole GPUs for the
  /// others.
  case mig
  /// Replicas of each GPU, whose processes run one after the other; one for
  /// each job.
  case timeSlicing
  /// Replicas of each GPU, whose processes run side by side, each within its
  /// part of the memory and of the multiprocessors; one for each job.
  case mps
}
