import Hardware
import Workload

/// A queue before GPUs that are cut by MIG, simulated the slow way: lists of
/// instances instead of states, every GPU looked at for every decision.
struct NaiveMIG {
  struct Device {
    var node: Int
    var gpu: Int
    var geometry: MIGGeometry?
    /// Fixed instances; nil: any may be created.
    var layout: [MIGPlacement]?
    var instances: [MIGPlacement] = []
    var isWhole = false
    /// By memory slot: whose data it holds.
    var tenants = [Int?](repeating: nil, count: 8)
  }
  struct Start: Equatable {
    var at: Int64
    var node: Int
    var gpus: [Int]
    var profile: String
    var slot: Int
    var end: Int64
  }
  enum Order: String, CaseIterable {
    case firstFit = "first-fit", bestFit = "best-fit", worstFit = "worst-fit"
  }

  var devices: [Device]
  var cpuFree: [Int32]
  let largestCPU: Int64
  let largestMilli: Int64
  let order: Order
  let longestRun: Bool
  let createTime: Int64
  let destroyTime: Int64
  let wipe: Int64
  let blocks: Bool
  private var running: [(end: Int64, job: Int)] = []
  private(set) var starts: [Start?] = []
  /// Instances whose jobs have gone, by device.
  private var removing: [(end: Int64, device: Int, placement: MIGPlacement)] = []

  init(
    _ nodes: [NodeSketch],
    geometry: (String) -> MIGGeometry?,
    layout: (Int, Int) -> [MIGPlacement]?,
    order: Order,
    longestRun: Bool,
    createTime: Int64,
    destroyTime: Int64,
    wipe: Int64,
    blocks: Bool
  ) {
    devices = nodes.enumerated().flatMap { n, node in
      (0..<node.gpus).map {
        Device(node: n, gpu: $0, geometry: geometry(node.model), layout: layout(n, $0))
      }
    }
    cpuFree = nodes.map(\.cpu)
    largestCPU = Int64(nodes.map(\.cpu).max()!)
    largestMilli = Int64(nodes.map(\.gpus).max()!) * 1000
    self.order = order
    self.longestRun = longestRun
    self.createTime = createTime
    self.destroyTime = destroyTime
    self.wipe = wipe
    self.blocks = blocks
  }

  mutating func run(_ jobs: [JobSketch]) {
    starts = Array(repeating: nil, count: jobs.count)
    var next = 0
    var waiting: [Int] = []
    while next < jobs.count || !running.isEmpty || !removing.isEmpty {
      let now = (running.map(\.end) + removing.map(\.end) + jobs[next...].prefix(1).map(\.arrival)).min()!
      for ended in running where ended.end == now { release(ended.job, jobs, at: now) }
      running.removeAll { $0.end == now }
      for gone in removing where gone.end == now {
        devices[gone.device].instances.removeAll { $0 == gone.placement }
      }
      removing.removeAll { $0.end == now }
      while next < jobs.count && jobs[next].arrival == now {
        waiting.append(next)
        next += 1
      }
      var left: [Int] = []
      for (position, job) in waiting.enumerated() {
        if blocks && !left.isEmpty || !place(job, jobs[job], at: now) {
          left.append(contentsOf: blocks ? Array(waiting[position...]) : [job])
          if blocks { break }
        }
      }
      waiting = left
    }
  }

  private mutating func release(_ job: Int, _ jobs: [JobSketch], at now: Int64) {
    let start = starts[job]!
    cpuFree[start.node] += jobs[job].cpu
    for d in devices.indices where devices[d].node == start.node && start.gpus.contains(devices[d].gpu) {
      if start.profile.isEmpty {
        devices[d].isWhole = false
      } else {
        let geometry = devices[d].geometry!
        let own = devices[d].instances.first {
          geometry.profiles[$0.profile].name == start.profile && $0.start == start.slot
        }!
        removing.append((now + (devices[d].layout == nil ? destroyTime : 0), d, own))
      }
    }
  }

  private mutating func place(_ job: Int, _ sketch: JobSketch, at now: Int64) -> Bool {
    sketch.device.asksForPart ? placeInstance(job, sketch, at: now) : placeWhole(job, sketch, at: now)
  }

  private mutating func placeWhole(_ job: Int, _ sketch: JobSketch, at now: Int64) -> Bool {
    var best: (key: Int64, node: Int)?
    for n in cpuFree.indices where cpuFree[n] >= sketch.cpu && idle(n).count >= Int(sketch.gpus) {
      let free = Int64(cpuFree[n]) * largestMilli + freeMilli(n) * largestCPU
      let key =
        switch order {
        case .firstFit: Int64(0)
        case .bestFit: free
        case .worstFit: -free
        }
      if best == nil || key < best!.key { best = (key, n) }
    }
    guard let best else { return false }
    let chosen = Array(idle(best.node).prefix(Int(sketch.gpus)))
    for d in chosen { devices[d].isWhole = true }
    let isDirty = chosen.map { take($0, 0..<8, sketch.tenant) }.contains(true)
    begin(job, sketch, now, best.node, chosen.map { devices[$0].gpu }, "", -1, setup: isDirty ? wipe : 0)
    return true
  }

