import Outcome
import SimulationKernel
import Workload

/// What is under way to nodes and runs.
final class TransferState {
  /// What a run does before it works.
  enum Stage: UInt8 {
    case none, image, read
  }

  let spec: StorageSpec
  /// The registry, then the tiers.
  private(set) var links: [SharedLink]
  /// By link: of its newest event.
  private(set) var turn: [UInt32]
  private(set) var nodes: [NodeImages]
  /// By class: its image, or -1; by image: its size.
  private let imageOfClass: [Int32]
  private let bytes: [Int64]
  private let terms: [StorageSpec.ClassTerms]
  private let jobClass: [JobClassID]
  /// By job.
  private let stages: Column<UInt8>
  private let missing: Column<Int32>
  var totals = StorageTotals()
  private let from: Int64

  init(_ spec: StorageSpec, _ input: SimulationInput) {
    self.spec = spec
    from = input.measuredFrom.nanoseconds
    let registry = spec.registry ?? StorageSpec.Link(name: "registry", bytesPerSecond: 1)
    links = ([registry] + spec.tiers).map(SharedLink.init)
    turn = Array(repeating: 0, count: links.count)
    nodes = Array(repeating: NodeImages(), count: input.fleet.nodes.count)
    terms = input.jobs.classes.map { spec.classes[$0] ?? StorageSpec.ClassTerms() }
    var images: [StorageSpec.Image] = []
    imageOfClass = terms.map { terms in
      guard let image = terms.image else { return -1 }
      if let known = images.firstIndex(of: image) { return Int32(known) }
      images.append(image)
      return Int32(images.count - 1)
    }
    bytes = images.map(\.bytes)
    jobClass = input.jobs.jobClass
    stages = Column(repeating: 0, count: input.jobs.count)
    missing = Column(repeating: 0, count: input.jobs.count)
  }

  func stage(_ job: Int) -> Stage { Stage(rawValue: stages[job])! }

  private func image(_ job: Int) -> Int32 { imageOfClass[Int(jobClass[job].rawValue)] }

  // MARK: - Runs

  /// A run begins on these nodes. Returns the nodes that have to begin a pull,
  /// or nil where all have its image.
  func begins(_ job: Int, on places: [Int], at now: Int64) -> [Int]? {
    let image = image(job)
    guard image >= 0 else { return nil }
    var fresh: [Int] = []
    missing[job] = 0
    for n in places {
      if nodes[n].use(image, at: now) {
        if now >= from { totals.hits += 1 }
        continue
      }
      missing[job] += 1
      nodes[n].waiting.append((Int32(job), image))
      if !nodes[n].pulls.contains(image) {
        nodes[n].pulls.append(image)
        if nodes[n].pulls.count == 1 { fresh.append(n) }
      }
    }
    guard missing[job] > 0 else { return nil }
    stages[job] = Stage.image.rawValue
    return fresh
  }

  func startPull(_ n: Int, at now: Int64) {
    let size = bytes[Int(nodes[n].pulls[0])]
    if now >= from {
      totals.pulls += 1
      totals.pulledBytes += Int128(size)
    }
    links[0].add(Int32(n), bytes: size, at: now)
  }

  /// How long the node unpacks what it has pulled, ns.
  func unpacking(_ n: Int) -> Int64 {
    guard let rate = spec.unpackBytesPerSecond else { return 0 }
    return Int64((Int128(bytes[Int(nodes[n].pulls[0])]) * 1_000_000_000 + Int128(rate) - 1) / Int128(rate))
  }

  /// The node holds what it pulled: the runs that lack nothing any more.
  func finishPull(_ n: Int, at now: Int64) -> [Int] {
    let size = bytes[Int(nodes[n].pulls[0])]
    let (jobs, evicted) = nodes[n].finishPull(bytes: size, cache: spec.cacheBytes, at: now)
    if now >= from { totals.evictions += evicted }
    return jobs.map(Int.init).filter { job in
      missing[job] -= 1
      return missing[job] == 0
    }
  }

  /// The run has its image and reads; returns the link, or nil: it reads
  /// nothing and works.
  func reads(_ job: Int, at now: Int64) -> Int? {
    let terms = terms[Int(jobClass[job].rawValue)]
    guard terms.readBytes > 0 else {
      stages[job] = Stage.none.rawValue
      return nil
    }
    stages[job] = Stage.read.rawValue
    if now >= from { totals.readBytes += Int128(terms.readBytes) }
    links[1 + terms.tier].add(Int32(job), bytes: terms.readBytes, at: now)
    return 1 + terms.tier
  }

  /// The run works from now on, so long after its start.
  func works(_ job: Int, after span: Int64, at now: Int64) {
    stages[job] = Stage.none.rawValue
    if now >= from { totals.setupNanoseconds += Int128(span) }
  }

  /// A run ends on these nodes, whatever it does. Returns the link that it
  /// leaves, if it was reading.
  func ends(_ job: Int, on places: [Int], at now: Int64) -> Int? {
    let image = image(job)
    if image >= 0 { for n in places { nodes[n].leave(Int32(job), image) } }
    let wasReading = stage(job) == .read
    stages[job] = Stage.none.rawValue
    guard wasReading else { return nil }
    let link = 1 + terms[Int(jobClass[job].rawValue)].tier
    links[link].remove(Int32(job), at: now)
    return link
  }

  /// The node is down or gone. Returns whether it was pulling.
  func lose(_ n: Int, keepsImages: Bool, at now: Int64) -> Bool {
    let wasPulling = !nodes[n].pulls.isEmpty
    if wasPulling { links[0].remove(Int32(n), at: now) }
    nodes[n].lose(keepsImages: keepsImages)
    return wasPulling
  }

  // MARK: - Links

  func takeDone(_ link: Int, at now: Int64) -> [Int32] { links[link].takeDone(at: now) }

  /// When the link's next flow is done; events of before do not stand.
  func retime(_ link: Int) -> (at: Int64?, turn: UInt32) {
    turn[link] &+= 1
    return (links[link].next(), turn[link])
  }
}
