/// The set of nodes that costs least for all workers that wait, whatever pools
/// the types are of.
///
/// Vector bin packing over types: an integer programme over how many nodes of
/// each type hold each possible content (``NodePatterns``), solved by GLPK. It
/// serves as many workers as there are nodes for, then costs least, then takes
/// the fewest nodes. With more than ``mostPatterns`` contents, or where the
/// search would take too long, node by node the type that holds most for its
/// price is taken instead. The result is never worse than what first-fit finds:
/// the better of them is returned.
///
/// MIG instances are counted exactly: a node holds what some legal layouts of its
/// GPUs hold, see ``MIGPacking``.
struct CheapestPlan {
  typealias Plan = FirstFitPlan.Plan

  /// More contents than this, of all types, are left to the heuristic.
  static let mostPatterns = 2_000
  /// Subproblems after which the integer programme gives up.
  static let mostBranches = 2_000
  /// A ten-thousandth of a dollar: prices are compared as multiples of it, and a
  /// node counts as one of them, so that of equal cost fewer nodes are better.
  private static let unit = 1e-4

  private let offers: [ProvisioningPlan.Offer]
  /// By pool: nodes and GPUs that it may still have.
  private let limits: [(nodes: Int, gpus: Int)]
  /// Distinct requests, large ones first, and how many workers make them.
  private let requests: [Request]
  private let counts: [Int]
  /// Workers that fit on no type that is left.
  private let hopeless: Int

  init(
    _ offers: [ProvisioningPlan.Offer],
    limits: [(nodes: Int, gpus: Int)],
    requests given: [Request],
    _ batches: [ProvisioningPlan.Batch]
  ) {
    self.offers = offers
    self.limits = limits
    var byAsk = Array(repeating: 0, count: given.count)
    for batch in batches { byAsk[batch.ask] += batch.workers }
    func fits(_ ask: Request) -> Bool {
      offers.contains { offer in
        var room = offer.idle
        return offer.left > 0 && room.take(ask)
      }
    }
    let waiting = given.indices.filter { byAsk[$0] > 0 }
    let served = waiting.filter { fits(given[$0]) }
      .sorted { a, b in
        let (x, y) = (given[a], given[b])
        return (-x.gpuCount, -x.milli, -x.cpu, -x.memory, a) < (-y.gpuCount, -y.milli, -y.cpu, -y.memory, b)
      }
    requests = served.map { given[$0] }
    counts = served.map { byAsk[$0] }
    hopeless = waiting.reduce(0) { $0 + byAsk[$1] } - counts.reduce(0, +)
  }

  /// The best plan found, or another where that is better.
  func best(orBetter other: Plan) -> Plan {
    if counts.isEmpty { return other }
    let mine = exact(isWhole: other.unserved == hopeless) ?? greedy()
    return isBetter(other, than: mine) ? other : mine
  }

  /// Fewer workers left out, then less money, then fewer nodes.
  private func isBetter(_ a: Plan, than b: Plan) -> Bool {
    if a.unserved != b.unserved { return a.unserved < b.unserved }
    let (x, y) = (cost(a), cost(b))
    // A sum in another order may differ in its last digits.
    if abs(x - y) > 1e-9 * max(x, y) { return x < y }
    return a.launches.count < b.launches.count
  }

  private func cost(_ plan: Plan) -> Double { plan.launches.reduce(0) { $0 + offers[$1].price } }

  // MARK: - Exact

