import Outcome
import SimulationKernel
import Workload

/// What is under way to nodes and runs.
final class TransferState {
  /// What keeps a run from working: the first three before it begins to.
  enum Stage: UInt8 {
    case none, image, read, site, write
  }

  let spec: StorageSpec
  /// The registry, then the tiers, then the links between sites.
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
  /// Kept where data come from other sites in a time that depends on others.
  let sites: SiteData?
  private var firstSiteLink: Int { 1 + spec.tiers.count }
  var totals = StorageTotals()
  private let from: Int64

  init(_ spec: StorageSpec, _ input: SimulationInput, _ burst: BurstPlan?) {
    self.spec = spec
    from = input.measuredFrom.nanoseconds
    let registry = spec.registry ?? StorageSpec.Link(name: "registry", bytesPerSecond: 1)
    links = ([registry] + spec.tiers).map { SharedLink($0) }
    sites = burst.flatMap { $0.spec.followsData ? SiteData($0, input) : nil }
    if let burst { links += burst.spec.links.map { SharedLink($0) } }
    turn = Array(repeating: 0, count: links.count)
    terms = input.jobs.classes.map { spec.classes[$0] ?? StorageSpec.ClassTerms() }
    var images: [StorageSpec.Image] = []
    imageOfClass = terms.map { terms in
      guard let image = terms.image else { return -1 }
      if let known = images.firstIndex(of: image) { return Int32(known) }
      images.append(image)
      return Int32(images.count - 1)
    }
    bytes = images.map(\.bytes)
    let preloaded = spec.preloaded.compactMap { name in
      images.firstIndex { $0.name == name }.map { (image: Int32($0), bytes: images[$0].bytes) }
    }
    nodes = Array(repeating: NodeImages(preloaded: preloaded), count: input.fleet.nodes.count)
    if spec.classes.values.contains(where: { $0.checkpointBytes > 0 }) {
      totals.writes = StorageTotals.Writes()
    }
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
  /// nothing.
  func reads(_ job: Int, at now: Int64) -> Int? {
    let terms = terms[Int(jobClass[job].rawValue)]
    guard terms.readBytes > 0 else { return nil }
    stages[job] = Stage.read.rawValue
    if now >= from { totals.readBytes += Int128(terms.readBytes) }
    links[1 + terms.tier].add(Int32(job), bytes: terms.readBytes, at: now)
    return 1 + terms.tier
  }

  /// The run has read, and needs its data from another site.
  func stages(_ job: Int, at site: Int, now: Int64) -> SiteData.Step {
    guard let (step, flow, bytes) = sites?.begins(job, at: site, now: now), step != .nothing else {
      return .nothing
    }
    stages[job] = Stage.site.rawValue
    guard case .begins(let number) = step else { return .waits }
    links[firstSiteLink + number].add(flow, bytes: bytes, at: now)
    return .begins(link: firstSiteLink + number)
  }

  func isBetweenSites(_ link: Int) -> Bool { link >= firstSiteLink }

  /// The run stops to write its checkpoint; returns the link.
  func writes(_ job: Int, at now: Int64) -> Int {
    let terms = terms[Int(jobClass[job].rawValue)]
    stages[job] = Stage.write.rawValue
    if now >= from {
      totals.writes!.count += 1
      totals.writes!.bytes += Int128(terms.checkpointBytes)
    }
    links[1 + terms.checkpointTier].add(Int32(job), bytes: terms.checkpointBytes, at: now)
    return 1 + terms.checkpointTier
  }

  /// The checkpoint is written, so long after that.
  func wrote(_ job: Int, after span: Int64, at now: Int64) {
    stages[job] = Stage.none.rawValue
    guard now >= from else { return }
    let terms = terms[Int(jobClass[job].rawValue)]
    totals.writes!.nanoseconds += Int128(span)
    totals.writes!.aloneNanoseconds += Int128(spec.tiers[terms.checkpointTier].alone(terms.checkpointBytes))
  }

  /// The run works from now on, so long after its start.
  func works(_ job: Int, after span: Int64, at now: Int64) {
    stages[job] = Stage.none.rawValue
    if now >= from { totals.setupNanoseconds += Int128(span) }
  }

  /// A run ends on these nodes of a site, whatever it does. Returns the link
  /// that it leaves, if it was using one.
  func ends(_ job: Int, on places: [Int], at now: Int64) -> Int? {
    let image = image(job)
    if image >= 0 { for n in places { nodes[n].leave(Int32(job), image) } }
    let terms = terms[Int(jobClass[job].rawValue)]
    var link: Int?
    switch stage(job) {
    case .none, .image: break
    case .read: link = 1 + terms.tier
    case .write: link = 1 + terms.checkpointTier
    case .site:
      link = sites!.ends(job, at: Int(sites!.plan.siteOf[places[0]])).map { firstSiteLink + $0 }
    }
    stages[job] = Stage.none.rawValue
    if let link { links[link].remove(Int32(job), at: now) }
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
