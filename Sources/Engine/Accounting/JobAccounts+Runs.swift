import Outcome

/// What runs held, by what became of it.
extension JobAccounts {
  mutating func hold(_ run: Run, _ request: Request) {
    guard run.pieces.isEmpty else {
      for piece in run.pieces {
        var part = run
        part.node = Int(piece.node)
        part.mask = piece.gpuMask
        part.pieces = []
        holdPart(part, request, workers: Int64(piece.workers))
      }
      return
    }
    holdPart(run, request, workers: 1)
  }

  /// What a run held of one node.
  mutating func holdPart(_ run: Run, _ request: Request, workers: Int64) {
    let node = run.node
    if run.start >= from { heldOfNode[node].starts += 1 }
    guard request.gpuCount > 0 else { return }
    if request.slice >= 0 { return holdInstance(run, request) }
    let tenant = Int(input.jobs.tenant[run.job].rawValue)
    let asked = Int64(request.askedMilli) * workers
    let taken = Int64(request.takenMilli) * workers
    var work = run
    if run.wipe > 0 { bookWipe(&work, tenant, taken) }
    book(work, tenant, asked, taken)
    let span = Int128(clipped(work.start, work.stop))
    var left = run.mask
    while left != 0 {
      heldOfGPU[node * places + left.trailingZeroBitCount] += Int128(request.milli) * span
      left &= left - 1
    }
    addSeries(work, tenant, asked, taken)
  }

  /// What the run holds is wiped first; the rest of it is left.
  mutating func bookWipe(_ run: inout Run, _ tenant: Int, _ taken: Int64) {
    let ready = min(run.stop, run.start + run.wipe)
    let wiped = Int128(taken) * Int128(clipped(run.start, ready))
    heldOfNode[run.node].wipe += wiped
    heldByTenant[tenant].wipe += wiped
    run.start = ready
  }

  /// The same for a MIG instance: at first it is being created.
  mutating func holdInstance(_ run: Run, _ request: Request) {
    let tenant = Int(input.jobs.tenant[run.job].rawValue)
    let taken = Int64(mig!.milli(run.node, run.mask))
    let asked = min(Int64(request.askedMilli), taken)
    var work = run
    if work.wipe > 0 { bookWipe(&work, tenant, taken) }
    let wiped = work.start
    work.start = min(run.stop, wiped + mig!.setup(run.node, run.mask, input.mig.createTime.nanoseconds))
    work.slowing = instanceSpeeds?.slowing(run.job, node: run.node, mask: run.mask)
    // What was kept is counted from the end of the wipe.
    if work.kept != .max { work.kept = max(0, work.kept - (work.start - wiped)) }
    let changing = Int128(taken) * Int128(clipped(wiped, work.start))
    heldOfNode[run.node].changing += changing
    heldByTenant[tenant].changing += changing
    book(work, tenant, asked, taken)
    let gpu = run.node * places + MIGFleet.gpu(run.mask)
    heldOfGPU[gpu] += Int128(taken) * Int128(clipped(work.start, work.stop))
    addSeries(work, tenant, asked, taken)
  }

  mutating func addSeries(_ run: Run, _ tenant: Int, _ asked: Int64, _ taken: Int64) {
    let model = Int(modelOfNode[run.node])
    add(Key(kind: .served, tenant: tenant, model: model), taken, run.start, run.stop)
    if run.used != nil { return }
    let level =
      run.slowing.map { Int64($0.busyPart(of: Int128(asked) * 1000)) }
      ?? asked * Int64(input.jobs.busyMilli[run.job])
    add(Key(kind: .busy, tenant: tenant, model: model), level, run.start, run.stop)
  }

  /// Divides a run by what became of its work.
  @inline(__always)
  mutating func book(_ run: Run, _ tenant: Int, _ asked: Int64, _ taken: Int64) {
    if let used = run.used {
      holdShared(run, tenant, asked, taken, used: used)
    } else if run.overhead == 0 && run.kept >= run.stop - run.start {
      split(run, tenant, asked, taken, run.start, run.stop, .kept)
    } else {
      let works = min(run.stop, run.start + run.overhead)
      let loses = run.kept >= run.stop - works ? run.stop : works + run.kept
      split(run, tenant, asked, taken, run.start, works, .overhead)
      split(run, tenant, asked, taken, works, loses, .kept)
      split(run, tenant, asked, taken, loses, run.stop, .lost)
    }
  }

  /// Books a stretch of a run whose work had one fate.
  @inline(__always)
  mutating func split(
    _ run: Run,
    _ tenant: Int,
    _ asked: Int64,
    _ taken: Int64,
    _ start: Int64,
    _ stop: Int64,
    _ fate: HeldTime.Fate
  ) {
    let span = Int128(clipped(start, stop))
    guard span > 0 else { return }
    let askedTime = Int128(asked) * span
    let busyMilli = Int128(input.jobs.busyMilli[run.job])
    // Most jobs keep their GPUs busy all the time; a 128-bit division costs as much as the rest.
    let busyTime =
      busyMilli == 1000
      ? askedTime : run.slowing?.busyPart(of: askedTime) ?? askedTime * busyMilli / 1000
    let rounding = Int128(taken - asked) * span
    heldOfNode[run.node].add(busy: busyTime, idle: askedTime - busyTime, rounding: rounding, fate)
    heldByTenant[tenant].add(busy: busyTime, idle: askedTime - busyTime, rounding: rounding, fate)
  }

  /// Books the run of a client that shares a GPU: its use counts as far as its
  /// part of the GPU goes. Its series is spread evenly over the run.
  mutating func holdShared(
    _ run: Run,
    _ tenant: Int,
    _ asked: Int64,
    _ taken: Int64,
    used: Int128
  ) {
    let span = Int128(clipped(run.start, run.stop))
    guard span > 0 else { return }
    let askedTime = Int128(asked) * span
    let busy = min(used, askedTime)
    let rounding = Int128(taken - asked) * span
    let fate = run.kept > 0 ? HeldTime.Fate.kept : .lost
    heldOfNode[run.node].add(busy: busy, idle: askedTime - busy, rounding: rounding, fate)
    heldByTenant[tenant].add(busy: busy, idle: askedTime - busy, rounding: rounding, fate)
    let level = Int64(busy * 1000 / span)
    let model = Int(modelOfNode[run.node])
    add(Key(kind: .busy, tenant: tenant, model: model), level, run.start, run.stop)
  }
}
