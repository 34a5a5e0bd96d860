import Outcome
import SimulationKernel
import Workload

/// Who shares each GPU, how fast each client works, and what it has left to do.
///
/// Work is counted in nanoseconds on a GPU of one's own x 10⁹, speed in
/// billionths, so that nothing is rounded as time goes by; an end falls on the
/// first nanosecond at which nothing is left. A change on one GPU touches the
/// clients of that GPU and no others.
///
/// - Complexity: O(k) a change for k clients of one kind, O(k²) for clients of
///   different kinds when the GPU is short.
final class DeviceSharing {
  struct Client: BitwiseCopyable {
    /// Work left, and what was left when its run or the measured window
    /// began, whichever is later: ns x 10⁹.
    var left: Int128 = 0
    var base: Int128 = 0
    var rate: Int64 = 0
    var job: Int32 = -1
    var kind: Int32 = 0
  }

  struct Device: BitwiseCopyable {
    /// Its clients have worked at their present rates since then, ns.
    var since: Int64 = 0
    /// When the next client ends; `never`: none does.
    var due: Int64 = DeviceSharing.never
    /// Share of the GPU in use, in 10⁻¹⁸; and that over the measured window.
    var load: Int64 = 0
    var busy: Int128 = 0
    /// Bumped whenever the next end moves: an event of another is stale.
    var generation: UInt32 = 0
    var count: Int32 = 0
    /// Clients have changed since rates were computed.
    var isDirty = false
  }

  static let never = Int64.max
  static let scale: Int128 = 1_000_000_000

  let spec: ContentionSpec
  private let kinds: Column<ClientKind>
  /// By job: number of its kind, or -1 where it does not share.
  private let kindOf: Column<Int32>
  let devices: Column<Device>
  /// Client i of device d at d * capacity + i, in the order of arrival.
  let clients: Column<Client>
  let capacity: Int
  /// Rate of k clients of one kind, at kind * (capacity + 1) + k; -1: not
  /// computed yet.
  private let alike: Column<Int64>
  private let scratch: Column<Int64>
  /// By job: work of its last run within the measured window, ns x 10⁹.
  let done: Column<Int128>
  /// By job: how its run will be cut short, see ``Fate``.
  let fate: Column<UInt8>
  /// By job: kills for want of memory.
  let oomKills: Column<UInt32>
  /// MiB of the cards, by model; 0: not known, and never full.
  let cardMiB: [Int32]
  private let from: Int64
  /// Kept where every event is verified.
  let audit: SharingAudit?
  /// Devices whose clients have changed since rates were computed.
  private(set) var dirty: [Int32] = []
  /// How often a device's rates were computed.
  private(set) var retimings: Int64 = 0

  /// How the present run of a job will be cut short.
  enum Fate: UInt8 {
    case none, outOfMemory
  }

  init(_ prepared: PreparedRun, _ spec: ContentionSpec, deviceCount: Int) {
    let input = prepared.input
    let jobs = input.jobs
    self.spec = spec
    from = input.measuredFrom.nanoseconds
    audit = input.verify ? SharingAudit(jobs: jobs.count) : nil
    var table: [ClientKind] = []
    var numbers: [ClientKind: Int32] = [:]
    var least: Int32 = 1000
    kindOf = Column(repeating: -1, count: jobs.count)
    for job in 0..<jobs.count {
      let shape = Int(jobs.shape[job].rawValue)
      let request = prepared.requests[shape]
      guard request.isShared, !prepared.isImpossible[job] else { continue }
      least = min(least, request.milli)
      let kind = ClientKind(
        spec,
        input.sharing,
        jobs.deviceDemand(of: jobs.shapes[shape]),
        milli: request.milli,
        busyMilli: Int64(jobs.busyMilli[job])
      )
      if let known = numbers[kind] {
        kindOf[job] = known
      } else {
        kindOf[job] = Int32(table.count)
        numbers[kind] = Int32(table.count)
        table.append(kind)
      }
    }
    capacity = Int(1000 / least)
    kinds = Column(table)
    devices = Column(repeating: Device(), count: deviceCount)
    clients = Column(repeating: Client(), count: deviceCount * capacity)
    alike = Column(repeating: -1, count: table.count * (capacity + 1))
    scratch = Column(repeating: 0, count: capacity)
    done = Column(repeating: 0, count: jobs.count)
    fate = Column(repeating: Fate.none.rawValue, count: jobs.count)
    oomKills = Column(repeating: 0, count: jobs.count)
    cardMiB = input.fleet.gpuModels.map { input.fleet.gpuMemoryMiB(ofModel: $0) ?? 0 }
  }

