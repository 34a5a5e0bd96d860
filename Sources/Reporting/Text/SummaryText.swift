import Outcome
import Planning
import Results
import SimulationKernel

/// The one-screen summary of a run.
public struct SummaryText: Sendable {
  private let report: RunReport
  private let style: TextStyle

  public init(_ report: RunReport, style: TextStyle) {
    self.report = report
    self.style = style
  }

  /// Everything but wall time: the same on every execution.
  ///
  /// - Parameters:
  ///   - chart: with the chart of allocation over time.
  ///   - next: commands to try next.
  public func text(chart: Bool, next: [NextCommand]) -> String {
    var lines =
      heading + fleet + [""] + gpuTime + PlaceabilityText.lines(report, style: style)
      + AutoNodesText.lines(report, style: style) + BurstText.lines(report, style: style)
      + StorageText.lines(report, style: style) + TenancyText.lines(report, style: style) + [""] + waiting
    if chart {
      let figures = report.figures.replications
      let which = figures.count > 1 ? " (first replication)" : ""
      lines += ["", style.heading("Allocation over time\(which)")]
      let seconds = figures.first.map { ($0.end - $0.measuredFrom).seconds } ?? 0
      lines += AllocationChart.lines(percent: report.allocationPercent, seconds: seconds, style: style)
    }
    lines += NextCommand.lines(next, style: style)
    return style.plain(lines.joined(separator: "\n")) + "\n"
  }

  private var heading: [String] {
    let header = report.figures.header
    let count = report.figures.replications.count
    var title = "\(header.name) · \(header.policy) · seed \(header.seed)"
    if count > 1 { title += " · \(count) replications, 95 % confidence intervals" }
    return [style.heading(title)]
      + [header.description, header.question].flatMap { LineFolding.words("  ", $0, width: style.width) }
      + [""]
  }

  private var fleet: [String] {
    let largestFirst = report.figures.fleet.enumerated().sorted {
      ($1.element.gpus, $0.offset) < ($0.element.gpus, $1.offset)
    }
    let parts = largestFirst.map { _, part in
      part.gpuModel.isEmpty
        ? "\(part.nodes) without GPUs" : "\(NumberText.grouped(Double(part.gpus))) x \(part.gpuModel)"
    }
    let shown = parts.count > 4 ? parts.prefix(3) + ["\(parts.count - 3) more kinds"] : parts[...]
    let jobs = NumberText.grouped(report.mean("jobs.counted"))
    let measured = NumberText.span(seconds: report.mean("measured_time"))
    let events = NumberText.grouped(report.mean("events"))
    let replications = report.figures.replications
    let fingerprint =
      replications.count == 1
      ? ", fingerprint \(FingerprintText.hexadecimal(replications[0].fingerprint))" : ""
    return [
      "Fleet   \(NumberText.grouped(Double(report.nodes))) nodes, \(NumberText.grouped(Double(report.gpus))) GPUs: "
        + shown.joined(separator: ", "),
      "Run     \(measured) measured, \(jobs) jobs, \(events) events\(fingerprint)",
    ]
  }

  private var gpuTime: [String] {
    let capacity = report.mean("gpu_time.capacity")
    guard capacity > 0 else { return [style.heading("GPU time"), "  the fleet has no GPUs"] }
    var table = TextTable(style: style)
    table.add(["GPU time", "GPU-hours", "%"])
    for row in GPUTimeRow.rows where row.isAlwaysShown || row.names.contains(where: { report.mean($0) > 0 }) {
      let hours = row.names.map { report.mean($0) }.reduce(0, +)
      let share =
        row.share.flatMap { report.estimate($0) }.map(percent)
        ?? NumberText.grouped(
          100 * hours / capacity,
          decimals: 1
        )
      table.add([row.label, NumberText.hours(hours), share])
    }
    table.add(["capacity", NumberText.hours(capacity), "100.0"])
    return table.lines(hangingTitle: true)
  }

  private func percent(_ estimate: MetricEstimate) -> String {
    let mean = NumberText.grouped(estimate.mean, decimals: 1)
    guard let half = estimate.halfWidth else { return mean }
    return "\(mean) ± \(NumberText.grouped(half, decimals: 1))"
  }

