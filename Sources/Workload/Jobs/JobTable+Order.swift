import SimulationKernel

extension JobTable {
  /// Makes room for this many jobs in every column.
  mutating func reserveCapacity(_ count: Int) {
    arrival.reserveCapacity(count)
    duration.reserveCapacity(count)
    shape.reserveCapacity(count)
    tenant.reserveCapacity(count)
    jobClass.reserveCapacity(count)
    priority.reserveCapacity(count)
    busyMilli.reserveCapacity(count)
    kind.reserveCapacity(count)
  }

  /// Whether no job arrives before the one ahead of it.
  var isSortedByArrival: Bool { zip(arrival, arrival.dropFirst()).allSatisfy { $0 <= $1 } }

  /// Sorts the jobs by arrival; equal arrivals keep their order.
  ///
  /// Numbered names stay with their positions, so such a table must already
  /// be in order.
  ///
  /// - Complexity: O(jobs) when in order, O(n log n) otherwise.
  mutating func sortByArrival() {
    if isSortedByArrival { return }
    let order = arrival.indices.sorted { (arrival[$0], $0) < (arrival[$1], $1) }
    func permuted<T>(_ column: [T]) -> [T] { order.map { column[$0] } }
    if case .listed(let list) = names { names = .listed(permuted(list)) }
    duration = permuted(duration)
    shape = permuted(shape)
    tenant = permuted(tenant)
    jobClass = permuted(jobClass)
    priority = permuted(priority)
    busyMilli = permuted(busyMilli)
    kind = permuted(kind)
    if !isProtected.isEmpty { isProtected = permuted(isProtected) }
    if !checkpoint.isEmpty { checkpoint = permuted(checkpoint) }
    if !speed.isEmpty { speed = permuted(speed) }
    if !estimate.isEmpty { estimate = permuted(estimate) }
    if !timeLimit.isEmpty { timeLimit = permuted(timeLimit) }
    if !deadline.isEmpty { deadline = permuted(deadline) }
    if !retry.isEmpty { retry = permuted(retry) }
    failures = failures.permuted(order)
    if !after.isEmpty {
      var position = [Int32](repeating: 0, count: order.count)
      for (new, old) in order.enumerated() { position[old] = Int32(new) }
      after = after.permuted(order) { position[Int($0)] }
    }
    if let work = stepWork {
      stepWork!.steps = permuted(work.steps)
      stepWork!.table = permuted(work.table)
      stepWork!.weight = permuted(work.weight)
    }
    arrival = permuted(arrival)
  }
}
