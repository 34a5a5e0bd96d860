/// How fleets are looked for.
extension FleetPlanner {
  /// Whether a fleet meets the targets that more nodes help to meet: as it was
  /// simulated, or as follows from one that has no more or no fewer of anything.
  private mutating func isMet(_ counts: [Int]) throws -> Bool {
    for one in evaluations {
      if one.servesTargets {
        if zip(one.counts, counts).allSatisfy(<=) { return true }
      } else if zip(one.counts, counts).allSatisfy(>=) {
        return false
      }
    }
    return try evaluation(counts).servesTargets
  }

  /// The least count of a pool that meets the targets, the others fixed.
  mutating func reduced(_ counts: [Int], pool: Int) throws -> [Int] {
    var (low, high) = (pools[pool].least, counts[pool])
    while low < high {
      var trial = counts
      trial[pool] = (low + high) / 2
      if try isMet(trial) { high = trial[pool] } else { low = trial[pool] + 1 }
    }
    var result = counts
    result[pool] = high
    return result
  }

  /// Two pools: from the most of the first and the least of the second that
  /// goes with it, always one less of the first, and as many more of the second
  /// as that takes.
  mutating func border() throws -> [Int] {
    var counts = try reduced(pools.map(\.most), pool: 1)
    var best = counts
    while counts[0] > pools[0].least {
      counts[0] -= 1
      while try !isMet(counts) {
        counts[1] += 1
        // No fleet with so many of the second can be cheaper any more.
        guard counts[1] <= pools[1].most, cost([pools[0].least, counts[1]]) < cost(best) else { return best }
      }
      if cost(counts) < cost(best) { best = counts }
    }
    return best
  }

  /// The smallest fleet in proportion to the largest, then every pool as small
  /// as it can be (dearest first), then exchanges of a node for others.
  mutating func localSearch() throws -> [Int] {
    let steps = pools.map { $0.most - $0.least }.max() ?? 0
    func scaled(_ step: Int) -> [Int] {
      pools.map { $0.least + (($0.most - $0.least) * step + steps - 1) / max(1, steps) }
    }
    var (low, high) = (0, steps)
    while low < high {
      let middle = (low + high) / 2
      if try isMet(scaled(middle)) { high = middle } else { low = middle + 1 }
    }
    var best = scaled(high)
    let order = pools.indices.sorted { price($0) > price($1) }
    for pool in order { best = try reduced(best, pool: pool) }
    var isBetter = true
    while isBetter {
      isBetter = false
      for from in order where best[from] > pools[from].least {
        for to in order where to != from {
          var trial = best
          trial[from] -= 1
          trial[to] += 1
          while trial[to] <= pools[to].most, cost(trial) < cost(best) {
            if try isMet(trial) {
              for pool in order { trial = try reduced(trial, pool: pool) }
              best = trial
              isBetter = true
              break
            }
            trial[to] += 1
          }
          if isBetter { break }
        }
        if isBetter { break }
      }
    }
    return best
  }

  /// From a fleet that meets the targets to the cheapest one, by branch and
  /// bound over boxes of counts (A. H. Land and A. G. Doig, Econometrica 28,
  /// 1960): a box is dropped when its least fleet costs too much, or when its
  /// largest does not meet the targets; else it is cut in two.
  ///
  /// - Returns: whether all boxes were looked at, too.
  mutating func boundedSearch(from found: [Int]) throws -> (counts: [Int], isProven: Bool) {
    var best = found
    var boxes = [(low: pools.map(\.least), high: pools.map(\.most))]
    while var box = boxes.popLast() {
      guard cost(box.low) < cost(best) else { continue }
      for pool in pools.indices {
        // The most of it that alone would not cost too much.
        var trial = box.low
        while box.high[pool] > box.low[pool] {
          trial[pool] = box.high[pool]
          if cost(trial) < cost(best) { break }
          box.high[pool] -= 1
        }
      }
      if evaluations.count >= mostFleets { return (best, false) }
      guard try isMet(box.high) else { continue }
      if try isMet(box.low) {
        best = box.low
        continue
      }
      guard
        let widest = pools.indices.max(by: { box.high[$0] - box.low[$0] < box.high[$1] - box.low[$1] }),
        box.high[widest] > box.low[widest]
      else { continue }
      let middle = (box.low[widest] + box.high[widest]) / 2
      var (lower, upper) = (box, box)
      lower.high[widest] = middle
      upper.low[widest] = middle + 1
      boxes += [upper, lower]
    }
    return (best, true)
  }

  /// Of one more node in a pool.
  private func price(_ pool: Int) -> Double {
    var counts = pools.map(\.least)
    let before = cost(counts)
    counts[pool] += 1
    return cost(counts) - before
  }
}
