import Engine
import SimulationKernel
import TestSupport
import Workload

/// Time limits, failures, retries, deadlines and dependencies on top of a
/// random scenario, from draws of their own.
extension RandomScenario {
  /// A scenario with all features and some of these.
  static func withLives(seed: UInt64) -> SimulationInput {
    var result = input(seed: seed)
    var draws = SplitMix(seed: seed &* 0x6A09_E667 &+ 3)
    let has = (0..<5).map { _ in Int.random(in: 0..<3, using: &draws) > 0 }
    let batch = result.jobs.kind.indices.filter { result.jobs.kind[$0] == .batch }
    func span(_ range: ClosedRange<Int64>) -> SimDuration {
      SimDuration(nanoseconds: Int64.random(in: range, using: &draws))
    }
    let n = result.jobs.count
    if has[0] {
      result.jobs.timeLimit = Array(repeating: .zero, count: n)
      for j in batch where Bool.random(using: &draws) { result.jobs.timeLimit[j] = span(1...15) }
    }
    if has[1] {
      result.jobs.deadline = Array(repeating: .zero, count: n)
      for j in batch where Bool.random(using: &draws) { result.jobs.deadline[j] = span(1...60) }
      if case .ordered(_, let blocking) = result.queue, Bool.random(using: &draws) {
        result.queue = .ordered(.earliestDeadline, headOfLineBlocking: blocking)
      }
    }
    if has[2] {
      var lists = [[Int32]](repeating: [], count: n)
      let shares = [0, 1, 250_000_000, 333_333_333, 999_999_999, FailureShare.whole]
      for j in batch where Bool.random(using: &draws) {
        lists[j] = (0..<Int.random(in: 1...4, using: &draws)).map { _ in
          shares.randomElement(using: &draws)!
        }
      }
      result.jobs.failures = JobLists(lists)
    }
    if has[3] {
      let delay = span(0...5)
      let longest = SimDuration(nanoseconds: delay.nanoseconds + Int64.random(in: 0...9, using: &draws))
      result.jobs.retryRules = [
        RetryRule(most: Int32.random(in: 0...3, using: &draws)),
        RetryRule(most: 2, delay: delay, longestDelay: longest),
        RetryRule(delay: delay, longestDelay: longest),
      ]
      result.jobs.retry = Array(repeating: 0, count: n)
      for j in batch { result.jobs.retry[j] = UInt16.random(in: 0...3, using: &draws) }
    }
    if has[4] {
      // Edges follow a random order, so that there is no ring.
      let order = (0..<n).shuffled(using: &draws)
      var lists = [[Int32]](repeating: [], count: n)
      for (place, j) in order.enumerated() where place > 0 && result.jobs.kind[j] == .batch {
        guard Int.random(in: 0..<3, using: &draws) == 0 else { continue }
        let others = (0..<Int.random(in: 1...3, using: &draws)).map { _ in
          Int32(order[Int.random(in: 0..<place, using: &draws)])
        }
        lists[j] = Set(others).sorted()
      }
      result.jobs.after = JobLists(lists)
    }
    return result
  }
}
