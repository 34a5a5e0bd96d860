/// Wrong sites, rules, links, budgets and agreements.
extension BadInputTests {
  static let bursting = [
    burst("burst-without-other-site", "rules: {after: 30m}", pool: ""),
    burst("burst-to-unknown-site", "rules: {to: clout}"),
    burst("burst-without-rules", "home: base"),
    burst("burst-rule-contradicts", "rules: {durationAtLeast: 2h, durationAtMost: 1h}"),
    burst("burst-unknown-class", "rules: {classes: trian}"),
    burst("burst-unknown-tenant", "rules: {tenants: wep}"),
    burst("burst-after-without-unit", "rules: {after: 30}"),
    burst("burst-link-without-unit", "rules: {}, links: {from: base, to: cloud, bandwidth: 10}"),
    burst("burst-link-of-no-data", "rules: {}, links: {from: base, to: cloud, bandwidth: 10m/s}"),
    burst("burst-link-to-itself", "rules: {}, links: {from: cloud, to: cloud, bandwidth: 1GB/s}"),
    burst("burst-budget-without-price", "rules: {}, budget: {usd: 100}", pool: ", site: cloud, auto: {}"),
    burst(
      "burst-agreement-above-budget",
      "rules: {}, budget: {usd: 100}, agreements: {pool: c, nodes: 2, price: 10}"
    ),
    burst("burst-agreement-of-standing-nodes", "rules: {}, agreements: {pool: a, nodes: 2, price: 10}"),
    burst("burst-agreement-for-too-many", "rules: {}, agreements: {pool: c, nodes: 9, price: 10}"),
    burst("burst-with-backfill", "rules: {}", queue: "backfill: easy"),
    burst("data-without-link", "rules: {}", keys: "data: {size: 500GiB}"),
    burst("data-at-unknown-site", "rules: {}", keys: "data: {size: 500GiB, at: clout}"),
    burst(
      "data-kept-with-time-limit",
      "rules: {}, links: {from: base, to: cloud, bandwidth: 1GB/s}",
      keys: "timeLimit: 1h\n      data: {size: 2000TB, keep: true}"
    ),
    burst("data-of-part-of-a-byte", "rules: {}", keys: "data: {size: 0.1234567GiB}"),
    replacing("data-without-burst", "duration: {lognormal", "mayLeave: false\n      duration: {lognormal"),
    replacing("site-beside-label", "memory: 1TiB}", "memory: 1TiB, site: x, labels: {site: y}}"),
  ]

  /// The sample with a pool `c` and this section `policy.burst`.
  private static func burst(
    _ name: String,
    _ text: String,
    pool: String = ", site: cloud, auto: {price: 60}",
    keys: String = "",
    queue: String = "order: fifo, headOfLineBlocking: false"
  ) -> Case {
    let node = "gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 96, memory: 1TiB"
    let third = "    - {name: c, count: 4, \(node)\(pool)}\n"
    var sample = Sample.text.replacing("    - {name: b,", with: third + "    - {name: b,")
    if !keys.isEmpty {
      sample = sample.replacing("duration: {lognormal", with: "\(keys)\n      duration: {lognormal")
    }
    return Case(name: name, text: sample + "policy: {queue: {\(queue)}, burst: {\(text)}}\n")
  }
}
