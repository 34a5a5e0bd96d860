import Engine

/// The times of a cron expression that come again every hour, day or week: what
/// of disruption budgets is simulated. A run begins on a Monday at midnight.
struct CronWindow {
  /// Why an expression is none of these, and what to do about it.
  struct Fault: Error {
    var message: String
    var hint: String
  }

  /// More beginnings than this in a period are refused: each becomes a budget.
  static let mostStarts = 48

  private static let hour: Int64 = 3_600_000_000_000

  /// Nanoseconds after which the times come again.
  private(set) var period: Int64
  /// Nanoseconds from the start of the run, in the first period.
  private(set) var starts: [Int64]

  init(_ cron: String) throws(Fault) {
    // Karpenter reads budgets by the same parser as the platform its sleep.
    let schedule: CronSchedule
    do { schedule = try CronSchedule(cron) } catch { throw Fault(message: error.message, hint: error.hint) }
    let fields = cron.split(whereSeparator: \.isWhitespace).map(String.init)
    let isOfDates =
      fields.count == 5
      ? !fields[2...3].allSatisfy { ["*", "?"].contains($0) }
      : ["@yearly", "@annually", "@monthly"].contains(cron.lowercased())
    if isOfDates {
      throw Fault(
        message: "days of the month and months are not simulated in budgets; found '\(cron)'",
        hint: "take times of the day and days of the week, as in '0 9 * * mon-fri'"
      )
    }
    let week = 168 * Self.hour
    var all: [Int64] = []
    var last: Int64 = -1
    while let next = schedule.next(after: last), next < week {
      all.append(next)
      last = next
    }
    period = week
    starts = all
    for shorter in [Self.hour, 24 * Self.hour] {
      let first = all.filter { $0 < shorter }
      if all == stride(from: 0, to: week, by: Int(shorter)).flatMap({ begin in first.map { begin + $0 } }) {
        (period, starts) = (shorter, first)
        break
      }
    }
    if starts.count > Self.mostStarts {
      throw Fault(
        message:
          "begins \(starts.count) times in \(GoDuration.text(period)); found '\(cron)'; accepted: at most "
          + "\(Self.mostStarts) times",
        hint: "state the budget in policy.autoNodes.budgets"
      )
    }
  }
}
