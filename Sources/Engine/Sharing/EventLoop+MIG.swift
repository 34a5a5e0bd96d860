import Hardware
import Outcome
import SimulationKernel
import Workload

/// MIG instances in the loop.
extension EventLoop {
  /// How long it takes to create the instance on which the job lies.
  func timeToCreate(_ job: Int) -> SimDuration {
    let span = cluster.mig!.setup(
      Int(live.node[job]),
      live.gpuMask[job],
      input.mig.createTime.nanoseconds
    )
    return SimDuration(nanoseconds: span)
  }
}

extension EventLoop {
  /// How a job that has just been placed is slowed by its instance; nil: it is
  /// not, or lies on none.
  func slowing(_ job: Int, _ speeds: InstanceSpeeds) -> InstanceSpeeds.Slowing? {
    requests[Int(shapes[job].rawValue)].slice < 0
      ? nil : speeds.slowing(job, node: Int(live.node[job]), mask: live.gpuMask[job])
  }
}

extension MIGBook {
  /// Spells masks of instances out: the GPU as everywhere, the instance by
  /// name.
  func nameInstances(
    _ jobs: JobTable,
    _ requests: [Request],
    _ speeds: InstanceSpeeds?,
    _ fleet: MIGFleet,
    in result: inout RunOutcome
  ) {
    let isInstance = requests.map { $0.slice >= 0 }
    // Looked up, not made anew for each job.
    let names = kinds.map(\.geometry).map { geometry in geometry.placements.map(geometry.instance) }
    var instances = [MIGInstance?](repeating: nil, count: jobs.count)
    // Taken out of the result, so that writing does not ask who else has it.
    var masks = result.jobs.gpuMask
    result.jobs.gpuMask = []
    var lengths = speeds == nil ? [] : [Int64](repeating: 0, count: jobs.count)
    for job in 0..<jobs.count
    where isInstance[Int(jobs.shape[job].rawValue)] && result.jobs.state[job].hasLastRun {
      let mask = masks[job]
      let node = Int(result.jobs.node[job].rawValue)
      masks[job] = 1 << UInt16(MIGFleet.gpu(mask))
      instances[job] = names[fleet.kind(node, mask)][MIGFleet.placement(mask)]
      if let speeds, speeds.applies(to: job) {
        lengths[job] = speeds.slowing(job, node: node, mask: mask)?.millionths ?? 1_000_000
      }
    }
    result.jobs.gpuMask = masks
    result.jobs.instance = instances
    if speeds != nil { result.jobs.lengthOnInstanceMillionths = lengths }
    for position in result.interruptedAttempts.indices
    where isInstance[Int(jobs.shape[Int(result.interruptedAttempts[position].job.rawValue)].rawValue)] {
      let mask = result.interruptedAttempts[position].gpuMask
      result.interruptedAttempts[position].gpuMask = 1 << UInt16(MIGFleet.gpu(mask))
    }
  }
}
