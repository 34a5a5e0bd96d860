import Engine
import SimulationKernel

/// Creation, sleep and waking of virtual clusters.
struct TenancyClockBuilder {
  var statesHorizon: Bool
  var zones: TimeZones

  /// false: something is wrong.
  func read(
    _ node: Decoded,
    _ file: VClusterFile?,
    into cluster: inout Tenancy.Cluster,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    if let stated = node["sleep"] {
      guard let sleep = sleep(stated, &diagnostics) else { return false }
      cluster.sleep = sleep
    } else {
      cluster.sleep = file?.sleep
    }
    let at = node["sleep"] ?? (cluster.creation > .zero ? node["creation"] : node["from"]) ?? node
    if cluster.sleep != nil || cluster.creation > .zero, !statesHorizon {
      diagnostics.add(
        at.origin,
        at.keyPath,
        "clusters that sleep or come into being need a horizon, and none is set",
        hint: "for example horizon: 2w at the top of the file"
      )
      return false
    }
    return true
  }

  private func sleep(_ node: Decoded, _ diagnostics: inout DiagnosticList) -> SleepRule? {
    guard node.isSound, let activity = node["activity"].flatMap({ SleepRule.Activity(rawValue: $0.text) }),
      let zone = node["timezone"], let access = node["wakeOnAccess"], let noise = node["noise"],
      let latency = node["latency"].flatMap({ DistributionBuilder.build($0, into: &diagnostics) }),
      let plane = node["controlPlane"]
    else { return nil }
    var result = SleepRule(latency: latency)
    let clock: LocalClock
    do {
      clock = try zones.clock(zone.text)
    } catch {
      diagnostics.add(zone.origin, zone.keyPath, error.message, hint: error.hint)
      return nil
    }
    func cron(_ key: String) -> (isSound: Bool, schedule: CronSchedule?) {
      guard let text = node[key] else { return (true, nil) }
      do {
        return (true, try CronSchedule(text.text, clock: clock, firstDay: zones.firstDay))
      } catch {
        diagnostics.add(text.origin, text.keyPath, error.message, hint: error.hint)
        return (false, nil)
      }
    }
    let sleeps = cron("schedule")
    let wakes = cron("wakeup")
    guard sleeps.isSound, wakes.isSound else { return nil }
    result.sleepAt = sleeps.schedule
    result.wakeAt = wakes.schedule
    result.afterInactivity = node["afterInactivity"].map { SimDuration(nanoseconds: $0.nanoseconds) }
    result.activity = activity
    result.wakesOnAccess = access.boolean
    result.noisePerSecond = noise.double
    result.stopsControlPlane = plane.text == "sleeps"
    if let problem = result.problem {
      diagnostics.add(
        node.blame,
        node.keyPath,
        "the cluster \(problem)",
        hint: result.wakeAt == nil && !access.boolean ? "state wakeup, or wakeOnAccess: true" : ""
      )
      return nil
    }
    return result
  }
}
