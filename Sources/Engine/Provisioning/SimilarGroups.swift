/// Groups of equal nodes among which growth is divided, so that they stay
/// equally large: --balance-similar-node-groups.
struct SimilarGroups {
  struct Member {
    var group: Int
    var pool: Int
    /// Nodes that it has and that do not go.
    var size: Int
    /// Nodes that it could have more, its pool's limits included.
    var left: Int
  }

  var groups: [Member]
  /// By pool: nodes that it may have more.
  var mostOfPool: [Int]

  /// Nodes that they could have more together.
  var count: Int {
    var byPool = Array(repeating: 0, count: mostOfPool.count)
    for member in groups { byPool[member.pool] += member.left }
    return zip(byPool, mostOfPool).reduce(0) { $0 + min($1.0, $1.1) }
  }

  /// How many nodes each gets: one after the other goes to the smallest group
  /// that may have it, of equals to that which was the smaller before, then to the
  /// first (processors/nodegroupset/balancing_processor.go).
  func balanced(_ nodes: Int) -> [(group: Int, nodes: Int)] {
    if groups.count == 1 { return [(groups[0].group, min(nodes, count))] }
    var added = Array(repeating: 0, count: groups.count)
    var mostOfPool = mostOfPool
    for _ in 0..<nodes {
      let open = groups.indices.filter {
        added[$0] < groups[$0].left && mostOfPool[groups[$0].pool] > 0
      }
      let next = open.min {
        (groups[$0].size + added[$0], groups[$0].size, $0)
          < (groups[$1].size + added[$1], groups[$1].size, $1)
      }
      guard let next else { break }
      added[next] += 1
      mostOfPool[groups[next].pool] -= 1
    }
    return groups.indices.map { (groups[$0].group, added[$0]) }
  }
}
