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
    replacing("budget-of-half-a-job", "duration: {log", "disruptionBudget: 1.5\n      duration: {log"),
    setting("preemption-of-an-override", "policy.preemption=kueue"),
    replacing("protected-from-ranks", "duration: {log", "preemptible: false\n      duration: {log")
      .withoutService("policy: {queue: fewestGPUs}\n"),
    policy("pooled-and-devices", "sharing: pooled, placement: [best-fit, gpu-packing]"),
  ]

  /// The sample under this policy.
  private static func policy(_ name: String, _ keys: String) -> Case {
    adding(name, "policy: {\(keys)}\n")
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
