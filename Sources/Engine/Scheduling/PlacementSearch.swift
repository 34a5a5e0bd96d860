import SimulationKernel

/// Where a job goes.
struct Placement {
  /// -1: no node fits.
  var node: Int
  var gpuMask: UInt16

  static let refused = Placement(node: -1, gpuMask: 0)
}

/// Chooses a node and its GPUs for a request; one call a placement.
protocol PlacementSearch: AnyObject {
  /// The order in which the node index must be kept for this search.
  var nodeOrder: NodeOrder { get }
  /// `shape` numbers the distinct requests of the run.
  ///
  /// Cluster and index are `inout` so that they are passed where they lie and
  /// not copied at each call (measured: a third of a run); nothing is changed.
  func place(
    _ request: Request,
    shape: Int,
    _ cluster: inout ClusterState,
    _ index: inout NodeIndex
  ) -> Placement
  /// The state of node `n` has changed.
  func nodeChanged(_ n: Int)
}

/// First-fit, best-fit and worst-fit: the index's own order decides.
final class OrderedSearch: PlacementSearch {
  let nodeOrder: NodeOrder

  init(_ order: NodeOrder) { nodeOrder = order }

  func place(
    _ request: Request,
    shape: Int,
    _ cluster: inout ClusterState,
    _ index: inout NodeIndex
  ) -> Placement {
    if request.slice >= 0 { return index.firstInstance(request) }
    let n = index.first(request)
    guard n >= 0 else { return .refused }
    return Placement(node: n, gpuMask: defaultDevices(request, on: n, cluster))
  }

  func nodeChanged(_ n: Int) {}
}

/// The same orders over nodes whose GPUs are pools: every node is looked at.
///
/// - Complexity: O(nodes) a placement.
final class PooledOrderSearch: PlacementSearch {
  let nodeOrder: NodeOrder
  private let nodeAtRank: [Int]

  init(_ order: NodeOrder, ranks: [Int32]) {
    nodeOrder = order
    var nodes = [Int](repeating: 0, count: ranks.count)
    for (n, position) in ranks.enumerated() { nodes[Int(position)] = n }
    nodeAtRank = nodes
  }

  func place(
    _ request: Request,
    shape: Int,
    _ cluster: inout ClusterState,
    _ index: inout NodeIndex
  ) -> Placement {
    var best = -1
    var bestKey = Int64.max
    for n in nodeAtRank where cluster.fits(request, n) {
      if nodeOrder == .rank { return Placement(node: n, gpuMask: 0) }
      let free =
        Int64(cluster.nodes[n].cpuFree) * Int64(cluster.largestGPUMilli) + Int64(cluster.nodes[n].gpuFreeSum)
        * Int64(cluster.largestCPU)
      let key = nodeOrder == .leastFree ? free : -free
      if key < bestKey { (best, bestKey) = (n, key) }
    }
    return best < 0 ? .refused : Placement(node: best, gpuMask: 0)
  }

  func nodeChanged(_ n: Int) {}
}

/// The highest score wins; equals by rank, or by a fresh draw.
///
/// Scores are kept per distinct request and node, and only nodes that have
/// changed since the request was last seen are scored again. Rows are in rank
/// order, so the first maximum is the winner; each block of 64 scores has its
/// maximum at hand.
///
/// - Complexity: a placement costs one score a node changed since, and a look
///   at nodes / 64 maxima; rows take 4 bytes a node and distinct request, up
///   to ``rowBudget``, beyond which requests share rows.
final class ScoredSearch<Score: NodeScore>: PlacementSearch {
  /// Bytes for kept scores.
  static var rowBudget: Int { 256 << 20 }
  private static var infeasible: Int32 { -1 }
  private static var blockSize: Int { 64 }

  let nodeOrder = NodeOrder.rank
  private var score: Score
  private let nodeCount: Int
  private let rank: Column<Int32>
  private let nodeAtRank: Column<Int32>
  /// Row r: scores from r * rowLength, padded with infeasible ones.
  private let rows: Column<Int32>
  private let rowLength: Int
  /// Row r: maxima of its blocks from r * blockCount.
  private let blockMaxima: Column<Int32>
  private let blockCount: Int
  private let rowCount: Int
  /// The request that a row belongs to, and how far it has read the log.
  private let rowShape: Column<Int32>
  private let rowCursor: Column<Int64>
  /// Ring of changed nodes; `changedAt` is a node's newest position in it.
  private let log: Column<Int32>
  private let changedAt: Column<Int64>
  private var logEnd: Int64 = 0
  private var ties: RandomStream?

  init(_ score: Score, ranks: [Int32], shapeCount: Int, randomTies: RandomStream?) {
    self.score = score
    nodeCount = ranks.count
    rank = Column(repeating: 0, count: nodeCount)
    nodeAtRank = Column(repeating: 0, count: nodeCount)
    for (n, position) in ranks.enumerated() {
      rank[n] = position
      nodeAtRank[Int(position)] = Int32(n)
    }
    blockCount = (nodeCount + ScoredSearch.blockSize - 1) / ScoredSearch.blockSize
    rowLength = blockCount * ScoredSearch.blockSize
    rowCount = max(1, min(shapeCount, ScoredSearch.rowBudget / (4 * max(1, rowLength))))
    rows = Column(repeating: ScoredSearch.infeasible, count: rowCount * rowLength)
    blockMaxima = Column(repeating: ScoredSearch.infeasible, count: rowCount * blockCount)
    rowShape = Column(repeating: -1, count: rowCount)
    rowCursor = Column(repeating: 0, count: rowCount)
    var capacity = 64
    while capacity < nodeCount { capacity *= 2 }
    log = Column(repeating: 0, count: capacity)
    changedAt = Column(repeating: 0, count: nodeCount)
    ties = randomTies
  }

