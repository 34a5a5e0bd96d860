import Hardware
import Outcome
import SimulationKernel
import Workload

/// MIG instances in the loop.
extension EventLoop {
  /// How long after its placement the job works.
  func setup(_ job: Int) -> SimDuration {
    let span = cluster.mig!.setup(
      Int(live.node[job]),
      live.gpuMask[job],
      input.mig.createTime.nanoseconds
    )
    return SimDuration(nanoseconds: span)
  }
}

extension MIGBook {
  /// Spells masks of instances out: the GPU as everywhere, the instance by
  /// name.
  func nameInstances(_ jobs: JobTable, _ requests: [Request], in result: inout RunOutcome) {
    func isInstance(_ job: Int) -> Bool { requests[Int(jobs.shape[job].rawValue)].slice >= 0 }
    result.jobs.instance = Array(repeating: nil, count: jobs.count)
    for job in 0..<jobs.count where isInstance(job) && result.jobs.state[job].hasLastRun {
      let mask = result.jobs.gpuMask[job]
      result.jobs.gpuMask[job] = 1 << UInt16(MIGFleet.gpu(mask))
      result.jobs.instance[job] = name(Int(result.jobs.node[job].rawValue), mask)
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
