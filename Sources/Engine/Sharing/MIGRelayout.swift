import SimulationKernel

/// The operator's path to other instances: a node is drained, all its GPUs are
/// laid out anew, and it returns.
///
/// Trigger: jobs for some kind of instance, or for whole GPUs, have waited
/// without a break for ``after``, and another of the known layouts on some node,
/// or none, would hold them. The node with the least in use is chosen.
public struct MIGRelayout: Hashable, Sendable {
  /// How long jobs must have waited: hysteresis.
  public var after: SimDuration
  /// How long a node stays as it is after it was laid out.
  public var cooldown: SimDuration
  /// Nodes that drain or are laid out at a time, at least 1.
  public var atOnce: Int
  /// Nodes that may be laid out in 24 h; nil: any number.
  public var perDay: Int?
  /// From the last job's end to the node's return: stop the clients, apply,
  /// restart them.
  public var duration: SimDuration
  /// How long what runs may go on before it is interrupted; nil: for ever.
  public var drainLimit: SimDuration?

  /// 60 s for a node without a reboot, 7 min with one (suggested defaults from
  /// thin evidence; the service start limit of the operator is 480 s).
  public static let standardDuration = SimDuration(nanoseconds: 60_000_000_000)
  public static let durationWithReboot = SimDuration(nanoseconds: 420_000_000_000)

  public init(
    after: SimDuration = SimDuration(nanoseconds: 300_000_000_000),
    cooldown: SimDuration = SimDuration(nanoseconds: 1_800_000_000_000),
    atOnce: Int = 1,
    perDay: Int? = nil,
    duration: SimDuration = MIGRelayout.standardDuration,
    drainLimit: SimDuration? = nil
  ) {
    self.after = after
    self.cooldown = cooldown
    self.atOnce = atOnce
    self.perDay = perDay
    self.duration = duration
    self.drainLimit = drainLimit
  }

  /// What is wrong with it, or nil.
  var problem: String? {
    let spans = [after, cooldown, duration] + (drainLimit.map { [$0] } ?? [])
    if spans.contains(where: { $0 < .zero || $0 > SimTime.latest - .zero }) || duration < .tick {
      return "the times of a re-layout must be 0 ... 36 years, and its duration above 0"
    }
    return atOnce < 1 || (perDay ?? 1) < 1 ? "a re-layout needs a node at a time and a day" : nil
  }
}