  func nodeChanged(_ n: Int) {
    log[Int(logEnd) & (log.count - 1)] = Int32(n)
    changedAt[n] = logEnd
    logEnd += 1
  }

  func place(
    _ request: Request,
    shape: Int,
    _ cluster: inout ClusterState,
    _ index: inout NodeIndex
  ) -> Placement {
    let r = shape % rowCount
    let row = rows.pointer(from: r * rowLength)
    let maxima = blockMaxima.pointer(from: r * blockCount)
    if request.obeys != 0 { return placeByRules(request, shape, r, row, maxima, cluster) }
    refresh(r, row, maxima, shape, request, cluster)
    var best = ScoredSearch.infeasible
    for b in 0..<blockCount { best = max(best, maxima[b]) }
    guard best >= 0 else { return .refused }
    let n = Int(nodeAtRank[winner(row, maxima, best)])
    return Placement(node: n, gpuMask: score.devices(request, on: n, cluster))
  }

  /// The same for a request that obeys rules between jobs: kept scores do not
  /// know which nodes are closed at the moment, so the row is walked.
  ///
  /// - Complexity: O(nodes) a placement.
  private func placeByRules(
    _ request: Request,
    _ shape: Int,
    _ r: Int,
    _ row: UnsafeMutablePointer<Int32>,
    _ maxima: UnsafeMutablePointer<Int32>,
    _ cluster: borrowing ClusterState
  ) -> Placement {
    var free = request
    free.obeys = 0
    refresh(r, row, maxima, shape, free, cluster)
    var best = ScoredSearch.infeasible
    var equals: [Int] = []
    for p in 0..<nodeCount where row[p] >= max(best, 0) {
      guard cluster.nodes[Int(nodeAtRank[p])].closedBy & request.obeys == 0 else { continue }
      if row[p] > best {
        best = row[p]
        equals.removeAll(keepingCapacity: true)
      }
      equals.append(p)
    }
    guard best >= 0 else { return .refused }
    let chosen = ties == nil ? 0 : Int(ties!.nextBelow(UInt64(equals.count)))
    let n = Int(nodeAtRank[equals[chosen]])
    return Placement(node: n, gpuMask: score.devices(request, on: n, cluster))
  }

  private func refresh(
    _ r: Int,
    _ row: UnsafeMutablePointer<Int32>,
    _ maxima: UnsafeMutablePointer<Int32>,
    _ shape: Int,
    _ request: Request,
    _ cluster: borrowing ClusterState
  ) {
    if rowShape[r] != Int32(shape) {
      rowShape[r] = Int32(shape)
      for p in 0..<nodeCount { row[p] = scoreNow(Int(nodeAtRank[p]), request, cluster) }
      for b in 0..<blockCount { maxima[b] = blockMaximum(row, b) }
    } else if logEnd - rowCursor[r] >= Int64(nodeCount) {
      for p in 0..<nodeCount where changedAt[Int(nodeAtRank[p])] >= rowCursor[r] {
        row[p] = scoreNow(Int(nodeAtRank[p]), request, cluster)
      }
      for b in 0..<blockCount { maxima[b] = blockMaximum(row, b) }
    } else {
      var position = rowCursor[r]
      while position < logEnd {
        let n = Int(log[Int(position) & (log.count - 1)])
        if changedAt[n] == position {
          let p = Int(rank[n])
          let old = row[p]
          let new = scoreNow(n, request, cluster)
          if new != old {
            row[p] = new
            let b = p / ScoredSearch.blockSize
            if new >= maxima[b] {
              maxima[b] = new
            } else if old == maxima[b] {
              maxima[b] = blockMaximum(row, b)
            }
          }
        }
        position += 1
      }
    }
    rowCursor[r] = logEnd
  }

  @inline(__always)
  private func scoreNow(_ n: Int, _ request: Request, _ cluster: borrowing ClusterState) -> Int32 {
    cluster.fits(request, n) ? score.score(request, on: n, cluster) : ScoredSearch.infeasible
  }

  private func blockMaximum(_ row: UnsafeMutablePointer<Int32>, _ b: Int) -> Int32 {
    let block = row + b * ScoredSearch.blockSize
    var best = ScoredSearch.infeasible
    for i in 0..<ScoredSearch.blockSize { best = max(best, block[i]) }
    return best
  }

  /// The position of the first maximum, or of a drawn one.
  private func winner(
    _ row: UnsafeMutablePointer<Int32>,
    _ maxima: UnsafeMutablePointer<Int32>,
    _ best: Int32
  ) -> Int {
    var skip = 0
    if ties != nil {
      var equals = 0
      for b in 0..<blockCount where maxima[b] == best {
        for p in b * ScoredSearch.blockSize..<(b + 1) * ScoredSearch.blockSize where row[p] == best {
          equals += 1
        }
      }
      skip = Int(ties!.nextBelow(UInt64(equals)))
    }
    for b in 0..<blockCount where maxima[b] == best {
      for p in b * ScoredSearch.blockSize..<(b + 1) * ScoredSearch.blockSize where row[p] == best {
        if skip == 0 { return p }
        skip -= 1
      }
    }
    preconditionFailure("a row's maximum is not in the row")
  }
}
