import Hardware

/// What an idle machine of one kind offers.
struct MachineKind: BitwiseCopyable {
  var cpu: Int32 = 0
  var memory: Int32 = 0
  var gpuCount: Int32 = 0
  var modelBit: UInt64 = 0

  init() {}

  init(_ spec: NodeSpec) {
    cpu = spec.cpuMilli
    memory = spec.memoryMiB
    gpuCount = Int32(spec.gpuCount)
    modelBit = spec.gpuModel.map { 1 << UInt64($0.rawValue) } ?? 0
  }

  /// Whether the request fits on such a machine when nothing else is there.
  func holds(_ request: Request) -> Bool {
    cpu >= request.cpu && memory >= request.memory && gpuCount >= request.gpuCount
      && (request.gpuCount == 0 || modelBit & request.models != 0)
  }
}

/// By which key an index keeps its nodes; the first that fits wins.
enum NodeOrder {
  /// Least free CPU and GPU, each relative to the largest machine (best fit).
  case leastFree
  /// Most free (worst fit).
  case mostFree
  /// The tie-break's rank alone (first fit).
  case rank
}

/// Finds the first node that fits, in a fixed order, without looking at all
/// nodes.
///
/// Nodes are grouped by what their GPUs can offer (``Capability``), and inside
/// a group by buckets of the order's key, so a search skips what cannot fit.
/// Nodes on which nothing runs stand in one set per kind of machine, since
/// they are all alike: a search looks at the first of them only.
///
/// - Complexity: update O(1); search O(groups) plus the nodes of a bucket that
///   lack CPU or memory: nearly independent of the number of nodes.
struct NodeIndex: ~Copyable {
  private static let bucketCount = 1024
  private static let wordCount = bucketCount / 64
  private static let absent: Int32 = -1
  private static let pooled: Int32 = -2

  private let order: NodeOrder
  /// Rank of each node for ties; a permutation.
  private let rank: Column<Int32>
  private let nodeAtRank: Column<Int32>
  private let key: Column<Int64>
  private let head: Column<Int32>
  private let next: Column<Int32>
  private let previous: Column<Int32>
  /// class * bucketCount + bucket, or ``absent`` or ``pooled``.
  private let place: Column<Int32>
  private let occupied: Column<UInt64>
  private var classes: UInt32 = 0

  /// Kind of machine of each node.
  private let kind: Column<Int32>
  /// What a machine of each kind has when idle.
  private let kinds: Column<MachineKind>
  private let idle: IdlePools
  /// Nodes by capability, for each model: are there any that offer at least x?
  private let histogram: Column<Int32>
  private let histogramBits: Column<UInt64>
  private static let histogramWords = (Capability.count + 63) / 64
  private let recordedCapability: Column<Int32>

  private let cpuWeight: Int64
  private let gpuWeight: Int64
  private let bucketScale: Double
  private let largestKey: Int64

