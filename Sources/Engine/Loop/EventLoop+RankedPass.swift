import Outcome
import SimulationKernel
import Workload

/// A pass of a preemptive queue: who runs is decided by rank over the GPUs of
/// the whole fleet; then losers leave, and winners are placed.
extension EventLoop {
  mutating func rankedPass(at time: SimTime) throws {
    let now = time.nanoseconds
    ranked!.running.removeAll { [state = live.state] in state[Int($0)] != JobState.running.rawValue }
    let order = ranksOfRunning(at: now)
    let choice = choose(order)
    preempt(choice.losers, at: time)
    var failed: Set<Int32> = []
    for rank in choice.starters where try !tryToStart(Int(rank.job), at: time) {
      ranked!.putBack(rank)
      failed.insert(rank.job)
    }
    let started = choice.starters.map(\.job).filter { !failed.contains($0) }
    if input.quirks.contains(.tickingClock) {
      // The published tool keeps running jobs in the order of their starts.
      let losers = Set(choice.losers.map(\.job))
      ranked!.running.removeAll { losers.contains($0) }
      ranked!.running += started
    } else {
      let winners = failed.isEmpty ? choice.winners : choice.winners.filter { !failed.contains($0.job) }
      ranked!.running = winners.map(\.job)
      if !failed.isEmpty { try fillUp(beside: winners, losers: choice.losers, at: time) }
    }
    explain(choice.starters.map { Int($0.job) }, at: time)
    ranked!.passNumber += 1
    setTimer(at: now, isQuiet: !hasNews && started.isEmpty && choice.losers.isEmpty)
    hasNews = false
  }

  /// The running jobs by rank, after demotions.
  private mutating func ranksOfRunning(at now: Int64) -> [RankedQueue.Rank] {
    var moved: Set<Int32> = []
    if case .leastAttainedService(let thresholds, let byGPUTime) = ranked!.spec.order {
      for job in ranked!.running {
        let level = Int(ranked!.level[Int(job)])
        guard level < thresholds.count else { continue }
        let milli = byGPUTime ? Int128(ranked!.demands[ranked!.demand(of: job)].milli) : 1000
        let service = Int128(progress!.attained(Int(job), at: now)) * milli
        if service >= Int128(thresholds[level].nanoseconds) * 1000 {
          ranked!.setLevel(job, UInt8(level + 1))
          moved.insert(job)
        }
      }
    }
    var ranks: [RankedQueue.Rank] = []
    ranks.reserveCapacity(ranked!.running.count)
    for (position, job) in ranked!.running.enumerated() {
      ranks.append(
        ranked!.runningRank(
          job,
          position: position,
          isMoved: !moved.isEmpty && moved.contains(job),
          at: now
        )
      )
    }
    ranks.sort()
    return ranks
  }

  private struct Choice {
    /// All that should run, in the order of the walk.
    var winners: [RankedQueue.Rank] = []
    var losers: [RankedQueue.Rank] = []
    /// The winners that do not run yet; taken from their heaps.
    var starters: [RankedQueue.Rank] = []
  }

  /// Walks all jobs by rank and gives each the GPUs that it asks from what the
  /// fleet has in sum, skipping those that do not fit.
  private mutating func choose(_ order: [RankedQueue.Rank]) -> Choice {
    var result = Choice()
    var quota = (0..<classCount).map { cluster.upMilliByClass[$0] }
    var open = Array(0..<ranked!.demandCount)
    var next = 0
    while true {
      var best: RankedQueue.Rank?
      var bestAt = -1
      for (position, demand) in open.enumerated() {
        if let head = ranked!.head(demand), best == nil || head < best! {
          best = head
          bestAt = position
        }
      }
      if next < order.count, best == nil || order[next] < best! {
        let rank = order[next]
        next += 1
        if take(running: Int(rank.job), from: &quota) {
          result.winners.append(rank)
        } else {
          result.losers.append(rank)
        }
      } else if let rank = best {
        let demand = open[bestAt]
        if take(ranked!.demands[demand], from: &quota) {
          ranked!.removeHead(demand)
          result.starters.append(rank)
          result.winners.append(rank)
        } else {
          open.remove(at: bestAt)
        }
      } else {
        return result
      }
    }
  }

  /// What a waiting job asks, from the classes of nodes that it accepts: those
  /// that it prefers first, then in the order of classes.
  private func take(_ demand: RankedQueue.Demand, from quota: inout [Int64]) -> Bool {
    var free: Int64 = 0
    for one in quota.indices where demand.classes & (1 << UInt64(one)) != 0 { free += quota[one] }
    guard free >= demand.milli else { return false }
    var left = demand.milli
    for step in demand.preferred + [demand.classes] where left > 0 {
      for one in quota.indices where step & (1 << UInt64(one)) != 0 {
        let part = min(left, quota[one])
        quota[one] -= part
        left -= part
      }
    }
    return true
  }

