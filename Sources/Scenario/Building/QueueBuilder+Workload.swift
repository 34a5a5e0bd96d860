import Engine

/// What a queue cannot do with the jobs of the scenario.
extension QueueBuilder {
  /// Replicas of services end at their hour whether they run or not, so
  /// ranking has no meaning for them.
  static func refuseServices(
    of workload: Decoded?,
    in policy: Decoded?,
    into diagnostics: inout DiagnosticList
  ) {
    guard let order = policy?["queue"]?["order"], case .text(let word)? = order.scalar,
      QueueSection.stopsAnyJob(word)
    else { return }
    for node in workload?["classes"]?.elements ?? [] {
      guard let service = node["service"] else { continue }
      diagnostics.add(
        order.origin,
        order.keyPath,
        "\(kind(word)) takes no service replicas; found '\(word)' and \(service.keyPath)",
        hint: "choose an order that does not preempt, or leave the service out"
      )
      return
    }
  }

  /// An order that ranks all jobs asks none whether it may be stopped.
  static func refuseProtection(
    of work: WorkSource?,
    in policy: Decoded?,
    into diagnostics: inout DiagnosticList
  ) {
    guard let work, work.protectsJobs, let order = policy?["queue"]?["order"],
      case .text(let word)? = order.scalar, QueueSection.stopsAnyJob(word)
    else { return }
    diagnostics.add(
      order.origin,
      order.keyPath,
      "\(kind(word)) stops any job, but some are not preemptible; found '\(word)'",
      hint: "choose an order that does not preempt, or make all jobs preemptible"
    )
  }

  private static func kind(_ order: String) -> String {
    order == QueueSection.rounds ? "a queue in rounds" : "a preemptive queue"
  }

  /// Conservative reservations count GPUs, whatever their model.
  static func refuseModels(
    of work: WorkSource?,
    in policy: Decoded?,
    into diagnostics: inout DiagnosticList
  ) {
    guard let node = policy?["queue"]?["backfill"],
      case .text(Backfill.Reservations.conservative.rawValue)? = node.scalar,
      let models = work?.firstModels
    else { return }
    diagnostics.add(
      node.origin,
      node.keyPath,
      "conservative backfill counts GPUs whatever their model, so no job may ask for one; found jobs for "
        + "'\(models)'",
      hint: "choose easy, or let the jobs run on any model"
    )
  }
}
