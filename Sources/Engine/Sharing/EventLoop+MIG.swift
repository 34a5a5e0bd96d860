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
    in result: inout RunOutcome
  ) {
    func isInstance(_ job: Int) -> Bool { requests[Int(jobs.shape[job].rawValue)].slice >= 0 }
    result.jobs.instance = Array(repeating: nil, count: jobs.count)
    if speeds != nil { result.jobs.lengthOnInstanceMillionths = Array(repeating: 0, count: jobs.count) }
    for job in 0..<jobs.count where isInstance(job) && result.jobs.state[job].hasLastRun {
      let mask = result.jobs.gpuMask[job]
      let node = Int(result.jobs.node[job].rawValue)
      result.jobs.gpuMask[job] = 1 << UInt16(MIGFleet.gpu(mask))
      result.jobs.instance[job] = name(node, mask)
      if let speeds, speeds.applies(to: job) {
        let slowing = speeds.slowing(job, node: node, mask: mask)
        result.jobs.lengthOnInstanceMillionths[job] = slowing?.millionths ?? 1_000_000
      }
    }
    for position in result.interruptedAttempts.indices
    where isInstance(Int(result.interruptedAttempts[position].job.rawValue)) {
      let mask = result.interruptedAttempts[position].gpuMask
      result.interruptedAttempts[position].gpuMask = 1 << UInt16(MIGFleet.gpu(mask))
    }
  }

  /// The instance of a placement's mask.
  func name(_ node: Int, _ mask: UInt16) -> MIGInstance {
    let geometry = kinds[Int(kindOf[node][MIGFleet.gpu(mask)])].geometry
    return geometry.instance(geometry.placements[MIGFleet.placement(mask)])
  }
}