  init(_ cluster: borrowing ClusterState, order: NodeOrder, ranks: [Int32]) {
    let n = cluster.nodeCount
    self.order = order
    rank = Column(repeating: 0, count: n)
    nodeAtRank = Column(repeating: 0, count: n)
    for (node, position) in ranks.enumerated() {
      rank[node] = position
      nodeAtRank[Int(position)] = Int32(node)
    }
    key = Column(repeating: 0, count: n)
    head = Column(repeating: -1, count: Capability.classCount * NodeIndex.bucketCount)
    next = Column(repeating: -1, count: n)
    previous = Column(repeating: -1, count: n)
    place = Column(repeating: NodeIndex.absent, count: n)
    occupied = Column(repeating: 0, count: Capability.classCount * NodeIndex.wordCount)
    kind = Column(repeating: 0, count: n)
    histogram = Column(repeating: 0, count: Fleet.maximumGPUModels * Capability.count)
    histogramBits = Column(repeating: 0, count: Fleet.maximumGPUModels * NodeIndex.histogramWords)
    recordedCapability = Column(repeating: -1, count: n)
    // Free share = cpu / largestCPU + gpu / largestGPU, over one denominator.
    cpuWeight = Int64(cluster.largestGPUMilli)
    gpuWeight = Int64(cluster.largestCPU)
    largestKey = order == .rank ? Int64(max(n, 1)) : 2 * Int64(cluster.largestCPU) * Int64(cluster.largestGPUMilli)
    bucketScale = Double(NodeIndex.bucketCount) / Double(largestKey + 1)

    var specs: [NodeSpec] = []
    var kindOf: [NodeSpec: Int] = [:]
    for (node, spec) in cluster.fleet.nodes.enumerated() {
      var unnamed = spec
      unnamed.name = ""
      if kindOf[unnamed] == nil {
        kindOf[unnamed] = specs.count
        specs.append(unnamed)
      }
      kind[node] = Int32(kindOf[unnamed]!)
    }
    kinds = Column(repeating: MachineKind(), count: specs.count)
    for (t, spec) in specs.enumerated() { kinds[t] = MachineKind(spec) }
    idle = IdlePools(kinds: specs.count, nodes: n)
    for node in 0..<n { update(node, cluster) }
  }

  // MARK: - Updates

  /// Puts the node where its present state belongs.
  @inline(__always)
  mutating func update(_ n: Int, _ cluster: borrowing ClusterState) {
    let isUp = cluster.isUp(n)
    let capability = isUp ? cluster.capability[n] : -1
    if recordedCapability[n] != capability {
      record(n, capability, model: cluster.modelIndex(n))
    }
    let value = keyValue(n, cluster)
    key[n] = value
    var target = NodeIndex.absent
    if isUp {
      if cluster.isIdle(n) {
        target = NodeIndex.pooled
      } else {
        let bucket = min(Int(Double(value) * bucketScale), NodeIndex.bucketCount - 1)
        target = Int32(Capability.classIndex(capability) * NodeIndex.bucketCount + bucket)
      }
    }
    guard place[n] != target else { return }
    unlink(n)
    place[n] = target
    if target >= 0 { link(n, Int(target)) } else if target == NodeIndex.pooled {
      idle.insert(kind: Int(kind[n]), rank: Int(rank[n]))
    }
  }

  @inline(__always)
  private func keyValue(_ n: Int, _ cluster: borrowing ClusterState) -> Int64 {
    switch order {
    case .rank: return Int64(rank[n])
    case .leastFree: return freeKey(cpu: cluster.cpuFree[n], gpu: cluster.gpuFreeSum[n])
    case .mostFree: return largestKey - freeKey(cpu: cluster.cpuFree[n], gpu: cluster.gpuFreeSum[n])
    }
  }

  @inline(__always)
  private func freeKey(cpu: Int32, gpu: Int32) -> Int64 {
    Int64(cpu) * cpuWeight + Int64(gpu) * gpuWeight
  }

  private mutating func link(_ n: Int, _ slot: Int) {
    let first = head[slot]
    next[n] = first
    previous[n] = -1
    if first >= 0 { previous[Int(first)] = Int32(n) }
    head[slot] = Int32(n)
    occupied[slot >> 6] |= 1 << UInt64(slot & 63)
    classes |= 1 << UInt32(slot / NodeIndex.bucketCount)
  }

  private mutating func unlink(_ n: Int) {
    let slot = Int(place[n])
    if slot == Int(NodeIndex.pooled) {
      idle.remove(kind: Int(kind[n]), rank: Int(rank[n]))
      return
    }
    guard slot >= 0 else { return }
    if previous[n] >= 0 { next[Int(previous[n])] = next[n] } else { head[slot] = next[n] }
    if next[n] >= 0 { previous[Int(next[n])] = previous[n] }
    guard head[slot] < 0 else { return }
    occupied[slot >> 6] &= ~(1 << UInt64(slot & 63))
    let group = slot / NodeIndex.bucketCount
    for word in 0..<NodeIndex.wordCount where occupied[group * NodeIndex.wordCount + word] != 0 { return }
    classes &= ~(1 << UInt32(group))
  }

