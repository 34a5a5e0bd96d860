/// A GPU board as its vendor sells it: what it holds, does and draws.
///
/// Tensor rates are dense (no 2:4 sparsity). A figure that nobody published is
/// nil, not zero.
///
/// ## Topics
/// - ``Sourced``: every figure says where it comes from.
/// - ``GPUCatalogue``: the boards that ship with the program.
public struct GPUModel: Hashable, Sendable {
  /// Lower-case letters, digits and hyphens, such as `h100-80gb-sxm`.
  public var id: String
  /// As people write it, such as `H100 80GB SXM5`.
  public var name: String
  /// Other names by which it may be called: short forms, and the product label
  /// of the Kubernetes device plugin.
  public var aliases: [String]
  public var architecture: String
  public var launchYear: Sourced<Int>
  public var formFactor: String
  public var memoryType: String
  /// GB (10^9 bytes) in the board's name.
  public var memoryGB: Sourced<Double>
  /// MiB that the driver reports for the whole board.
  public var usableMemoryMiB: Sourced<Int>?
  /// GB/s.
  public var memoryBandwidthGBs: Sourced<Double>
  /// Dense BF16 TFLOPS; FP16 on boards without BF16 (``hasBF16``).
  public var halfTFLOPS: Sourced<Double>
  public var hasBF16: Sourced<Bool>
  /// Dense FP8 TFLOPS.
  public var fp8TFLOPS: Sourced<Double>?
  /// Dense TF32 TFLOPS.
  public var tf32TFLOPS: Sourced<Double>?
  /// FP32 TFLOPS outside the tensor cores.
  public var fp32TFLOPS: Sourced<Double>
  /// Default board power limit in watts.
  public var tdpWatts: Sourced<Double>
  /// Draw of an idle board in watts.
  public var idleWatts: Sourced<Double>?
  /// GB/s of NVLink per GPU, both directions together; 0 without NVLink.
  public var nvlinkGBs: Sourced<Double>
  public var pcieGeneration: Sourced<Int>
  /// Streaming multiprocessors.
  public var smCount: Sourced<Int>
  /// GPU instances under MIG at most; 0: not capable of MIG.
  public var maximumMIGInstances: Sourced<Int>
  public var hasECC: Sourced<Bool>
  /// What a reader of the figures should know; empty when nothing.
  public var note: String

  /// Whether it can be cut into GPU instances.
  public var isMIGCapable: Bool { maximumMIGInstances.value > 0 }

  public init(
    id: String,
    name: String,
    aliases: [String],
    architecture: String,
    launchYear: Sourced<Int>,
    formFactor: String,
    memoryType: String,
    memoryGB: Sourced<Double>,
    usableMemoryMiB: Sourced<Int>? = nil,
    memoryBandwidthGBs: Sourced<Double>,
    halfTFLOPS: Sourced<Double>,
    hasBF16: Sourced<Bool>,
    fp8TFLOPS: Sourced<Double>? = nil,
    tf32TFLOPS: Sourced<Double>? = nil,
    fp32TFLOPS: Sourced<Double>,
    tdpWatts: Sourced<Double>,
    idleWatts: Sourced<Double>? = nil,
    nvlinkGBs: Sourced<Double>,
    pcieGeneration: Sourced<Int>,
    smCount: Sourced<Int>,
    maximumMIGInstances: Sourced<Int>,
    hasECC: Sourced<Bool>,
    note: String = ""
  ) {
    self.id = id
    self.name = name
    self.aliases = aliases
    self.architecture = architecture
    self.launchYear = launchYear
    self.formFactor = formFactor
    self.memoryType = memoryType
    self.memoryGB = memoryGB
    self.usableMemoryMiB = usableMemoryMiB
    self.memoryBandwidthGBs = memoryBandwidthGBs
    self.halfTFLOPS = halfTFLOPS
    self.hasBF16 = hasBF16
    self.fp8TFLOPS = fp8TFLOPS
    self.tf32TFLOPS = tf32TFLOPS
    self.fp32TFLOPS = fp32TFLOPS
    self.tdpWatts = tdpWatts
    self.idleWatts = idleWatts
    self.nvlinkGBs = nvlinkGBs
    self.pcieGeneration = pcieGeneration
    self.smCount = smCount
    self.maximumMIGInstances = maximumMIGInstances
    self.hasECC = hasECC
    self.note = note
  }
}
