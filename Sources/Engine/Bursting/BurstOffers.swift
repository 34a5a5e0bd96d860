import Workload

/// The nodes that other sites launch, and what a job's share of one costs.
struct BurstOffers {
  private struct Offer {
    var milliGPU: Double
    var cpu: Double
    var memory: Double
    var pricePerHour: Double
  }

  /// By site: the groups of auto nodes.
  private let bySite: [[Offer]]

  init(_ plan: BurstPlan, _ input: SimulationInput) {
    var offers = [[Offer]](repeating: [], count: plan.spec.sites.count)
    for group in input.autoNodes?.groups ?? [] {
      let node = input.fleet.nodes[group.nodes.lowerBound]
      offers[Int(plan.siteOf[group.nodes.lowerBound])].append(
        Offer(
          milliGPU: Double(node.gpuCount * 1000),
          cpu: Double(node.cpuMilli),
          memory: Double(node.memoryMiB),
          pricePerHour: group.pricePerHour
        )
      )
    }
    bySite = offers
  }

  /// USD an hour for all workers at the dearest type of the site that holds
  /// one: the largest of their shares of GPUs, CPU and memory.
  func pricePerHour(of shape: JobShape, at site: Int) -> Double {
    var perHour = 0.0
    for offer in bySite[site] {
      var share = Double(shape.cpuMilli) / max(1, offer.cpu)
      share = max(share, Double(shape.memoryMiB) / max(1, offer.memory))
      let milli = Double(shape.gpuCount * shape.milliGPUPerDevice)
      if milli > 0 { share = max(share, offer.milliGPU > 0 ? milli / offer.milliGPU : 2) }
      // No node of the type holds it.
      if share > 1 { continue }
      perHour = max(perHour, share * Double(shape.workers) * offer.pricePerHour)
    }
    return perHour
  }
}
