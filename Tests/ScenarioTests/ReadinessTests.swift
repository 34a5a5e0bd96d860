import Engine
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Scenario

/// Autoscalers that see the replicas that are really ready, against a plain
/// simulator of one node with whole GPUs.
@Suite("Autoscalers that see the cluster")
struct ReadinessTests {
  /// A node of `gpus` GPUs, batch jobs of one GPU, and a service.
  private func text(
    gpus: Int,
    requests: String,
    autoscaler: String,
    cold: Int,
    readiness: String,
    batch: Int,
    seed: Int
  ) -> String {
    """
    version: 1
    name: loop
    seed: \(seed)
    horizon: 1h
    fleet:
      nodes:
        - {name: n, count: 1, gpu: h100-80gb-sxm, gpusPerNode: \(gpus), cpu: 192, memory: 2TiB}
    workload:
      classes:
        - name: batch
          demand: {gpus: 1, cpu: 1, memory: 1GiB}
          arrivals: {count: {jobs: \(batch)}}
          duration: {exponential: {mean: 6m}}
        - name: chat
          demand: {gpus: 1, cpu: 1, memory: 1GiB}
          service:
            requests: \(requests)
            perReplica: 10/s
            maxReplicas: 12
            readiness: \(readiness)
            autoscaler: \(autoscaler)
            coldStart: {pull: 0s, weights: \(cold)s, initialisation: 0s}
    policy: {placement: best-fit, queue: {order: fifo, headOfLineBlocking: false}}

    """
  }

  private struct Stretch: Equatable, CustomStringConvertible {
    var arrival: Int64
    var duration: Int64
    var description: String { "\(Double(arrival) / 1e9)+\(Double(duration) / 1e9)" }
  }

  private func replicas(_ jobs: JobTable) -> [Stretch] {
    (0..<jobs.count).filter { jobs.kind[$0] == .service }.map {
      Stretch(arrival: jobs.arrival[$0].nanoseconds, duration: jobs.duration[$0].nanoseconds)
    }
  }

  private func input(_ text: String) throws -> SimulationInput {
    let scenario = try Sample.load(text)
    return try scenario.input(placement: scenario.placements[0], replication: 0)
  }

  /// A pod of the plain simulator.
  private struct Pod {
    var arrival: Int64
    /// -1: of the batch.
    var replica: Int
    /// Batch: how long it runs.
    var length: Int64
    var start: Int64 = -1
    var end: Int64 = -1
  }

  /// Event by event: the autoscaler looks, pods end, pods come, pods start in
  /// the order in which they came.
  private func plain(
    gpus: Int,
    batch: [Stretch],
    curve: RateCurve,
    target: Double,
    cold: Int64,
    until end: Int64
  ) -> [Stretch] {
    let sync: Int64 = 15_000_000_000
    var pods: [Pod] = []
    var (next, current) = (0, 1)
    let spec = HorizontalPodAutoscaler(target: target)
    var state = HorizontalPodAutoscalerState(spec)
    var now: Int64 = 0
    while now < end {
      var removed = Set<Int>()
      var added = 0..<0
      if now == 0 { added = 0..<1 }
      if now % sync == 0 {
        let ready = pods.count {
          $0.replica >= 0 && $0.start >= 0 && $0.end < 0 && $0.start + cold <= now && $0.start < now
        }
        // The first replica starts at the start, and counts when it needs no cold start.
        let first = now == 0 && cold == 0 ? 1 : 0
        let from = max(0, now - 60_000_000_000)
        let (a, b) = (Double(from) / 1e9, Double(now) / 1e9)
        let rate = now == 0 ? curve.rate(at: 0) : curve.requests(from: a, to: b) / (b - a)
        var wanted = current
        if let asked = spec.recommended(
          current: current,
          ready: max(first, min(ready, current)),
          metric: rate / Double(max(min(ready, current), 1))
        ) {
          wanted = state.decide(
            recommended: asked,
            current: current,
            limits: 1...12,
            now: SimTime(nanoseconds: now)
          )
        }
        if wanted > current { added = (now == 0 ? 0 : current)..<wanted }
        if wanted < current { removed = Set(wanted..<current) }
        current = wanted
      }
      for place in pods.indices where pods[place].end < 0 {
        let isDone =
          pods[place].replica < 0 && pods[place].start >= 0
          && pods[place].start + pods[place].length == now
        if isDone || removed.contains(pods[place].replica) { pods[place].end = now }
      }
      while next < batch.count, batch[next].arrival == now {
        pods.append(Pod(arrival: now, replica: -1, length: batch[next].duration))
        next += 1
      }
      for replica in added { pods.append(Pod(arrival: now, replica: replica, length: 0)) }
      var free = gpus - pods.count { $0.start >= 0 && $0.end < 0 }
      for place in pods.indices where free > 0 && pods[place].start < 0 && pods[place].end < 0 {
        pods[place].start = now
        free -= 1
      }
      var later = (now / sync + 1) * sync
      if next < batch.count { later = min(later, batch[next].arrival) }
      for pod in pods where pod.replica < 0 && pod.start >= 0 && pod.end < 0 {
        later = min(later, pod.start + pod.length)
      }
      now = later
    }
    return pods.filter { $0.replica >= 0 }.map {
      Stretch(arrival: $0.arrival, duration: ($0.end < 0 ? end : $0.end) - $0.arrival)
    }
  }

