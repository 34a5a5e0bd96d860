import SimulationKernel
import Workload

/// Whose data the GPUs hold, and which runs began with wiping them.
///
/// The memory of a GPU, or of a MIG instance's slots, is wiped when the next
/// tenant on it is another than the last. The newcomer waits for it and holds
/// what it was given meanwhile, all of it, also where only some of its GPUs are
/// wiped: they are wiped at once. A part of a GPU in thousandths lies nowhere in
/// particular, so the last tenant on its GPU is the one whose job began there
/// last.
final class WipeState {
  /// Nobody has been there yet.
  private static let clean: Int32 = -1
  /// A wipe was cut short: whoever comes next has to wipe it.
  private static let spoilt: Int32 = -2

  /// ns.
  let span: Int64
  /// Places for a GPU: its memory slots in runs with MIG, else one.
  private let places: Int
  private let stride: Int
  /// By GPU and place: its last tenant; ``clean``; or ``spoilt``.
  private let last: Column<Int32>
  /// By job: how long its present or last run wiped first, ns.
  private let wiped: Column<Int64>

  init(_ span: Int64, devices: Int, stride: Int, hasSlots: Bool, jobs: Int) {
    self.span = span
    self.stride = stride
    places = hasSlots ? 8 : 1
    last = Column(repeating: Self.clean, count: devices * places)
    wiped = Column(repeating: 0, count: jobs)
  }

  /// A run of the job begins; the places that it got are told one by one.
  func begin(_ job: Int) { wiped[job] = 0 }

  /// The job's tenant gets these memory slots of a GPU.
  func take(_ job: Int, tenant: Int32, device: Int, slots: UInt8 = .max) {
    for place in 0..<places where places == 1 || slots & 1 << UInt8(place) != 0 {
      let held = last[device * places + place]
      if held != Self.clean && held != tenant { wiped[job] = span }
      last[device * places + place] = tenant
    }
  }

  /// The same slots are given back before they were wiped.
  func spoil(device: Int, slots: UInt8 = .max) {
    for place in 0..<places where places == 1 || slots & 1 << UInt8(place) != 0 {
      last[device * places + place] = Self.spoilt
    }
  }

  /// The node is another machine when it comes back.
  func forget(node: Int) {
    for position in node * stride * places..<(node + 1) * stride * places {
      last[position] = Self.clean
    }
  }

  /// How long the present or last run of the job wiped first, ns.
  func span(of job: Int) -> Int64 { wiped[job] }

  /// By job; empty: nothing was wiped.
  var spans: [Int64] {
    let all = wiped.array()
    return all.contains { $0 > 0 } ? all : []
  }
}

extension EventLoop {
  /// The job has just been placed: what it got is wiped if another tenant had
  /// it before. Returns how long that takes.
  func beginWipe(_ job: Int, _ request: Request, _ wipes: WipeState) -> SimDuration {
    wipes.begin(job)
    guard request.gpuCount > 0 else { return .zero }
    let tenant = Int32(input.jobs.tenant[job].rawValue)
    eachPlace(job, request) { wipes.take(job, tenant: tenant, device: $0, slots: $1) }
    return SimDuration(nanoseconds: wipes.span(of: job))
  }

  /// The job gives back what it holds: if that was not wiped yet, it never was.
  func endWipe(_ job: Int, _ request: Request, _ wipes: WipeState, at now: Int64) {
    guard now - live.start[job] < wipes.span(of: job) else { return }
    eachPlace(job, request) { wipes.spoil(device: $0, slots: $1) }
  }

  /// The GPUs that the job holds, and which memory slots of each.
  private func eachPlace(_ job: Int, _ request: Request, _ visit: (_ device: Int, _ slots: UInt8) -> Void) {
    for position in 0..<max(1, partCount(job)) {
      let part = part(of: job, position)
      let first = part.node * cluster.stride
      if request.slice >= 0 {
        visit(first + MIGFleet.gpu(part.mask), cluster.mig!.slots(part.node, part.mask))
        continue
      }
      var left = part.mask
      while left != 0 {
        visit(first + left.trailingZeroBitCount, .max)
        left &= left - 1
      }
    }
  }
}

extension PreparedRun {
  /// Kept where memory is wiped between tenants.
  func wipeState(devices: Int, stride: Int) -> WipeState? {
    guard input.wipe > .zero else { return nil }
    return WipeState(
      input.wipe.nanoseconds,
      devices: devices,
      stride: stride,
      hasSlots: mig != nil,
      jobs: input.jobs.count
    )
  }
}

extension WipeState {
  /// Why memory cannot be wiped between tenants in the run, or nil.
  static func problem(_ input: SimulationInput) -> String? {
    if input.wipe == .zero { return nil }
    if input.wipe < .zero || input.wipe > SimTime.latest - .zero {
      return "the time to wipe memory must be 0 ... 36 years"
    }
    return SimulationInput.problemOfWipe(
      queue: input.queue,
      gangs: input.gangs,
      sharing: input.sharing,
      isContended: input.contention != nil
    )
  }
}

extension SimulationInput {
  /// Why memory cannot be wiped between tenants under these policies; nil: it
  /// can.
  public static func problemOfWipe(
    queue: QueueSpec,
    gangs: GangMode,
    sharing: SharingMode,
    isContended: Bool
  ) -> String? {
    func refused(_ what: String) -> String {
      "wiping memory between tenants does not go with \(what)"
    }
    if sharing == .pooled { return refused("pooled GPUs: no job has a certain one") }
    if isContended { return refused("jobs that slow one another: they share a GPU's memory at any time") }
    if gangs.holding != nil { return refused("gangs that hold places before they start") }
    switch queue {
    case .backfill: return refused("backfill, which has to know when a run ends")
    case .preemptive, .rounds: return refused("queues that preempt by what jobs have attained, or in rounds")
    case .ordered, .ageing, .fairShare, .none: return nil
    }
  }
}
