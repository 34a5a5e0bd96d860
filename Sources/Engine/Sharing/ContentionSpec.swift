import SimulationKernel
import Workload

/// What jobs on one GPU do to one another: how its time is divided among those
/// that have work, what switching costs, and who fails when its memory is full.
public struct ContentionSpec: Hashable, Sendable {
  /// How the time of a GPU is divided among clients of a part of it.
  public enum Division: String, Hashable, Sendable, CaseIterable {
    /// Equally among those that have work, whatever part each holds.
    case equal
    /// By the parts that they hold, among those that have work.
    case weighted
    /// The same, and nobody gets more than the part it holds.
    case capped
  }

  /// Who fails when a client starts and resident memories exceed the card.
  public enum OutOfMemoryRule: String, Hashable, Sendable, CaseIterable {
    /// The client that has just started.
    case newcomer
    /// Those with the most resident memory, of equals the newest, until the
    /// others fit.
    case largest
    /// Every client of the card.
    case all
  }

  /// Which of several GPUs of the chosen node a part is taken from.
  public enum DevicePolicy: String, Hashable, Sendable, CaseIterable {
    /// The GPU with the least free part that fits.
    case binpack
    /// The GPU with the most free.
    case spread
  }

  /// What a client still gets of the work of its share of the time while
  /// others have work too, in billionths; 1,000,000,000: switching is free.
  public struct Efficiency: Hashable, Sendable {
    public var large: Int64
    public var bandwidth: Int64
    public var small: Int64

    public init(large: Int64, bandwidth: Int64, small: Int64) {
      self.large = large
      self.bandwidth = bandwidth
      self.small = small
    }

    public static let whole: Int64 = 1_000_000_000

    /// Sharing costs nothing.
    public static let ideal = Efficiency(large: whole, bandwidth: whole, small: whole)

    /// Four time-sliced tenants of an A30 against one alone (Colfax, May 2024):
    /// 14,500 of 68,800 GFLOP/s for large products, 160 of 786 GB/s, 1,410 of
    /// 6,680 GFLOP/s for small products; times four.
    public static let timeSlicedA30 = Efficiency(
      large: 4 * 14_500 * whole / 68_800,
      bandwidth: 4 * 160 * whole / 786,
      small: 4 * 1_410 * whole / 6_680
    )

    /// Two processes under MPS on an A100-80: 7.5 % less throughput
    /// (secondary source, one workload).
    public static let measuredMPS = Efficiency(
      large: 925_000_000,
      bandwidth: 925_000_000,
      small: 925_000_000
    )

    func of(_ kernels: KernelClass) -> Int64 {
      switch kernels {
      case .large: large
      case .bandwidth: bandwidth
      case .small: small
      }
    }
  }

  /// Replicas of each GPU, for ``SharingMode/timeSlicing`` and
  /// ``SharingMode/mps``.
  public var replicas: Int32 = 1
  /// The plugin advertises the resource as `<name>.shared`; changes no result.
  public var renameByDefault = false
  /// A request for several replicas is refused. The plugin's default is false
  /// under time-slicing, and MPS always refuses: such a request is granted and
  /// gets no more time than for one. Here its replicas are of one GPU.
  public var failRequestsGreaterThanOne = true
  /// For ``SharingMode/fractions``.
  public var division = Division.equal
  public var efficiency = Efficiency.timeSlicedA30
  /// GPU memory of each process beside what its job asks, MiB (an estimate:
  /// contexts of 0.3 to 0.6 GiB are usual). Counts under time-slicing only.
  public var overheadMiB: Int32 = 512
  public var outOfMemory = OutOfMemoryRule.newcomer
  /// false: a client that fails takes the others on its GPU down; they lose
  /// their run and wait again.
  public var faultIsolation = true
  public var devicePolicy = DevicePolicy.binpack
  /// A client killed for want of memory stays out of the queue for so long
  /// after its first failure, twice as long after the second, and so on
  /// (Kubernetes' crash loop back-off: 10 s to 5 min), or as its own rule says
  /// if that is longer; killed more often than this it has failed for good
  /// (the back-off limit of Kubernetes Jobs: 6).
  public var restart = RetryRule(
    most: 6,
    delay: SimDuration(nanoseconds: 10_000_000_000),
    longestDelay: SimDuration(nanoseconds: 300_000_000_000)
  )

  /// An MPS server has at most so many clients.
  public static let mostMPSClients: Int32 = 48
  /// A GPU has at most so many clients, whatever shares it.
  public static let mostClients: Int32 = 100

  public init() {}

  /// As the device plugin time-slices: processes run one after the other, and
  /// nothing keeps them apart.
  public static func timeSlicing(replicas: Int32) -> ContentionSpec {
    var result = ContentionSpec()
    result.replicas = replicas
    result.faultIsolation = false
    return result
  }

  /// As the device plugin runs MPS: each client has its part of the memory and
  /// of the multiprocessors, and nothing keeps faults apart.
  public static func mps(replicas: Int32) -> ContentionSpec {
    var result = ContentionSpec()
    result.replicas = replicas
    result.efficiency = .measuredMPS
    result.faultIsolation = false
    return result
  }

  /// Parts of a GPU's memory and time.
  public static func fractions(_ division: Division) -> ContentionSpec {
    var result = ContentionSpec()
    result.division = division
    return result
  }

  /// How many replicas of one GPU a worker of the shape gets; 0: the request is
  /// refused, or more than a GPU has.
  func replicas(grantedTo shape: JobShape, _ mode: SharingMode) -> Int32 {
    if shape.gpuCount == 1 { return 1 }
    let grants = mode == .timeSlicing && !failRequestsGreaterThanOne && shape.gpuCount <= replicas
    return grants ? shape.gpuCount : 0
  }

  /// Thousandths of a GPU that a replica is; what the division leaves over is
  /// never handed out.
  public var replicaMilli: Int32 { 1000 / replicas }

  /// Thousandths of a GPU that no replica has.
  public var remainderMilli: Int32 { 1000 - replicas * replicaMilli }
}