  private mutating func placeInstance(_ job: Int, _ sketch: JobSketch, at now: Int64) -> Bool {
    var best: (key: Int, device: Int, placement: MIGPlacement)?
    for (d, device) in devices.enumerated() {
      guard let geometry = device.geometry, !device.isWhole, cpuFree[device.node] >= sketch.cpu,
        let profile = profile(sketch.device, geometry),
        let placement = choose(profile, device, geometry)
      else { continue }
      let used = device.instances.reduce(0) { $0 + geometry.profiles[$1.profile].memorySlots }
      let free = 1000 - used * 1000 / geometry.slotCount
      let key =
        switch order {
        case .firstFit: 0
        case .bestFit: free
        case .worstFit: -free
        }
      if best == nil || key < best!.key { best = (key, d, placement) }
    }
    guard let best else { return false }
    devices[best.device].instances.append(best.placement)
    let device = devices[best.device]
    let name = device.geometry!.profiles[best.placement.profile].name
    let slots = device.geometry!.profiles[best.placement.profile].memorySlots
    let isDirty = take(best.device, best.placement.start..<best.placement.start + slots, sketch.tenant)
    let setup = (device.layout == nil ? createTime : 0) + (isDirty ? wipe : 0)
    begin(job, sketch, now, device.node, [device.gpu], name, best.placement.start, setup: setup)
    return true
  }

  /// The slots are the tenant's from now on; whether another's data is there.
  private mutating func take(_ d: Int, _ slots: Range<Int>, _ tenant: Int) -> Bool {
    defer { for slot in slots { devices[d].tenants[slot] = tenant } }
    return slots.contains { devices[d].tenants[$0].map { $0 != tenant } ?? false }
  }

  private mutating func begin(
    _ job: Int,
    _ sketch: JobSketch,
    _ now: Int64,
    _ node: Int,
    _ gpus: [Int],
    _ profile: String,
    _ slot: Int,
    setup: Int64
  ) {
    cpuFree[node] -= sketch.cpu
    let end = now + setup + length(sketch, node, profile)
    running.append((end, job))
    starts[job] = Start(at: now, node: node, gpus: gpus, profile: profile, slot: slot, end: end)
  }

  /// 1 - b + b f / c times as long where the kernels fill more than the
  /// instance has, rounded up.
  private func length(_ sketch: JobSketch, _ node: Int, _ profile: String) -> Int64 {
    let fill = Int64(sketch.device.fillMilli)
    guard !profile.isEmpty, fill > 0 else { return sketch.duration }
    let geometry = devices.first { $0.node == node }!.geometry!
    let own = Int64(geometry.profiles.first { $0.name == profile }!.smCount!.value)
    let all = Int64(geometry.profiles.last!.smCount!.value)
    let busy = Int64(sketch.busy)
    let kernels = max(busy * fill * all, busy * own * 1000)
    let whole = 1_000_000 * own
    return (sketch.duration * ((1000 - busy) * own * 1000 + kernels) + whole - 1) / whole
  }

  private func idle(_ n: Int) -> [Int] {
    devices.indices.filter {
      devices[$0].node == n && devices[$0].instances.isEmpty && !devices[$0].isWhole
        && devices[$0].layout == nil
    }
  }

  private func freeMilli(_ n: Int) -> Int64 {
    devices.filter { $0.node == n }.reduce(0) { sum, device in
      if device.isWhole { return sum }
      let used = device.instances.reduce(0) { $0 + device.geometry!.profiles[$1.profile].memorySlots }
      return sum + 1000 - Int64(used * 1000 / (device.geometry?.slotCount ?? 1))
    }
  }

  /// By name, or the fewest slots, then slices, that hold the memory, of what
  /// the GPUs of the geometry offer.
  private func profile(_ demand: DeviceDemand, _ geometry: MIGGeometry) -> Int? {
    let own = devices.filter { $0.geometry?.name == geometry.name }
    let offered =
      own.contains { $0.layout == nil }
      ? Array(geometry.profiles.indices) : Array(Set(own.flatMap { $0.layout!.map(\.profile) }))
    if !demand.profile.isEmpty { return offered.first { geometry.profiles[$0].name == demand.profile } }
    return offered.filter {
      !geometry.profiles[$0].hasMediaExtensions
        && geometry.profiles[$0].memoryMiB.value >= Int(demand.memoryMiB)
    }.min {
      (geometry.profiles[$0].memorySlots, geometry.profiles[$0].computeSlices)
        < (geometry.profiles[$1].memorySlots, geometry.profiles[$1].computeSlices)
    }
  }

  private func isOpen(_ placement: MIGPlacement, _ instances: [MIGPlacement]) -> Bool {
    instances.allSatisfy { $0.parts.isDisjoint(with: placement.parts) }
  }

  private func choose(_ profile: Int, _ device: Device, _ geometry: MIGGeometry) -> MIGPlacement? {
    if let layout = device.layout {
      return layout.filter { $0.profile == profile && !device.instances.contains($0) }.min {
        $0.start < $1.start
      }
    }
    let open = geometry.placements.filter { $0.profile == profile && isOpen($0, device.instances) }
    if !longestRun { return open.min { $0.start < $1.start } }
    return open.min { rank($0, device, geometry).lexicographicallyPrecedes(rank($1, device, geometry)) }
  }

  private func rank(_ placement: MIGPlacement, _ device: Device, _ geometry: MIGGeometry) -> [Int] {
    let after = device.instances + [placement]
    var longest = 0
    var run = 0
    for slot in 0..<geometry.computeSliceCount {
      let isFree = !after.contains {
        ($0.start..<$0.start + geometry.profiles[$0.profile].memorySlots).contains(slot)
      }
      run = isFree ? run + 1 : 0
      longest = max(longest, run)
    }
    return [-longest, -geometry.placements.count { isOpen($0, after) }, placement.start]
  }
}