  /// What a running job holds, from the classes of nodes that it holds.
  private func take(running job: Int, from quota: inout [Int64]) -> Bool {
    let request = requests[Int(shapes[job].rawValue)]
    let mayDrain = residents.isKept
    if request.workers == 1 || (quota.count == 1 && !mayDrain) {
      // What drains is not in the quota.
      if mayDrain && request.workers == 1 && !cluster.isUp(Int(live.node[job])) { return true }
      let held = quota.count == 1 ? 0 : cluster.classIndex(Int(live.node[job]))
      guard quota[held] >= request.takenByAll else { return false }
      quota[held] -= request.takenByAll
      return true
    }
    let first = Int(live.firstPiece[job])
    let held = pieces[first..<first + Int(live.pieceCount[job])]
    var left = quota
    for piece in held where cluster.isUp(Int(piece.node)) {
      let held = cluster.classIndex(Int(piece.node))
      left[held] -= Int64(request.takenMilli) * Int64(piece.workers)
      if left[held] < 0 { return false }
    }
    quota = left
    return true
  }

  private mutating func preempt(_ losers: [RankedQueue.Rank], at time: SimTime) {
    for rank in losers { preempt(Int(rank.job), at: time, savesFirst: true) }
    ranked!.requeue(losers)
  }

  /// Where a chosen job could not be placed, others may use what is free: the
  /// first waiting job of each demand, by rank. Running jobs stay in the order
  /// of their ranks.
  private mutating func fillUp(
    beside winners: [RankedQueue.Rank],
    losers: [RankedQueue.Rank],
    at time: SimTime
  ) throws {
    var running = winners
    var open = Array(0..<ranked!.demandCount)
    while let position = open.indices.filter({ ranked!.head(open[$0]) != nil }).min(by: {
      ranked!.head(open[$0])! < ranked!.head(open[$1])!
    }) {
      let rank = ranked!.head(open[position])!
      if try tryToStart(Int(rank.job), at: time) {
        ranked!.removeHead(open[position])
        // Where queues are lists, one that was preempted just now stands where it stood.
        let stood = ranked!.isByLevel ? losers.first { $0.job == rank.job } : nil
        running.append(stood ?? rank)
      } else {
        open.remove(at: position)
      }
    }
    ranked!.running = running.sorted().map(\.job)
  }

  // MARK: - Timers

  /// When the next pass is due even if nothing happens.
  private mutating func setTimer(at now: Int64, isQuiet: Bool) {
    var due = Int64.max
    if input.quirks.contains(.tickingClock) {
      due = isQuiet ? nextCrossing(at: now) : ranked!.isEmpty ? .max : now + 1_000_000_000
    } else if case .leastAttainedService(let thresholds, let byGPUTime) = ranked!.spec.order {
      for job in ranked!.running {
        let level = Int(ranked!.level[Int(job)])
        guard level < thresholds.count, !byGPUTime || ranked!.demands[ranked!.demand(of: job)].milli > 0
        else { continue }
        let left = demotionDelay(job, thresholds[level].nanoseconds, byGPUTime, at: now)
        due = min(due, now + max(left, 1))
      }
    }
    pushTimer(due)
  }

  /// Asks for a pass at this instant; an earlier wish is forgotten.
  mutating func pushTimer(_ due: Int64) {
    timer &+= 1
    guard due <= SimTime.latest.nanoseconds else { return }
    feed.push(
      EventKey(time: SimTime(nanoseconds: due), phase: Phase.timer),
      payload: EventLoop.timerPayload,
      generation: timer
    )
  }

  private func demotionDelay(_ job: Int32, _ threshold: Int64, _ byGPUTime: Bool, at now: Int64) -> Int64 {
    let attained = progress!.attained(Int(job), at: now)
    guard byGPUTime else { return threshold - attained }
    let milli = max(1, ranked!.demands[ranked!.demand(of: job)].milli)
    if input.quirks.contains(.lateDemotionTimer) {
      let second: Int64 = 1_000_000_000
      return (threshold - attained) / second / max(1, milli / 1000) * second
    }
    let left = Int128(threshold) * 1000 - Int128(attained) * Int128(milli)
    return Int64((left + Int128(milli) - 1) / Int128(milli))
  }

  /// When a running job's remaining time will have passed a waiting one's.
  private func nextCrossing(at now: Int64) -> Int64 {
    let keys = ranked!.waitingKeys.sorted()
    guard !keys.isEmpty else { return .max }
    var due = Int64.max
    for job in ranked!.running {
      let left = progress!.remaining(Int(job), at: now)
      var low = 0
      var high = keys.count
      while low < high {
        let middle = (low + high) / 2
        if keys[middle] <= left { low = middle + 1 } else { high = middle }
      }
      if low > 0 { due = min(due, now + left - keys[low - 1] + 1_000_000_000) }
    }
    return due
  }
}