  private var waiting: [String] {
    var table = TextTable(style: style)
    table.add([
      "Waiting", "jobs", "started", "waiting", "mean", "p50", "p90", "p95", "p99", "max",
    ])
    var rows = [("all jobs", "fleet")]
    let classes = report.scopes(of: "class")
    if classes.count > 1 { rows += classes.prefix(Self.mostClasses).map { ("class " + $0, "class:" + $0) } }
    for (label, scope) in rows {
      let counts = ["jobs.counted", "jobs.started", "jobs.waiting"].map {
        NumberText.grouped(report.mean($0, scope))
      }
      let spans = ["mean", "p50", "p90", "p95", "p99", "max"].map { name in
        report.estimate("wait." + name, scope).map { NumberText.span(seconds: $0.mean) } ?? "-"
      }
      table.add([label] + counts + spans)
    }
    table.fit(sparing: ["p99", "mean", "max", "started"])
    var lines = table.lines(hangingTitle: true)
    if classes.count > Self.mostClasses {
      lines.append("  … and \(classes.count - Self.mostClasses) more classes (--json has all)")
    }
    lines += interruptions(classes) + gangs + placement
    let withdrawn = report.mean("jobs.withdrawn")
    let rejected = report.mean("jobs.rejected")
    if withdrawn > 0 {
      lines.append(
        "  withdrawn service replicas: \(NumberText.grouped(withdrawn)) (their time passed while they waited)"
      )
    }
    if rejected > 0 { lines.append("  refused jobs: \(NumberText.grouped(rejected))") }
    return lines + ends + causes + owners + SlowdownText.lines(report, style: style)
      + ServiceText.lines(report, style: style)
  }

  /// Jobs that ended otherwise than completed, and deadlines.
  private var ends: [String] {
    let found = [
      ("timed out", "jobs.timed_out"), ("failed for good", "jobs.failed"),
      ("cancelled with a job that they waited for", "jobs.cancelled"),
    ].filter { report.mean($0.1) > 0 }.map { "\($0.0) \(NumberText.grouped(report.mean($0.1)))" }
    var lines =
      found.isEmpty ? [] : LineFolding.fold("  jobs that did not complete: ", found, width: style.width)
    if let met = report.estimate("deadlines_met") {
      lines.append(
        "  deadlines met: \(percent(met)) % of \(NumberText.grouped(report.mean("jobs.deadlines"))) jobs"
      )
    }
    return lines
  }

  /// Who waited, by tenant and by size, and mostly for what.
  private var owners: [String] {
    let rows = ["tenant", "size"].flatMap { kind -> [String] in
      let names = report.scopes(of: kind)
      return names.count < 2 ? [] : names.map { "\(kind):\($0)" }
    }.map { (scope: $0, causes: WaitText.causes(report, $0)) }
    let waiting = rows.filter { !$0.causes.isEmpty }
    guard !waiting.isEmpty else { return [] }
    var table = TextTable(style: style)
    table.add(["Waited", "jobs", "mean", "p95", "job-hours", "GPU-hours", "mostly for"])
    for row in waiting.prefix(Self.mostOwners) {
      let spans = ["mean", "p95"].map { name in
        report.estimate("wait." + name, row.scope).map { NumberText.span(seconds: $0.mean) } ?? "-"
      }
      let most = row.causes[0]
      let share = NumberText.grouped(100 * most.hours / row.causes.reduce(0) { $0 + $1.hours })
      table.add(
        [row.scope.replacing(":", with: " ", maxReplacements: 1)]
          + [NumberText.grouped(report.mean("jobs.counted", row.scope))] + spans
          + [
            NumberText.hours(row.causes.reduce(0) { $0 + $1.hours }),
            NumberText.hours(row.causes.reduce(0) { $0 + $1.gpuHours }), "\(most.cause.label) \(share) %",
          ]
      )
    }
    table.fit(sparing: ["mean", "GPU-hours", "p95"])
    var lines = [""] + table.lines(hangingTitle: true)
    if waiting.count > Self.mostOwners {
      lines.append("  … and \(waiting.count - Self.mostOwners) more (--json has all)")
    }
    return lines
  }

  /// The class that was interrupted most often, and what its fleet kept.
  private func interruptions(_ classes: [String]) -> [String] {
    let all = report.mean("jobs.interruptions")
    guard all > 0 else { return [] }
    var text = "  interruptions: \(NumberText.grouped(all))"
    let most = classes.max {
      report.mean("jobs.interruptions", "class:" + $0) < report.mean("jobs.interruptions", "class:" + $1)
    }
    if let most, let mean = report.estimate("interruptions.mean_time", "class:" + most) {
      text += ", one in \(NumberText.span(seconds: mean.mean)) of class \(most)"
    }
    if let share = report.estimate("effective_time") {
      text += "; effective time \(NumberText.grouped(share.mean, decimals: 1)) %"
    }
    return [text]
  }

