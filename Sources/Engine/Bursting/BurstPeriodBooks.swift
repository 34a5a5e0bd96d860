import SimulationKernel

/// What is really paid in the present period of a budget, and what those that
/// have leave will make it cost still.
///
/// Paid are the nodes of other sites than home beyond what is agreed, by the
/// nanosecond from launch until gone, whether jobs run on them or not, and the
/// egress of jobs that left. A node will be paid until the last of the jobs on
/// it that left is expected to end, however little of it that job takes; where
/// some are agreed, these are the ones that stay longest. A job that has leave
/// and waits counts with what it is expected to cost.
///
/// All in integers: millionths of a USD, and these x ns an hour.
struct BurstPeriodBooks {
  private static let hour: Int128 = 3_600_000_000_000

  /// Jobs that have left: where their workers lie, and when they are expected to
  /// end, ns.
  private struct Leaver {
    var job: Int32
    var nodes: [Int32]
    var end: Int64
  }

  /// By group: millionths of a USD for an hour of a node; 0 at home.
  private let price: [Int64]
  private let agreed: [Int]
  private var existing: [Int]
  /// By node: its group, or -1.
  private var groupOf: [Int32]
  private let every: Int64
  private var period: Int64 = 0
  private var last: Int64 = 0
  private var nodes: Int128 = 0
  private var egress: Int64 = 0
  /// Jobs with leave that wait, with what they are expected to cost.
  private var waiting: [(job: Int32, amount: Int64)] = []
  private var away: [Leaver] = []

  init(_ input: SimulationInput, _ plan: BurstPlan, every: SimDuration) {
    let groups = input.autoNodes?.groups ?? []
    price = groups.map { group in
      let isAway = Int(plan.siteOf[group.nodes.lowerBound]) != plan.spec.home
      return isAway ? Int64((group.pricePerHour * 1e6).rounded()) : 0
    }
    agreed = groups.map { group in plan.spec.agreements.first { $0.group == group.name }?.nodes ?? 0 }
    existing = groups.map(\.atStart)
    groupOf = Array(repeating: -1, count: input.fleet.nodes.count)
    for (number, group) in groups.enumerated() { for n in group.nodes { groupOf[n] = Int32(number) } }
    self.every = every.nanoseconds
  }

  // MARK: - What happens

  mutating func change(_ group: Int, _ change: Int, at now: Int64) {
    settle(at: now)
    existing[group] += change
  }

  /// The job has leave, and is expected to cost so much.
  mutating func mayGo(_ job: Int, _ amount: Int64) {
    if let place = waiting.firstIndex(where: { $0.job == job }) {
      waiting[place].amount = amount
    } else {
      waiting.append((Int32(job), amount))
    }
  }

  /// It begins elsewhere, and pays for its data.
  mutating func begins(_ job: Int, on nodes: [Int32], until end: Int64, egress amount: Int64, at now: Int64) {
    settle(at: now)
    egress += amount
    waiting.removeAll { $0.job == job }
    away.append(Leaver(job: Int32(job), nodes: nodes, end: end))
  }

  /// Data set out that stay where they are brought.
  mutating func pays(_ amount: Int64, at now: Int64) {
    settle(at: now)
    egress += amount
  }

  /// It has no leave any more, or has ended. Returns whether it counted.
  mutating func forget(_ job: Int) -> Bool {
    let before = waiting.count + away.count
    waiting.removeAll { $0.job == job }
    away.removeAll { $0.job == job }
    return waiting.count + away.count < before
  }

  // MARK: - Money

  /// What has been paid in the period of this instant, and is still to be paid
  /// for those that have leave; each rounded up.
  mutating func taken(at now: Int64) -> Int64 {
    settle(at: now)
    return Self.usd(nodes) + egress + waiting.reduce(0) { $0 + $1.amount } + Self.usd(due(at: now))
  }

  private static func usd(_ amount: Int128) -> Int64 { Int64((amount + hour - 1) / hour) }

  private func due(at now: Int64) -> Int128 {
    var ends: [(node: Int32, end: Int64)] = []
    for leaver in away where leaver.end > now {
      for node in leaver.nodes where groupOf[Int(node)] >= 0 { ends.append((node, leaver.end)) }
    }
    ends.sort { ($0.node, $1.end) < ($1.node, $0.end) }
    var left = Array(repeating: [Int64](), count: price.count)
    for (place, entry) in ends.enumerated() where place == 0 || ends[place - 1].node != entry.node {
      left[Int(groupOf[Int(entry.node)])].append(entry.end - now)
    }
    var sum: Int128 = 0
    for group in price.indices where price[group] > 0 {
      for time in left[group].sorted(by: >).dropFirst(agreed[group]) {
        sum += Int128(price[group]) * Int128(time)
      }
    }
    return sum
  }

  /// Nothing has changed since the last call, so the rate is one.
  private mutating func settle(at now: Int64) {
    if now / every > period { (period, last, nodes, egress) = (now / every, now / every * every, 0, 0) }
    guard now > last else { return }
    var rate: Int128 = 0
    for group in price.indices where price[group] > 0 {
      rate += Int128(price[group]) * Int128(max(0, existing[group] - agreed[group]))
    }
    nodes += rate * Int128(now - last)
    last = now
  }
}