  /// Whether the job shares its GPU with others.
  @inline(__always)
  func isShared(_ job: Int) -> Bool { kindOf[job] >= 0 }

  /// Thousandths of a GPU x ns that the work of the job's last run was.
  func use(of job: Int) -> Int128 {
    done[job] * Int128(kinds[Int(kindOf[job])].useMillionths) / (1000 * DeviceSharing.scale)
  }

  /// Lets the clients of a device work until now.
  @inline(__always)
  func accrue(_ device: Int, to now: Int64) {
    let since = devices[device].since
    guard now > since else { return }
    devices[device].since = now
    let count = Int(devices[device].count)
    guard count > 0 else { return }
    let rows = clients.pointer(from: device * capacity)
    if since < from {
      let before = min(now, from) - since
      for i in 0..<count {
        rows[i].base = max(0, rows[i].left - Int128(rows[i].rate) * Int128(before))
      }
    }
    let span = now - since
    if let audit {
      for i in 0..<count { audit.worked(Int(rows[i].job), rate: rows[i].rate, span: span) }
    }
    for i in 0..<count {
      let (high, low) = rows[i].rate.multipliedFullWidth(by: span)
      let work = Int128(truncatingIfNeeded: high) << 64 | Int128(low)
      rows[i].left = max(0, rows[i].left - work)
    }
    devices[device].busy += Int128(devices[device].load) * Int128(now - max(since, min(from, now)))
  }

  /// The job begins on the device with so much to do, ns.
  ///
  func join(_ job: Int, _ device: Int, work: Int64, at now: Int64) {
    accrue(device, to: now)
    let count = Int(devices[device].count)
    precondition(count < capacity, "a GPU has more clients than parts")
    let left = Int128(work) * DeviceSharing.scale
    clients[device * capacity + count] = Client(
      left: left,
      base: left,
      rate: 0,
      job: Int32(job),
      kind: kindOf[job]
    )
    devices[device].count += 1
    audit?.joined(job, work: left)
    fate[job] = Fate.none.rawValue
    touch(device)
  }

  /// The job leaves the device.
  func leave(_ job: Int, _ device: Int, at now: Int64) {
    accrue(device, to: now)
    let count = Int(devices[device].count)
    let rows = clients.pointer(from: device * capacity)
    var place = 0
    while rows[place].job != Int32(job) { place += 1 }
    done[job] = rows[place].base - rows[place].left
    for i in place..<count - 1 { rows[i] = rows[i + 1] }
    devices[device].count -= 1
    touch(device)
  }

  private func touch(_ device: Int) {
    if devices[device].isDirty { return }
    devices[device].isDirty = true
    dirty.append(Int32(device))
  }

  /// The next end on the device has come or been superseded: look again.
  func noteDue(_ device: Int) {
    devices[device].due = DeviceSharing.never
    touch(device)
  }

  /// All that have changed have new rates.
  func clearDirty() { dirty.removeAll(keepingCapacity: true) }

