/// What rented GPU-hours cost under each kind of contract.
public enum Renting {
  /// A commitment, paid whether used or not, with the rest on demand:
  /// `commit x hours x p_c + sum of max(0, use_h - commit) x p_od`.
  ///
  /// - Parameters:
  ///   - use: GPUs in use in each stretch.
  ///   - hours: the length of each stretch.
  public static func committed(
    gpus commitment: Double,
    price: Double,
    onDemandPrice: Double,
    use: [Double],
    hours: Double
  ) -> Double {
    let overflow = use.reduce(0) { $0 + max(0, $1 - commitment) }
    return commitment * hours * Double(use.count) * price + overflow * hours * onDemandPrice
  }

  /// The share of work that is lost on capacity that may be taken away:
  /// `rate x (checkpoint / 2 + restart)`.
  ///
  /// - Parameters:
  ///   - interruptionsPerHour: of one job.
  ///   - checkpointHours: between checkpoints; half of it is lost on average.
  ///   - restartHours: until the job computes again.
  public static func lostWorkShare(
    interruptionsPerHour: Double,
    checkpointHours: Double,
    restartHours: Double
  ) -> Double {
    interruptionsPerHour * (checkpointHours / 2 + restartHours)
  }

  /// The price of a useful GPU-hour on such capacity:
  /// `p_spot x (1 + lost work share)`.
  public static func effectiveSpotPrice(
    _ price: Double,
    interruptionsPerHour: Double,
    checkpointHours: Double,
    restartHours: Double
  ) -> Double {
    price
      * (1
        + lostWorkShare(
          interruptionsPerHour: interruptionsPerHour,
          checkpointHours: checkpointHours,
          restartHours: restartHours
        ))
  }
}
