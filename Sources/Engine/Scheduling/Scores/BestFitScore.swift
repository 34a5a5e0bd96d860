/// Best fit in whole percent: prefers the node with the least CPU and GPU left
/// after the placement, each relative to the largest machine and weighted by
/// one half (FGD artifact, policy BestFit; `reference` formula 3.8).
///
/// ``OrderedSearch`` keeps the same order exactly; this is the coarse form in
/// which kube-scheduler's whole-number scores make ties.
struct BestFitPercentScore: NodeScore {
  mutating func score(_ request: Request, on n: Int, _ cluster: borrowing ClusterState) -> Int32 {
    // The order of evaluation is part of the definition: the last bit decides.
    var share = Double(cluster.nodes[n].cpuFree - request.cpu) / Double(cluster.largestCPU) * 0.5
    share += Double(cluster.nodes[n].gpuFreeSum - request.takenMilli) / Double(cluster.largestGPUMilli) * 0.5
    return Int32((1 - share) * 100)
  }
}
