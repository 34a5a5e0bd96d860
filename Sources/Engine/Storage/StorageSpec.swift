import SimulationKernel
import Workload

/// What runs have to fetch before they work, and write while they do, and over
/// which shared bandwidth.
///
/// A run first waits until every node that it lies on holds its image, then
/// reads its data from a tier, then works; a replica of a service begins its
/// cold start. Nodes pull one image at a time, as kubelets do unless told
/// otherwise (serializeImagePulls). What several fetch or write over one link at
/// a time they share in equal parts.
public struct StorageSpec: Equatable, Sendable {
  /// A bandwidth that all share.
  public struct Link: Equatable, Sendable {
    public var name: String
    public var bytesPerSecond: Int64
    /// The most that one gets; nil: all of it.
    public var perFlow: Int64?

    public init(name: String, bytesPerSecond: Int64, perFlow: Int64? = nil) {
      self.name = name
      self.bytesPerSecond = bytesPerSecond
      self.perFlow = perFlow
    }

    /// How long one alone takes for so many bytes, ns, rounded up.
    public func alone(_ bytes: Int64) -> Int64 {
      let rate = Int128(min(perFlow ?? .max, bytesPerSecond))
      let span = (Int128(bytes) * 1_000_000_000 + rate - 1) / rate
      return Int64(min(span, Int128(SimTime.latest.nanoseconds)))
    }
  }

  public struct Image: Hashable, Sendable {
    public var name: String
    public var bytes: Int64

    public init(name: String, bytes: Int64) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// What the jobs of a class fetch and write.
  public struct ClassTerms: Equatable, Sendable {
    public var image: Image?
    /// By one run, however many workers it has.
    public var readBytes: Int64 = 0
    /// A position in ``StorageSpec/tiers``.
    public var tier: Int = 0
    /// What a job with a checkpoint plan writes after each of its intervals, and
    /// where to; the plan's own time to write is that of one alone. 0: it takes
    /// that time whatever others do.
    public var checkpointBytes: Int64 = 0
    public var checkpointTier: Int = 0
    /// The job works on while it is written, and waits only when the next one is
    /// due before.
    public var writesInBackground = false

    public init() {}
  }

  /// From where images come; a flow is a node. nil: none has to.
  public var registry: Link?
  /// How fast a node unpacks what it has pulled; nil: at once.
  public var unpackBytesPerSecond: Int64?
  /// What a node keeps of images; nil: all. What was used least recently goes
  /// first, and nothing that a run uses.
  public var cacheBytes: Int64?
  /// Names of images that every node holds when it comes into being. Until a
  /// run has used one it is the first to go.
  public var preloaded: [String] = []
  /// From where data are read and whereto checkpoints are written; a flow is a
  /// run.
  public var tiers: [Link] = []
  /// By name of the class.
  public var classes: [String: ClassTerms] = [:]

  public init() {}

  /// More bytes, or bytes a second, than this are refused: a petabyte.
  public static let mostBytes: Int64 = 1_000_000_000_000_000
  public static let mostTiers = 1_000

  /// Why runs cannot fetch this, or nil.
  static func problem(_ input: SimulationInput) -> String? {
    guard let storage = input.storage else { return nil }
    var links: [Link] = storage.tiers
    if let registry = storage.registry { links.append(registry) }
    var rates: [Int64] = [storage.unpackBytesPerSecond ?? 1]
    for link in links { rates += [link.bytesPerSecond, link.perFlow ?? 1] }
    if rates.contains(where: { !(1...mostBytes).contains($0) }) || storage.tiers.count > mostTiers {
      return "a bandwidth of storage must be 1 ... \(mostBytes) bytes a second, of at most \(mostTiers) tiers"
    }
    if storage.cacheBytes ?? 0 < 0 { return "a cache of images needs 0 bytes or more" }
    var sizes: [String: Int64] = [:]
    for (name, terms) in storage.classes.sorted(by: { $0.key < $1.key }) {
      if terms.readBytes < 0 || terms.readBytes > mostBytes { return "class '\(name)' reads too much" }
      if terms.readBytes > 0 && !storage.tiers.indices.contains(terms.tier) {
        return "class '\(name)' reads from a tier that does not exist"
      }
      if !(0...mostBytes).contains(terms.checkpointBytes) { return "class '\(name)' writes too much" }
      if terms.checkpointBytes > 0 && !storage.tiers.indices.contains(terms.checkpointTier) {
        return "class '\(name)' writes checkpoints to a tier that does not exist"
      }
      guard let image = terms.image else { continue }
      if storage.registry == nil { return "class '\(name)' has an image, and there is no registry" }
      if !(1...mostBytes).contains(image.bytes) { return "the image of class '\(name)' needs a size" }
      if sizes.updateValue(image.bytes, forKey: image.name) ?? image.bytes != image.bytes {
        return "image '\(image.name)' has two sizes"
      }
    }
    if let problem = storage.preloadProblem(sizes) { return problem }
    let policies = AutoNodes.problem(
      queue: input.queue,
      preemption: input.preemption,
      gangs: input.gangs,
      sharing: input.sharing
    )
    if let policies { return "runs fetch images and data only where nodes could come and go: " + policies }
    if input.preemption != nil { return "priorities do not preempt where runs fetch images and data" }
    if input.wipe > .zero { return "memory is not wiped where runs fetch images and data" }
    if input.contention != nil { return "runs on GPUs that slow one another fetch no images and data" }
    let jobs = input.jobs
    for job in 0..<jobs.count where jobs.limit(of: job) != nil {
      let name = jobs.classes[Int(jobs.jobClass[job].rawValue)]
      if storage.classes[name] != nil {
        return
          "class '\(name)' has a time limit and fetches images or data, or writes its checkpoints to a tier"
      }
    }
    return nil
  }

  private func preloadProblem(_ sizes: [String: Int64]) -> String? {
    var sum: Int64 = 0
    for name in preloaded {
      guard let size = sizes[name] else { return "no class has image '\(name)', which nodes hold" }
      sum += size
    }
    if Set(preloaded).count < preloaded.count { return "nodes hold an image twice" }
    if let cacheBytes, sum > cacheBytes { return "nodes hold more images than their cache takes" }
    return nil
  }
}