  @Test("HPA in a crowded cluster decides as in a plain simulator", arguments: 1...30)
  func crowded(seed: Int) throws {
    var random = SplitMix(state: UInt64(seed))
    let gpus = Int.random(in: 4...8, using: &random)
    let cold = Int.random(in: 0...3, using: &random) * 37
    var points: [RatePoint] = []
    var words: [String] = []
    for place in 0..<5 {
      let rate = Double(Int.random(in: 0...80, using: &random))
      points.append(RatePoint(seconds: Double(place) * 700, rate: rate))
      words.append("{at: \(place * 700)s, rate: \(Int(rate))/s}")
    }
    let scenario = text(
      gpus: gpus,
      requests: "{steps: [\(words.joined(separator: ", "))]}",
      autoscaler: "{hpa: {target: 7/s}}",
      cold: cold,
      readiness: "simulated",
      batch: Int.random(in: 20...90, using: &random),
      seed: seed
    )
    let input = try self.input(scenario)
    let batch = (0..<input.jobs.count).filter { input.jobs.kind[$0] == .batch }.map {
      Stretch(arrival: input.jobs.arrival[$0].nanoseconds, duration: input.jobs.duration[$0].nanoseconds)
    }
    let expected = plain(
      gpus: gpus,
      batch: batch,
      curve: .steps(points),
      target: 7,
      cold: Int64(cold) * 1_000_000_000,
      until: 3_600_000_000_000
    )
    #expect(replicas(input.jobs) == expected, "seed \(seed)")
  }

  @Test(
    "waiting replicas change what HPA and Knative decide",
    arguments: ["{hpa: {target: 7/s}}", "knative"]
  )
  func differs(_ autoscaler: String) throws {
    func replicas(_ readiness: String) throws -> [Stretch] {
      self.replicas(
        try input(
          text(
            gpus: 4,
            requests: "{steps: [{at: 0s, rate: 5/s}, {at: 10m, rate: 60/s}, {at: 40m, rate: 5/s}]}",
            autoscaler: autoscaler,
            cold: 60,
            readiness: readiness,
            batch: 60,
            seed: 2
          )
        ).jobs
      )
    }
    #expect(try replicas("assumed") != replicas("simulated"))
  }

  @Test("where replicas start at once nothing changes", arguments: ["{hpa: {target: 7/s}}", "knative"])
  func same(_ autoscaler: String) throws {
    for cold in [0, 45] {
      func jobs(_ readiness: String) throws -> JobTable {
        try input(
          text(
            gpus: 16,
            requests: "{steps: [{at: 0s, rate: 5/s}, {at: 10m, rate: 60/s}, {at: 40m, rate: 5/s}]}",
            autoscaler: autoscaler,
            cold: cold,
            readiness: readiness,
            batch: 1,
            seed: 2
          )
        ).jobs
      }
      #expect(try jobs("assumed") == jobs("simulated"))
    }
  }

  @Test("KEDA looks at the requests alone, whatever is ready")
  func total() throws {
    func jobs(_ readiness: String) throws -> JobTable {
      try input(
        text(
          gpus: 4,
          requests: "{steps: [{at: 0s, rate: 5/s}, {at: 10m, rate: 60/s}, {at: 40m, rate: 0/s}]}",
          autoscaler: "keda",
          cold: 60,
          readiness: readiness,
          batch: 60,
          seed: 2
        )
      ).jobs
    }
    #expect(try jobs("assumed") == jobs("simulated"))
  }

  /// Each run begins with the image that the node lacks, on a node that batch
  /// jobs may take first.
  @Test("what an autoscaler sees becomes ready after it has fetched", arguments: 1...8)
  func fetching(seed: Int) throws {
    let scenario = text(
      gpus: 6,
      requests: "{steps: [{at: 0s, rate: 60/s}, {at: 20m, rate: 5/s}, {at: 40m, rate: 60/s}]}",
      autoscaler: "{hpa: {target: 7/s}}",
      cold: 37,
      readiness: "simulated",
      batch: 40,
      seed: seed
    )
    // 100 s for the image, which only the first replica of the node waits for: as if its
    // cold start took so much longer.
    let fetched =
      scenario.replacing("      service:", with: "      image: {size: 10GB}\n      service:")
      .replacing("pull: 0s, ", with: "") + "storage: {registry: {bandwidth: 100MB/s}}\n"
    let found = try input(fetched)
    let outcome = try Simulation.run(found)
    let replicas = (0..<found.jobs.count).filter { found.jobs.kind[$0] == .service }
    let first = try #require(replicas.first { outcome.jobs.startNanoseconds[$0] >= 0 })
    #expect(outcome.jobs.overhead(first) == 100_000_000_000)
    let there = outcome.jobs.startNanoseconds[first] + 100_000_000_000
    var ready: [ReplicaReadiness.Run] = []
    for replica in replicas where outcome.jobs.startNanoseconds[replica] >= 0 {
      let start = outcome.jobs.startNanoseconds[replica]
      let end = outcome.jobs.endNanoseconds[replica] < 0 ? .max : outcome.jobs.endNanoseconds[replica]
      #expect(outcome.jobs.overhead(replica) == max(0, min(there, end) - start))
      ready.append(.init(start: start + outcome.jobs.overhead(replica), end: end))
    }
    // The decisions are those of the autoscaler in this very run.
    let loaded = try Sample.load(fetched)
    let again = try loaded.work.jobs(
      seed: UInt64(seed),
      observed: ["chat": ReplicaReadiness(ready, coldStart: .seconds(37))]
    )
    #expect(self.replicas(again) == self.replicas(found.jobs))
    #expect(self.replicas(again) != self.replicas(try input(scenario).jobs))
  }

  @Test("a number that follows the rate has no such choice")
  func refused() {
    let failure = Sample.failure(
      Sample.changing("maxReplicas: 20", to: "maxReplicas: 20, readiness: simulated")
    )
    #expect(failure.contains("only an autoscaler"), "\(failure)")
  }
}
