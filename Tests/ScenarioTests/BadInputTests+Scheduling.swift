/// Wrong gangs, estimates and queues.
extension BadInputTests {
  static let scheduling = [
    replacing("gang-without-workers", "gpus: 8, cpu: 64", "gpus: 8, workers: 0, cpu: 64"),
    replacing("gang-too-large", "gpus: 8, cpu: 64", "gpus: 8, workers: 5, cpu: 64"),
    replacing(
      "gang-too-large-for-a-node",
      "gpus: 1, cpu: 8",
      "gpus: 1, workers: 9, placement: oneNode, cpu: 8"
    ),
    replacing("gang-short-of-memory", "gpus: 1, cpu: 8", "workers: 113, cpu: 8"),
    replacing("placement-unknown", "gpus: 8, cpu: 64", "gpus: 8, workers: 2, placement: onenode, cpu: 64"),
    replacing("placement-of-one-worker", "gpus: 8, cpu: 64", "gpus: 8, placement: consolidated, cpu: 64"),
    replacing(
      "gang-too-large-for-a-rack",
      "gpus: 8, cpu: 64",
      "gpus: 8, workers: 2, placement: rack, cpu: 64"
    ),
    pool("gang-too-large-for-its-rack", "nodesPerRack: 2", "placement: {wish: rack}", workers: 3),
    pool(
      "placement-not-wider",
      "nodesPerRack: 2",
      "placement: {wish: rack, relaxAfter: 1h, to: nvlinkDomain}"
    ),
    pool("placement-relaxed-without-time", "nodesPerRack: 2", "placement: {wish: rack, to: anywhere}"),
    pool("placement-without-wish", "nodesPerRack: 2", "placement: {relaxAfter: 1h}"),
    pool(
      "placement-ladder-out-of-order",
      "nodesPerRack: 2",
      "placement: {wish: oneNode, ladder: [{relaxAfter: 1h, to: rack}, {relaxAfter: 60m}]}"
    ),
    pool(
      "placement-relaxed-twice",
      "nodesPerRack: 2",
      "placement: {wish: rack, relaxAfter: 1h, ladder: [{relaxAfter: 2h}]}"
    ),
    pool("racks-and-a-rack", "nodesPerRack: 2, rack: r1", ""),
    pool("domain-over-two-racks", "nodesPerRack: 2, nodesPerNVLinkDomain: 4", ""),
    pool("fabric-unknown", "fabric: infinband", ""),
    replacing("speed-unknown", "duration: {log", "speed: fabric\n      duration: {log"),
    replacing("speed-above-1", "duration: {log", "speed: {rack: 1.2}\n      duration: {log"),
    replacing(
      "speed-of-some-fabrics",
      "duration: {log",
      "speed: {rack: {ethernet: 0.5}}\n      duration: {log"
    ),
    replacing("speed-of-a-service", "service: {", "speed: byFabric\n      service: {"),
    steps("steps-without-throughput", "steps: 100"),
    steps(
      "steps-and-a-duration",
      "steps: 100\n      duration: 2h\n      throughput: [{gpu: h100-80gb-sxm, gpus: 1, stepsPerSecond: 2}]"
    ),
    steps(
      "throughput-without-steps",
      "duration: 2h\n      throughput: [{gpu: h100-80gb-sxm, gpus: 1, stepsPerSecond: 2}]"
    ),
    steps(
      "throughput-of-another-gpu",
      "steps: 100\n      throughput: [{gpu: l40s-48gb, gpus: 1, stepsPerSecond: 2}]"
    ),
    steps(
      "throughput-of-another-size",
      "steps: 100\n      throughput: [{gpu: h100-80gb-sxm, gpus: 1, stepsPerSecond: 2}]"
    ),
    steps(
      "throughput-twice",
      "steps: 100\n      throughput: [{gpu: h100-80gb-sxm, gpus: 1, stepsPerSecond: 2}, {gpu: h100, gpus: 1, stepsPerSecond: 3}]"
    ),
    steps(
      "throughput-of-nothing",
      "steps: 100\n      throughput: [{gpu: h100-80gb-sxm, gpus: 1, stepsPerSecond: 0}]"
    ),
    steps("throughput-file-missing", "steps: 100\n      throughputFile: nowhere.csv"),
    steps(
      "steps-with-longest",
      "steps: 100\n      longest: 1d\n      throughput: [{gpu: h100-80gb-sxm, gpus: 1, stepsPerSecond: 2}]"
    ),
    steps(
      "steps-with-speed",
      "steps: 100\n      speed: byFabric\n      throughput: [{gpu: h100-80gb-sxm, gpus: 1, stepsPerSecond: 2}]"
    ),
    adding("gang-in-the-mix", "fragmentation: {mix: [{gpus: 1, workers: 2, cpu: 1, memory: 1GiB}]}\n"),
    replacing("estimate-unknown", "duration: {lognormal", "estimate: exakt\n      duration: {lognormal"),
    replacing("estimate-of-nothing", "duration: {lognormal", "estimate: 0\n      duration: {lognormal"),
    replacing("estimate-with-unit", "duration: {lognormal", "estimate: 2h\n      duration: {lognormal"),
    replacing(
      "estimate-reversed",
      "duration: {lognormal",
      "estimate: {uniform: {from: 2, to: 1}}\n      duration: {lognormal"
    ),
    replacing("estimate-of-a-service", "service: {", "estimate: 1.5\n      service: {"),
    adding("queue-preempts-a-service", "policy: {queue: fewestGPUs}\n"),
    queue("queue-order-unknown", "shortestRemaining"),
    queue("queue-preempts-a-line", "{order: fewestGPUs, headOfLineBlocking: true}"),
    queue("queue-line-with-thresholds", "{order: leastService, thresholds: [1h], attained: gpuTime}"),
    queue("queue-line-with-cost", "{preemptionCost: 1m}"),
    queue("queue-ranks-with-thresholds", "{order: shortestRemainingTime, thresholds: [1h]}"),
    queue("thresholds-out-of-order", "{order: leastAttainedService, thresholds: [1h, 2h, 120m]}"),
    queue("thresholds-of-nothing", "{order: leastAttainedService, thresholds: [0s]}"),
    queue("thresholds-without-unit", "{order: leastAttainedService, thresholds: [3250, 7200]}"),
    queue(
      "thresholds-without-end",
      "{order: leastAttainedService, thresholds: [\((1...201).map { "\($0)s" }.joined(separator: ", "))]}"
    ),
    queue("attained-unknown", "{order: leastAttainedService, attained: gputime}"),
    queue("cost-without-the-rest", "{order: fewestGPUs, preemptionCost: [{upToGPUs: 8, cost: 1m}]}"),
    queue("cost-in-the-middle", "{order: fewestGPUs, preemptionCost: [{cost: 1m}, {upToGPUs: 8, cost: 2m}]}"),
    queue(
      "cost-out-of-order",
      "{order: fewestGPUs, preemptionCost: [{upToGPUs: 8, cost: 1m}, {upToGPUs: 8, cost: 2m}, {cost: 3m}]}"
    ),
    queue("backfill-unknown", "{backfill: esay}"),
    queue("backfill-of-ranks", "{order: fewestGPUs, backfill: easy}"),
    queue("backfill-with-blocking", "{backfill: easy, headOfLineBlocking: true}"),
    queue("backfill-depth-of-nothing", "{backfillDepth: 100}"),
    queue("backfill-depth-negative", "{backfill: easy, backfillDepth: -1}"),
    replacing("backfill-of-models", "{gpus: 1, cpu: 8,", "{gpus: 1, models: h100-80gb-sxm, cpu: 8,")
      .adding("policy: {queue: {backfill: conservative}}\nversion", for: "version"),
    policy("preemption-unknown", "queue: priority, preemption: kubescheduler"),
    policy("preemption-without-victims", "queue: priority, preemption: {gracefulPeriod: 30s}"),
    policy("preemption-of-arrivals", "preemption: kueue"),
    policy(
      "preemption-with-backfill",
      "queue: {order: priority, backfill: easy}, preemption: {victims: kueue}"
    ),
    policy("preemption-of-pools", "queue: priority, sharing: pooled, preemption: {victims: kueue}"),
    policy(
      "preemption-cost-without-the-rest",
      "queue: priority, preemption: {victims: kueue, cost: [{upToGPUs: 8, cost: 1m}]}"
    ),
    policy("preemption-unknown-key", "queue: priority, preemption: {victims: kueue, grace: 30s}"),
    policy(
      "preemption-with-delay-of-nothing",
      "queue: priority, preemption: {victims: kueue, requeueDelay: 5}"
    ),
    policy("gangs-unknown", "gangs: holdandwait"),
    policy("gangs-unknown-key", "gangs: {mode: quota, readyTimeOut: 5m}"),
    policy("gangs-timeout-of-placement", "gangs: {timeout: 5m}"),
    policy("gangs-timeout-of-quota", "gangs: {mode: quota, timeout: 5m}"),
    policy("gangs-timeout-of-nothing", "gangs: {mode: holdAndWait, timeout: 0s}"),
    policy("gangs-timeout-unknown", "gangs: {mode: holdAndWait, timeout: nevr}"),
    policy("gangs-delay-of-nothing", "gangs: {mode: quota, requeueDelay: 0s}"),
    policy("gangs-with-backfill", "queue: {backfill: easy}, gangs: quota"),
    policy("gangs-with-preemption", "queue: priority, preemption: kueue, gangs: holdAndWait"),
    replacing("gangs-of-ranks", "duration: {log", "busy: 50%\n      duration: {log")
      .withoutService("policy: {queue: fewestGPUs, gangs: holdAndWait}\n"),
    replacing("budget-negative", "duration: {log", "disruptionBudget: -1\n      duration: {log"),
    replacing(
      "budget-too-large",
      "duration: {log",
      "disruptionBudget: {maxUnavailable: 101%}\n      duration: {log"
    ),
    replacing(
      "budget-of-two-kinds",
      "duration: {log",
      "disruptionBudget: {maxUnavailable: 1, minAvailable: 1}\n      duration: {log"
    ),
    replacing("protection-unknown", "duration: {log", "doNotDisrupt: always\n      duration: {log"),
    replacing("budget-of-half-a-job", "duration: {log", "disruptionBudget: 1.5\n      duration: {log"),
    setting("preemption-of-an-override", "policy.preemption=kueue"),
    queue("ageing-of-arrivals", "{ageing: 10m}"),
    queue("ageing-without-time", "{order: priority, ageing: {raises: 2}}"),
    queue("ageing-of-nothing", "{order: priority, ageing: 0s}"),
    queue("ageing-limit-with-backfill", "{order: priority, backfill: easy, ageing: {every: 1h, atMost: 5}}"),
    queue("shares-of-a-stranger", "{order: fairShare, shares: {defualt: 2}}"),
    queue("shares-of-nothing", "{order: fairShare, shares: {default: 0}}"),
    queue("shares-in-a-list", "{order: fairShare, shares: [default]}"),
    queue("shares-of-a-line", "{shares: {default: 2}}"),
    queue("share-of-something-else", "{order: fairShare, resource: disk}"),
    queue("half-life-too-short", "{order: fairShare, halfLife: 10s}"),
    queue("fair-share-with-backfill", "{order: fairShare, backfill: easy}"),
    queue("rounds-too-short", "{order: rounds, round: 10ms}"),
    queue("rounds-policy-unknown", "{order: rounds, policy: maxmin}"),
    queue("rounds-with-a-line", "{order: rounds, headOfLineBlocking: true}"),
    queue("rounds-without-rounds", "{round: 6m, policy: isolated}"),
    adding("rounds-of-a-service", "policy: {queue: rounds}\n"),
    rounds("rounds-of-parts", "gpus: 1, cpu: 8", "gpus: 0.5, cpu: 8"),
    rounds(
      "rounds-of-a-changing-fleet",
      "horizon: 1d",
      "horizon: 1d\nfleetChanges: [{at: 1h, action: fail, nodes: a}]"
    ),
    rounds(
      "rounds-of-checkpoints",
      "duration: {log",
      "checkpoint: {interval: 1h, write: 1m, restart: 1m}\n      duration: {log"
    ),
    rounds(
      "rounds-in-turn-on-two-models",
      "{name: b, count: 12, cpu",
      "{name: b, count: 12, gpu: l40s, gpusPerNode: 4, cpu",
      queue: "{order: rounds, policy: fifo}"
    ),
    rounds(
      "rounds-of-relaxed-wishes",
      "gpus: 1, cpu: 8",
      "workers: 2, placement: {wish: oneNode, relaxAfter: 1h}, gpus: 1, cpu: 8"
    ),
    rounds("rounds-of-speeds-by-place", "duration: {log", "speed: byFabric\n      duration: {log"),
    rounds("rounds-of-protected-jobs", "duration: {log", "preemptible: false\n      duration: {log"),
    policy("preemption-of-fair-shares", "queue: fairShare, preemption: kueue"),
    replacing("protected-from-ranks", "duration: {log", "preemptible: false\n      duration: {log")
      .withoutService("policy: {queue: fewestGPUs}\n"),
    policy("pooled-and-devices", "sharing: pooled, placement: [best-fit, gpu-packing]"),
  ]

