import Foundation
import Testing

@testable import Scenario

/// Scenarios with one fault each (or several, to see them together), and the
/// exact text that a person reads.
struct BadInputTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    var overrides: [String] = []
    var testDescription: String { name }
  }

  static func replacing(_ name: String, _ old: String, _ new: String) -> Case {
    Case(name: name, text: Sample.changing(old, to: new))
  }

  static func setting(_ name: String, _ overrides: String...) -> Case {
    Case(name: name, text: Sample.text, overrides: overrides)
  }

  static func adding(_ name: String, _ lines: String) -> Case {
    Case(name: name, text: Sample.text + lines)
  }

  static let language = [
    Case(name: "empty-file", text: ""),
    Case(name: "not-a-map", text: "- 1\n- 2\n"),
    Case(name: "not-yaml", text: "version: 1\nname: [a\nseed: 3\n"),
    Case(name: "tab", text: "version: 1\nfleet:\n\tnodes: []\n"),
    Case(name: "two-documents", text: "version: 1\n---\nversion: 1\n"),
    Case(name: "anchors", text: "version: 1\nname: &a x\ndescription: *a\n"),
    Case(name: "everything-missing", text: "version: 1\n"),
    replacing("wrong-version", "version: 1", "version: 2"),
    replacing("unknown-key", "horizon:", "horizont:"),
    replacing("unknown-nested-key", "gpusPerNode", "gpuPerNode"),
    replacing("duplicated-key", "horizon: 1d", "horizon: 1d\nseed: 1\nseed: 2"),
    replacing("map-for-value", "horizon: 1d", "horizon: {days: 1}"),
    replacing("value-for-map", "{poisson: {rate: 30/h}}", "{poisson: 30}"),
    replacing("unknown-arrivals", "{poisson: {rate: 30/h}}", "poison"),
    replacing("two-of-one", "{poisson: {rate: 30/h}}", "{poisson: {rate: 1/h}, deterministic: {every: 1h}}"),
    replacing("none-of-one", "{poisson: {rate: 30/h}}", "{}"),
    replacing("empty-list", "demand: {gpus: 0.25, cpu: 500m, memory: 8GiB}", "demand: []"),
  ]

  static let values = [
    replacing("no-unit-time", "horizon: 1d", "horizon: 86400"),
    replacing("no-unit-memory", "memory: 1TiB", "memory: 1024"),
    replacing("wrong-unit-time", "horizon: 1d", "horizon: 1 day"),
    replacing("wrong-unit-memory", "memory: 1TiB", "memory: 15m"),
    replacing("wrong-unit-rate", "rate: 30/h", "rate: 30/hour"),
    replacing("no-unit-rate", "rate: 30/h", "rate: 30"),
    replacing("negative-time", "horizon: 1d", "horizon: -1d"),
    replacing("zero-horizon", "horizon: 1d", "horizon: 0s"),
    replacing("horizon-too-long", "horizon: 1d", "horizon: 1900w"),
    replacing("not-a-number", "memory: 1TiB", "memory: .nan"),
    replacing("infinite", "sigma: 1", "sigma: inf"),
    replacing("overflow", "memory: 1TiB", "memory: 99999999999999999TiB"),
    replacing("too-many-digits", "count: 4", "count: 9999999999999999999999999"),
    replacing("negative-count", "count: 4", "count: -4"),
    replacing("zero-count", "count: 4", "count: 0"),
    replacing("part-of-a-count", "count: 4", "count: 1.5"),
    replacing("percent-above-100", "duration: {lognormal", "busy: 130%\n      duration: {lognormal"),
    replacing("share-above-1", "duration: {lognormal", "busy: 85\n      duration: {lognormal"),
    replacing("too-many-gpus", "gpusPerNode: 8", "gpusPerNode: 17"),
    replacing("gpu-and-a-half", "{gpus: 1,", "{gpus: 1.5,"),
    replacing("gpu-sliver", "gpus: 0.25", "gpus: 0.0001"),
    replacing("cpu-sliver", "cpu: 500m", "cpu: 0.5m"),
    replacing("bad-name", "name: sample", "name: my sample"),
    adding("bad-boolean", "policy: {queue: {headOfLineBlocking: yes}}\n"),
    adding("unknown-policy", "policy: {placement: fdg}\n"),
    adding("unknown-tie-break", "policy: {tieBreak: rank}\n"),
    adding("negative-seed", "seed: -1\n"),
  ]

  static let meaning = [
    replacing("gpu-unknown", "gpu: h100-80gb-sxm", "gpu: h100-80g-sxm"),
    replacing("gpu-ambiguous", "gpu: h100-80gb-sxm", "gpu: H100"),
    replacing("gpu-without-count", ", gpusPerNode: 8", ""),
    replacing("count-without-gpu", ", gpu: h100-80gb-sxm", ""),
    replacing("duplicated-pool", "name: b", "name: a"),
    replacing("duplicated-class", "name: serve", "name: train"),
    replacing("duplicated-tenant", "{name: app, weight: 2}", "{name: web, weight: 2}"),
    replacing(
      "no-nodes",
      "    - {name: a, count: 4, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 96, memory: 1TiB}\n    - {name: b, count: 12, cpu: 64, memory: 256GiB}\n",
      "    []\n"
    ),
    replacing("job-too-large", "gpus: 8, cpu: 64", "gpus: 16, cpu: 64"),
    replacing("job-too-hungry", "gpus: 8, cpu: 64", "gpus: 8, cpu: 97"),
    replacing("job-of-another-model", "cpu: 500m", "models: a100-80gb-sxm, cpu: 500m"),
    replacing("models-without-gpus", "gpus: 0.25, cpu", "models: h100-80gb-sxm, cpu"),
    replacing("no-horizon", "horizon: 1d\n", ""),
    replacing("no-rate", "{poisson: {rate: 30/h}}", "poisson"),
    replacing("no-duration", "      duration: {lognormal: {median: 2h, sigma: 1}}\n", ""),
    replacing("service-with-load", "service: {", "load: 50%\n      service: {"),
    replacing("replicas-reversed", "maxReplicas: 20", "minReplicas: 21, maxReplicas: 20"),
    replacing("interval-reversed", "{lognormal: {median: 2h, sigma: 1}}", "{uniform: {from: 2h, to: 1h}}"),
    replacing("limits-reversed", "duration:", "shortest: 2h\n      longest: 1h\n      duration:"),
    replacing("warmup-too-long", "horizon: 1d", "horizon: 1d\nwarmup: 1d"),
    replacing("buckets-too-short", "horizon: 1d", "horizon: 1d\nbucket: 1ms"),
    replacing("two-loads", "workload:", "workload:\n  load: 90%").adding(
      "load: 10%\n      arrivals",
      for: "arrivals"
    ),
    replacing(
      "infinite-mean",
      "{lognormal: {median: 2h, sigma: 1}}",
      "{pareto: {shape: 0.9, minimum: 1m}}\n      load: 50%"
    ),
    replacing("too-many-jobs", "rate: 30/h", "rate: 1e8/s"),
    replacing(
      "too-few-hours",
      "{poisson: {rate: 30/h}}",
      "{profiled: {rate: 1/h, weekly: [1, 2, 3, 4, 5, 6, 7, 8]}}"
    ),
    replacing(
      "points-out-of-order",
      "requests: 100/s",
      "requests: {points: [{at: 1h, rate: 1/s}, {at: 1h, rate: 2/s}]}"
    ),
    adding(
      "gpu-of-the-catalogue",
      "gpus: [{name: l40s, memory: 48GiB}, {name: x, memory: 1GiB}, {name: x, memory: 1GiB}]\n"
    ),
    adding(
      "change-of-unknown-node",
      "fleetChanges: [{at: 1h, action: fail, nodes: [c, 'a[2-7]', 'a[1', 'a[3-1]', a-9]}]\n"
    ),
    adding("change-twice", "fleetChanges: [{at: 1h, action: fail, nodes: [a, a-0]}]\n"),
    adding("score-without-resources", "policy: {placement: {scores: [{name: fgd, resources: [cpu]}]}}\n"),
    adding(
      "shape-out-of-order",
      "policy: {placement: {scores: {name: requested-to-capacity-ratio, shape: [{utilization: 50, score: 0}, {utilization: 50, score: 10}]}}}\n"
    ),
    adding("duplicated-placement", "policy: {placement: [fgd, best-fit, fgd]}\n"),
    adding("study-and-fleet", "study: {name: fgd, data: .}\n"),
    Case(
      name: "missing-files",
      text: """
        version: 1
        name: x
        fleet: {trace: {nodes: nodes.csv}}
        workload: {trace: {format: openb, file: "${HEADROOM_DATA}/pods.csv"}}

        """
    ),
    Case(name: "missing-study", text: "version: 1\nname: x\nstudy: {name: fgd, data: gone}\n"),
    Case(
      name: "several-at-once",
      text: """
        version: 1
        name: several
        horizon: 2
        sed: 4
        fleet:
          nodes:
            - {name: a, count: 0, gpu: h100, gpusPerNode: 8, cpu: 96, memory: 1TB }
            - {name: b, gpu: nothing, gpusPerNode: 1, cpu: many, memory: 1TiB}
        workload:
          classes:
            - name: train
              demand: {gpu: 1, cpu: 8, memory: 64}
              arrivals: {poisson: {rate: 30}}
              duration: {lognormal: {median: 2h}}
        policy: {placement: [fgt, firstfit]}

        """
    ),
  ]

  private static let faults = "fleet:\n  failures: {preset: rsc1, repair: 1h}\n"

  private static func checkpoint(_ name: String, _ text: String, fails: Bool = false) -> Case {
    replacing(name, "      duration: {log", "      checkpoint: \(text)\n      duration: {log").adding(
      fails ? faults : "fleet:\n",
      for: "fleet:\n"
    )
  }

  private static func failures(_ name: String, _ text: String) -> Case {
    replacing(name, "fleet:\n", "fleet:\n  failures: \(text)\n")
  }

  static let reliability = [
    replacing("failures-without-horizon", "fleet:\n", faults).adding("", for: "horizon: 1d\n"),
    failures("failures-without-repair", "{preset: llama3}"),
    failures("failures-of-two-rates", "{causes: {name: x, mtbf: 1d, perGPUYear: 2, repair: 1h}}"),
    failures("failures-without-rate", "{causes: {name: x, repair: 1h}}"),
    failures("failures-never", "{causes: {name: x, mtbf: 0d, repair: 1h}}"),
    failures(
      "failures-named-twice",
      "{repair: 1h, causes: [{name: x, mtbf: 1d}, {name: x, mtbf: 2d}]}"
    ),
    failures("failures-of-software-repaired", "{causes: {name: x, mtbf: 1d, level: job, repair: 1h}}"),
    failures("failures-of-no-preset", "{preset: rsc3, repair: 1h}"),
    replacing("spares-without-failures", "{name: a, count: 4,", "{name: a, count: 4, spares: 1,"),
    replacing("spares-of-everything", "{name: a, count: 4,", "{name: a, count: 4, spares: 4,").adding(
      faults,
      for: "fleet:\n"
    ),
    checkpoint("checkpoint-of-no-interval", "{interval: 0, write: 60s}"),
    checkpoint("checkpoint-of-nothing", "{interval: 0s, write: 60s}"),
    checkpoint("checkpoint-of-unknown-rule", "{interval: yuong, write: 60s}"),
    checkpoint("checkpoint-without-failures", "{interval: young, write: 60s}"),
    checkpoint("checkpoint-without-write", "{interval: daly}", fails: true),
    replacing("checkpoint-of-a-service", "service: {", "checkpoint: {interval: 1h}\n      service: {"),
    adding("maintenance-of-nothing", "maintenance: {nodes: c, start: 1h, duration: 0m}\n"),
    adding(
      "maintenance-that-waits-and-interrupts",
      "maintenance: {nodes: a, start: 1h, duration: 1h, drain: interrupt, drainLimit: 1h}\n"
    ),
  ]

  static let overrides = [
    setting("override-without-value", "seed"),
    setting("override-unknown-key", "polcy.placement=fgd"),
    setting("override-wrong-unit", "workload.classes.train.arrivals.poisson.rate=5"),
    setting("override-no-element", "workload.classes.tran.priority=5"),
    setting("override-into-value", "horizon.days=5"),
    setting("override-not-yaml", "fleet=[1"),
    setting("override-two-of-one", "workload.classes.train.arrivals.deterministic.every=1h"),
    setting("override-too-large", "workload.classes.train.demand.1.gpus=12"),
  ]

  @Test(
    arguments: language + values + meaning + scheduling + constraints + reliability + life + services
      + bursting + autoNodes + nodeHealth + storage + tenancy + limits
      + overrides
  )
  func message(_ test: Case) throws {
    let text = Sample.failure(test.text, overrides: test.overrides)
    #expect(text != "loads\n")
    try Golden.expect(text, equals: "Tests/ScenarioTests/Goldens/\(test.name).txt")
  }

  @Test func namesOfCasesDiffer() {
    let all =
      Self.language + Self.values + Self.meaning + Self.scheduling + Self.constraints + Self.reliability
      + Self.life + Self.services + Self.bursting + Self.autoNodes + Self.nodeHealth + Self.storage
      + Self.tenancy + Self.limits + Self.overrides
    #expect(Set(all.map(\.name)).count == all.count)
  }

  /// Many faults are cut short, with their number.
  @Test func longListsAreCut() {
    let keys = (0..<30).map { "wrong\($0): 1\n" }.joined()
    let lines = Sample.failure(Sample.text + keys).split(separator: "\n")
    #expect(lines.count == ScenarioError.listed + 1)
    #expect(lines.last == "... and 10 more")
  }
}

extension BadInputTests.Case {
  /// The first `old` replaced too.
  func adding(_ new: String, for old: String) -> Self {
    var copy = self
    if let range = text.range(of: old) { copy.text.replaceSubrange(range, with: new) }
    return copy
  }
}
