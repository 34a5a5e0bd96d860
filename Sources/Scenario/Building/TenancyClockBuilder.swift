import Engine
import SimulationKernel

/// Creation, sleep and waking of virtual clusters.
struct TenancyClockBuilder {
  var statesHorizon: Bool
  var firstDay: Int64

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
    guard let offset = Self.offset(zone.text) else {
      diagnostics.add(
        zone.origin,
        zone.keyPath,
        "is not an offset; found '\(zone.text)'; accepted: UTC, or hours and minutes such as +02:00 or -5",
        hint: "daylight saving is not modelled: state the offset of the season"
      )
      return nil
    }
    func cron(_ key: String) -> (isSound: Bool, schedule: CronSchedule?) {
      guard let text = node[key] else { return (true, nil) }
      do {
        return (true, try CronSchedule(text.text, offsetSeconds: offset, firstDay: firstDay))
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

  /// Seconds of `UTC`, `Z`, `+02:00`, `+0530` or `-5`; nil: it is none.
  static func offset(_ text: String) -> Int64? {
    if ["UTC", "Z", "Etc/UTC"].contains(text) { return 0 }
    guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
    let digits = text.dropFirst().filter { $0 != ":" }
    guard (1...4).contains(digits.count), digits.count != 3, digits.allSatisfy(\.isNumber),
      let number = Int64(digits)
    else { return nil }
    let (hours, minutes) = digits.count == 4 ? (number / 100, number % 100) : (number, 0)
    guard hours <= 14, minutes < 60 else { return nil }
    return (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
  }
}