  private mutating func record(_ n: Int, _ capability: Int32, model: Int) {
    let base = model * Capability.count
    let words = model * NodeIndex.histogramWords
    let old = recordedCapability[n]
    if old >= 0 {
      let cell = base + Int(old)
      histogram[cell] -= 1
      if histogram[cell] == 0 { histogramBits[words + Int(old) >> 6] &= ~(1 << UInt64(old & 63)) }
    }
    if capability >= 0 {
      histogram[base + Int(capability)] += 1
      histogramBits[words + Int(capability) >> 6] |= 1 << UInt64(capability & 63)
    }
    recordedCapability[n] = capability
  }

  // MARK: - Searches

  /// The first node in (key, rank) order on which the request fits, or -1.
  func first(_ request: Request, _ cluster: borrowing ClusterState) -> Int {
    var bestKey = Int64.max
    var bestRank = Int32.max
    var best = -1
    for t in 0..<kinds.count where idle.count(kind: t) > 0 {
      guard kinds[t].holds(request), let position = idle.first(kind: t) else { continue }
      let n = Int(nodeAtRank[position])
      if (key[n], Int32(position)) < (bestKey, bestRank) {
        (bestKey, bestRank, best) = (key[n], Int32(position), n)
      }
    }
    var groups = classes & ~((1 << UInt32(Capability.classIndex(request.need))) - 1)
    while groups != 0 {
      let group = groups.trailingZeroBitCount
      groups &= groups - 1
      var from = 0
      if order == .leastFree {
        let gpu = max(Capability.leastFreeMilli(classIndex: group), request.takenMilli)
        let least = freeKey(cpu: request.cpu, gpu: gpu)
        if least > bestKey { continue }
        from = min(Int(Double(least) * bucketScale), NodeIndex.bucketCount - 1)
      }
      let last = best < 0 ? NodeIndex.bucketCount - 1 : min(Int(Double(bestKey) * bucketScale), NodeIndex.bucketCount - 1)
      var bucket = nextOccupied(group, from: from)
      while bucket <= last {
        var n = Int(head[group * NodeIndex.bucketCount + bucket])
        var found = false
        while n >= 0 {
          if cluster.fits(request, n) {
            found = true
            if (key[n], rank[n]) < (bestKey, bestRank) {
              (bestKey, bestRank, best) = (key[n], rank[n], n)
            }
          }
          n = Int(next[n])
        }
        if found { break }
        bucket = nextOccupied(group, from: bucket + 1)
      }
    }
    return best
  }

  /// Whether any node that is up, of an accepted model, offers the GPUs asked,
  /// whatever CPU and memory it has left.
  func offersGPUs(_ request: Request) -> Bool {
    var models = request.models
    let need = Int(request.need)
    while models != 0 {
      let model = models.trailingZeroBitCount
      models &= models - 1
      let words = model * NodeIndex.histogramWords
      var word = need >> 6
      var bits = histogramBits[words + word] & (UInt64.max << UInt64(need & 63))
      while true {
        if bits != 0 { return true }
        word += 1
        if word == NodeIndex.histogramWords { break }
        bits = histogramBits[words + word]
      }
    }
    return false
  }

  @inline(__always)
  private func nextOccupied(_ group: Int, from bucket: Int) -> Int {
    var word = bucket >> 6
    guard word < NodeIndex.wordCount else { return Int.max }
    let base = group * NodeIndex.wordCount
    var bits = occupied[base + word] & (UInt64.max << UInt64(bucket & 63))
    while bits == 0 {
      word += 1
      if word == NodeIndex.wordCount { return Int.max }
      bits = occupied[base + word]
    }
    return word * 64 + bits.trailingZeroBitCount
  }
}
