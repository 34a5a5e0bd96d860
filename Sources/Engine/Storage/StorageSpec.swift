import SimulationKernel
import Workload

/// What runs have to fetch before they work, and over which shared bandwidth.
///
/// A run first waits until every node that it lies on holds its image, then
/// reads its data from a tier, then works. Nodes pull one image at a time, as
/// kubelets do unless told otherwise (serializeImagePulls). What several fetch
/// over one link at a time they share in equal parts.
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
  }

  public struct Image: Hashable, Sendable {
    public var name: String
    public var bytes: Int64

    public init(name: String, bytes: Int64) {
      self.name = name
      self.bytes = bytes
    }
  }

  /// What the jobs of a class fetch.
  public struct ClassTerms: Equatable, Sendable {
    public var image: Image?
    /// By one run, however many workers it has.
    public var readBytes: Int64 = 0
    /// A position in ``StorageSpec/tiers``.
    public var tier: Int = 0

    public init() {}
  }

  /// From where images come; a flow is a node. nil: none has to.
  public var registry: Link?
  /// How fast a node unpacks what it has pulled; nil: at once.
  public var unpackBytesPerSecond: Int64?
  /// What a node keeps of images; nil: all. What was used least recently goes
  /// first, and nothing that a run uses.
  public var cacheBytes: Int64?
  /// From where data are read; a flow is a run.
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
      guard let image = terms.image else { continue }
      if storage.registry == nil { return "class '\(name)' has an image, and there is no registry" }
      if !(1...mostBytes).contains(image.bytes) { return "the image of class '\(name)' needs a size" }
      if sizes.updateValue(image.bytes, forKey: image.name) ?? image.bytes != image.bytes {
        return "image '\(image.name)' has two sizes"
      }
    }
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
    for job in 0..<jobs.count {
      let name = jobs.classes[Int(jobs.jobClass[job].rawValue)]
      guard storage.classes[name] != nil else { continue }
      if jobs.kind[job] == .service {
        return "class '\(name)' is a service, which fetches nothing here: state its coldStart"
      }
      if jobs.limit(of: job) != nil { return "class '\(name)' has a time limit and fetches images or data" }
    }
    return nil
  }
}
