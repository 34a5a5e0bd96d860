import Foundation

/// The filling experiment of the FGD study written down once more, straight
/// from its specification: own parser, own generator, own scores, every node
/// scored for every pod. Shares no code with the engine.
struct LiteralFilling {
  struct Pod: Hashable {
    var cpu: Int
    var memory: Int
    var count: Int
    var milli: Int
    var spec: String
    var models: Set<String>
    var isPart: Bool { count == 1 && milli < 1000 }
  }
  struct Node {
    var cpu: Int
    var memory: Int
    var free: [Int]
    var model: String
  }
  struct Typical {
    var pod: Pod
    var share: Double
  }

  let pods: [Pod]
  var nodes: [Node]
  let typical: [Typical]
  /// Rows of the list in arrival order, and the rank of each node.
  let arrivals: [Int]
  let ranks: [Int]

  init(nodeList: String, podList: String, streams: String, seed: Int) throws {
    nodes = try LiteralFilling.rows(nodeList).map { row in
      Node(
        cpu: Int(row["cpu_milli"]!)!,
        memory: Int(row["memory_mib"]!)!,
        free: Array(repeating: 1000, count: Int(row["gpu"]!)!),
        model: row["model"]!
      )
    }
    pods = try LiteralFilling.rows(podList).map { row in
      let spec = row["gpu_spec"]!
      return Pod(
        cpu: Int(row["cpu_milli"]!)!,
        memory: Int(row["memory_mib"]!)!,
        count: Int(row["num_gpu"]!)!,
        milli: Int(row["gpu_milli"]!)!,
        spec: spec,
        models: Set(spec.split(separator: "|").map(String.init))
      )
    }
    typical = LiteralFilling.typical(pods)
    var stream = GoStream(
      try LiteralFilling.rows(streams).filter { $0["seed"] == String(seed) }.map { UInt64($0["u64"]!)! }
    )
    (arrivals, ranks) = LiteralFilling.plan(pods, nodes, &stream)
  }

  private static func rows(_ path: String) throws -> [[String: String]] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  // MARK: - Arrival plan (3.11)

  struct GoStream {
    var u: [UInt64]
    var k = 0
    init(_ first: [UInt64]) { u = first }

    mutating func next() -> UInt64 {
      if k == u.count { u.append(u[k - 607] &+ u[k - 273]) }
      k += 1
      return u[k - 1]
    }
    mutating func i63() -> UInt64 { next() % (1 << 63) }

    mutating func bounded(_ m: UInt64) -> Int {
      var p = (i63() >> 31) % (1 << 32) * m
      if p % (1 << 32) < m {
        let q = ((1 << 32) - m) % m
        while p % (1 << 32) < q { p = (i63() >> 31) % (1 << 32) * m }
      }
      return Int(p >> 32)
    }

    mutating func intn(_ m: UInt64) -> Int {
      var v = i63() >> 32
      if m & (m - 1) == 0 { return Int(v & (m - 1)) }
      while v > (1 << 31) - 1 - (1 << 31) % m { v = i63() >> 32 }
      return Int(v % m)
    }
  }

  private static func plan(_ pods: [Pod], _ nodes: [Node], _ stream: inout GoStream) -> ([Int], [Int]) {
    _ = stream.next()
    var order = Array(pods.indices)
    for i in stride(from: order.count - 1, through: 1, by: -1) {
      order.swapAt(i, stream.bounded(UInt64(i + 1)))
    }
    let target = 8_075_600
    var sum = pods.reduce(0) { $0 + $1.count * $1.milli }
    if sum < target {
      while true {
        let j = stream.intn(UInt64(pods.count))
        if sum + pods[j].milli > target { break }
        order.append(j)
        sum += pods[j].count * pods[j].milli
      }
    } else {
      while sum > target {
        let j = order.remove(at: stream.intn(UInt64(order.count)))
        sum -= pods[j].count * pods[j].milli
      }
    }
    for _ in 0..<10 { _ = stream.next() }
    var rank = Array(repeating: 0, count: nodes.count)
    for i in nodes.indices {
      let j = stream.intn(UInt64(i + 1))
      rank[i] = rank[j]
      rank[j] = i
    }
    return (order, rank)
  }

  // MARK: - Fragmentation (3.12)

  private static func typical(_ pods: [Pod]) -> [Typical] {
    var counts: [Pod: Int] = [:]
    for var pod in pods {
      pod.memory = 0
      counts[pod, default: 0] += 1
    }
    let sorted = counts.sorted { a, b in
      (a.value, a.key.cpu, a.key.milli, a.key.count, a.key.spec) > (
        b.value, b.key.cpu, b.key.milli, b.key.count, b.key.spec
      )
    }
    var covered = 0
    var chosen: [(Pod, Int)] = []
    for (pod, count) in sorted where 100 * covered < 95 * pods.count {
      covered += count
      chosen.append((pod, count))
    }
    let n = Double(pods.count)
    return chosen.map { Typical(pod: $0, share: (Double($1) / n) / (Double(covered) / n)) }
  }

