/// Failures and repair of nodes that come and go as they cannot be.
extension BadInputTests {
  static let nodeHealth = [
    health("auto-with-spares", ", spares: 1, failures: {preset: rsc1, repair: 1h}"),
    health("auto-maintained", then: "maintenance: {nodes: ['b[0-1]', 'a[2]'], start: 1h, duration: 30m}\n"),
    health("auto-changed", then: "fleetChanges: {at: 1h, action: fail, nodes: a}\n"),
    health(
      "auto-repair-of-cluster-autoscaler",
      then: "policy: {autoNodes: {provisioner: clusterAutoscaler, repair: {}}}\n"
    ),
    health("auto-repair-suspended-above-all", then: "policy: {autoNodes: {repair: {suspendAbove: 120%}}}\n"),
    health("auto-repair-unknown", then: "policy: {autoNodes: {repair: {unreachable: 5m}}}\n"),
    health("failures-without-known-condition", ", failures: {causes: {name: x, mtbf: 9d, condition: dead}}"),
    health(
      "failures-of-software-with-condition",
      ", failures: {causes: {name: x, mtbf: 9d, level: job, condition: notReady}}"
    ),
  ]

  /// The sample with nodes that come and go.
  private static func health(_ name: String, _ keys: String = "", then more: String = "") -> Case {
    Case(name: name, text: Sample.changing("count: 4,", to: "count: 4, auto: {}\(keys),") + more)
  }
}
