import Outcome
import SimulationKernel
import Workload

/// A pass of a backfilling queue.
extension EventLoop {
  mutating func backfillPass(at now: SimTime) throws {
    while let head = backfill!.first(1).first {
      if try !tryToStart(head, at: now) { break }
      backfill!.remove(Int32(head))
    }
    if backfill!.line.count > 0 {
      switch backfill!.spec.reservations {
      case .easy: try easyPass(at: now)
      case .conservative: try conservativePass(at: now)
      }
    }
    explain(backfill!.first(1 + backfill!.spec.depth), at: now)
  }

  /// When the job is expected to end if it starts now.
  private func expectedEnd(_ job: Int, at now: SimTime) -> Int64 {
    let length = kinds[job] == .service ? duration[job] : input.jobs.expectedDuration(job)
    let from = kinds[job] == .service ? arrival[job] : now
    let (end, overflow) = from.nanoseconds.addingReportingOverflow(length.nanoseconds)
    return overflow ? .max : end
  }

  /// Notes a start for the reservations of others; forgets runs that are over.
  mutating func noteExpectedEnd(_ job: Int, at now: SimTime) {
    guard backfill != nil else { return }
    while let first = backfill!.ends.first, !stillRuns(first) { _ = backfill!.ends.removeFirst() }
    let end = expectedEnd(job, at: now)
    let generation = live.interruptions[job]
    backfill!.ends.insert(.init(end: end, job: Int32(job), generation: generation))
  }

  private func stillRuns(_ entry: BackfillState.ExpectedEnd) -> Bool {
    live.isIn(Int(entry.job), .running) && live.interruptions[Int(entry.job)] == entry.generation
  }

  // MARK: - EASY

  private mutating func easyPass(at now: SimTime) throws {
    let waiting = backfill!.first(1 + backfill!.spec.depth)
    let head = waiting[0]
    guard waiting.count > 1 else { return }
    var reservation = reserve(for: head, at: now)
    var isHeld = false
    // Since nothing becomes free in a pass, a refusal holds for all jobs of
    // the shape; and one beside the reservation for all that end after it.
    var refused: Set<Int32> = []
    var refusedBeside: Set<Int32> = []
    for job in waiting.dropFirst() {
      let shape = shapes[job].rawValue
      guard !refused.contains(shape) else { continue }
      let isShort = expectedEnd(job, at: now) <= reservation.time
      if !isShort && refusedBeside.contains(shape) { continue }
      if isHeld == isShort {
        toggle(&reservation.nodes, hold: !isShort)
        isHeld = !isShort
      }
      if try tryToStart(job, at: now) {
        backfill!.remove(Int32(job))
        if !isShort { charge(job, to: &reservation.nodes) }
        continue
      }
      if isHeld {
        toggle(&reservation.nodes, hold: false)
        isHeld = false
        if layForTrial(Int(shape)) {
          takeUpTrial(Int(shape))
          refusedBeside.insert(shape)
          continue
        }
      }
      refused.insert(shape)
    }
    if isHeld { toggle(&reservation.nodes, hold: false) }
  }

  /// A job that will still run then has taken some of what the reserved nodes
  /// had to spare.
  private func charge(_ job: Int, to nodes: inout [ReservedNode]) {
    for position in 0..<partCount(job) {
      let part = part(of: job, position)
      guard let at = nodes.firstIndex(where: { $0.node == part.node }) else { continue }
      nodes[at].spend(part.request, part.mask)
    }
  }

  private mutating func toggle(_ nodes: inout [ReservedNode], hold: Bool) {
    for position in nodes.indices {
      if hold { cluster.holdBack(&nodes[position]) } else { cluster.giveFree(nodes[position]) }
      trialChanged(nodes[position].node)
    }
  }

  /// When the job will fit, by the estimates, and what its nodes will have to
  /// spare then. The cluster is left as it was.
  private mutating func reserve(for job: Int, at now: SimTime) -> (time: Int64, nodes: [ReservedNode]) {
    let shape = Int(shapes[job].rawValue)
    let need = requests[shape].takenByAll
    var lifted: [BackfillState.ExpectedEnd] = []
    var time = Int64.max
    while let next = backfill!.ends.removeFirst() {
      guard stillRuns(next) else { continue }
      if time < .max && next.end > time {
        backfill!.ends.insert(next)
        break
      }
      lift(Int(next.job))
      lifted.append(next)
      // One that runs longer than estimated is expected to end at any moment.
      if time == .max, freeMilli(requests[shape].classes) >= need, layForTrial(shape) {
        time = max(next.end, now.nanoseconds + 1)
      }
    }
    var nodes: [ReservedNode] = []
    if time < .max {
      for node in Set(pieces[trialFirst...].map { Int($0.node) }).sorted() {
        nodes.append(cluster.spare(node))
      }
      takeUpTrial(shape)
    }
    for entry in lifted.reversed() {
      putBack(Int(entry.job))
      backfill!.ends.insert(entry)
    }
    return (time, nodes)
  }

  // MARK: - Conservative

  private mutating func conservativePass(at now: SimTime) throws {
    var profile = FreeProfile(now: now.nanoseconds, free: freeMilli(.max))
    var kept: [BackfillState.ExpectedEnd] = []
    for entry in backfill!.ends.unordered where stillRuns(entry) {
      kept.append(entry)
      let held = requests[Int(shapes[Int(entry.job)].rawValue)].takenByAll
      profile.release(held, at: max(entry.end, now.nanoseconds + 1))
    }
    if kept.count < backfill!.ends.unordered.count / 2 {
      backfill!.ends = MinHeap()
      for entry in kept.sorted() { backfill!.ends.insert(entry) }
    }
    profile.settle()
    var refused: Set<Int32> = []
    for job in backfill!.first(1 + backfill!.spec.depth) {
      let shape = shapes[job].rawValue
      let need = requests[Int(shape)].takenByAll
      let length = max(1, expectedEnd(job, at: now) - now.nanoseconds)
      let start = profile.earliest(need, for: length)
      if start == now.nanoseconds {
        if !refused.contains(shape), try tryToStart(job, at: now) {
          backfill!.remove(Int32(job))
        } else {
          refused.insert(shape)
        }
      }
      profile.take(need, from: start, for: length)
    }
  }
}