  /// The sample with these keys on its first pool and on its gangs of 8 GPUs.
  private static func pool(_ name: String, _ keys: String, _ placement: String, workers: Int = 2) -> Case {
    let gang = placement.isEmpty ? "" : "workers: \(workers), \(placement), "
    let text = Sample.changing("cpu: 96, memory: 1TiB", to: "cpu: 96, memory: 1TiB, \(keys)")
    return Case(name: name, text: text.replacing("gpus: 8, cpu: 64", with: "gpus: 8, \(gang)cpu: 64"))
  }

  /// The sample with these lines in place of its duration.
  private static func steps(_ name: String, _ lines: String) -> Case {
    replacing(name, "duration: {lognormal: {median: 2h, sigma: 1}}", lines)
  }

  /// The sample under this policy.
  private static func policy(_ name: String, _ keys: String) -> Case {
    adding(name, "policy: {\(keys)}\n")
  }

  /// The same changed, in rounds.
  private static func rounds(_ name: String, _ old: String, _ new: String, queue: String = "rounds") -> Case {
    precondition(Sample.withoutService.contains(old), "the sample does not hold '\(old)'")
    let text = Sample.withoutService.replacing(old, with: new)
    return Case(name: name, text: text + "policy:\n  queue: \(queue)\n")
  }

  /// The sample without its service, under this queue.
  private static func queue(_ name: String, _ value: String) -> Case {
    Case(name: name, text: Sample.withoutService + "policy:\n  queue: \(value)\n")
  }
}

extension BadInputTests.Case {
  /// The service left out, and these lines added.
  fileprivate func withoutService(_ lines: String) -> Self {
    guard let service = text.firstRange(of: "    - name: serve") else { preconditionFailure("no service") }
    var copy = self
    copy.text = text[..<service.lowerBound] + lines
    return copy
  }
}
