import SimulationKernel

/// One row of the openb trace's pod list.
public struct OpenBPod: Hashable, Sendable {
  /// When a pod was made, placed and gone.
  public struct Times: Hashable, Sendable {
    public var creation: SimTime
    public var deletion: SimTime
    /// nil: never placed (phase Pending).
    public var scheduled: SimTime?

    public init(creation: SimTime, deletion: SimTime, scheduled: SimTime?) {
      self.creation = creation
      self.deletion = deletion
      self.scheduled = scheduled
    }
  }

  public var name: String
  /// Thousandths of a vCPU.
  public var cpuMilli: Int32
  /// MiB of host memory; one pod of the public trace asks for 0.
  public var memoryMiB: Int32
  public var gpuCount: Int32
  /// Thousandths of each GPU; 0 without GPUs.
  public var milliGPUPerDevice: Int32
  /// Accepted GPU models joined with `|`; empty: any.
  public var gpuSpec: String
  /// Quality of service (LS, BE, Burstable, Guaranteed); empty in lists
  /// without times.
  public var qos: String
  /// Running, Failed, Pending or Succeeded; empty in lists without times.
  public var phase: String
  /// nil in lists without times.
  public var times: Times?
}

/// A pod list of the openb trace, in the order of the file.
public struct OpenBPodList: Hashable, Sendable {
  /// The file, for messages.
  public var path: String
  public var pods: [OpenBPod]
  /// Whether the file has the time columns; without, it serves for filling
  /// only.
  public var hasTimes: Bool
}
