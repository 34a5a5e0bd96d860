/// A binary heap in an array: the smallest element first.
///
/// - Complexity: insert and remove O(log n), first O(1).
struct MinHeap<Element: Comparable> {
  private var elements: [Element] = []

  var first: Element? { elements.first }
  var isEmpty: Bool { elements.isEmpty }
  /// All elements, in no order that matters.
  var unordered: [Element] { elements }

  mutating func reserveCapacity(_ count: Int) { elements.reserveCapacity(count) }

  mutating func insert(_ element: Element) {
    elements.append(element)
    var child = elements.count - 1
    while child > 0 {
      let parent = (child - 1) >> 1
      if elements[parent] <= elements[child] { break }
      elements.swapAt(parent, child)
      child = parent
    }
  }

  mutating func removeFirst() -> Element? {
    guard let first = elements.first else { return nil }
    let last = elements.removeLast()
    if elements.isEmpty { return first }
    elements[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      if child >= elements.count { break }
      if child + 1 < elements.count && elements[child + 1] < elements[child] { child += 1 }
      if elements[parent] <= elements[child] { break }
      elements.swapAt(parent, child)
      parent = child
    }
    return first
  }
}
