import Hardware
import Workload

/// What one worker of a job asks, as the cluster sees it: models and
/// constraints resolved to a mask, parts of a GPU rounded to what the sharing mode hands out.
struct Request: Hashable {
  /// Thousandths of a vCPU.
  var cpu: Int32
  /// MiB.
  var memory: Int32
  /// GPUs; 0 for a CPU-only job.
  var gpuCount: Int32
  /// Thousandths taken from each GPU.
  var milli: Int32
  /// Thousandths of a GPU that the worker asked for in all.
  var askedMilli: Int32
  /// Workers of the job, each with this request.
  var workers: Int32 = 1
  /// Bit i: class i of the fleet's nodes is accepted, see ``NodeClasses``.
  var classes: UInt64
  /// Rules between jobs whose closed nodes it keeps off, see ``RuleBook``.
  var obeys: UInt64 = 0
  /// What a node must be able to offer: see ``Capability``.
  var need: Int32
  /// The GPUs of a node are one divisible pool.
  var isPooled = false
  /// The kind of MIG instance that it asks for, see ``MIGBook``; -1: none. Then
  /// `milli` is the least that such an instance takes.
  var slice: Int16 = -1

  /// Thousandths taken by the worker.
  var takenMilli: Int32 { gpuCount * milli }

  /// Thousandths asked and taken by all workers.
  var askedByAll: Int64 { Int64(askedMilli) * Int64(workers) }
  var takenByAll: Int64 { Int64(takenMilli) * Int64(workers) }

  /// What kube-scheduler's scores count for a job that names no CPU or memory
  /// (100 milli, 200 MiB).
  var nonZeroCPU: Int32 { cpu == 0 ? 100 : cpu }
  var nonZeroMemory: Int32 { memory == 0 ? 200 : memory }

  /// Whether a part of one GPU is asked.
  var isShared: Bool { gpuCount == 1 && milli < 1000 && !isPooled || slice >= 0 }

  /// - Parameters:
  ///   - replicaMilli: thousandths of a GPU that a replica is; 0: there are none.
  ///   - replicas: how many of one GPU it gets.
  ///   - isAlone: nobody else may be on its GPU.
  init(
    _ shape: JobShape,
    classes: UInt64 = .max,
    sharing: SharingMode,
    replicaMilli: Int32 = 0,
    replicas: Int32 = 1,
    isAlone: Bool = false
  ) {
    cpu = shape.cpuMilli
    memory = shape.memoryMiB
    gpuCount = shape.gpuCount
    milli = (sharing == .wholeGPU || isAlone) && shape.gpuCount > 0 ? 1000 : shape.milliGPUPerDevice
    askedMilli = shape.gpuCount * shape.milliGPUPerDevice
    if replicaMilli > 0 && replicas > 1 {
      // What it takes for several GPUs is one.
      gpuCount = 1
      milli = replicaMilli * replicas
      askedMilli = milli
    } else if replicaMilli > 0 && shape.gpuCount == 1 {
      // More than its replica nobody gets, whatever it asked for.
      milli = replicaMilli
      askedMilli = min(askedMilli, milli)
    }
    workers = shape.workers
    isPooled = sharing == .pooled
    self.classes = classes
    need = 0
    need = neededCapability
  }

  /// The same for an instance of at least so many thousandths.
  mutating func ask(slice number: Int16, leastMilli: Int32) {
    slice = number
    milli = leastMilli
    askedMilli = min(askedMilli, leastMilli)
    need = neededCapability
  }

  private var neededCapability: Int32 {
    slice >= 0 ? 0 : isPooled ? takenMilli : Capability.needed(gpuCount: gpuCount, milli: milli)
  }

  /// So many workers together on one node, as one request.
  ///
  /// - Precondition: the workers do not share a GPU.
  func merged(_ count: Int32) -> Request {
    assert(!isShared, "workers that share GPUs are placed one by one")
    var all = self
    all.cpu *= count
    all.memory *= count
    all.gpuCount *= count
    all.askedMilli *= count
    all.workers = 1
    all.need = all.neededCapability
    return all
  }
}

/// What the GPUs of a node can offer, as one ordered number.
///
/// 0 ... 999: no GPU is completely free, and this is the largest free part in
/// thousandths. 999 + n: n GPUs are completely free. A request for a part d
/// fits where the capability is at least d; one for k whole GPUs where it is
/// at least 999 + k. Data and specification know no job that asks a part of
/// several GPUs, so one number decides.
enum Capability {
  /// Values are below this.
  static let count = 1000 + Fleet.maximumGPUsPerNode

  static func needed(gpuCount: Int32, milli: Int32) -> Int32 {
    if gpuCount == 0 { return 0 }
    return milli == 1000 ? 999 + gpuCount : milli
  }

  static func of(wholeFree: Int32, largestPart: Int32) -> Int32 {
    wholeFree > 0 ? 999 + wholeFree : largestPart
  }
}
