import Hardware

/// What a provisioner believes that a node has left.
///
/// 80 bytes: searches copy it for each trial.
struct NodeRoom: BitwiseCopyable {
  /// What the numbers of the GPUs say.
  private enum Meaning: BitwiseCopyable {
    /// Free thousandths of each.
    case thousandths
    /// The state of each in the tables of MIG, or ``uncut`` or ``taken``.
    case states(Unmanaged<MIGFleet>)
    /// What the node shall hold, by profile: layouts are still to be chosen.
    case demand(Unmanaged<MIGPacking>)
  }

  /// In place of a state: a free GPU that has no MIG, and one that is handed out
  /// whole.
  static let uncut = UInt16.max - 1
  private static let taken = UInt16.max

  private var cpu: Int32
  private var memory: Int32
  private var classBit: UInt64
  private var gpus = SIMD16<Int16>(repeating: 0)
  private var gpuCount: Int
  private var meaning = Meaning.thousandths

  /// An idle node.
  init(_ spec: NodeSpec, classBit: UInt64) {
    cpu = spec.cpuMilli
    memory = spec.memoryMiB
    self.classBit = classBit
    gpuCount = spec.gpuCount
    for g in 0..<gpuCount { gpus[g] = 1000 }
  }

  /// A node like this one of the cluster, with nothing on it.
  init(idle n: Int, _ cluster: borrowing ClusterState) {
    self.init(cluster.fleet.nodes[n], classBit: cluster.nodes[n].classBit)
    guard let mig = cluster.mig else { return }
    if let packing = mig.packing(of: n) {
      meaning = .demand(Unmanaged.passUnretained(packing))
      gpus = MIGPacking.Counts()
      return
    }
    meaning = .states(Unmanaged.passUnretained(mig))
    for g in 0..<gpuCount { set(g, mig.idleState(n * cluster.stride + g) ?? Self.uncut) }
  }

  /// A node of the cluster as it is.
  init(_ n: Int, _ cluster: borrowing ClusterState) {
    cpu = cluster.nodes[n].cpuFree
    memory = cluster.nodes[n].memoryFree
    classBit = cluster.nodes[n].classBit
    gpuCount = Int(cluster.nodes[n].gpuCount)
    let first = n * cluster.stride
    guard let mig = cluster.mig else {
      for g in 0..<gpuCount { gpus[g] = cluster.gpuFree[first + g] }
      return
    }
    meaning = .states(Unmanaged.passUnretained(mig))
    for g in 0..<gpuCount {
      // A GPU that is handed out whole has no state of its own.
      set(g, cluster.gpuFree[first + g] > 0 ? mig.presentState(first + g) ?? Self.uncut : Self.taken)
    }
  }

  private mutating func set(_ g: Int, _ state: UInt16) { gpus[g] = Int16(bitPattern: state) }

  /// What the node shall hold where its layouts are still to be chosen.
  var demand: MIGPacking.Counts? {
    if case .demand = meaning { gpus } else { nil }
  }

  /// Takes what one worker asks: the free GPUs of lowest index, or the tightest
  /// GPU that has room for the part or the instance; false: it does not fit, and
  /// nothing has changed.
  mutating func take(_ ask: Request) -> Bool {
    guard cpu >= ask.cpu, memory >= ask.memory, ask.classes & classBit != 0 else { return false }
    if ask.gpuCount > 0 {
      switch meaning {
      case .thousandths: guard takeThousandths(ask) else { return false }
      case .states(let mig):
        guard mig._withUnsafeGuaranteedRef({ takeFromStates(ask, $0) }) else { return false }
      case .demand(let packing):
        guard packing._withUnsafeGuaranteedRef({ addToDemand(ask, $0) }) else { return false }
      }
    }
    cpu -= ask.cpu
    memory -= ask.memory
    return true
  }

  private mutating func takeThousandths(_ ask: Request) -> Bool {
    if ask.milli == 1000 {
      var free: Int32 = 0
      for g in 0..<gpuCount where gpus[g] == 1000 { free += 1 }
      guard free >= ask.gpuCount else { return false }
      var left = ask.gpuCount
      for g in 0..<gpuCount where left > 0 && gpus[g] == 1000 {
        gpus[g] = 0
        left -= 1
      }
      return true
    }
    var chosen = -1
    for g in 0..<gpuCount where Int32(gpus[g]) >= ask.milli {
      if chosen < 0 || gpus[g] < gpus[chosen] { chosen = g }
    }
    guard chosen >= 0 else { return false }
    gpus[chosen] -= Int16(ask.milli)
    return true
  }

  /// An instance goes to the GPU of which most is in use, at the start that the
  /// run's rule for instances chooses there.
  private mutating func takeFromStates(_ ask: Request, _ mig: MIGFleet) -> Bool {
    guard ask.slice >= 0 else {
      var left = ask.gpuCount
      var after = gpus
      for g in 0..<gpuCount where left > 0 && mig.isWhole(UInt16(bitPattern: gpus[g])) {
        after[g] = Int16(bitPattern: Self.taken)
        left -= 1
      }
      guard left == 0 else { return false }
      gpus = after
      return true
    }
    var best = (used: -1, gpu: -1)
    for g in 0..<gpuCount {
      let state = UInt16(bitPattern: gpus[g])
      guard state < Self.uncut, mig.tables.placement(ask.slice, state) >= 0 else { continue }
      let used = mig.tables.slotMask(state).nonzeroBitCount
      if used > best.used { best = (used, g) }
    }
    guard best.gpu >= 0 else { return false }
    let state = UInt16(bitPattern: gpus[best.gpu])
    set(best.gpu, mig.tables.taking(Int(mig.tables.placement(ask.slice, state)), from: state))
    return true
  }

  /// As long as some layouts hold all of it.
  private mutating func addToDemand(_ ask: Request, _ packing: MIGPacking) -> Bool {
    var wanted = gpus
    if ask.slice >= 0 {
      guard let lane = packing.lane(ask.slice) else { return false }
      wanted[lane] += 1
    } else {
      wanted[MIGPacking.whole] += Int16(ask.gpuCount)
    }
    guard packing.leastGPUs(wanted) <= gpuCount else { return false }
    gpus = wanted
    return true
  }

  /// The largest share of this node that one worker takes of any resource; nil:
  /// it does not fit.
  func share(of ask: Request) -> Double? {
    var rest = self
    guard rest.take(ask) else { return nil }
    func part(_ asked: Int32, _ all: Int32) -> Double { all > 0 ? Double(asked) / Double(all) : 0 }
    return max(
      part(ask.cpu, cpu),
      part(ask.memory, memory),
      part(ask.takenMilli, Int32(gpuCount) * 1000)
    )
  }

  /// The shares of the CPU and memory of this node that one worker asks; of what
  /// the node lacks, nothing.
  func fractions(of ask: Request) -> (cpu: Double, memory: Double) {
    (
      cpu > 0 ? Double(ask.cpu) / Double(cpu) : 0,
      memory > 0 ? Double(ask.memory) / Double(memory) : 0
    )
  }

  /// By which the cluster-autoscaler sorts: `cpu/allocatable + memory/allocatable`.
  func score(of ask: Request) -> Double {
    let part = fractions(of: ask)
    return part.cpu + part.memory
  }
}
