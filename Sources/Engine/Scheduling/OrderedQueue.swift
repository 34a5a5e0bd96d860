/// Waiting jobs in one line, by their places in the order.
///
/// Places that come in ascending order (all of them, when the order is that of
/// arrival) stand in one column from front to back; the others stand in a heap.
///
/// - Complexity: in ascending order O(1) with nothing allocated, else
///   O(log n). 4 bytes a job.
struct OrderedQueue: ~Copyable {
  private let ascending: Column<Int32>
  /// The waiting ones are at `front ..< back`.
  private var front = 0
  private var back = 0
  private var others = MinHeap<Int32>()

  init(jobs: Int) { ascending = Column(repeating: 0, count: jobs) }

  /// The lowest place, or -1.
  var head: Int32 {
    let first = front < back ? ascending[front] : Int32.max
    let lowest = min(first, others.first ?? Int32.max)
    return lowest == Int32.max ? -1 : lowest
  }

  mutating func insert(_ place: Int32) {
    // A job that comes back may find the column's end taken.
    if back < ascending.count && (front == back || ascending[back - 1] < place) {
      ascending[back] = place
      back += 1
    } else {
      others.insert(place)
    }
  }

  mutating func removeHead() {
    if let lowest = others.first, front == back || lowest < ascending[front] {
      _ = others.removeFirst()
    } else {
      front += 1
    }
  }
}
