import Hardware
import Workload

/// How much longer jobs take on MIG instances whose multiprocessors their
/// kernels more than fill.
///
/// A job is busy for b of its length on a GPU of its own, and its kernels fill
/// f of the multiprocessors that MIG hands out. On an instance with the share c
/// of them its kernels take max(1, f / c) as long: the formula of
/// ``ClientKind`` for MPS. Shares are those of each profile, since they are not
/// proportional to slices on Hopper. Jobs that state no fill, and replicas of
/// services, whose ends are dates, go at full speed everywhere.
final class InstanceSpeeds {
  /// A ratio of whole numbers, so that lengths are exact.
  struct Slowing {
    /// Idle and busy parts of the run, and of a run at full speed together.
    private let idle: Int128
    private let busy: Int128
    private let full: Int128

    /// nil: it goes at full speed.
    init?(busyMilli: Int64, fillMilli: Int32, share: Share) {
      let wanted = Int64(fillMilli) * share.all
      guard busyMilli > 0, wanted > 1000 * share.own else { return nil }
      idle = Int128((1000 - busyMilli) * 1000 * share.own)
      busy = Int128(busyMilli * wanted)
      full = Int128(1_000_000 * share.own)
    }

    /// How long so much work takes, ns, rounded up.
    func length(of work: Int64) -> Int64 {
      // Beyond the latest instant, and far from overflow.
      Int64(min((Int128(work) * (idle + busy) + full - 1) / full, Int128(1) << 61))
    }

    /// The busy part of an amount of the run.
    func busyPart(of amount: Int128) -> Int128 { amount * busy / (idle + busy) }

    /// How many times as long a run takes, in millionths.
    var millionths: Int64 { Int64((idle + busy) * 1_000_000 / full) }
  }

  /// Multiprocessors of an instance, and all that MIG hands out; compute slices
  /// where no counts were published.
  struct Share: BitwiseCopyable {
    var own: Int64 = 1
    var all: Int64 = 1
  }

  /// By kind and placement.
  private let shares: Column<Share>
  /// By shape: thousandths that its kernels fill; 0: nothing said.
  private let fill: Column<Int32>
  private let jobs: JobTable
  private let fleet: MIGFleet

  /// nil: no job on an instance says what its kernels fill.
  init?(_ jobs: JobTable, _ requests: [Request], _ book: MIGBook, _ fleet: MIGFleet) {
    let stated = jobs.shapes.enumerated().map { number, shape in
      requests[number].slice >= 0 ? jobs.deviceDemand(of: shape).fillMilli : 0
    }
    guard stated.contains(where: { $0 > 0 }) else { return nil }
    self.jobs = jobs
    self.fleet = fleet
    fill = Column(stated)
    let places = MIGTables.placementsPerState
    var shares = [Share](repeating: Share(), count: book.kinds.count * places)
    for (k, kind) in book.kinds.enumerated() {
      for (p, placement) in kind.geometry.placements.enumerated() {
        shares[k * places + p] = kind.geometry.computeShare(ofProfile: placement.profile)
      }
    }
    self.shares = Column(shares)
  }

  /// Whether the job has a speed on instances that depends on what it fills.
  func applies(to job: Int) -> Bool {
    fill[Int(jobs.shape[job].rawValue)] > 0 && jobs.kind[job] == .batch
  }

  /// How the job is slowed on the instance; nil: not at all.
  func slowing(_ job: Int, node: Int, mask: UInt16) -> Slowing? {
    guard applies(to: job) else { return nil }
    let place = fleet.kind(node, mask) * MIGTables.placementsPerState + MIGFleet.placement(mask)
    return Slowing(
      busyMilli: Int64(jobs.busyMilli[job]),
      fillMilli: fill[Int(jobs.shape[job].rawValue)],
      share: shares[place]
    )
  }
}

extension MIGGeometry {
  /// How long the job takes on an instance of the profile, ns.
  public func length(of job: Int, in jobs: JobTable, onProfile number: Int) -> Int64 {
    let span = jobs.duration[job].nanoseconds
    let fill = jobs.deviceDemand(of: jobs.shapes[Int(jobs.shape[job].rawValue)]).fillMilli
    guard fill > 0, jobs.kind[job] == .batch else { return span }
    let slowing = InstanceSpeeds.Slowing(
      busyMilli: Int64(jobs.busyMilli[job]),
      fillMilli: fill,
      share: computeShare(ofProfile: number)
    )
    return slowing?.length(of: span) ?? span
  }

  /// Multiprocessors of an instance of the profile, and of the largest.
  func computeShare(ofProfile number: Int) -> InstanceSpeeds.Share {
    guard let own = profiles[number].smCount?.value, let all = profiles.last?.smCount?.value else {
      return InstanceSpeeds.Share(own: Int64(profiles[number].computeSlices), all: Int64(computeSliceCount))
    }
    return InstanceSpeeds.Share(own: Int64(own), all: Int64(all))
  }
}
