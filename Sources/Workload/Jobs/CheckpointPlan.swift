import SimulationKernel

/// How a job saves its work, so that an interruption costs only what was done
/// since.
///
/// While a checkpoint is written, and while a job restarts from one, its GPUs
/// are held and make no progress (ledger: overhead).
public struct CheckpointPlan: Hashable, Sendable {
  /// Work between two checkpoints, above zero.
  public var interval: SimDuration
  /// Time to write one.
  public var write: SimDuration
  /// Time to load one and start again, at every start after an interruption.
  public var restart: SimDuration

  public init(interval: SimDuration, write: SimDuration, restart: SimDuration) {
    self.interval = interval
    self.write = write
    self.restart = restart
  }

  /// The interval that loses least to saving and repeating, for a job whose
  /// interruptions come at random: sqrt(2 x MTBF x write) (Young, CACM 1974).
  ///
  /// - Parameters:
  ///   - meanTimeBetweenInterruptions: of the whole job, seconds.
  ///   - writeSeconds: time to write a checkpoint.
  public static func youngInterval(meanTimeBetweenInterruptions: Double, writeSeconds: Double) -> Double {
    (2 * meanTimeBetweenInterruptions * writeSeconds).squareRoot()
  }

  /// The interval of greatest availability when a restart takes time: C +
  /// sqrt(2 (MTBF + R) C + C^2), C the write and R the restart (Saxena et al.,
  /// 2024, after Daly 2006).
  public static func dalyInterval(
    meanTimeBetweenInterruptions: Double,
    writeSeconds: Double,
    restartSeconds: Double
  ) -> Double {
    let c = writeSeconds
    return c + (2 * (meanTimeBetweenInterruptions + restartSeconds) * c + c * c).squareRoot()
  }
}
