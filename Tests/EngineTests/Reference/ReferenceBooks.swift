import Engine
import Hardware
import Outcome
import Workload

/// The ledger recomputed from the naive simulator's history: one rectangle
/// for each node and each interval between two events.
struct ReferenceBooks {
  var nodes: [LedgerTotals]
  /// Thousandths x ns taken on each node, by tenant.
  var takenByTenant: [Int128]
  var takenPerGPU: [[Int128]]
  /// Allocated leaves of each node and tenant.
  var heldOfNode: [LedgerTotals]
  var heldByTenant: [LedgerTotals]
  /// Pieces of runs that started on each node.
  var starts: [Int64]
  /// Jobs x ns in the queue, and thousandths x ns that they ask for.
  var queue: Int128 = 0
  var waiting: Int128 = 0

  /// Over [from, the run's end].
  init(_ run: ReferenceSimulator, from: Int64) {
    let input = run.input
    let typical = ReferenceBooks.typicalWithMemory(input)
    let weight = Int128(max(1, typical.reduce(0) { $0 + $1.count }))
    nodes = run.nodes.map { _ in LedgerTotals() }
    takenByTenant = input.jobs.tenants.map { _ in 0 }
    takenPerGPU = run.nodes.map { input.sharing == .pooled ? [] : $0.free.map { _ in 0 } }
    heldOfNode = nodes
    heldByTenant = input.jobs.tenants.map { _ in LedgerTotals() }
    starts = run.nodes.map { _ in 0 }
    let ends = run.history.dropFirst().map(\.time) + [run.end]
    var weighted = nodes
    for (moment, end) in zip(run.history, ends) where end > max(from, moment.time) {
      let span = Int128(end - max(from, moment.time))
      for (n, node) in moment.nodes.enumerated() {
        switch node.condition {
        case .absent: break
        case .fault: nodes[n][.downFault] += Int128(node.gpuCapacity) * span
        case .maintenance: nodes[n][.downMaintenance] += Int128(node.gpuCapacity) * span
        case .up, .draining:
          if node.condition == .draining {
            nodes[n][.downMaintenance] += Int128(node.gpuFree) * span
          } else {
            nodes[n][.freePlaceable] += Int128(node.gpuFree) * span
            ReferenceBooks.strand(node, typical, span, &weighted[n])
          }
          for resident in node.residents {
            takenByTenant[Int(input.jobs.tenant[resident.job].rawValue)] +=
              Int128(resident.request.taken) * span
            for g in resident.gpus { takenPerGPU[n][g] += Int128(resident.request.milli) * span }
          }
        }
      }
      queue += Int128(moment.waiting.count) * span
      waiting +=
        moment.waiting.reduce(0) { $0 + Int128(run.requests[$1].askedByAll) } * span
    }
    for n in nodes.indices {
      for leaf in [
        LedgerLeaf.strandedModel, .strandedConstraint, .strandedRemainder, .strandedCPU, .strandedMemory,
      ] {
        nodes[n][leaf] = weighted[n][leaf] / weight
        nodes[n][.freePlaceable] -= nodes[n][leaf]
      }
    }
    bookRuns(run, from: from)
  }

  private static func strand(
    _ node: ReferenceNode,
    _ typical: [(request: ReferenceRequest, count: Int)],
    _ span: Int128,
    _ ledger: inout LedgerTotals
  ) {
    for (r, count) in typical {
      let share = Int128(count) * span
      // In a pool a part is usable wherever it lies.
      let fitting = r.isPooled ? node.gpuFree : node.free.filter { $0 >= r.milli }.reduce(0, +)
      if !node.accepts(r) && node.hasModel(r) {
        ledger[.strandedConstraint] += share * Int128(node.gpuFree)
      } else if !node.accepts(r) {
        ledger[.strandedModel] += share * Int128(node.gpuFree)
      } else if !node.hasGPUs(r) {
        ledger[.strandedRemainder] += share * Int128(node.gpuFree)
      } else {
        ledger[.strandedRemainder] += share * Int128(node.gpuFree - fitting)
        if node.cpuFree < r.cpu {
          ledger[.strandedCPU] += share * Int128(fitting)
        } else if node.memoryFree < r.memory {
          ledger[.strandedMemory] += share * Int128(fitting)
        }
      }
    }
  }

  /// The GPU requests among the most frequent ones that cover 95 % of the
  /// jobs; a gang counts as its workers.
  static func typicalWithMemory(_ input: SimulationInput) -> [(request: ReferenceRequest, count: Int)] {
    var groups: [(shape: JobShape, count: Int)] = []
    for index in input.jobs.shape {
      var shape = input.jobs.shapes[Int(index.rawValue)]
      let workers = Int(shape.workers)
      shape.workers = 1
      shape.wish = .anywhere
      shape.relaxation = 0
      if let at = groups.firstIndex(where: { $0.shape == shape }) {
        groups[at].count += workers
      } else {
        groups.append((shape, workers))
      }
    }
    let text = { (s: JobShape) in input.jobs.modelSets[Int(s.models.rawValue)] }
    groups.sort { x, y in
      let (a, b) = (x.shape, y.shape)
      if x.count != y.count { return x.count > y.count }
      if a.cpuMilli != b.cpuMilli { return a.cpuMilli > b.cpuMilli }
      if a.milliGPUPerDevice != b.milliGPUPerDevice { return a.milliGPUPerDevice > b.milliGPUPerDevice }
      if a.gpuCount != b.gpuCount { return a.gpuCount > b.gpuCount }
      return (a.memoryMiB, text(a), -a.constraints.rawValue) > (b.memoryMiB, text(b), -b.constraints.rawValue)
    }
    var covered = 0
    var result: [(request: ReferenceRequest, count: Int)] = []
    let all = groups.reduce(0) { $0 + $1.count }
    for group in groups where 100 * covered < 95 * all {
      covered += group.count
      if group.shape.gpuCount > 0 { result.append((ReferenceRequest(group.shape, input), group.count)) }
    }
    return result
  }
}
