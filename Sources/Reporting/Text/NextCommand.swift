import Planning

/// A command worth trying after a run, and why.
public struct NextCommand: Hashable, Sendable {
  public var command: String
  public var reason: String

  public init(command: String, reason: String) {
    self.command = command
    self.reason = reason
  }

  /// The block at the end of a summary; empty without commands.
  static func lines(_ commands: [NextCommand], style: TextStyle) -> [String] {
    guard !commands.isEmpty else { return [] }
    return ["", style.heading("Next")] + commands.flatMap { ["  \($0.command)", "      \($0.reason)"] }
  }
}

/// What the suggestions may build on.
public struct SuggestionContext: Hashable, Sendable {
  /// A group of equal nodes that the scenario names.
  public struct Pool: Hashable, Sendable {
    public var name: String
    public var nodes: Int
    public var cpuMilli: Int32
    public var memoryMiB: Int32

    public init(name: String, nodes: Int, cpuMilli: Int32, memoryMiB: Int32) {
      self.name = name
      self.nodes = nodes
      self.cpuMilli = cpuMilli
      self.memoryMiB = memoryMiB
    }
  }

  /// The command that was run, without policies and replications.
  public var run: String
  /// `headroom validate` of the same scenario.
  public var validate: String
  /// `headroom show` with the flag that finds the results file; nil when
  /// nothing was stored.
  public var show: String?
  /// `headroom runs`, likewise.
  public var list: String?
  /// Empty where the fleet comes from a trace.
  public var pools: [Pool]
  /// Whether the first job that does not fit holds up the rest.
  public var isBlocking: Bool
  /// What keeps the jobs as they are when the number of nodes changes: an
  /// override, or empty where they do not depend on it.
  public var keepingJobs: String
  /// A published experiment: neither policy nor seed are the user's to vary.
  public var isStudy: Bool

  public init(
    run: String,
    validate: String,
    show: String?,
    list: String?,
    pools: [Pool],
    isBlocking: Bool = true,
    keepingJobs: String = "",
    isStudy: Bool = false
  ) {
    self.run = run
    self.validate = validate
    self.show = show
    self.list = list
    self.pools = pools
    self.isBlocking = isBlocking
    self.keepingJobs = keepingJobs
    self.isStudy = isStudy
  }
}

/// Chooses the most useful next commands from what came out.
public enum Suggestions {
  /// How many a summary shows.
  static let shown = 3

  /// The best three, most useful first.
  public static func after(_ reports: [RunReport], context: SuggestionContext) -> [NextCommand] {
    guard let report = reports.first else { return [] }
    var found: [(weight: Double, command: NextCommand)] = []
    func suggest(_ weight: Double, _ command: String, _ reason: String) {
      found.append((weight, NextCommand(command: command, reason: reason)))
    }
    let policies = reports.map(\.figures.header.policy)
    if policies.count == 1, !context.isStudy {
      let other = policies[0] == "fgd" ? "best-fit" : "fgd"
      suggest(
        1 + report.mean("stranded") / 10,
        "\(context.run) --policy \(policies[0]) --policy \(other)",
        "compare placement policies on the same jobs"
      )
    }
    if !context.isStudy { found += changes(report, context) }
    let names = policies.count > 1 ? policies.map { " --policy \($0)" }.joined() : ""
    if report.figures.replications.count == 1, !context.isStudy {
      suggest(0.8, "\(context.run)\(names) --replications 10", "see how far the figures depend on the seed")
    }
    if let show = context.show, policies.count == 1 {
      suggest(0.9, show, "see this run again, with allocation over time")
    }
    if let list = context.list {
      suggest(
        policies.count > 1 ? 0.9 : 0.1,
        list,
        "list the stored runs; `headroom show RUN` draws one over time"
      )
    }
    suggest(0.2, context.validate + " --resolved", "read every default that was used")
    // A stable order: by weight, then as listed here.
    let order = found.indices.sorted { (found[$1].weight, $0) < (found[$0].weight, $1) }
    return order.prefix(shown).map { found[$0].command }
  }

  /// Changes of the scenario that the figures speak for.
  private static func changes(
    _ report: RunReport,
    _ context: SuggestionContext
  ) -> [(weight: Double, command: NextCommand)] {
    var found: [(weight: Double, command: NextCommand)] = []
    func suggest(_ weight: Double, _ override: String, _ reason: String) {
      found.append((weight, NextCommand(command: "\(context.run) --set \(override)", reason: reason)))
    }
    let causes = report.estimates.filter { $0.scope == "fleet" && $0.name.hasPrefix("wait_time.") }
    let waited = causes.map(\.mean).reduce(0, +)
    if waited > 0 {
      let behind = report.mean("wait_time.head_of_line") / waited
      if behind > 0.2, context.isBlocking {
        suggest(
          1.5 + behind,
          "policy.queue.headOfLineBlocking=false",
          "\(NumberText.grouped(100 * behind)) % of the waiting was behind jobs ahead: let others pass"
        )
      }
    }
    // With several pools the figures do not say which one is short.
    guard let pool = context.pools.first, context.pools.count == 1 else { return found }
    let cpu = report.mean("stranded.cpu")
    if cpu > 2 {
      suggest(
        2 + cpu / 10,
        "fleet.nodes.\(pool.name).cpu=\(pool.cpuMilli / 500)",
        "\(NumberText.grouped(cpu, decimals: 1)) % of the GPU time was stranded for want of CPU"
      )
    }
    let memory = report.mean("stranded.memory")
    if memory > 2 {
      suggest(
        2 + memory / 10,
        "fleet.nodes.\(pool.name).memory=\(pool.memoryMiB / 512)GiB",
        "\(NumberText.grouped(memory, decimals: 1)) % of the GPU time was stranded for want of memory"
      )
    }
    if waited > 0, report.mean("allocation") > 85 {
      suggest(
        1.2,
        "fleet.nodes.\(pool.name).count=\(pool.nodes + max(1, pool.nodes / 4))\(context.keepingJobs)",
        "\(NumberText.grouped(report.mean("allocation"))) % is allocated and jobs wait: try a quarter more nodes"
      )
    }
    return found
  }
}
