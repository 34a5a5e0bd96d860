/// Wrong virtual clusters, quotas, schedules and moves of machines.
extension BadInputTests {
  static let tenancy = [
    tenancy("tenancy-without-clusters", "clusters: []"),
    tenancy("tenancy-key-unknown", "clusters: {name: web, qouta: {gpus: 4}}"),
    tenancy("tenancy-tenant-unknown", "clusters: {name: wbe}"),
    tenancy("tenancy-tenant-twice", "clusters: [{name: web}, {name: other, tenants: [app, web]}]"),
    tenancy("tenancy-name-twice", "clusters: [{name: web}, {name: web, tenants: app}]"),
    tenancy("tenancy-preset-unknown", "clusters: {name: web, quota: vclsuter}"),
    tenancy("tenancy-quota-below-a-job", "clusters: {name: train, tenants: default, quota: {gpus: 4}}"),
    tenancy(
      "tenancy-vcluster-quota-below-a-job",
      "clusters: {name: train, tenants: default, quota: vcluster}"
    ),
    tenancy(
      "tenancy-limit-below-a-job",
      "clusters: {name: train, tenants: default, limitRange: {maxCPU: 32}}"
    ),
    tenancy("tenancy-default-above-maximum", "clusters: {name: web, limitRange: {defaultCPU: 2, maxCPU: 1}}"),
    tenancy(
      "tenancy-default-above-quota",
      "clusters: {name: web, quota: {cpu: 500m}, limitRange: {defaultCPU: 1}}"
    ),
    tenancy("tenancy-model-not-allowed", "clusters: {name: web, allow: {gpus: h100-80gb-sxn}}"),
    tenancy("tenancy-allowed-pool-unknown", "clusters: {name: web, allow: {pools: [c]}}"),
    tenancy("tenancy-dedicated-without-nodes", "clusters: {name: web, nodes: dedicated}"),
    tenancy("tenancy-pools-of-shared", "clusters: {name: web, pools: [a]}"),
    tenancy(
      "tenancy-pool-of-two",
      "clusters: [{name: web, nodes: private, pools: a}, {name: app, nodes: dedicated, pools: [b, a]}]"
    ),
    tenancy(
      "tenancy-sleep-on-private",
      "clusters: {name: web, nodes: private, pools: a, sleep: {afterInactivity: 1h}}"
    ),
    tenancy("tenancy-sleep-never", "clusters: {name: web, sleep: {noise: 1/h}}"),
    tenancy(
      "tenancy-sleep-for-ever",
      "clusters: {name: web, sleep: {afterInactivity: 1h, wakeOnAccess: false}}"
    ),
    tenancy(
      "tenancy-sleep-of-namespace",
      "clusters: {name: web, kind: namespace, sleep: {afterInactivity: 1h}}"
    ),
    tenancy("tenancy-cron-short", "clusters: {name: web, sleep: {schedule: \"0 20 * *\"}}"),
    tenancy(
      "tenancy-cron-hour",
      "clusters: {name: web, sleep: {schedule: \"0 25 * * *\", wakeup: \"0 7 * * 7\"}}"
    ),
    tenancy("tenancy-cron-never", "clusters: {name: web, sleep: {schedule: \"0 20 30 2 *\"}}"),
    tenancy(
      "tenancy-cron-equal",
      "clusters: {name: web, sleep: {schedule: \"0 7 * * *\", wakeup: \"0 7 * * *\"}}"
    ),
    tenancy(
      "tenancy-time-zone",
      "clusters: {name: web, sleep: {schedule: \"0 7 * * *\", timezone: Europe/Berln}}"
    ),
    tenancy("tenancy-zone-rule", "clusters: {name: web}, zones: {name: X, rules: [\"+01:00\", \"+02:00\"]}"),
    tenancy(
      "tenancy-zone-order",
      "clusters: {name: web}, zones: {name: X, rules: [\"+01:00\", \"+02:00 from 2026-03-29T01:00Z\", "
        + "\"+01:00 from 2026-03-29T01:00Z\"]}"
    ),
    tenancy(
      "tenancy-zone-too-short",
      "clusters: {name: web}, zones: {name: X, rules: \"+01:00\", until: 2026-01-05}"
    ),
    tenancy(
      "tenancy-default-above-limit",
      "clusters: {name: web, limitRange: {preset: vcluster, defaultCPU: 2}}"
    ),
    tenancy(
      "tenancy-mount-keeps-too-many",
      "clusters: {name: web, nodes: private, mount: {from: a, most: 1, keep: 5}}"
    ),
    tenancy(
      "tenancy-mount-eviction-unknown",
      "clusters: {name: web, nodes: private, mount: {from: a, most: 1, evict: lower}}"
    ),
    Case(
      name: "demand-limit-below-request",
      text: Sample.changing("cpu: 500m, memory", to: "cpu: 500m, cpuLimit: 400m, memory")
    ),
    tenancy("tenancy-start-on-tuesday", "clusters: {name: web}, calendarStart: 2026-01-06"),
    tenancy("tenancy-start-of-no-date", "clusters: {name: web}, calendarStart: 2026-02-30"),
    tenancy("tenancy-mount-on-shared", "clusters: {name: web, mount: {from: a, most: 2}}"),
    tenancy("tenancy-mount-too-many", "clusters: {name: web, nodes: private, mount: {from: a, most: 5}}"),
    tenancy(
      "tenancy-mount-of-no-pool",
      "clusters: {name: web, nodes: private, mount: {from: host, most: 1}}"
    ),
    tenancy("tenancy-file-missing", "clusters: {name: web, from: no.yaml}"),
    Case(
      name: "tenancy-sleep-with-fair-shares",
      text: Sample.withoutService
        + "policy: {queue: {order: fairShare}}\ntenancy: {clusters: {name: train, tenants: default, sleep: {afterInactivity: 1h}}}\n"
    ),
    Case(
      name: "tenancy-gpu-quota-under-mig",
      text: Sample.withoutService.replacing("gpus: 8, cpu: 64", with: "mig: 1g.10gb, cpu: 64")
        + "policy: {placement: best-fit, sharing: {mode: mig}}\ntenancy: {clusters: {name: train, tenants: default, quota: {gpus: 9}}}\n"
    ),
  ]

  /// The sample with this section.
  private static func tenancy(_ name: String, _ keys: String) -> Case {
    adding(name, "tenancy: {\(keys)}\n")
  }
}
