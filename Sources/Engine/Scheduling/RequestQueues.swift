/// Waiting jobs of each distinct request, each line by places in the order.
///
/// Jobs with equal requests are refused together, so a pass tries one job a
/// request, however long the queue is. As in ``OrderedQueue``, ascending places
/// form a list, the others a heap.
struct RequestQueues: ~Copyable {
  private let first: Column<Int32>
  private let last: Column<Int32>
  private let next: Column<Int32>
  private var others: [MinHeap<Int32>]
  /// Requests with waiting jobs, unordered, and each one's position here.
  private let active: Column<Int32>
  private let activePosition: Column<Int32>
  private(set) var activeCount = 0

  init(requests: Int, jobs: Int) {
    first = Column(repeating: -1, count: requests)
    last = Column(repeating: -1, count: requests)
    next = Column(repeating: -1, count: jobs)
    others = Array(repeating: MinHeap(), count: requests)
    active = Column(repeating: -1, count: requests)
    activePosition = Column(repeating: -1, count: requests)
  }

  /// The lowest place of the request's jobs, or -1.
  func head(of request: Int) -> Int32 {
    guard let other = others[request].first else { return first[request] }
    return first[request] < 0 ? other : min(first[request], other)
  }

  func activeRequest(at position: Int) -> Int { Int(active[position]) }

  /// Adds all places in the request's line, in no order that matters.
  func appendPlaces(of request: Int, to places: inout [Int32]) {
    if !others[request].isEmpty { places += others[request].unordered }
    var place = first[request]
    while place >= 0 {
      places.append(place)
      place = next[Int(place)]
    }
  }

  private mutating func activate(_ request: Int) {
    guard activePosition[request] < 0 else { return }
    active[activeCount] = Int32(request)
    activePosition[request] = Int32(activeCount)
    activeCount += 1
  }

  /// The same for a place that may lie in another request's list.
  mutating func insertAside(_ place: Int32, request: Int) {
    activate(request)
    others[request].insert(place)
  }

  mutating func insert(_ place: Int32, request: Int) {
    activate(request)
    if first[request] < 0 {
      first[request] = place
    } else if last[request] < place {
      next[Int(last[request])] = place
    } else {
      others[request].insert(place)
      return
    }
    next[Int(place)] = -1
    last[request] = place
  }

  mutating func removeHead(of request: Int) {
    if let other = others[request].first, first[request] < 0 || other < first[request] {
      _ = others[request].removeFirst()
    } else {
      first[request] = next[Int(first[request])]
    }
    if first[request] >= 0 || !others[request].isEmpty { return }
    activeCount -= 1
    let hole = activePosition[request]
    let moved = active[activeCount]
    active[Int(hole)] = moved
    activePosition[Int(moved)] = hole
    activePosition[request] = -1
  }
}
