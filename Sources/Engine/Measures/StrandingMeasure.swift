import Hardware

/// Splits a node's free GPU thousandths by what the stated mix could do with
/// them: placeable, or stranded by one cause.
///
/// For each typical request with GPUs (weight = its count): a node that it
/// does not accept strands all; too few GPUs that fit, all, as a remainder;
/// otherwise the parts too small for it are a remainder, and the rest is
/// stranded by CPU if the node lacks CPU, else by memory if it lacks memory,
/// else placeable. Whole numbers only: thousandths x count.
///
/// Requests that differ in CPU and memory only are measured as one group, with
/// the counts that a free CPU is enough for read from a table: openb's 48
/// typical requests are far fewer groups, and every change of a node is
/// measured.
struct StrandingMeasure: ~Copyable {
  /// Weighted thousandths that are stranded; the rest of what is free x
  /// ``weight`` is placeable.
  struct Levels: BitwiseCopyable, Equatable {
    /// On nodes that are not accepted, for whatever reason.
    var model: Int64 = 0
    var remainder: Int64 = 0
    var cpu: Int64 = 0
    var memory: Int64 = 0
  }
  /// Requests of one set of accepted classes, number of GPUs and part.
  struct Group: BitwiseCopyable {
    var classes: UInt64 = 0
    var weight: Int64 = 0
    var gpuCount: Int32 = 0
    var size: Int32 = 0
    /// The most memory that one of them asks.
    var memory: Int32 = 0
    /// Its requests in ``members``.
    var first: Int32 = 0
    var end: Int32 = 0
    /// The kind of MIG instance, or -1.
    var slice: Int16 = -1
  }
  struct Member: BitwiseCopyable {
    var count: Int64 = 0
    var cpu: Int32 = 0
    var memory: Int32 = 0
  }

  /// Jobs in the mix that ask for GPUs; at least 1.
  let weight: Int64
  private let groups: Column<Group>
  private let members: Column<Member>
  /// Distinct CPU, ascending: c of them are at most the free CPU.
  private let cpuSteps: Column<Int32>
  /// At c * groups + g: jobs of group g that ask no more than c steps of CPU.
  private let withinCPU: Column<Int64>
  private let table: SizeTable
  /// Some requests are not for MIG instances.
  private let measuresParts: Bool
  /// By class of nodes: jobs that its labels and taints alone keep out.
  private let keptOut: Column<Int64>

  init(_ jobs: [TypicalJob]) {
    struct Key: Hashable {
      var classes: UInt64
      var gpuCount: Int32
      var milli: Int32
      var slice: Int16
    }
    let withGPU = jobs.filter { $0.request.gpuCount > 0 }
    weight = max(1, withGPU.reduce(0) { $0 + $1.count })
    table = SizeTable(withGPU)
    measuresParts = withGPU.contains { $0.request.slice < 0 }
    keptOut = Column(
      (0..<Fleet.maximumNodeClasses).map { one in
        let bit = UInt64(1) << UInt64(one)
        return withGPU.reduce(0) {
          $0 + ($1.acceptance.byModel & bit != 0 && $1.acceptance.byConstraint & bit == 0 ? $1.count : 0)
        }
      }
    )
    var order: [Key] = []
    var jobsOf: [Key: [TypicalJob]] = [:]
    for job in withGPU {
      let r = job.request
      let key = Key(classes: r.classes, gpuCount: r.gpuCount, milli: r.milli, slice: r.slice)
      if jobsOf[key] == nil { order.append(key) }
      jobsOf[key, default: []].append(job)
    }
    let steps = Set(withGPU.map(\.request.cpu)).sorted()
    cpuSteps = Column(steps)
    groups = Column(repeating: Group(), count: order.count)
    members = Column(repeating: Member(), count: withGPU.count)
    withinCPU = Column(repeating: 0, count: (steps.count + 1) * order.count)
    var filled = 0
    for (g, key) in order.enumerated() {
      let own = jobsOf[key]!
      groups[g] = Group(
        classes: key.classes,
        weight: own.reduce(0) { $0 + $1.count },
        gpuCount: key.gpuCount,
        size: table.position(of: key.milli),
        memory: own.map(\.request.memory).max()!,
        first: Int32(filled),
        end: Int32(filled + own.count),
        slice: key.slice
      )
      for job in own {
        members[filled] = Member(count: job.count, cpu: job.request.cpu, memory: job.request.memory)
        filled += 1
      }
      for (c, step) in steps.enumerated() {
        withinCPU[(c + 1) * order.count + g] = own.reduce(0) { $0 + ($1.request.cpu <= step ? $1.count : 0) }
      }
    }
  }

