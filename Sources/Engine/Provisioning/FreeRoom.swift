import Hardware

/// What nodes have free for what jobs ask, kept up to date node by node, so that
/// who takes a request is known without a look at all nodes.
///
/// - Complexity: a change of a node O(distinct requests), the first node that takes
///   a request O(nodes / 64), bytes 2 for each node and request.
final class FreeRoom {
  /// One request, and which nodes that are up take it.
  final class Ask {
    let request: Request
    /// By node: how many such workers fit, one after the other; 0 where it is not
    /// up.
    let capacity: Column<UInt16>
    /// By node, a bit: at least one does.
    let fits: Column<UInt64>
    /// Sum of the capacities.
    private(set) var total = 0
    /// Whether capacities are exact: not for instances of MIG, whose number depends
    /// on where they lie, nor where so many fit that they are not counted.
    private(set) var isCounted: Bool

    init(_ request: Request, nodes: Int) {
      self.request = request
      isCounted = request.slice < 0
      capacity = Column(repeating: 0, count: nodes)
      fits = Column(repeating: 0, count: (nodes + 63) / 64)
    }

    fileprivate func update(_ n: Int, to count: Int) {
      if count > FreeRoom.most { isCounted = false }
      let count = min(count, FreeRoom.most)
      total += count - Int(capacity[n])
      capacity[n] = UInt16(count)
      let bit: UInt64 = 1 << UInt64(n & 63)
      if count > 0 { fits[n >> 6] |= bit } else { fits[n >> 6] &= ~bit }
    }
  }

  /// More are not counted.
  static let most = 60_000

  let nodeCount: Int
  /// What a provisioner believes that each node has left.
  let rooms: Column<NodeRoom>
  let isUp: Column<Bool>
  private(set) var asks: [Ask] = []
  private var numbers: [Request: Int] = [:]
  /// By shape: its request among ``asks``; -1: nobody has asked it yet.
  private var askOfShape: [Int32]
  /// At [a][b]: how many of b fit in what one worker of a takes.
  private(set) var multiples: [[Int]] = []

  // What a trial has changed: it counts where it bears the number of the trial.
  private let trialRooms: Column<NodeRoom>
  private let changedIn: Column<UInt32>
  private let absentIn: Column<UInt32>
  private var trial: UInt32 = 0
  private var cursors: [Int] = []
  /// What nodes that are up have in the trials to come, where it is other than what
  /// is kept of them; the last of a node counts.
  var lifted: [(node: Int, room: NodeRoom)] = []
  /// By node, a bit: it was lifted in the trial under way.
  private let isLifted: Column<UInt64>
  private var liftedBefore: [Int] = []

  init(nodes: Int, shapes: Int) {
    nodeCount = nodes
    rooms = Column(repeating: NodeRoom(NodeSpec.nothing, classBit: 0), count: nodes)
    trialRooms = Column(repeating: NodeRoom(NodeSpec.nothing, classBit: 0), count: nodes)
    isUp = Column(repeating: false, count: nodes)
    changedIn = Column(repeating: 0, count: nodes)
    absentIn = Column(repeating: 0, count: nodes)
    isLifted = Column(repeating: 0, count: (nodes + 63) / 64)
    askOfShape = Array(repeating: -1, count: shapes)
  }

  // MARK: - Requests

  /// The number of what the shape asks, which is made when it is new.
  func ask(
    _ shape: Int32,
    _ cluster: borrowing ClusterState,
    _ make: () -> Request
  ) -> Int {
    let known = Int(askOfShape[Int(shape)])
    if known >= 0 { return known }
    var request = make()
    // What it asks of a node; how many ask it is the job's.
    request.workers = 1
    if let number = numbers[request] {
      askOfShape[Int(shape)] = Int32(number)
      return number
    }
    let number = asks.count
    let ask = Ask(request, nodes: nodeCount)
    for n in 0..<nodeCount where isUp[n] { ask.update(n, to: Self.count(request, on: n, rooms[n], cluster)) }
    for other in asks.indices { multiples[other].append(Self.multiple(of: request, in: asks[other].request)) }
    asks.append(ask)
    multiples.append(asks.map { Self.multiple(of: $0.request, in: request) })
    numbers[request] = number
    askOfShape[Int(shape)] = Int32(number)
    cursors.append(0)
    return number
  }

  /// The node is as the cluster says.
  func update(_ n: Int, _ cluster: borrowing ClusterState) {
    isUp[n] = cluster.isUp(n)
    rooms[n] = NodeRoom(n, cluster)
    guard isUp[n] else {
      for ask in asks { ask.update(n, to: 0) }
      return
    }
    for ask in asks { ask.update(n, to: Self.count(ask.request, on: n, rooms[n], cluster)) }
  }

  /// How many such workers the node takes now, whether it is up or not.
  func count(_ ask: Int, on n: Int, _ cluster: borrowing ClusterState) -> Int {
    Self.count(asks[ask].request, on: n, NodeRoom(n, cluster), cluster)
  }

