/// What a node of one type may hold of some requests, so that nothing more fits.
///
/// Every content that is possible is part of one of these, where whole GPUs or
/// MIG instances are asked. Parts of GPUs go to the tightest GPU that fits, the
/// largest first, so that a content which only a cleverer division of parts allows
/// may be missing.
struct NodePatterns {
  /// By pattern, by request: how many.
  private(set) var contents: [[Int]] = []
  /// None is missing for their number.
  private(set) var isComplete = true

  private let requests: [Request]
  private let counts: [Int]
  private let most: Int
  private var found: Set<[Int]> = []
  private var visits = 0

  /// - Parameters:
  ///   - requests: large ones first.
  ///   - counts: how many there are of each.
  ///   - most: more patterns than this are not listed.
  init(_ idle: NodeRoom, _ requests: [Request], counts: [Int], most: Int) {
    self.requests = requests
    self.counts = counts
    self.most = most
    var content = Array(repeating: 0, count: requests.count)
    extend(&content, from: 0, idle)
    found = []
  }

  private mutating func extend(_ content: inout [Int], from place: Int, _ room: NodeRoom) {
    guard isComplete else { return }
    if place == requests.count { return keep(content, room) }
    var rooms = [room]
    while rooms.count <= counts[place] {
      var next = rooms[rooms.count - 1]
      guard next.take(requests[place]) else { break }
      rooms.append(next)
    }
    // Fewer of the last one than fit are part of the same with more.
    let least = place == requests.count - 1 ? rooms.count - 1 : 0
    for count in stride(from: rooms.count - 1, through: least, by: -1) {
      content[place] = count
      extend(&content, from: place + 1, rooms[count])
    }
    content[place] = 0
  }

  private mutating func keep(_ content: [Int], _ room: NodeRoom) {
    visits += 1
    // A tenth of a second at most.
    if visits > 20 * most { isComplete = false }
    var content = content
    var room = room
    for place in requests.indices {
      while content[place] < counts[place] && room.take(requests[place]) { content[place] += 1 }
    }
    guard content.contains(where: { $0 > 0 }), found.insert(content).inserted else { return }
    contents.append(content)
    if contents.count > most { isComplete = false }
  }
}
