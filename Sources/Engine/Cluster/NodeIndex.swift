import Hardware

/// Finds the first node that fits, in a fixed order, without looking at all
/// nodes.
///
/// Nodes are grouped by what their GPUs can offer (``CapabilityClasses``), and
/// inside a group by buckets of the order's key, so a search skips what cannot fit.
/// Nodes on which nothing runs stand in one set per kind of machine, since
/// they are all alike: a search looks at the first of them only.
///
/// - Complexity: update O(1); search O(groups) plus the nodes of a bucket that
///   lack CPU or memory: nearly independent of the number of nodes.
struct NodeIndex: ~Copyable {
  private static let bucketCount = 4096
  private static let wordCount = bucketCount / 64
  private static let absent: Int32 = -1
  private static let pooled: Int32 = -2

  private let order: NodeOrder
  /// What a search reads of a node, together: 32 bytes, two to a cache line,
  /// so that looking at a node costs one line instead of one a column
  /// (measured: a third of the time of a search on 12,500 nodes).
  struct Entry: BitwiseCopyable {
    var key: Int64 = 0
    var cpu: Int32 = 0
    var memory: Int32 = 0
    /// Rank for ties; a permutation of the nodes.
    var rank: Int32 = 0
    /// The next node of its bucket.
    var next: Int32 = -1
    var capability: Int16 = -1
    /// The node's class.
    var nodeClass: UInt8 = 0

    @inline(__always)
    func fits(_ request: Request) -> Bool {
      cpu >= request.cpu && memory >= request.memory && Int32(capability) >= request.need
        && request.classes >> UInt64(nodeClass) & 1 != 0
    }
  }
  /// What only updates touch.
  struct Link: BitwiseCopyable {
    var previous: Int32 = -1
    /// class * bucketCount + bucket, or ``absent`` or ``pooled``.
    var place: Int32 = NodeIndex.absent
    var kind: Int32 = 0
  }
  private let entries: Column<Entry>
  private let links: Column<Link>
  private let nodeAtRank: Column<Int32>
  /// A bucket: its first node, or -1, and what that has of CPU, the most in
  /// the bucket. A search passes a bucket that lacks CPU without a look at the
  /// node (30 such buckets a search on 12,500 nodes).
  struct Head: BitwiseCopyable {
    var node: Int32 = -1
    var cpu: Int32 = -1
  }
  private let heads: Column<Head>
  /// Buckets with nodes, one bit each, and per group the words that have any.
  private let occupied: Column<UInt64>
  private let occupiedWords: Column<UInt64>
  /// Groups with nodes.
  private var groups: UInt64 = 0
  private let classes: CapabilityClasses

  /// What a machine of each kind has when idle.
  private let kinds: Column<MachineKind>
  private let idle: IdlePools
  private let capabilities = CapabilityHistogram()
  /// Classes that the fleet has.
  private let nodeClasses: UInt64
  /// By node: what ``NodeState/closedBy`` says; without entries in a run
  /// without rules between jobs.
  let closedBy: Column<UInt64>
  private let mig: MIGFleet?
  /// Where all requests are for MIG instances nobody asks for nodes, and they are
  /// not kept in order.
  private let ordersNodes: Bool

  private let cpuWeight: Int64
  private let gpuWeight: Int64
  private let bucketScale: Double
  private let largestKey: Int64

  init(
    _ cluster: borrowing ClusterState,
    order: NodeOrder,
    ranks: [Int32],
    needs: [Int32],
    hasRules: Bool = false,
    ordersNodes: Bool = true,
    machine: (Int, NodeSpec, UInt8) -> MachineKind = { MachineKind($1, nodeClass: $2) }
  ) {
    let n = cluster.nodeCount
    mig = cluster.mig
    self.ordersNodes = ordersNodes
    closedBy = Column(repeating: 0, count: hasRules ? n : 0)
    self.order = order
    entries = Column(repeating: Entry(), count: n)
    links = Column(repeating: Link(), count: n)
    nodeAtRank = Column(repeating: 0, count: n)
    for (node, position) in ranks.enumerated() {
      entries[node].rank = position
      nodeAtRank[Int(position)] = Int32(node)
    }
    classes = CapabilityClasses(needs: needs)
    nodeClasses = (0..<n).reduce(0) { $0 | cluster.nodes[$1].classBit }
    heads = Column(repeating: Head(), count: classes.count * NodeIndex.bucketCount)
    occupied = Column(repeating: 0, count: classes.count * NodeIndex.wordCount)
    occupiedWords = Column(repeating: 0, count: classes.count)
    // Free share = cpu / largestCPU + gpu / largestGPU, over one denominator.
    cpuWeight = Int64(cluster.largestGPUMilli)
    gpuWeight = Int64(cluster.largestCPU)
    largestKey =
      order == .rank ? Int64(max(n, 1)) : 2 * Int64(cluster.largestCPU) * Int64(cluster.largestGPUMilli)
    bucketScale = Double(NodeIndex.bucketCount) / Double(largestKey + 1)

    var machines: [MachineKind] = []
    var kindOf: [MachineKind: Int] = [:]
    for (node, spec) in cluster.fleet.nodes.enumerated() {
      let nodeClass = UInt8(cluster.classIndex(node))
      let machine = machine(node, spec, nodeClass)
      if kindOf[machine] == nil {
        kindOf[machine] = machines.count
        machines.append(machine)
      }
      links[node].kind = Int32(kindOf[machine]!)
      entries[node].nodeClass = nodeClass
    }
    kinds = Column(machines)
    idle = IdlePools(kinds: machines.count, nodes: n)
    for node in 0..<n { update(node, cluster) }
  }

