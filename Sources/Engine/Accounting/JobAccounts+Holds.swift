import Outcome

extension JobAccounts {
  /// Books what MIG instances held while they were being destroyed.
  mutating func book(_ removals: InstanceRemovals) {
    for (node, held) in removals.ofNode.enumerated() { heldOfNode[node].changing += held }
    for (tenant, held) in removals.ofTenant.enumerated() { heldByTenant[tenant].changing += held }
  }

  /// Books what gangs held before they started: GPUs that were asked for and
  /// left idle. Call it before the runs are booked.
  mutating func book(_ holds: [GangHold], requests: [Request]) {
    for hold in holds {
      let job = Int(hold.job.rawValue)
      let node = Int(hold.piece.node)
      let request = requests[Int(input.jobs.shape[job].rawValue)]
      let tenant = Int(input.jobs.tenant[job].rawValue)
      let span = Int128(clipped(hold.startNanoseconds, hold.endNanoseconds))
      let workers = Int64(hold.piece.workers)
      let asked = Int64(request.askedMilli) * workers
      let taken = Int64(request.takenMilli) * workers
      guard span > 0, taken > 0 else { continue }
      let idle = Int128(asked) * span
      let rounding = Int128(taken - asked) * span
      heldOfNode[node].add(busy: 0, idle: idle, rounding: rounding, .kept)
      heldByTenant[tenant].add(busy: 0, idle: idle, rounding: rounding, .kept)
      var left = hold.piece.gpuMask
      while left != 0 {
        heldOfGPU[node * places + left.trailingZeroBitCount] += Int128(request.milli) * span
        left &= left - 1
      }
      add(
        Key(kind: .served, tenant: tenant, model: Int(modelOfNode[node])),
        taken,
        hold.startNanoseconds,
        hold.endNanoseconds
      )
    }
  }
}
