import Engine
import Hardware
import Outcome
import SimulationKernel
import Workload

/// Racks, relaxed wishes and speeds, from their definitions.
extension ReferenceSimulator {
  // MARK: - Wishes

  private func steps(_ j: Int) -> [WishRelaxation] {
    input.jobs.relaxation(of: input.jobs.shapes[Int(input.jobs.shape[j].rawValue)])
  }

  /// The wishes that the job makes do with at present, narrowest first.
  func wishes(_ j: Int) -> [PlacementWish] { [requests[j].wish] + steps(j).prefix(rung[j]).map(\.to) }

  /// Jobs that are refused together.
  func shapeNow(_ j: Int) -> Int64 {
    let shape = Int64(input.jobs.shape[j].rawValue) + Int64(rung[j]) * 1_000_000
    if requests[j].constraints.rules.isEmpty { return shape }
    return shape + Int64(input.jobs.jobClass[j].rawValue + 1) << 20
      + Int64(input.jobs.tenant[j].rawValue + 1) << 40
  }

  /// The job begins to wait.
  mutating func resetWish(_ j: Int) {
    rung[j] = steps(j).first?.after == .zero ? 1 : 0
    scheduleRelaxation(j)
  }

  mutating func relax(_ j: Int) {
    let old = shapeNow(j)
    rung[j] += 1
    if refusedHead == j { refusedHead = nil }
    if !waiting.contains(where: { shapeNow($0) == old }) { refusedShapes.remove(old) }
    scheduleRelaxation(j)
  }

  private mutating func scheduleRelaxation(_ j: Int) {
    let steps = steps(j)
    guard rung[j] < steps.count else { return }
    let waited = rung[j] == 0 ? 0 : steps[rung[j] - 1].after.nanoseconds
    push(end + steps[rung[j]].after.nanoseconds - waited, 4, .relax(j))
  }

  // MARK: - Groups of nodes

  private func share(_ a: Int, _ b: Int, _ wish: PlacementWish) -> Bool {
    // A node that a test adds stands alone.
    let known = input.fleet.nodes.indices
    guard known.contains(a), known.contains(b) else { return a == b }
    let (x, y) = (input.fleet.nodes[a].place, input.fleet.nodes[b].place)
    let sameDomain = a == b || x.nvlinkDomain != nil && x.nvlinkDomain == y.nvlinkDomain
    return wish == .rack && x.rack != nil ? x.rack == y.rack : sameDomain
  }

  /// The group with the least free GPUs that has room; in it the node with the
  /// most room, and for the rest the one with the least room that suffices.
  func layInOneGroup(_ j: Int, _ r: ReferenceRequest, _ wish: PlacementWish, _ start: Layout) -> Layout? {
    let workers = r.workers
    var best: (free: Int, rank: Int, members: [Int])?
    for a in start.nodes.indices {
      let members = start.nodes.indices.filter { share(a, $0, wish) }.sorted { rank[$0] < rank[$1] }
      guard members.reduce(0, { $0 + start.nodes[$1].count(r) }) >= workers else { continue }
      let free = members.filter { start.nodes[$0].condition == .up }.reduce(0) {
        $0 + start.nodes[$1].gpuFree
      }
      let key = (free, rank[members[0]])
      if best == nil || key < (best!.free, best!.rank) { best = (key.0, key.1, members) }
    }
    guard let members = best?.members else { return nil }
    var layout = start
    var left = workers
    while left > 0 {
      let rooms = members.map { (node: $0, room: layout.nodes[$0].count(r)) }
      let enough = rooms.filter { $0.room >= left }
      let choice =
        enough.min { ($0.room, rank[$0.node]) < ($1.room, rank[$1.node]) }
        ?? rooms.max { ($0.room, -rank[$0.node]) < ($1.room, -rank[$1.node]) }!
      let count = min(left, choice.room)
      let one = r
      if one.isPart || count == 1 {
        for _ in 0..<count {
          layout.lay(j, one, workers: 1, on: choice.node, gpus: layout.nodes[choice.node].usualGPUs(one))
        }
      } else {
        let all = one.merged(count)
        layout.lay(j, all, workers: count, on: choice.node, gpus: layout.nodes[choice.node].usualGPUs(all))
      }
      left -= count
    }
    return layout
  }

  // MARK: - Speeds

  /// The rate at which the job works where it lies.
  func rateNow(_ j: Int) -> Int64 {
    let nodes = laid[j].map(\.node)
    let first = nodes[0]
    let span: PlacementSpan =
      nodes.allSatisfy { $0 == first }
      ? .node
      : nodes.allSatisfy { share(first, $0, .nvlinkDomain) }
        ? .nvlinkDomain : nodes.allSatisfy { share(first, $0, .rack) } ? .rack : .fleet
    if let work = input.jobs.stepWork, work.steps[j] > 0 {
      return nodes.map { n in
        let gpu = input.fleet.gpuModels[Int(input.fleet.nodes[n].gpuModel!.rawValue)]
        let row = work.tables[Int(work.table[j])].row(gpu: gpu, gpus: input.jobs.gpus(of: j), span: span)!
        return row.microstepsPerSecond
      }.min()!
    }
    if input.jobs.speed.isEmpty || input.jobs.speed[j] == 0 { return 1_000_000 }
    let fabric = nodes.map { input.fleet.nodes[$0].place.fabric }.max()!
    return input.jobs.speeds[Int(input.jobs.speed[j]) - 1][span, fabric]
  }

  func bestRate(_ j: Int) -> Int64 {
    guard let work = input.jobs.stepWork, work.steps[j] > 0 else { return 1_000_000 }
    let names = input.jobs.modelNames(input.jobs.shapes[Int(input.jobs.shape[j].rawValue)].models)
    let models = names.isEmpty ? input.fleet.gpuModels : input.fleet.gpuModels.filter(names.contains)
    return work.tables[Int(work.table[j])].best(gpus: input.jobs.gpus(of: j), on: models) ?? 1
  }

  static func work(_ j: Int, _ jobs: JobTable) -> Int128 {
    if let work = jobs.stepWork, work.steps[j] > 0 { return Int128(work.steps[j]) * 1_000_000_000_000_000 }
    return Int128(jobs.duration[j].nanoseconds) * 1_000_000
  }

  /// Time for what is left at this rate.
  func time(_ j: Int, _ rate: Int64) -> Int64 {
    Int64((progress[j].left + Int128(rate) - 1) / Int128(rate))
  }
}

extension ReferenceNode {
  /// How many workers fit beside what is there, however many the gang has.
  fileprivate func count(_ r: ReferenceRequest) -> Int {
    guard fits(r) else { return 0 }
    var most = Int(UInt16.max)
    if r.cpu > 0 { most = min(most, cpuFree / r.cpu) }
    if r.memory > 0 { most = min(most, memoryFree / r.memory) }
    guard r.count > 0 else { return most }
    if r.isPooled { return min(most, gpuFree / r.taken) }
    if r.isPart { return min(most, free.reduce(0) { $0 + $1 / r.milli }) }
    return min(most, free.filter { $0 == 1000 }.count / r.count)
  }
}