  /// New rates and the next end of a device. Returns whether the end has
  /// moved.
  ///
  /// - Precondition: the clients have worked until now.
  func retime(_ device: Int) -> Bool {
    devices[device].isDirty = false
    retimings += 1
    let count = Int(devices[device].count)
    let rows = clients.pointer(from: device * capacity)
    var isAlike = count > 0
    for i in 1..<max(1, count) where rows[i].kind != rows[0].kind { isAlike = false }
    var due = DeviceSharing.never
    var load: Int64 = 0
    if isAlike {
      let kind = Int(rows[0].kind)
      let cell = kind * (capacity + 1) + count
      if alike[cell] < 0 {
        WaterFilling.rates({ _ in kinds[kind] }, count: count, into: scratch.pointer())
        alike[cell] = scratch[0]
      }
      let rate = alike[cell]
      var least = rows[0].left
      for i in 0..<count {
        rows[i].rate = rate
        least = min(least, rows[i].left)
      }
      due = DeviceSharing.end(of: least, rate: rate, from: devices[device].since)
      let row = kinds[kind]
      load = Int64(count) * rate * (count > 1 ? row.demandBeside : row.demandAlone)
    } else if count > 0 {
      WaterFilling.rates(
        { kinds[Int(clients[device * capacity + $0].kind)] },
        count: count,
        into: scratch.pointer()
      )
      var active = 0
      for i in 0..<count where kinds[Int(rows[i].kind)].demandAlone > 0 { active += 1 }
      for i in 0..<count {
        let rate = scratch[i]
        rows[i].rate = rate
        due = min(due, DeviceSharing.end(of: rows[i].left, rate: rate, from: devices[device].since))
        let row = kinds[Int(rows[i].kind)]
        load += rate * (active > 1 ? row.demandBeside : row.demandAlone)
      }
    }
    devices[device].load = load
    guard due != devices[device].due else { return false }
    devices[device].due = due
    devices[device].generation &+= 1
    return true
  }

  /// When work is done at this rate, rounded up to a nanosecond.
  @inline(__always)
  static func end(of left: Int128, rate: Int64, from now: Int64) -> Int64 {
    if rate == 0 { return never }
    let high = Int64(truncatingIfNeeded: left >> 64)
    // The quotient is beyond any time.
    guard high < rate / 2 else { return never }
    let (span, rest) = rate.dividingFullWidth((high, UInt64(truncatingIfNeeded: left)))
    let (end, overflow) = now.addingReportingOverflow(span + (rest > 0 ? 1 : 0))
    return overflow || end > SimTime.latest.nanoseconds ? never : end
  }

  /// Resident memory of the clients on the device that are not about to be
  /// killed, MiB.
  func resident(_ device: Int) -> Int64 {
    var sum: Int64 = 0
    for i in 0..<Int(devices[device].count) {
      let client = clients[device * capacity + i]
      if fate[Int(client.job)] == Fate.none.rawValue { sum += Int64(kinds[Int(client.kind)].residentMiB) }
    }
    return sum
  }

  /// Who is killed for want of memory when a client has just started.
  func victims(_ device: Int, cardMiB: Int32) -> [Int] {
    guard cardMiB > 0 else { return [] }
    var sum = resident(device)
    guard sum > Int64(cardMiB) else { return [] }
    let count = Int(devices[device].count)
    let all = (0..<count).map { clients[device * capacity + $0] }
      .filter { fate[Int($0.job)] == Fate.none.rawValue }
    switch spec.outOfMemory {
    case .newcomer: return [Int(all[all.count - 1].job)]
    case .all: return all.map { Int($0.job) }
    case .largest:
      var left = all
      var result: [Int] = []
      while sum > Int64(cardMiB) {
        var place = 0
        for i in left.indices
        where kinds[Int(left[i].kind)].residentMiB >= kinds[Int(left[place].kind)].residentMiB { place = i }
        sum -= Int64(kinds[Int(left[place].kind)].residentMiB)
        result.append(Int(left.remove(at: place).job))
      }
      return result
    }
  }

  /// The clients of a device, in the order of arrival.
  func rows(_ device: Int) -> [Client] {
    (0..<Int(devices[device].count)).map { clients[device * capacity + $0] }
  }

  func kind(_ client: Client) -> ClientKind { kinds[Int(client.kind)] }

  /// The run is over: what is still at work has worked until then.
  func close(at end: Int64) {
    for device in 0..<devices.count {
      accrue(device, to: end)
      for i in 0..<Int(devices[device].count) {
        let client = clients[device * capacity + i]
        done[Int(client.job)] = client.base - client.left
      }
    }
  }

  /// Adds what only this state knows to the run's columns.
  func complete(_ columns: inout JobColumns) {
    columns.usedMilliNanoseconds = (0..<done.count).map { isShared($0) ? use(of: $0) : -1 }
    columns.oomKills = oomKills.array()
  }

  /// By device: thousandths x ns of the measured window in which it was at
  /// work for clients of a part of it.
  func busyMilliNanoseconds(_ device: Int) -> Int128 {
    devices[device].busy / 1_000_000_000_000_000
  }
}
