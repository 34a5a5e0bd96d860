import ArgumentParser
import Economics
import Hardware
import Outcome
import Results

/// How a bill is divided.
struct ChargebackOptions: ParsableArguments {
  @Flag(
    name: .customLong("chargeback"),
    help: "Divide the cost of the first option, over the measured time, among the tenants."
  )
  var isAsked = false

  @Option(
    help: ArgumentHelp(
      "Which GPU time counts: held (with rounding), request, use, or larger.",
      valueName: "basis"
    )
  )
  var basis = Chargeback.Basis.held

  @Option(
    help: ArgumentHelp(
      "What a MIG instance stands for: its share of memory, of compute, or the larger.",
      valueName: "share"
    )
  )
  var slices = InstanceShare.memory

  @Option(
    help: ArgumentHelp(
      "Who pays for idle capacity: own (nobody), evenly, consumption or weights.",
      valueName: "rule"
    )
  )
  var idle = Chargeback.Idle.own

  @Option(
    help: ArgumentHelp("Weights of tenants for --idle weights, such as research=3,web=1.", valueName: "list")
  )
  var weights: String?

  @Option(help: ArgumentHelp("List the jobs that cost most, so many.", valueName: "n"))
  var jobs: Int?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "A tenant's budget for the measured time, USD, told when broken; repeatable.",
      valueName: "tenant=usd"
    )
  )
  var softLimit: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "The same, and the command ends with 1 when it is broken; repeatable.",
      valueName: "tenant=usd"
    )
  )
  var hardLimit: [String] = []

  func validate() throws {
    let details = jobs != nil || weights != nil || !softLimit.isEmpty || !hardLimit.isEmpty
    if !isAsked, details || idle != .own || basis != .held || slices != .memory {
      throw ValidationError("--basis, --slices, --idle, --weights, --jobs and limits go with --chargeback.")
    }
    if (idle == .weights) != (weights != nil) {
      throw ValidationError("--idle weights and --weights go together.")
    }
    if let jobs, jobs < 1 { throw ValidationError("--jobs must be 1 or more.") }
    _ = try pairs(weights?.split(separator: ",").map(String.init) ?? [], "--weights", "research=3")
    _ = try pairs(softLimit, "--soft-limit", "research=5000")
    _ = try pairs(hardLimit, "--hard-limit", "research=5000")
  }

  private func pairs(_ texts: [String], _ flag: String, _ example: String) throws -> [(String, Double)] {
    try texts.map { text in
      let parts = text.split(separator: "=", omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty, let value = Double(parts[1]), (0...1e12).contains(value)
      else {
        throw ValidationError("\(flag) \(text): write it as \(example).")
      }
      return (String(parts[0]), value)
    }
  }

  /// The levelled cost of an option over the measured time, divided.
  func bill(_ bill: Money, _ stored: StoredDemand, _ store: ResultStore) throws -> Chargeback {
    let uses = try store.jobUses(run: stored.id, replication: stored.replication.number)
    let jobs = try uses.map { Chargeback.JobTime(job: $0.job, tenant: $0.tenant, time: try time($0)) }
    // Instances billed by something else than memory move their tenant's time.
    var moved: [String: Int128] = [:]
    if slices != .memory, basis == .held {
      for use in uses {
        moved[use.tenant, default: 0] += try time(use) - time(use, .memory)
      }
    }
    var weights: [String: Int] = [:]
    for (tenant, weight) in try pairs(self.weights?.split(separator: ",").map(String.init) ?? [], "", "") {
      try check(tenant, stored)
      weights[tenant] = Int((weight * 1000).rounded())
    }
    return Chargeback(
      bill: bill,
      held: stored.tenants.map { ($0.tenant, max(0, time($0.totals) + (moved[$0.tenant] ?? 0))) },
      capacity: stored.capacity,
      idle: idle,
      weights: weights,
      jobs: jobs
    )
  }

  func verdicts(on bill: Chargeback, _ stored: StoredDemand) throws -> [Budget.Verdict] {
    let limits =
      try pairs(softLimit, "", "").map { ($0, false) } + pairs(hardLimit, "", "").map { ($0, true) }
    return try limits.compactMap { limit, isHard in
      try check(limit.0, stored)
      return Budget(tenant: limit.0, limit: Money(limit.1), isHard: isHard).verdict(on: bill)
    }
  }

  private func check(_ tenant: String, _ stored: StoredDemand) throws {
    let known = stored.tenants.map(\.tenant)
    guard !known.contains(tenant) else { return }
    throw InputError(
      "run \(stored.id) has no tenant `\(tenant)`; "
        + (Suggestion.hint(for: tenant, among: known).map { "\($0) " } ?? "")
        + "it has \(known.joined(separator: ", "))"
    )
  }

  /// Of a tenant, by the basis.
  private func time(_ totals: LedgerTotals) -> Int128 {
    switch basis {
    case .held: totals.allocated
    case .use: totals.busy
    // Jobs never use more than they asked for.
    case .request, .larger: totals.allocated - totals[.rounding]
    }
  }

  /// Of a job, by the basis.
  private func time(_ use: JobUse, _ slices: InstanceShare? = nil) throws -> Int128 {
    switch basis {
    case .use: return use.asked * Int128(use.busyMilli) / 1000
    case .request, .larger: return use.asked
    case .held:
      guard let profile = use.profile, let gpu = use.gpuModel.flatMap(GPUCatalogue.builtin.model(named:)),
        let share = (slices ?? self.slices).of(profile: profile, on: gpu)
      else { return use.asked }
      return Int128(use.span) * 1000 * Int128(share.part) / Int128(share.of)
    }
  }
}

extension Chargeback.Idle: ExpressibleByArgument {}
extension Chargeback.Basis: ExpressibleByArgument {}
extension InstanceShare: ExpressibleByArgument {}
