/// The order in which the FGD study's pods arrive, the clones that follow
/// them, and the ranking of the nodes that settles ties: one for each seed and
/// workload (the study's reference, section 3.11).
struct FGDArrivalPlan: Equatable {
  /// Rows of the pod list in arrival order, clones included.
  var arrivals: [Int]
  /// Rank of each node.
  var nodeRanks: [Int32]

  /// The study asks for this much more than the cluster has.
  private static let tuningRatio = 1.3
  /// Outputs that the tool's background work consumes before the ranking.
  private static let outputsForWatchers = 10

  /// - Parameters:
  ///   - perDevice, total: thousandths that each pod asks of one GPU and in all.
  ///   - capacity: GPU thousandths of the cluster.
  init(perDevice: [Int64], total: [Int64], capacity: Int64, nodes: Int, random: GoRandom) {
    var random = random
    let n = perDevice.count
    _ = random.next()
    var order = Array(0..<n)
    for i in stride(from: n - 1, to: 0, by: -1) { order.swapAt(i, random.bounded(UInt32(i + 1))) }

    let target = Int64((FGDArrivalPlan.tuningRatio * Double(capacity)).rounded())
    var requested = total.reduce(0, +)
    if requested < target {
      while true {
        let pod = random.intn(n)
        // The tool compares with the request per GPU, not the pod's whole
        // request, so the sum may pass the target by a few GPUs.
        if requested + perDevice[pod] > target { break }
        order.append(pod)
        requested += total[pod]
      }
    } else {
      while requested > target {
        let position = random.intn(order.count)
        requested -= total[order[position]]
        order.remove(at: position)
      }
    }
    arrivals = order

    for _ in 0..<FGDArrivalPlan.outputsForWatchers { _ = random.next() }
    nodeRanks = Array(repeating: 0, count: nodes)
    for i in 0..<nodes {
      let j = random.intn(i + 1)
      nodeRanks[i] = nodeRanks[j]
      nodeRanks[j] = Int32(i)
    }
  }
}
