/// What each group of nodes could do for the workers that wait, and which of
/// them grows: the cluster-autoscaler's estimate and expanders.
struct ScaleUp {
  /// Nodes of one group.
  struct Offer {
    /// Of its node pool.
    var weight: Int
    var price: Double
    var idle: NodeRoom
    /// How many there are to launch.
    var left: Int
  }

  /// Workers that ask the same: an equivalence group.
  struct Batch {
    var ask: Request
    var workers: Int
  }

  /// What a group could do.
  struct Option: Equatable {
    var group: Int
    var nodes = 0
    var workers = 0
    /// Sum of the fractions of CPU and of memory that stay unused.
    var waste = 0.0
    /// Price of the nodes over that of the workers.
    var price = 0.0
  }

  let offers: [Offer]
  /// In the order of their first jobs.
  let batches: [Batch]

  /// One for each group that could serve something.
  func options() -> [Option] {
    offers.indices.compactMap { group in
      let option = estimate(group)
      return option.workers > 0 ? option : nil
    }
  }

  /// First-fit in the order of `cpu/allocatable + memory/allocatable`, descending,
  /// on nodes like an idle one of the group (estimator/binpacking_estimator.go).
  private func estimate(_ group: Int) -> Option {
    let offer = offers[group]
    var option = Option(group: group)
    let fitting = batches.indices.filter { batch in
      var room = offer.idle
      return room.take(batches[batch].ask)
    }
    let scores = batches.map { offer.idle.score(of: $0.ask) }
    var nodes: [NodeRoom] = []
    var used = (cpu: 0.0, memory: 0.0)
    var worth = 0.0
    for batch in fitting.sorted(by: { (-scores[$0], $0) < (-scores[$1], $1) }) {
      let ask = batches[batch].ask
      // A node that has refused it will not take it later.
      var place = 0
      var served = 0
      while served < batches[batch].workers {
        while place < nodes.count && !nodes[place].take(ask) { place += 1 }
        if place == nodes.count {
          guard nodes.count < offer.left else { break }
          nodes.append(offer.idle)
          _ = nodes[place].take(ask)
        }
        served += 1
      }
      option.workers += served
      let part = offer.idle.fractions(of: ask)
      used.cpu += part.cpu * Double(served)
      used.memory += part.memory * Double(served)
      worth += price(of: ask) * Double(served)
    }
    option.nodes = nodes.count
    let count = Double(max(1, nodes.count))
    option.waste = (count - used.cpu) / count + (count - used.memory) / count
    let cost = count * offer.price
    option.price = worth > 0 ? cost / worth : cost > 0 ? .infinity : 0
    return option
  }

  /// The least that the worker's share of a node costs: what a worker is worth to
  /// the price expander. Upstream takes a cloud's prices of cores, memory and GPUs.
  private func price(of ask: Request) -> Double {
    offers.compactMap { offer in offer.idle.share(of: ask).map { $0 * offer.price } }.min() ?? 0
  }

  /// The option that the chain of expanders chooses.
  ///
  /// - Parameter uniform: a draw, made only where the chain does not decide.
  static func choose(
    _ options: [Option],
    by chain: [ClusterAutoscaler.Expander],
    weights: (Int) -> Int,
    uniform: () -> Double
  ) -> Option? {
    var left = options
    for expander in chain where left.count > 1 {
      func keepLeast(_ value: (Option) -> Double) {
        let least = left.map(value).min()!
        // Equal but for the order in which fractions were added.
        left.removeAll { value($0) - least > 1e-12 * max(1, abs(least)) }
      }
      switch expander {
      case .leastWaste: keepLeast(\.waste)
      case .mostPods: keepLeast { -Double($0.workers) }
      case .leastNodes: keepLeast { Double($0.nodes) }
      case .price: keepLeast(\.price)
      case .priority: keepLeast { -Double(weights($0.group)) }
      case .random: break
      }
      if expander == .random { break }
    }
    if left.count < 2 { return left.first }
    return left[min(left.count - 1, Int(uniform() * Double(left.count)))]
  }
}