  // MARK: - Updates

  /// Puts the node where its present state belongs.
  @inline(__always)
  mutating func update(_ n: Int, _ cluster: borrowing ClusterState) {
    // Pools have no device classes to group by; they are scanned.
    if cluster.isPooled { return }
    mig?.update(n, cluster)
    let entry = entries.pointer(from: n)
    let isUp = cluster.isUp(n)
    let capability = isUp ? cluster.nodes[n].capability : -1
    if Int32(entry.pointee.capability) != capability {
      capabilities.move(
        from: Int32(entry.pointee.capability),
        to: capability,
        nodeClass: Int(entry.pointee.nodeClass)
      )
      entry.pointee.capability = Int16(capability)
    }
    entry.pointee.cpu = cluster.nodes[n].cpuFree
    entry.pointee.memory = cluster.nodes[n].memoryFree
    if !ordersNodes { return }
    let key: Int64
    switch order {
    case .rank: key = Int64(entry.pointee.rank)
    case .leastFree: key = freeKey(cpu: entry.pointee.cpu, gpu: cluster.nodes[n].gpuFreeSum)
    case .mostFree: key = largestKey - freeKey(cpu: entry.pointee.cpu, gpu: cluster.nodes[n].gpuFreeSum)
    }
    entry.pointee.key = key
    var target = NodeIndex.absent
    if isUp {
      target =
        cluster.isIdle(n) && isAsWhenIdle(n, cluster)
        ? NodeIndex.pooled : Int32(classes.index(capability) * NodeIndex.bucketCount + bucket(key))
    }
    guard target >= 0 || links[n].place != target else { return }
    unlink(n)
    links[n].place = target
    if target >= 0 {
      link(n, Int(target))
    } else if target == NodeIndex.pooled {
      idle.insert(kind: Int(links[n].kind), rank: Int(entry.pointee.rank))
    }
  }

  /// Whether an idle node offers what machines of its kind do: the layout of
  /// its GPUs may keep some from being whole.
  @inline(__always)
  private func isAsWhenIdle(_ n: Int, _ cluster: borrowing ClusterState) -> Bool {
    mig == nil || cluster.nodes[n].wholeFree == kinds[Int(links[n].kind)].gpuCount
  }

  /// Monotone in the key.
  @inline(__always)
  private func bucket(_ key: Int64) -> Int { min(Int(Double(key) * bucketScale), NodeIndex.bucketCount - 1) }

  @inline(__always)
  private func freeKey(cpu: Int32, gpu: Int32) -> Int64 {
    Int64(cpu) * cpuWeight + Int64(gpu) * gpuWeight
  }

  /// Inserts by free CPU, most first, so that a search leaves a bucket at the
  /// first node that lacks CPU.
  private mutating func link(_ n: Int, _ slot: Int) {
    let cpu = entries[n].cpu
    var before: Int32 = -1
    var after = heads[slot].node
    while after >= 0 && entries[Int(after)].cpu > cpu {
      before = after
      after = entries[Int(after)].next
    }
    entries[n].next = after
    links[n].previous = before
    if after >= 0 { links[Int(after)].previous = Int32(n) }
    if before >= 0 {
      entries[Int(before)].next = Int32(n)
    } else {
      heads[slot] = Head(node: Int32(n), cpu: cpu)
      let group = slot / NodeIndex.bucketCount
      occupied[slot >> 6] |= 1 << UInt64(slot & 63)
      occupiedWords[group] |= 1 << UInt64(slot >> 6 & 63)
      groups |= 1 << UInt64(group)
    }
  }

