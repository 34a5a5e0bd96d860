import Foundation

/// Fragmentation gradient descent: prefers the node, and inside it the GPU,
/// whose expected fragmentation against the typical jobs grows least (FGD,
/// USENIX ATC 2023).
///
/// The score is the sigmoid of the change in whole GPUs, as a whole number of
/// percent; 50 means no change.
struct FGDScore: NodeScore {
  private let tracker: FragmentationTracker

  init(_ tracker: FragmentationTracker) { self.tracker = tracker }

  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    request.isShared ? bestGPU(request, n, cluster).score : wholeScore(request, n, cluster)
  }

  mutating func devices(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> UInt16 {
    guard request.isShared else { return defaultDevices(request, on: n, cluster) }
    return 1 << UInt16(bestGPU(request, n, cluster).gpu)
  }

  private func wholeScore(_ request: Request, _ n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    let count = Int(cluster.nodes[n].gpuCount)
    let free = tracker.trial
    let now = cluster.gpuFree.pointer(from: n * cluster.stride)
    var left = request.gpuCount
    for g in 0..<count {
      if left > 0 && now[g] == 1000 {
        free[g] = 0
        left -= 1
      } else {
        free[g] = now[g]
      }
    }
    return percent(from: tracker.current[n], to: tracker.afterTrial(n, cpu: request.cpu, cluster))
  }

  private func bestGPU(_ request: Request, _ n: Int, _ cluster: borrowing ClusterState) -> (
    score: Int32, gpu: Int
  ) {
    let count = Int(cluster.nodes[n].gpuCount)
    let free = tracker.trial
    let now = cluster.gpuFree.pointer(from: n * cluster.stride)
    for g in 0..<count { free[g] = now[g] }
    var best: (score: Int32, gpu: Int) = (-1, -1)
    for g in 0..<count where Int32(now[g]) >= request.milli {
      // GPUs with equally much left are alike, and the first of them counts.
      var repeated = false
      for earlier in 0..<g where now[earlier] == now[g] { repeated = true }
      if repeated { continue }
      free[g] = now[g] - Int16(request.milli)
      let score = percent(from: tracker.current[n], to: tracker.afterTrial(n, cpu: request.cpu, cluster))
      free[g] = now[g]
      if score > best.score { best = (score, g) }
    }
    return best
  }

  /// The order of evaluation (sigmoid, times 100, truncation) is part of the
  /// definition.
  private func percent(from before: Double, to after: Double) -> Int32 {
    let sigmoid = 1 / (1 + exp(-(before - after) / 1000))
    return Int32(sigmoid * 100)
  }
}