  func fragmentation(cpu: Int, free: [Int], model: String) -> Double {
    var q = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    let all = free.reduce(0, +)
    for t in typical {
      let pod = t.pod
      let hasCPU = cpu >= pod.cpu
      if pod.milli == 0 {
        q[hasCPU ? 3 : 4] += t.share * Double(all)
      } else if !pod.models.isEmpty && !pod.models.contains(model) {
        q[5] += t.share * Double(all)
      } else {
        var fitting = 0
        var small = 0
        for g in free { if g >= pod.milli { fitting += 1 } else { small += g } }
        if fitting >= pod.count {
          q[hasCPU ? 1 : 2] += t.share * Double(hasCPU ? small : all)
        } else {
          q[hasCPU ? 1 : 0] += t.share * Double(all)
        }
      }
    }
    return q[0] + q[1] + q[2] + q[3] + q[4] + q[5]
  }

  // MARK: - Placement (3.2 to 3.10)

  private func fits(_ pod: Pod, _ n: Node) -> Bool {
    n.cpu >= pod.cpu && n.memory >= pod.memory
      && (pod.count == 0
        || (pod.models.isEmpty || pod.models.contains(n.model))
          && n.free.count { $0 >= pod.milli } >= pod.count)
  }

  /// Score and GPUs.
  private func fgd(_ pod: Pod, _ n: Node) -> (Int, [Int]) {
    let before = fragmentation(cpu: n.cpu, free: n.free, model: n.model)
    func score(_ gpus: [Int]) -> Int {
      var free = n.free
      for g in gpus { free[g] -= pod.milli }
      let after = fragmentation(cpu: n.cpu - pod.cpu, free: free, model: n.model)
      return Int(1 / (1 + exp(-(before - after) / 1000)) * 100)
    }
    if !pod.isPart {
      let whole = pod.count == 0 ? [] : Array(n.free.indices.filter { n.free[$0] == 1000 }.prefix(pod.count))
      return (score(whole), whole)
    }
    var best = (-1, [Int]())
    for g in n.free.indices where n.free[g] >= pod.milli {
      let s = score([g])
      if s > best.0 { best = (s, [g]) }
    }
    return best
  }

  private func bestFit(_ pod: Pod, _ n: Node) -> (Int, [Int]) {
    var v = Double(n.cpu - pod.cpu) / 128_000 * 0.5
    v += Double(n.free.reduce(0, +) - pod.count * pod.milli) / 8_000 * 0.5
    let score = Int((1 - v) * 100)
    if pod.count == 0 { return (score, []) }
    if !pod.isPart { return (score, Array(n.free.indices.filter { n.free[$0] == 1000 }.prefix(pod.count))) }
    return (
      score, [n.free.indices.filter { n.free[$0] >= pod.milli }.min { (n.free[$0], $0) < (n.free[$1], $1) }!]
    )
  }

  /// Node and GPU mask of each of the first `limit` arrivals; node -1: failed.
  /// Scores of a node stand until the node changes.
  mutating func fill(policy: String, limit: Int) -> [(node: Int, mask: UInt16)] {
    var kindOf: [Pod: Int] = [:]
    var version = Array(repeating: 0, count: nodes.count)
    var known: [[(version: Int, score: Int)]] = []
    return arrivals.prefix(limit).map { arrival in
      let pod = pods[arrival]
      let kind = kindOf[pod] ?? known.count
      if kind == known.count {
        kindOf[pod] = kind
        known.append(Array(repeating: (-1, -1), count: nodes.count))
      }
      var best = (score: -1, rank: Int.max, node: -1)
      for i in nodes.indices {
        if known[kind][i].version != version[i] {
          let score =
            fits(pod, nodes[i]) ? (policy == "FGD" ? fgd(pod, nodes[i]).0 : bestFit(pod, nodes[i]).0) : -1
          known[kind][i] = (version[i], score)
        }
        let score = known[kind][i].score
        if score > best.score || (score >= 0 && score == best.score && ranks[i] < best.rank) {
          best = (score, ranks[i], i)
        }
      }
      guard best.node >= 0 else { return (-1, 0) }
      let gpus = (policy == "FGD" ? fgd(pod, nodes[best.node]) : bestFit(pod, nodes[best.node])).1
      nodes[best.node].cpu -= pod.cpu
      nodes[best.node].memory -= pod.memory
      for g in gpus { nodes[best.node].free[g] -= pod.milli }
      version[best.node] += 1
      return (best.node, gpus.reduce(0) { $0 | 1 << UInt16($1) })
    }
  }
}