  /// - Parameter geometry: set to what of the remainder is free on GPUs that
  ///   can be cut, where the instances in use leave no start for another.
  func levels(_ n: Int, _ cluster: borrowing ClusterState, geometry: inout Int64) -> Levels {
    var result = Levels()
    geometry = 0
    let all = Int64(cluster.nodes[n].gpuFreeSum)
    guard all > 0, groups.count > 0 else { return result }
    if !cluster.isPooled && measuresParts {
      measureParts(n, cluster)
    }
    let cpu = cluster.nodes[n].cpuFree
    let memory = cluster.nodes[n].memoryFree
    let nodeClass = cluster.nodes[n].classBit
    var step = 0
    for s in 0..<cpuSteps.count { step += cpuSteps[s] <= cpu ? 1 : 0 }
    let within = withinCPU.pointer(from: step * groups.count)
    // Jobs that accept the node, and thousandths that fit them.
    var accepting: Int64 = 0
    var fitting: Int64 = 0
    for g in 0..<groups.count {
      let group = groups.pointer(from: g)
      guard group.pointee.classes & nodeClass != 0 else { continue }
      accepting += group.pointee.weight
      let size = Int(group.pointee.size)
      let usable: Int64
      if cluster.isPooled {
        // A part is usable wherever it lies.
        guard all >= Int64(group.pointee.gpuCount) * Int64(table.sizes[size]) else { continue }
        usable = all
      } else if group.pointee.slice >= 0 {
        usable = cluster.mig!.usableMilli(
          group.pointee.slice,
          node: n,
          gpuFree: cluster.gpuFree.pointer(from: n * cluster.stride)
        )
        geometry += group.pointee.weight * (all - usable)
      } else {
        guard table.devices[size] >= group.pointee.gpuCount else { continue }
        usable = Int64(table.usable[size])
      }
      fitting += group.pointee.weight * usable
      result.cpu += (group.pointee.weight - within[g]) * usable
      if memory < group.pointee.memory {
        result.memory += lackingMemory(group.pointee, cpu: cpu, memory: memory) * usable
      }
    }
    result.model = (weight - accepting) * all
    result.remainder = accepting * all - fitting
    return result
  }

  /// What the parts of the node's GPUs are worth; GPUs that are cut for good
  /// are worth nothing to requests for others than instances.
  private func measureParts(_ n: Int, _ cluster: borrowing ClusterState) {
    let count = Int(cluster.nodes[n].gpuCount)
    let free = cluster.gpuFree.pointer(from: n * cluster.stride)
    guard let mig = cluster.mig, mig.hasLayouts else {
      _ = table.measure(free, gpuCount: count)
      return
    }
    withUnsafeTemporaryAllocation(of: Int16.self, capacity: Fleet.maximumGPUsPerNode) { part in
      for g in 0..<count { part[g] = mig.isCut(n * cluster.stride + g) ? 0 : free[g] }
      _ = table.measure(part.baseAddress!, gpuCount: count)
    }
  }

  /// What of ``Levels/model`` is not for the GPU model but for labels and
  /// taints, for each free thousandth of a node of this class: it does not
  /// change during a run.
  func constraintWeight(nodeClass: Int) -> Int64 { keptOut[nodeClass] }

  /// Jobs of the group that have enough CPU, and not enough memory.
  private func lackingMemory(_ group: Group, cpu: Int32, memory: Int32) -> Int64 {
    var count: Int64 = 0
    for m in Int(group.first)..<Int(group.end) where members[m].cpu <= cpu && members[m].memory > memory {
      count += members[m].count
    }
    return count
  }
}
