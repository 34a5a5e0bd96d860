/// Waiting jobs in a line that can be walked from its head and left at any
/// point.
///
/// - Complexity: joining at the end and leaving O(1) amortised; joining in the
///   middle moves the places behind it. 4 bytes a place.
struct LineUp {
  private var places: [Int32] = []
  /// By place: still in the line.
  private var stands: [Bool]
  /// Places below this position have left.
  private var front = 0
  private(set) var count = 0

  init(jobs: Int) { stands = Array(repeating: false, count: jobs) }

  mutating func insert(_ place: Int32) {
    precondition(!stands[Int(place)], "a job joined the line twice")
    stands[Int(place)] = true
    count += 1
    if places.last.map({ $0 < place }) ?? true {
      places.append(place)
      return
    }
    var low = front
    var high = places.count
    while low < high {
      let middle = (low + high) / 2
      if places[middle] < place { low = middle + 1 } else { high = middle }
    }
    // A job that comes back may still have its old position.
    if low < places.count && places[low] == place { return }
    places.insert(place, at: low)
  }

  mutating func remove(_ place: Int32) {
    stands[Int(place)] = false
    count -= 1
    while front < places.count, !stands[Int(places[front])] { front += 1 }
    if front > 1024 && front > places.count / 2 {
      places.removeFirst(front)
      front = 0
    }
  }

  /// The first `limit` places that stand in the line.
  func first(_ limit: Int) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(min(limit, count))
    var position = front
    while position < places.count && result.count < limit {
      if stands[Int(places[position])] { result.append(places[position]) }
      position += 1
    }
    return result
  }
}
