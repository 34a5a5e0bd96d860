import Hardware
import SimulationKernel

/// When waiting jobs may leave their home site, where to, and what that costs.
///
/// A site is a part of the fleet: the owned base, another cluster, a cloud.
/// Nodes belong to the site that their label ``siteLabel`` names, those without
/// it to ``home``. A job is placed at home only, until a rule lets it go; from
/// then on home is tried first, then the sites that it may go to, in the order
/// of ``sites``. The workers of a gang always lie at one site.
///
/// Leave is given per wait: a job that is interrupted begins to wait anew.
public struct Bursting: Equatable, Sendable {
  /// The label that names a node's site.
  public static let siteLabel = "site"
  /// Sets of sites, and of rules, are masks of so many bits.
  public static let mostSites = 31
  public static let mostRules = 8

  /// Lets a job go that meets all of it; of several rules one suffices.
  public struct Rule: Equatable, Sendable {
    /// Where to: positions in ``Bursting/sites``.
    public var sites: [Int]
    /// The job has waited for at least so long.
    public var after: SimDuration = .zero
    /// The job has a deadline that it would miss if it started later than so
    /// long from now, by its estimate and with the time for its data; nil: with
    /// or without a deadline.
    public var deadlineSlack: SimDuration?
    public var leastPriority: Int32?
    /// Its expected duration is at least, and at most, this.
    public var shortest: SimDuration?
    public var longest: SimDuration?
    /// Names; nil: all.
    public var classes: Set<String>?
    public var tenants: Set<String>?
    /// Its data are there within so long; sites where they are not are left out.
    public var longestStaging: SimDuration?
    /// The estimates of its class are, in the mean, off by at most this share of
    /// the durations.
    public var largestEstimateError: Double?

    public init(sites: [Int]) { self.sites = sites }
  }

  /// The network from one site to another.
  public struct Link: Equatable, Sendable {
    public var from: Int
    public var to: Int
    /// What each run gets; of all together where it is shared.
    public var bytesPerSecond: Int64
    /// USD for a GiB that takes this way.
    public var usdPerGiB: Double
    /// What is under way at a time shares the bandwidth in equal parts.
    public var isShared = false

    public init(from: Int, to: Int, bytesPerSecond: Int64, usdPerGiB: Double = 0) {
      self.from = from
      self.to = to
      self.bytesPerSecond = bytesPerSecond
      self.usdPerGiB = usdPerGiB
    }
  }

  /// What a class says.
  public struct ClassTerms: Equatable, Sendable {
    /// nil: ``Bursting/home``.
    public var home: Int?
    public var mayLeave = true
    /// What each run reads before it works, and where it lies (nil: at home).
    public var dataBytes: Int64 = 0
    public var dataSite: Int?
    /// Data that were brought to another site stay there: the runs of the class
    /// that come later find them, those that come meanwhile wait for them.
    public var keepsData = false

    public init() {}
  }

  /// The most that the jobs let go in a period may be expected to cost, less
  /// what agreements cost in it. Periods follow one another from the start of
  /// the run. A job counts with its share of a node at the dearest price of the
  /// sites that it may go to, for its expected duration with its staging, and
  /// with its egress, when it is let go; if it starts at home after all within
  /// the period, no more. Of those that are held the first in the queue that
  /// fits goes first.
  ///
  /// Where nodes count, the budget holds a job when what has been paid in the
  /// period (nodes of other sites than home beyond agreements, busy or not, and
  /// egress), what is still to be paid for jobs that have leave (see
  /// ``BurstPeriodBooks``), and the job itself come to more.
  public struct Budget: Equatable, Sendable {
    /// What is charged to a period.
    public enum Counts: String, Hashable, Sendable, CaseIterable {
      /// What the jobs let go are expected to cost.
      case permitted
      /// What nodes cost from launch until they are gone.
      case nodes
    }

    public var usd: Double
    public var every: SimDuration
    public var counts = Counts.permitted

    public init(usd: Double, every: SimDuration) {
      self.usd = usd
      self.every = every
    }
  }

  /// Nodes of a group of ``AutoNodes`` that are paid whether they exist or not;
  /// up to so many cost nothing more.
  public struct Agreement: Equatable, Sendable {
    public var group: String
    public var nodes: Int
    /// USD for an hour of one node.
    public var pricePerHour: Double

    public init(group: String, nodes: Int, pricePerHour: Double) {
      self.group = group
      self.nodes = nodes
      self.pricePerHour = pricePerHour
    }
  }

  /// All sites of the fleet, in the order in which they are tried.
  public var sites: [String]
  /// Where jobs belong whose class says nothing: a position in ``sites``.
  public var home: Int
  public var rules: [Rule]
  public var links: [Link] = []
  /// By name of the class.
  public var classes: [String: ClassTerms] = [:]
  public var budget: Budget?
  public var agreements: [Agreement] = []

  public init(sites: [String], home: Int, rules: [Rule]) {
    self.sites = sites
    self.home = home
    self.rules = rules
  }

  public var hasData: Bool { classes.values.contains { $0.dataBytes > 0 } }

  public func terms(of name: String) -> ClassTerms { classes[name] ?? ClassTerms() }

  /// The site where the class's data lie.
  public func dataSite(_ terms: ClassTerms) -> Int { terms.dataSite ?? terms.home ?? home }

  /// The link that data of the class take to a site; nil: there is none.
  func link(_ terms: ClassTerms, to site: Int) -> Link? { linkNumber(terms, to: site).map { links[$0] } }

  private func linkNumber(_ terms: ClassTerms, to site: Int) -> Int? {
    let from = dataSite(terms)
    return links.firstIndex { $0.from == from && $0.to == site }
  }

  /// The position in ``links`` of the one over which the class's data come to the
  /// site in a time that depends on what others do; nil: it does not.
  func followedLink(_ terms: ClassTerms, to site: Int) -> Int? {
    guard terms.dataBytes > 0, dataSite(terms) != site, let number = linkNumber(terms, to: site) else {
      return nil
    }
    return links[number].isShared || terms.keepsData ? number : nil
  }

  /// Whether any data come in a time that depends on what others do.
  var followsData: Bool { classes.values.contains { followsData(of: $0) } }

  /// The same of one class.
  public func followsData(of terms: ClassTerms) -> Bool {
    sites.indices.contains { followedLink(terms, to: $0) != nil }
  }

  /// How long the data of the class take to the site alone, ns, rounded up; nil:
  /// there is no link.
  public func staging(_ terms: ClassTerms, to site: Int) -> Int64? {
    if terms.dataBytes == 0 || dataSite(terms) == site { return 0 }
    guard let link = link(terms, to: site) else { return nil }
    let rate = Int128(link.bytesPerSecond)
    let span = (Int128(terms.dataBytes) * 1_000_000_000 + rate - 1) / rate
    return Int64(min(span, Int128(SimTime.latest.nanoseconds)))
  }

  /// USD for taking the data of the class there.
  public func egress(_ terms: ClassTerms, to site: Int) -> Double {
    if terms.dataBytes == 0 || dataSite(terms) == site { return 0 }
    return Double(terms.dataBytes) / 1_073_741_824 * (link(terms, to: site)?.usdPerGiB ?? 0)
  }

  /// The site of a node.
  func site(of node: NodeSpec) -> Int? {
    guard let label = node.label(Self.siteLabel) else { return home }
    return sites.firstIndex(of: label)
  }
}
