import Workload

/// The running jobs of each priority, latest start first, and what they hold.
///
/// - Complexity: insert and remove O(1); 9 bytes a job.
struct RunningByPriority {
  /// Distinct priorities, ascending.
  let priorities: [Int32]
  /// By job: the position of its priority.
  private let levels: [UInt16]
  private var head: [Int32]
  private var next: [Int32]
  private var previous: [Int32]
  private var isListed: [Bool]
  /// GPU thousandths held at level * classes of nodes + class.
  private var held: [Int64]
  private let classCount: Int

  init(_ priority: [Int32], classes: Int) {
    priorities = Set(priority).sorted()
    var position: [Int32: UInt16] = [:]
    for (level, value) in priorities.enumerated() { position[value] = UInt16(level) }
    levels = priority.map { position[$0]! }
    classCount = classes
    head = Array(repeating: -1, count: priorities.count)
    next = Array(repeating: -1, count: priority.count)
    previous = next
    isListed = Array(repeating: false, count: priority.count)
    held = Array(repeating: 0, count: priorities.count * classes)
  }

  func level(_ job: Int) -> Int { Int(levels[job]) }

  /// The job of this level that started last, or -1; and the one before it.
  func first(level: Int) -> Int { Int(head[level]) }
  func after(_ job: Int) -> Int { Int(next[job]) }

  /// Whether the job may still become a victim.
  func contains(_ job: Int) -> Bool { isListed[job] }

  /// Thousandths held below a level on nodes of the accepted classes.
  func held(below level: Int, classes: UInt64) -> Int64 {
    var sum: Int64 = 0
    for lower in 0..<level {
      for one in 0..<classCount where classes & (1 << UInt64(one)) != 0 {
        sum += held[lower * classCount + one]
      }
    }
    return sum
  }

  mutating func insert(_ job: Int) {
    let level = Int(levels[job])
    let old = head[level]
    next[job] = old
    previous[job] = -1
    if old >= 0 { previous[Int(old)] = Int32(job) }
    head[level] = Int32(job)
    isListed[job] = true
  }

  mutating func remove(_ job: Int) {
    guard isListed[job] else { return }
    isListed[job] = false
    if previous[job] >= 0 { next[Int(previous[job])] = next[job] } else { head[Int(levels[job])] = next[job] }
    if next[job] >= 0 { previous[Int(next[job])] = previous[job] }
  }

  mutating func hold(_ job: Int, _ milli: Int64, nodeClass: Int) {
    held[Int(levels[job]) * classCount + nodeClass] += milli
  }
}
