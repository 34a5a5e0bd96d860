import Engine
import Foundation
import Workload

/// The placement policies once more, each from its written definition: the
/// FGD study's formulas, kube-scheduler's arithmetic, and exact orders.
struct ReferenceScores {
  private let specs: [ScoreSpec]
  private let largestCPU: Int
  private let largestGPU: Int
  let typical: [(request: ReferenceRequest, share: Double)]

  init(_ input: SimulationInput) {
    specs = input.placement.scores
    largestCPU = max(1, input.fleet.nodes.map { Int($0.cpuMilli) }.max()!)
    largestGPU = 1000 * max(1, input.fleet.nodes.map(\.gpuCount).max()!)
    typical = ReferenceScores.typical(input)
  }

  /// Groups of equal requests, most frequent first, until 95 % of the jobs are
  /// covered; a gang counts as its workers.
  static func typical(_ input: SimulationInput) -> [(request: ReferenceRequest, share: Double)] {
    var groups: [(shape: JobShape, count: Int)] = []
    for index in input.jobs.shape {
      var shape = input.jobs.shapes[Int(index.rawValue)]
      shape.memoryMiB = 0
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
    groups.sort {
      (
        $0.count, $0.shape.cpuMilli, $0.shape.milliGPUPerDevice, $0.shape.gpuCount, text($0.shape),
        -$0.shape.constraints.rawValue
      ) > (
        $1.count, $1.shape.cpuMilli, $1.shape.milliGPUPerDevice, $1.shape.gpuCount, text($1.shape),
        -$1.shape.constraints.rawValue
      )
    }
    var covered = 0
    var chosen: [(shape: JobShape, count: Int)] = []
    let all = groups.reduce(0) { $0 + $1.count }
    for group in groups where 100 * covered < 95 * all {
      covered += group.count
      chosen.append(group)
    }
    let n = Double(all)
    return chosen.map { (ReferenceRequest($0.shape, input), (Double($0.count) / n) / (Double(covered) / n)) }
  }

  /// The sum over the profile; nil scores nothing but order (see ``order``).
  func total(_ r: ReferenceRequest, _ node: ReferenceNode) -> Int {
    specs.reduce(0) { $0 + Int($1.weight) * score($1, r, node) }
  }

  func gpus(_ r: ReferenceRequest, _ node: ReferenceNode) -> [Int] {
    specs[0].policy == "fgd" && r.isPart ? [bestGPU(r, node).gpu] : node.usualGPUs(r)
  }

  private func score(_ spec: ScoreSpec, _ r: ReferenceRequest, _ node: ReferenceNode) -> Int {
    let c = Double(node.cpuFree)
    let g = Double(node.gpuFree)
    let bigC = Double(largestCPU)
    let bigG = Double(largestGPU)
    switch spec.policy {
    case "first-fit": return 0
    // Exact comparison of cpu / largestCPU + gpu / largestGPU.
    case "best-fit": return -(node.cpuFree * largestGPU + node.gpuFree * largestCPU)
    case "worst-fit": return node.cpuFree * largestGPU + node.gpuFree * largestCPU
    case "dot-product":
      return Int(
        100 * (1 - ((c / bigC) * (Double(r.cpu) / bigC) + (g / bigG) * (Double(r.taken) / bigG)) / 2)
      )
    case "best-fit-percent":
      var v = (c - Double(r.cpu)) / bigC * 0.5
      v += (g - Double(r.taken)) / bigG * 0.5
      return Int((1 - v) * 100)
    case "gpu-best-fit": return Int(Int32.max) - node.gpuFree
    case "gpu-worst-fit": return node.gpuFree
    case "least-utilized": return leastUtilized(node)
    case "gpu-clustering": return clustering(r, node)
    case "gpu-packing": return packing(r, node)
    case "fgd": return r.isPart ? bestGPU(r, node).score : change(r, node, node.usualGPUs(r))
    case "least-allocated", "most-allocated", "requested-to-capacity-ratio": return fit(spec, r, node)
    case "balanced-allocation": return balanced(spec, r, node)
    default: preconditionFailure("no definition of \(spec.policy)")
    }
  }

  /// PAI simulator, `bal`: round-half-even percent of the mean use of GPU and
  /// CPU before the placement.
  private func leastUtilized(_ node: ReferenceNode) -> Int {
    let cpu = node.cpuTotal == 0 ? 0 : Double(node.cpuTotal - node.cpuFree) / Double(node.cpuTotal)
    if node.gpuCapacity == 0 { return 100 - Int((100 * cpu).rounded(.toNearestOrEven)) }
    let gpu = Double(node.gpuCapacity - node.gpuFree) / Double(node.gpuCapacity)
    return 100 - Int((100 * ((gpu + cpu) / 2)).rounded(.toNearestOrEven))
  }

  // MARK: - The FGD study's policies

  private func clustering(_ r: ReferenceRequest, _ node: ReferenceNode) -> Int {
    if r.count == 0 { return 0 }
    let kind = { (x: ReferenceRequest) in x.isPart ? 0 : x.count }
    let kinds = Set(node.residents.map(\.request).filter { $0.count > 0 }.map(kind))
    let base = kinds == [kind(r)] ? 75 : kinds.contains(kind(r)) ? 50 : kinds.isEmpty ? 25 : 0
    return 25 * (largestGPU - node.gpuFree) / largestGPU + base
  }

  private func packing(_ r: ReferenceRequest, _ node: ReferenceNode) -> Int {
    if r.count == 0 { return 0 }
    let all = node.free.count
    if node.free.allSatisfy({ $0 == 1000 }) { return max(33 - all, all) }
    let taken = node.free.indices.filter { node.free[$0] >= r.milli }
      .sorted { (node.free[$0], $0) < (node.free[$1], $1) }.prefix(r.count)
    let untouched = taken.filter { node.free[$0] == 1000 }.count
    if untouched > 0 { return max(50 - untouched, 33) }
    return max(100 - taken.reduce(0) { $0 + node.free[$1] * 100 / 1000 } / 10, 50)
  }

  /// The seven classes in the order Q1, Q2, Q4, XL, XR, NA; usable left out.
  func fragmentation(_ node: ReferenceNode) -> Double {
    var (q1, q2, q4, xl, xr, na) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    let all = Double(node.gpuFree)
    for (t, p) in typical {
      let hasCPU = node.cpuFree >= t.cpu
      if t.count == 0 {
        if hasCPU { xl += p * all } else { xr += p * all }
      } else if !node.accepts(t) {
        na += p * all
      } else if node.hasGPUs(t) {
        if hasCPU { q2 += p * Double(node.free.filter { $0 < t.milli }.reduce(0, +)) } else { q4 += p * all }
      } else if hasCPU {
        q2 += p * all
      } else {
        q1 += p * all
      }
    }
    return q1 + q2 + q4 + xl + xr + na
  }

  private func change(_ r: ReferenceRequest, _ node: ReferenceNode, _ gpus: [Int]) -> Int {
    let growth = fragmentation(node) - fragmentation(node.with(r, gpus: gpus))
    return Int(1 / (1 + exp(-growth / 1000)) * 100)
  }

  private func bestGPU(_ r: ReferenceRequest, _ node: ReferenceNode) -> (gpu: Int, score: Int) {
    var best = (gpu: -1, score: -1)
    for g in node.free.indices where node.free[g] >= r.milli {
      let score = change(r, node, [g])
      if score > best.score { best = (g, score) }
    }
    return best
  }

  // MARK: - kube-scheduler's scores

  private func loads(
    _ spec: ScoreSpec,
    _ r: ReferenceRequest,
    _ node: ReferenceNode,
    nonZero: Bool
  ) -> [(capacity: Int, requested: Int, weight: Int)] {
    let list =
      spec.resources.isEmpty
      ? [("cpu", 1), ("memory", 1)] : spec.resources.map { ($0.resource, Int($0.weight)) }
    let every = node.residents.map(\.request) + [r]
    return list.compactMap { name, weight in
      switch name {
      case "cpu": (node.cpuTotal, every.reduce(0) { $0 + (nonZero && $1.cpu == 0 ? 100 : $1.cpu) }, weight)
      case "memory":
        (node.memoryTotal, every.reduce(0) { $0 + (nonZero && $1.memory == 0 ? 200 : $1.memory) }, weight)
      default: r.count == 0 ? nil : (node.gpuCapacity, every.reduce(0) { $0 + $1.taken }, weight)
      }
    }.filter { $0.0 > 0 }
  }

  private func fit(_ spec: ScoreSpec, _ r: ReferenceRequest, _ node: ReferenceNode) -> Int {
    let loads = loads(spec, r, node, nonZero: true)
    var scored: [(score: Int, weight: Int)] = loads.map { load in
      switch spec.policy {
      case "least-allocated":
        (
          load.requested > load.capacity ? 0 : (load.capacity - load.requested) * 100 / load.capacity,
          load.weight
        )
      case "most-allocated": (min(load.requested, load.capacity) * 100 / load.capacity, load.weight)
      default:
        (
          curve(spec, load.requested > load.capacity ? 100 : load.requested * 100 / load.capacity),
          load.weight
        )
      }
    }
    let isCurve = spec.policy == "requested-to-capacity-ratio"
    if isCurve { scored.removeAll { $0.score <= 0 } }
    let weights = scored.reduce(0) { $0 + $1.weight }
    let sum = scored.reduce(0) { $0 + $1.score * $1.weight }
    if weights == 0 { return 0 }
    return isCurve ? Int((Double(sum) / Double(weights)).rounded()) : sum / weights
  }

  private func curve(_ spec: ScoreSpec, _ u: Int) -> Int {
    let points =
      spec.shape.isEmpty
      ? [(0, 0), (100, 100)] : spec.shape.map { (Int($0.utilization), Int($0.score) * 10) }
    if u <= points[0].0 { return points[0].1 }
    for (a, b) in zip(points, points.dropFirst()) where u <= b.0 {
      return a.1 + (b.1 - a.1) * (u - a.0) / (b.0 - a.0)
    }
    return points.last!.1
  }

  private func balanced(_ spec: ScoreSpec, _ r: ReferenceRequest, _ node: ReferenceNode) -> Int {
    if r.cpu == 0 && r.memory == 0 && r.count == 0 { return 0 }
    let f = loads(spec, r, node, nonZero: false).map { min(1, Double($0.requested) / Double($0.capacity)) }
    if f.count < 2 { return 100 }
    if f.count == 2 { return Int((1 - abs(f[0] - f[1]) / 2) * 100) }
    let mean = f.reduce(0, +) / Double(f.count)
    return Int((1 - (f.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(f.count)).squareRoot()) * 100)
  }
}