  /// What wishes and places made of the jobs' speed.
  private var placement: [String] {
    var parts: [String] = []
    if let ratio = report.estimate("slowdown") {
      parts.append(
        "completed jobs worked for \(NumberText.grouped(ratio.mean, decimals: 3)) x their time at best"
      )
    }
    if let relaxed = report.estimate("jobs.relaxed") {
      parts.append("relaxed before they started: \(NumberText.grouped(relaxed.mean)) jobs")
    }
    return parts.isEmpty ? [] : ["  placement: " + parts.joined(separator: "; ")]
  }

  /// Gangs that gave up, and those that can never start.
  private var gangs: [String] {
    var lines: [String] = []
    let timeouts = report.mean("gangs.timeouts")
    if timeouts > 0 {
      lines.append(
        "  gangs that gave up what they held: \(NumberText.grouped(timeouts)) times of "
          + "\(NumberText.grouped(report.mean("gangs.held"))) gangs that held"
      )
    }
    let stuck = report.mean("gangs.stuck")
    if stuck > 0 {
      let since = report.estimate("gangs.stuck_since").map { " since \(NumberText.span(seconds: $0.mean))" }
      let runs = report.figures.replications.count > 1 ? " (mean of the replications)" : ""
      lines.append(
        "  deadlock\(since ?? ""): \(NumberText.grouped(stuck, decimals: stuck == stuck.rounded() ? 0 : 1)) gangs hold "
          + "\(NumberText.grouped(report.mean("gangs.stuck_gpus"))) GPUs and can never start\(runs)"
      )
    }
    return lines
  }

  private var causes: [String] {
    let found = WaitText.causes(report, "fleet")
    guard !found.isEmpty else { return [] }
    let parts = found.map { item in
      "\(item.cause.label) \(NumberText.grouped(item.jobs)) (\(NumberText.hours(item.hours)) h)"
    }
    return LineFolding.fold("  waited for: ", parts, width: style.width)
  }

  /// More classes are told by `--json` only: the summary stays one screen.
  private static let mostClasses = 8
  private static let mostOwners = 12
}

/// One line of the table of GPU time.
private struct GPUTimeRow {
  var label: String
  /// Metrics that add up to it, without the common prefix.
  var names: [String]
  /// The percentage that has an interval of its own.
  var share: String?
  var isAlwaysShown = false

  init(_ label: String, _ names: [String], share: String? = nil, always: Bool = false) {
    self.label = label
    self.names = names.map { "gpu_time." + $0 }
    self.share = share
    isAlwaysShown = always
  }

  static let rows = [
    GPUTimeRow("allocated", ["allocated"], share: "allocation", always: true),
    GPUTimeRow("  busy (utilisation)", ["busy"], share: "utilisation", always: true),
    GPUTimeRow("    lost to interruptions", ["allocated.lost"]),
    GPUTimeRow("    fetching, saving, restarting", ["allocated.overhead"]),
    GPUTimeRow("  idle", ["allocated.idle"], always: true),
    GPUTimeRow("    held by gangs that waited", ["held"]),
    GPUTimeRow("  rounded up", ["allocated.rounding"]),
    GPUTimeRow("free, placeable", ["free.placeable"], always: true),
    GPUTimeRow("stranded", ["stranded"], share: "stranded", always: true),
    GPUTimeRow("  no CPU left", ["free.stranded.cpu"]),
    GPUTimeRow("  no memory left", ["free.stranded.memory"]),
    GPUTimeRow("  remainder too small", ["free.stranded.remainder"]),
    GPUTimeRow("  geometry of MIG", ["free.stranded.geometry"]),
    GPUTimeRow("  model not accepted", ["free.stranded.model"]),
    GPUTimeRow("  node not accepted", ["free.stranded.constraint"]),
    GPUTimeRow("down", ["down"], share: "down"),
    GPUTimeRow("changing", ["changing", "changing.wipe"]),
    GPUTimeRow("  wiped between tenants", ["changing.wipe"]),
  ]
}
