import SimulationKernel
import Workload

/// What a backfilling queue keeps between passes.
final class BackfillState {
  let spec: Backfill
  private let placeOf: [Int32]?
  private let jobAt: [Int32]
  private(set) var line: LineUp
  /// A running job and when it is expected to end.
  struct ExpectedEnd: Comparable {
    var end: Int64
    var job: Int32
    /// Interruptions of the job when it started: tells a later run apart.
    var generation: UInt32
    static func < (a: ExpectedEnd, b: ExpectedEnd) -> Bool { (a.end, a.job) < (b.end, b.job) }
  }
  var ends = MinHeap<ExpectedEnd>()

  init(_ spec: Backfill, places: [Int32]?, jobs: Int) {
    self.spec = spec
    placeOf = places
    var inverse = [Int32](repeating: 0, count: places?.count ?? 0)
    for (job, place) in (places ?? []).enumerated() { inverse[Int(place)] = Int32(job) }
    jobAt = inverse
    line = LineUp(jobs: jobs)
  }

  func insert(_ job: Int32) { line.insert(placeOf?[Int(job)] ?? job) }
  func remove(_ job: Int32) { line.remove(placeOf?[Int(job)] ?? job) }

  /// The first waiting jobs in order.
  func first(_ limit: Int) -> [Int] {
    let places = line.first(limit)
    return placeOf == nil ? places.map(Int.init) : places.map { Int(jobAt[Int($0)]) }
  }
}

/// What a node will have to spare when the first waiting job starts.
struct ReservedNode {
  var node: Int
  /// Free then, beside the reserved job.
  var gpuFree: [Int16]
  var pool: Int32
  var cpu: Int32
  var memory: Int32
  /// Held back now, while it is.
  var heldGPU: [Int16] = []
  var heldPool: Int32 = 0
  var heldCPU: Int32 = 0
  var heldMemory: Int32 = 0

  /// A job that outlasts the reservation's beginning has started here.
  mutating func spend(_ request: Request, _ mask: UInt16) {
    cpu -= request.cpu
    memory -= request.memory
    pool -= request.takenMilli
    var left = mask
    while left != 0 && !gpuFree.isEmpty {
      let gpu = left.trailingZeroBitCount
      left &= left - 1
      if request.isShared && gpuFree[gpu] >= Int16(request.milli) && gpuFree[gpu] < 1000 {
        gpuFree[gpu] -= Int16(request.milli)
      } else if let whole = gpuFree.firstIndex(of: 1000) {
        // Which of the GPUs that will be free does not matter.
        gpuFree[whole] -= Int16(request.milli)
      }
    }
  }
}

extension ClusterState {
  /// What is free on the node now.
  func spare(_ n: Int) -> ReservedNode {
    ReservedNode(
      node: n,
      gpuFree: isPooled ? [] : (0..<Int(nodes[n].gpuCount)).map { gpuFree[n * stride + $0] },
      pool: nodes[n].gpuFreeSum,
      cpu: nodes[n].cpuFree,
      memory: nodes[n].memoryFree
    )
  }

  /// Hides from placements what the reservation needs of what is free now.
  ///
  /// Of the GPUs that are completely free now, as many stay visible as will be
  /// completely free then; which ones does not matter. A GPU that is partly
  /// taken now shows no more than it will have then.
  func holdBack(_ reserved: inout ReservedNode) {
    let n = reserved.node
    reserved.heldCPU = max(0, nodes[n].cpuFree - reserved.cpu)
    reserved.heldMemory = max(0, nodes[n].memoryFree - reserved.memory)
    reserved.heldPool = isPooled ? max(0, nodes[n].gpuFreeSum - reserved.pool) : 0
    var surplus = Int(nodes[n].wholeFree) - reserved.gpuFree.count { $0 == 1000 }
    reserved.heldGPU = Array(repeating: 0, count: reserved.gpuFree.count)
    for g in reserved.gpuFree.indices.reversed() {
      let now = gpuFree[n * stride + g]
      if now < 1000 {
        reserved.heldGPU[g] = max(0, now - reserved.gpuFree[g])
      } else if surplus > 0 {
        reserved.heldGPU[g] = 1000
        surplus -= 1
      }
    }
    move(reserved, sign: -1)
  }

  /// Shows it again.
  func giveFree(_ reserved: ReservedNode) { move(reserved, sign: 1) }

  private func move(_ reserved: ReservedNode, sign: Int32) {
    let n = reserved.node
    nodes[n].cpuFree += sign * reserved.heldCPU
    nodes[n].memoryFree += sign * reserved.heldMemory
    let before = nodes[n].gpuFreeSum
    if isPooled {
      nodes[n].gpuFreeSum += sign * reserved.heldPool
      summarisePool(n)
    } else {
      for (g, held) in reserved.heldGPU.enumerated() { gpuFree[n * stride + g] += Int16(sign) * held }
      summarise(n)
    }
    if isUp(n) { freeByClass[classIndex(n)] += Int64(nodes[n].gpuFreeSum - before) }
  }
}
