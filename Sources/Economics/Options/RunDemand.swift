/// What a simulated run says about money: the GPUs that were asked for over
/// time, the fleet that served them, and what the fleet left waiting.
///
/// GPU time is in thousandths of a GPU x nanoseconds, exact, as in the ledger.
public struct RunDemand: Sendable {
  /// The machines of one GPU model.
  public struct Part: Hashable, Sendable {
    public var gpu: String
    public var gpus: Int

    public init(gpu: String, gpus: Int) {
      self.gpu = gpu
      self.gpus = gpus
    }
  }

  /// Demand that accepts the same GPU models.
  public struct Kind: Hashable, Sendable {
    /// Empty: any of the fleet's.
    public var accepts: [String]
    /// By bucket, as if every job had started as soon as it could.
    public var offered: [Int128]

    public init(accepts: [String], offered: [Int128]) {
      self.accepts = accepts
      self.offered = offered
    }
  }

  /// What became of the fleet's GPU time.
  public struct FleetTime: Hashable, Sendable {
    public var capacity: Int128
    /// Down or changing its layout.
    public var unavailable: Int128
    /// Free and usable by the mix of jobs.
    public var placeable: Int128
    /// Free, but of no use to the mix.
    public var stranded: Int128
    /// Held by jobs: busy, idle or rounded up.
    public var allocated: Int128
    public var busy: Int128

    public init(
      capacity: Int128,
      unavailable: Int128,
      placeable: Int128,
      stranded: Int128,
      allocated: Int128,
      busy: Int128
    ) {
      self.capacity = capacity
      self.unavailable = unavailable
      self.placeable = placeable
      self.stranded = stranded
      self.allocated = allocated
      self.busy = busy
    }
  }

  public var fleet: [Part]
  /// The time of day at which the measured time begins, ns.
  public var startOfDay: Int64 = 0
  /// nil: not known.
  public var time: FleetTime?
  /// Jobs that completed within the measured time; nil: not known.
  public var completedJobs: Int?
  public var kinds: [Kind]
  /// Held by jobs.
  public var served: Int128
  /// Asked by jobs that waited.
  public var waiting: Int128
  /// The measured time, ns.
  public var window: Int64
  /// The length of all buckets but the last, ns.
  public var bucket: Int64

  public init(
    fleet: [Part],
    kinds: [Kind],
    served: Int128,
    waiting: Int128,
    window: Int64,
    bucket: Int64
  ) {
    self.fleet = fleet
    self.kinds = kinds
    self.served = served
    self.waiting = waiting
    self.window = window
    self.bucket = bucket
  }

  /// Over all kinds and buckets.
  public var offered: Int128 { kinds.reduce(0) { $0 + $1.offered.reduce(0, +) } }

  /// How often the measured time fits a year of 365 days: the run stands for
  /// all of it.
  public var repeatsPerYear: Double { OwnershipCase.hoursPerYear * 3.6e12 / Double(window) }

  /// GPU-hours a year.
  public func perYear(_ milliGPUNanoseconds: Int128) -> Double {
    Double(milliGPUNanoseconds) / 3.6e15 * repeatsPerYear
  }
}

/// The demand for one GPU model over time.
public struct DemandCurve: Hashable, Sendable {
  public var gpu: String
  /// By bucket, thousandths of a GPU x ns.
  public var values: [Int128]
  /// By bucket, ns.
  public var lengths: [Int64]

  public init(gpu: String, values: [Int128], bucket: Int64, window: Int64) {
    self.gpu = gpu
    self.values = values
    lengths = values.indices.map { max(0, min(bucket, window - Int64($0) * bucket)) }
  }

  /// Instances of so many GPUs that hold the mean demand above a base of
  /// GPUs, by bucket: clouds rent out whole instances.
  ///
  /// - Parameter base: thousandths of a GPU that are there anyway.
  public func instances(ofGPUs count: Int, above base: Int128 = 0) -> [Int] {
    zip(values, lengths).map { value, length in
      guard length > 0 else { return 0 }
      let excess = value - base * Int128(length)
      guard excess > 0 else { return 0 }
      let whole = Int128(count) * 1000 * Int128(length)
      return Int((excess + whole - 1) / whole)
    }
  }

  /// The largest mean demand of a bucket, whole GPUs rounded up.
  public var peakGPUs: Int { instances(ofGPUs: 1).max() ?? 0 }
}
