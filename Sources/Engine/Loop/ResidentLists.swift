/// The jobs on each node, as doubly linked lists over the job columns.
///
/// - Complexity: insert and remove O(1); 8 bytes a job, 4 a node. A run that
///   loses no node keeps no lists.
struct ResidentLists: ~Copyable {
  private let isKept: Bool
  private let head: Column<Int32>
  private let next: Column<Int32>
  private let previous: Column<Int32>

  init(nodes: Int, jobs: Int, isKept: Bool) {
    self.isKept = isKept
    head = Column(repeating: -1, count: nodes)
    next = Column(repeating: -1, count: isKept ? jobs : 0)
    previous = Column(repeating: -1, count: isKept ? jobs : 0)
  }

  /// The job placed last on the node.
  func first(node: Int) -> Int? { head[node] < 0 ? nil : Int(head[node]) }

  @inline(__always)
  func insert(_ job: Int, node: Int) {
    guard isKept else { return }
    let old = head[node]
    next[job] = old
    previous[job] = -1
    if old >= 0 { previous[Int(old)] = Int32(job) }
    head[node] = Int32(job)
  }

  @inline(__always)
  func remove(_ job: Int, node: Int) {
    guard isKept else { return }
    if previous[job] >= 0 { next[Int(previous[job])] = next[job] } else { head[node] = next[job] }
    if next[job] >= 0 { previous[Int(next[job])] = previous[job] }
  }
}