  private mutating func unlink(_ n: Int) {
    let link = links[n]
    let next = entries[n].next
    let slot = Int(link.place)
    if slot == Int(NodeIndex.pooled) {
      idle.remove(kind: Int(link.kind), rank: Int(entries[n].rank))
      return
    }
    guard slot >= 0 else { return }
    if next >= 0 { links[Int(next)].previous = link.previous }
    if link.previous >= 0 {
      entries[Int(link.previous)].next = next
      return
    }
    guard next < 0 else {
      heads[slot] = Head(node: next, cpu: entries[Int(next)].cpu)
      return
    }
    heads[slot] = Head()
    let group = slot / NodeIndex.bucketCount
    occupied[slot >> 6] &= ~(1 << UInt64(slot & 63))
    guard occupied[slot >> 6] == 0 else { return }
    occupiedWords[group] &= ~(1 << UInt64(slot >> 6 & 63))
    if occupiedWords[group] == 0 { groups &= ~(1 << UInt64(group)) }
  }

  // MARK: - Searches

  /// The first node in (key, rank) order on which the request fits, or -1.
  func first(_ request: Request) -> Int {
    if request.slice >= 0 { return firstInstance(request).node }
    precondition(ordersNodes, "a search for nodes where all requests are for instances")
    var bestKey = Int64.max
    var bestRank = Int32.max
    var best = -1
    for t in 0..<kinds.count where idle.count(kind: t) > 0 {
      guard kinds[t].holds(request), let position = firstIdle(kind: t, request) else { continue }
      let n = Int(nodeAtRank[position])
      let key = entries[n].key
      if (key, Int32(position)) < (bestKey, bestRank) {
        (bestKey, bestRank, best) = (key, Int32(position), n)
      }
    }
    var left = groups & ~((1 << UInt64(classes.index(request.need))) - 1)
    while left != 0 {
      let group = left.trailingZeroBitCount
      left &= left - 1
      var from = 0
      if order == .leastFree {
        let gpu = max(classes.leastFreeMilli(group), request.takenMilli)
        let least = freeKey(cpu: request.cpu, gpu: gpu)
        if least > bestKey { continue }
        from = bucket(least)
      }
      let last = best < 0 ? NodeIndex.bucketCount - 1 : bucket(bestKey)
      var at = nextOccupied(group, from: from)
      while at <= last {
        let head = heads[group * NodeIndex.bucketCount + at]
        var n = head.cpu < request.cpu ? -1 : Int(head.node)
        var found = false
        while n >= 0 {
          let entry = entries.pointer(from: n)
          if entry.pointee.cpu < request.cpu { break }
          if entry.pointee.fits(request) && isOpen(n, request) {
            found = true
            let key = entry.pointee.key
            if key < bestKey || (key == bestKey && entry.pointee.rank < bestRank) {
              bestKey = key
              bestRank = entry.pointee.rank
              best = n
            }
          }
          n = Int(entry.pointee.next)
        }
        if found { break }
        at = nextOccupied(group, from: at + 1)
      }
    }
    return best
  }

  /// Where a MIG instance for the request goes.
  func firstInstance(_ request: Request) -> Placement {
    mig!.first(request) { n in
      entries[n].cpu >= request.cpu && entries[n].memory >= request.memory && isOpen(n, request)
    }
  }

  /// Whether no rule between jobs closes the node to the request.
  @inline(__always)
  private func isOpen(_ n: Int, _ request: Request) -> Bool {
    request.obeys == 0 || closedBy[n] & request.obeys == 0
  }

  /// The lowest rank among the idle nodes of this kind that are open to the
  /// request.
  ///
  /// - Complexity: O(1) without rules; with them it walks past closed nodes.
  @inline(__always)
  private func firstIdle(kind: Int, _ request: Request) -> Int? {
    var position = idle.first(kind: kind)
    while let p = position, !isOpen(Int(nodeAtRank[p]), request) {
      position = idle.next(kind: kind, after: p)
    }
    return position
  }

  /// Whether any node that is up, of an accepted class, offers the GPUs asked,
  /// whatever CPU and memory it has left.
  func offersGPUs(_ request: Request) -> Bool {
    if request.slice >= 0 { return mig!.offers(request) }
    return capabilities.offers(atLeast: request.need, classes: request.classes & nodeClasses)
  }

  /// The largest capability of a node that is up, whatever its class; -1: none
  /// is.
  var largestCapability: Int32 { capabilities.largest(classes: nodeClasses) }

  /// The first bucket of the group with nodes, at or after this one.
  @inline(__always)
  private func nextOccupied(_ group: Int, from bucket: Int) -> Int {
    guard bucket < NodeIndex.bucketCount else { return Int.max }
    let base = group * NodeIndex.wordCount
    let word = bucket >> 6
    let bits = occupied[base + word] & (UInt64.max << UInt64(bucket & 63))
    if bits != 0 { return word * 64 + bits.trailingZeroBitCount }
    let words = word == 63 ? 0 : occupiedWords[group] & (UInt64.max << UInt64(word + 1))
    guard words != 0 else { return Int.max }
    let next = words.trailingZeroBitCount
    return next * 64 + occupied[base + next].trailingZeroBitCount
  }
}
