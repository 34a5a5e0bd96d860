import Outcome
import SimulationKernel

extension AutoNodes {
  /// A limit on the nodes of a pool that go at a time of their own will.
  public struct Budget: Hashable, Sendable {
    /// How many.
    public enum Limit: Hashable, Sendable {
      case share(Double)
      case nodes(Int)
    }

    /// A time that comes again and again.
    public struct Window: Hashable, Sendable {
      /// When it begins.
      public enum Start: Hashable, Sendable {
        /// Once in each period, so long after its beginning; the first begins with the
        /// run.
        case each(period: SimDuration, from: SimDuration)
        /// At each of these instants.
        case schedule(CronSchedule)
      }

      public var start: Start
      public var length: SimDuration

      public init(period: SimDuration, from: SimDuration, length: SimDuration) {
        start = .each(period: period, from: from)
        self.length = length
      }

      public init(schedule: CronSchedule, length: SimDuration) {
        start = .schedule(schedule)
        self.length = length
      }

      func holds(at now: Int64) -> Bool {
        switch start {
        case .each(let period, let from): phase(of: now, period, from) < length.nanoseconds
        // As Karpenter asks: whether one has begun since so long ago.
        case .schedule(let cron): cron.next(after: now - length.nanoseconds).map { $0 <= now } ?? false
        }
      }

      /// An instant after `now`, before or at which it next begins or ends.
      func nextChange(after now: Int64) -> Int64 {
        switch start {
        case .each(let period, let from):
          let phase = phase(of: now, period, from)
          return now - phase + (phase < length.nanoseconds ? length : period).nanoseconds
        case .schedule(let cron):
          let begins = cron.next(after: now) ?? .max
          let last = cron.next(after: now - length.nanoseconds) ?? .max
          return last <= now ? min(begins, last + length.nanoseconds) : begins
        }
      }

      private func phase(of now: Int64, _ period: SimDuration, _ from: SimDuration) -> Int64 {
        let within = now - from.nanoseconds
        return ((within % period.nanoseconds) + period.nanoseconds) % period.nanoseconds
      }
    }

    public var limit: Limit
    /// For these reasons only; empty: for all.
    public var reasons: Set<NodeRemoval>
    /// Of this pool only; nil: of each.
    public var pool: String?
    /// At these times only; nil: always.
    public var window: Window?

    public init(
      _ limit: Limit,
      reasons: Set<NodeRemoval> = [],
      pool: String? = nil,
      window: Window? = nil
    ) {
      self.limit = limit
      self.reasons = reasons
      self.pool = pool
      self.window = window
    }

    func binds(_ reason: NodeRemoval, pool name: String, at now: Int64) -> Bool {
      (reasons.isEmpty || reasons.contains(reason)) && (pool == nil || pool == name)
        && (window?.holds(at: now) ?? true)
    }

    func allowed(total: Int) -> Int {
      switch limit {
      case .share(let share): AutoNodes.allowedDisruptions(total: total, budget: share, leaving: 0)
      case .nodes(let count): count
      }
    }
  }

  /// Nodes of a pool that may go at a time: `ceil(total x budget)`, less those
  /// that go already. 20 % of 19 nodes are 4.
  static func allowedDisruptions(total: Int, budget: Double, leaving: Int) -> Int {
    // A product such as 0.1 x 30 lies a little above 3.
    max(0, Int((Double(total) * budget - 1e-9).rounded(.up)) - leaving)
  }

  /// How many nodes of the pool may begin to go now: the least that its budgets
  /// allow.
  func allowed(_ reason: NodeRemoval, pool: Int, total: Int, leaving: Int, at now: Int64) -> Int {
    var most = AutoNodes.allowedDisruptions(total: total, budget: budget, leaving: 0)
    for budget in budgets where budget.binds(reason, pool: pools[pool].name, at: now) {
      most = min(most, budget.allowed(total: total))
    }
    return max(0, most - leaving)
  }

  /// The next instant after `now` at which a budget begins or ends to hold.
  func nextBudgetChange(after now: Int64) -> Int64? {
    budgets.compactMap { $0.window?.nextChange(after: now) }.min()
  }
}
