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
  static let bucketCount = 4096
  static let wordCount = bucketCount / 64
  private static let absent: Int32 = -1
  private static let pooled: Int32 = -2

  let order: NodeOrder
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
  let entries: Column<Entry>
  private let links: Column<Link>
  let nodeAtRank: Column<Int32>
  /// A bucket: its first node, or -1, and what that has of CPU, the most in
  /// the bucket. A search passes a bucket that lacks CPU without a look at the
  /// node (30 such buckets a search on 12,500 nodes).
  struct Head: BitwiseCopyable {
    var node: Int32 = -1
    var cpu: Int32 = -1
  }
  let heads: Column<Head>
  /// Buckets with nodes, one bit each, and per group the words that have any.
  let occupied: Column<UInt64>
  let occupiedWords: Column<UInt64>
  /// Groups with nodes.
  private(set) var groups: UInt64 = 0
  let classes: CapabilityClasses

  /// What a machine of each kind has when idle.
  let kinds: Column<MachineKind>
  let idle: IdlePools
  let capabilities = CapabilityHistogram()
  /// Classes that the fleet has.
  let nodeClasses: UInt64
  /// By node: what ``NodeState/closedBy`` says; without entries in a run
  /// without rules between jobs.
  let closedBy: Column<UInt64>
  let mig: MIGFleet?
  /// Where all requests are for MIG instances nobody asks for nodes, and they are
  /// not kept in order.
  let ordersNodes: Bool

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
  func bucket(_ key: Int64) -> Int { min(Int(Double(key) * bucketScale), NodeIndex.bucketCount - 1) }

  @inline(__always)
  func freeKey(cpu: Int32, gpu: Int32) -> Int64 {
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
}