  /// - Parameter isWhole: it is known that all can be served.
  private func exact(isWhole: Bool) -> Plan? {
    var columns: [(offer: Int, content: [Int])] = []
    for (number, offer) in offers.enumerated() where offer.left > 0 {
      let patterns = NodePatterns(
        offer.idle,
        requests,
        counts: counts,
        most: Self.mostPatterns - columns.count
      )
      guard patterns.isComplete else { return nil }
      columns += patterns.contents.map { (number, $0) }
    }
    let left = { (ask: Int) in columns.count + ask }
    let programme = IntegerProgram(variables: columns.count + (isWhole ? 0 : counts.count))
    for ask in counts.indices {
      var supply = columns.indices.filter { columns[$0].content[ask] > 0 }
        .map { (variable: $0, factor: columns[$0].content[ask]) }
      if !isWhole { supply.append((left(ask), 1)) }
      programme.require(supply, atLeast: counts[ask])
    }
    for (number, offer) in offers.enumerated() {
      let own = columns.indices.filter { columns[$0].offer == number }
      // More nodes than workers are never needed.
      if own.isEmpty || offer.left >= counts.reduce(0, +) { continue }
      programme.require(own.map { ($0, 1) }, atMost: offer.left)
    }
    for (pool, limit) in limits.enumerated() {
      let own = columns.indices.filter { offers[columns[$0].offer].pool == pool }
      if own.isEmpty { continue }
      if limit.nodes < .max { programme.require(own.map { ($0, 1) }, atMost: limit.nodes) }
      let withGPUs = own.filter { offers[columns[$0].offer].gpus > 0 }
      if limit.gpus < .max, !withGPUs.isEmpty {
        programme.require(withGPUs.map { ($0, offers[columns[$0].offer].gpus) }, atMost: limit.gpus)
      }
    }
    if !isWhole {
      let unserved = counts.indices.map { (variable: left($0), factor: 1) }
      programme.minimise(unserved)
      guard let first = programme.solve(branches: Self.mostBranches) else { return nil }
      programme.require(unserved, atMost: counts.indices.reduce(0) { $0 + first[left($1)] })
    }
    programme.minimise(
      columns.indices.map { ($0, Int((offers[columns[$0].offer].price / Self.unit).rounded()) + 1) }
    )
    guard let solution = programme.solve(branches: Self.mostBranches) else { return nil }
    var result = Plan()
    var waiting = counts
    for (place, column) in columns.enumerated() {
      for _ in 0..<solution[place] {
        result.launch(column.offer, filled(offers[column.offer].idle, &waiting, column.content))
      }
    }
    result.unserved = hopeless + waiting.reduce(0, +)
    return result
  }

  // MARK: - Heuristic

  /// Node by node the type of the lowest price for what it holds, where what is
  /// held counts by the least that its share of a node costs anywhere.
  private func greedy() -> Plan {
    let worth = requests.map { ask in
      offers.filter { $0.left > 0 }.compactMap { offer -> Double? in
        offer.idle.share(of: ask).map { $0 * (offer.price + Self.unit) }
      }.min() ?? 0
    }
    var left = counts
    var stock = offers.map(\.left)
    var limits = limits
    var result = Plan(launches: [], unserved: hopeless)
    while left.contains(where: { $0 > 0 }) {
      var best: (offer: Int, content: [Int], rate: Double)?
      for (number, offer) in offers.enumerated() {
        let limit = limits[offer.pool]
        guard min(stock[number], limit.nodes) > 0, offer.gpus <= limit.gpus else { continue }
        let content = filled(offer.idle, left)
        let value = content.indices.reduce(0) { $0 + Double(content[$1]) * worth[$1] }
        guard value > 0 else { continue }
        let rate = (offer.price + Self.unit) / value
        if best.map({ rate < $0.rate }) ?? true { best = (number, content, rate) }
      }
      guard let best else { break }
      // The same again while it would be chosen alike.
      let (pool, gpus) = (offers[best.offer].pool, offers[best.offer].gpus)
      let most = min(stock[best.offer], limits[pool].nodes, gpus > 0 ? limits[pool].gpus / gpus : .max)
      let times = best.content.indices.filter { best.content[$0] > 0 }
        .reduce(most) { min($0, left[$1] / best.content[$1]) }
      stock[best.offer] -= times
      limits[pool].nodes -= times
      limits[pool].gpus -= times * gpus
      for _ in 0..<times { result.launch(best.offer, filled(offers[best.offer].idle, &left, best.content)) }
    }
    result.unserved += left.reduce(0, +)
    return result
  }

  /// A node with so much of this content as is still left to serve, which it
  /// serves.
  private func filled(_ idle: NodeRoom, _ left: inout [Int], _ content: [Int]) -> NodeRoom {
    var room = idle
    for ask in left.indices {
      let count = min(left[ask], content[ask])
      left[ask] -= count
      // Parts of GPUs may have been listed in another order.
      for _ in 0..<count { _ = room.take(requests[ask]) }
    }
    return room
  }

  private func filled(_ idle: NodeRoom, _ left: [Int]) -> [Int] {
    var room = idle
    return requests.indices.map { ask in
      var count = 0
      while count < left[ask] && room.take(requests[ask]) { count += 1 }
      return count
    }
  }
}