  private static func count(
    _ ask: Request,
    on n: Int,
    _ room: NodeRoom,
    _ cluster: borrowing ClusterState
  ) -> Int {
    var first = room
    guard first.take(ask) else { return 0 }
    if ask.slice >= 0 { return 1 }
    var units = Int.max
    if ask.gpuCount > 0 {
      units = 0
      for g in 0..<Int(cluster.nodes[n].gpuCount) {
        let free = Int(cluster.gpuFree[n * cluster.stride + g])
        units += ask.milli == 1000 ? (free == 1000 ? 1 : 0) : free / Int(ask.milli)
      }
      if ask.milli == 1000 { units /= Int(ask.gpuCount) }
    }
    return count(ask, cpu: cluster.nodes[n].cpuFree, memory: cluster.nodes[n].memoryFree, gpuUnits: units)
  }

  private static func count(_ ask: Request, cpu: Int32, memory: Int32, gpuUnits: Int) -> Int {
    var most = gpuUnits
    if ask.cpu > 0 { most = min(most, Int(cpu / ask.cpu)) }
    if ask.memory > 0 { most = min(most, Int(memory / ask.memory)) }
    return most
  }

  /// How many such workers an idle node of the kind takes, whatever class it is of;
  /// an upper bound.
  func count(_ ask: Int, onIdle spec: NodeSpec) -> Int {
    let ask = asks[ask].request
    var units = Int.max
    if ask.gpuCount > 0 {
      units = ask.milli == 1000 ? spec.gpuCount / Int(ask.gpuCount) : spec.gpuCount * (1000 / Int(ask.milli))
    }
    return Self.count(ask, cpu: spec.cpuMilli, memory: spec.memoryMiB, gpuUnits: units)
  }

  /// How many workers that ask `small` certainly fit where one that asks `large`
  /// lies, on any node.
  private static func multiple(of small: Request, in large: Request) -> Int {
    if small == large { return 1 }
    guard small.slice < 0, large.slice < 0, large.classes & ~small.classes == 0 else { return 0 }
    var most = Self.most
    if small.cpu > 0 { most = min(most, Int(large.cpu / small.cpu)) }
    if small.memory > 0 { most = min(most, Int(large.memory / small.memory)) }
    if small.gpuCount > 0 {
      guard large.gpuCount > 0 else { return 0 }
      if small.milli == 1000 {
        most = large.milli == 1000 ? min(most, Int(large.gpuCount / small.gpuCount)) : 0
      } else {
        most = min(most, Int(large.gpuCount) * Int(large.milli / small.milli))
      }
    }
    return most
  }

  /// Nodes that are up and take one of the requests at least, ascending.
  func nodes(thatTake asks: [Int]) -> [Int] {
    var result: [Int] = []
    for word in 0..<(nodeCount + 63) / 64 {
      var bits: UInt64 = 0
      for ask in asks { bits |= self.asks[ask].fits[word] }
      while bits != 0 {
        result.append(word << 6 + bits.trailingZeroBitCount)
        bits &= bits - 1
      }
    }
    return result
  }

  // MARK: - Trials

  /// Begins a trial in which nothing lies yet, without these nodes.
  func begin(without absent: [Int]) {
    trial &+= 1
    for n in absent { absentIn[n] = trial }
    for ask in cursors.indices { cursors[ask] = 0 }
    for n in liftedBefore { isLifted[n >> 6] = 0 }
    liftedBefore.removeAll(keepingCapacity: true)
    for (n, room) in lifted {
      changedIn[n] = trial
      trialRooms[n] = room
      isLifted[n >> 6] |= 1 << UInt64(n & 63)
      liftedBefore.append(n)
    }
  }

  /// Puts a worker on the first node that takes it, of those that are up, then of
  /// those that start, and says whether that is up; nil: there is none. A node that
  /// did not take the request will not later.
  func place(_ ask: Int, starting: [Int32]) -> Bool? {
    let one = asks[ask]
    var position = cursors[ask]
    defer { cursors[ask] = position }
    while position < nodeCount {
      var word = position >> 6
      var bits = (one.fits[word] | isLifted[word]) & (~0 << UInt64(position & 63))
      while bits == 0 && word + 1 < one.fits.count {
        word += 1
        bits = one.fits[word] | isLifted[word]
      }
      if bits == 0 {
        position = nodeCount
        break
      }
      let n = word << 6 + bits.trailingZeroBitCount
      if absentIn[n] != trial && take(one.request, n) {
        position = n
        return true
      }
      position = n + 1
    }
    while position < nodeCount + starting.count {
      let n = Int(starting[position - nodeCount])
      if take(one.request, n) { return false }
      position += 1
    }
    return nil
  }

  @inline(__always)
  private func take(_ request: Request, _ n: Int) -> Bool {
    if changedIn[n] != trial {
      trialRooms[n] = rooms[n]
      changedIn[n] = trial
    }
    return trialRooms[n].take(request)
  }
}

extension NodeSpec {
  /// Stands for a node of which nothing is known.
  fileprivate static let nothing = NodeSpec(name: "", cpuMilli: 0, memoryMiB: 0, gpuCount: 0, gpuModel: nil)
}
