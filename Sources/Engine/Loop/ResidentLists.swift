/// What lies on each node, as doubly linked lists: jobs of one worker, and
/// the pieces of gangs. Kept only when nodes can be lost.
///
/// - Complexity: insert and remove O(1); 8 bytes a job and piece, 4 a node.
struct ResidentLists {
  private let jobs: Int
  /// Entries: job j at j, piece p of the run at jobs + p.
  private var head: [Int32]
  private var next: [Int32]
  private var previous: [Int32]
  /// The job of each piece.
  private var owner: [Int32] = []
  let isKept: Bool

  init(nodes: Int, jobs: Int, isKept: Bool) {
    self.jobs = jobs
    self.isKept = isKept
    head = Array(repeating: -1, count: isKept ? nodes : 0)
    next = Array(repeating: -1, count: isKept ? jobs : 0)
    previous = next
  }

  /// The job whose worker was placed last on the node.
  func first(node: Int) -> Int? {
    let entry = Int(head[node])
    if entry < 0 { return nil }
    return entry < jobs ? entry : Int(owner[entry - jobs])
  }

  /// A job of one worker (`piece` is -1) or a piece of a gang.
  struct Entry {
    var job: Int
    var piece: Int
  }

  /// All that lies on the node, placed last first.
  func entries(on node: Int) -> [Entry] {
    var result: [Entry] = []
    forEach(on: node) { result.append($0) }
    return result
  }

  /// The same, one by one.
  @inline(__always)
  func forEach(on node: Int, _ body: (Entry) -> Void) {
    var entry = Int(head[node])
    while entry >= 0 {
      body(
        entry < jobs
          ? Entry(job: entry, piece: -1) : Entry(job: Int(owner[entry - jobs]), piece: entry - jobs)
      )
      entry = Int(next[entry])
    }
  }

  @inline(__always)
  mutating func insert(_ job: Int, node: Int) {
    if isKept { link(job, node) }
  }

  @inline(__always)
  mutating func remove(_ job: Int, node: Int) {
    if isKept { unlink(job, node) }
  }

  /// `piece` is a position in the run's list of pieces.
  mutating func insertPiece(_ piece: Int, of job: Int, node: Int) {
    guard isKept else { return }
    while owner.count <= piece {
      owner.append(-1)
      next.append(-1)
      previous.append(-1)
    }
    owner[piece] = Int32(job)
    link(jobs + piece, node)
  }

  mutating func removePiece(_ piece: Int, node: Int) {
    if isKept { unlink(jobs + piece, node) }
  }

  private mutating func link(_ entry: Int, _ node: Int) {
    let old = head[node]
    next[entry] = old
    previous[entry] = -1
    if old >= 0 { previous[Int(old)] = Int32(entry) }
    head[node] = Int32(entry)
  }

  private mutating func unlink(_ entry: Int, _ node: Int) {
    if previous[entry] >= 0 {
      next[Int(previous[entry])] = next[entry]
    } else {
      head[node] = next[entry]
    }
    if next[entry] >= 0 { previous[Int(next[entry])] = previous[entry] }
  }
}
