import Hardware
import Workload

/// Gangs that wish to lie within one NVLink domain or one rack.
extension EventLoop {
  /// Lays all workers in the group of nodes with the least free GPUs that has
  /// room for them (among equals the one whose first node has the lowest
  /// rank), on as few of its nodes as can be: first where most fit, the last
  /// ones where the least room suffices.
  ///
  /// As KAI's topology plugin chooses the tightest domain and packs it; the
  /// choice of nodes is Kueue's BestFit. The placement policy is not asked.
  ///
  /// - Complexity: O(nodes), and O(nodes of the group) a piece.
  mutating func layInOneGroup(_ worker: Request, _ gang: Gang) -> Bool {
    let topology = self.topology!
    guard let nodes = tightestGroup(topology.groups(gang.wish), worker) else { return false }
    var left = gang.workers
    while left > 0 {
      var best = (node: -1, room: Int32(0))
      for n in nodes {
        let room = room(worker, n)
        let isBetter = best.room >= left ? room >= left && room < best.room : room > best.room
        if isBetter { best = (n, room) }
      }
      precondition(best.room > 0, "a group of nodes lost room while a gang was laid")
      let count = min(left, best.room)
      if worker.isShared || count == 1 {
        for _ in 0..<count { lay(worker, 1, best.node, defaultDevices(worker, on: best.node, cluster)) }
      } else {
        let merged = worker.merged(count)
        lay(merged, count, best.node, defaultDevices(merged, on: best.node, cluster))
      }
      left -= count
    }
    return true
  }

  private func tightestGroup(_ groups: [[Int]], _ worker: Request) -> [Int]? {
    var best = -1
    var leastFree = Int64.max
    for (number, nodes) in groups.enumerated() {
      var free: Int64 = 0
      for n in nodes where cluster.isUp(n) { free += Int64(cluster.nodes[n].gpuFreeSum) }
      guard free < leastFree else { continue }
      var left = worker.workers
      for n in nodes where left > 0 { left -= min(left, room(worker, n)) }
      if left == 0 { (best, leastFree) = (number, free) }
    }
    return best < 0 ? nil : groups[best]
  }

  /// How many such workers fit on the node now.
  private func room(_ worker: Request, _ n: Int) -> Int32 {
    guard cluster.fits(worker, n) else { return 0 }
    let most = Int32(UInt16.max)
    return worker.isShared ? min(most, sharedRoom(worker, n)) : cluster.workersFitting(worker, n, limit: most)
  }
}
