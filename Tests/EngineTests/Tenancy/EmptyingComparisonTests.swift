import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Random hosts and clusters whose busy machines are emptied, against the naive
/// walk; the verifier counts machines at every event.
@Suite struct EmptyingComparisonTests {
  private static let second: Int64 = 1_000_000_000

  @Test(arguments: 0..<300)
  func `starts, places, losses and machines are those of a walk on plain lists`(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    func pick(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
    let hosts = Int(pick(2...5))
    let gpus = Int(pick(1...4))
    let count = Int(pick(1...2))
    let horizon: Int64 = 20_000
    var clusters: [NaiveMounting.Cluster] = []
    var first = hosts
    for _ in 0..<count {
      let most = Int(pick(1...Int64(hosts)))
      let rule: NaiveMounting.Rule = [.never, .lowerPriority, .any, .any][Int(pick(0...3))]
      let keep = Int(pick(0...2)) * Int(pick(0...1))
      clusters.append(
        .init(places: first..<first + most, rule: rule, keep: min(keep, hosts), atOnce: Int(pick(1...2)))
      )
      first += most
    }
    let saves = seed % 2 == 0
    var jobs = (0..<Int(pick(10...45))).map { _ in
      var job = NaiveMounting.Job(
        arrival: pick(0...12_000) * Self.second,
        length: pick(1...3_000) * Self.second,
        gpus: Int(pick(1...Int64(gpus))),
        tenant: Int(pick(0...Int64(count))),
        priority: Int(pick(0...2))
      )
      if saves, pick(0...2) > 0 {
        job.interval = 300 * Self.second
        job.write = (pick(0...1) == 0 ? 20 : 40) * Self.second
      }
      return job
    }
    jobs.sort { $0.arrival < $1.arrival }
    let byPriority = pick(0...1) == 0
    let after = [0, 60, 600][Int(pick(0...2))]
    var naive = NaiveMounting(
      jobs: jobs,
      clusters: clusters,
      hosts: hosts,
      gpusPerNode: gpus,
      byPriority: byPriority,
      grace: 30 * Self.second,
      restart: 25 * Self.second,
      consolidateAfter: Int64(after) * Self.second,
      wayThere: 900 * Self.second,
      wayBack: 900 * Self.second
    )
    naive.run(until: horizon * Self.second)

    let outcome = try Simulation.run(
      Self.input(naive, after: after, until: horizon, seed: seed)
    )
    #expect(outcome.jobs.startNanoseconds == naive.jobs.map(\.start), "seed \(seed)")
    #expect(outcome.jobs.interruptions == naive.jobs.map { UInt32($0.interruptions) }, "seed \(seed)")
    #expect(
      zip(outcome.jobs.endNanoseconds, naive.jobs).allSatisfy { $1.end < 0 || $0 == $1.end },
      "seed \(seed)"
    )
    for (c, cluster) in naive.clusters.enumerated() {
      let totals = outcome.clusters[c]
      #expect(totals.drained == cluster.drained, "seed \(seed)")
      #expect(totals.evicted == cluster.evicted, "seed \(seed)")
      #expect(totals.evictionLostMilliNanoseconds == Int128(cluster.lost) * 1000, "seed \(seed)")
    }
  }

  /// The comparison says little unless machines are emptied in it.
  @Test func `work is stopped, saved and lost in many of the seeds`() throws {
    var drained = 0
    var lost = 0
    for seed in UInt64(0)..<60 {
      var random = SplitMix(seed: seed)
      func pick(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &random) }
      let jobs = (0..<30).map { _ in
        NaiveMounting.Job(
          arrival: pick(0...12_000) * Self.second,
          length: pick(1...3_000) * Self.second,
          gpus: 1,
          tenant: Int(pick(0...1)),
          priority: 0
        )
      }.sorted { $0.arrival < $1.arrival }
      var naive = NaiveMounting(
        jobs: jobs,
        clusters: [.init(places: 3..<6, rule: .any, keep: 0, atOnce: 2)],
        hosts: 3,
        gpusPerNode: 2,
        byPriority: false,
        grace: 30 * Self.second,
        restart: 0,
        consolidateAfter: 0,
        wayThere: 900 * Self.second,
        wayBack: 900 * Self.second
      )
      naive.run(until: 20_000 * Self.second)
      drained += naive.clusters[0].drained
      if naive.clusters[0].lost > 0 { lost += 1 }
    }
    #expect(drained > 100 && lost > 40, "found \(drained) machines, losses in \(lost) of 60 runs")
  }

  static func input(_ naive: NaiveMounting, after: Int, until end: Int64, seed: UInt64) -> SimulationInput {
    let hosts = naive.hosts
    let total = naive.clusters.last?.places.upperBound ?? hosts
    var spec = Tenancy(clusters: [])
    var groups: [AutoNodes.Group] = []
    for (c, cluster) in naive.clusters.enumerated() {
      var one = Tenancy.Cluster(name: "c\(c)", tenants: ["tenant-\(c)"])
      (one.nodes, one.groups, one.ownNodes) = (.private, ["m\(c)"], Array(cluster.places))
      spec.clusters.append(one)
      var group = AutoNodes.Group(
        name: "m\(c)",
        nodes: cluster.places,
        pool: c,
        join: .constant(30),
        gpuStack: .constant(180)
      )
      var source = AutoNodes.Source(
        nodes: 0..<hosts,
        drain: .constant(30),
        wipe: .constant(60),
        provision: .constant(600)
      )
      switch cluster.rule {
      case .never: source.evict = .never
      case .lowerPriority: source.evict = .lowerPriority
      case .any: source.evict = .any
      }
      source.evictAtOnce = cluster.atOnce
      source.keep = cluster.keep
      group.source = source
      groups.append(group)
    }
    var auto = AutoNodes(pools: groups.map { AutoNodes.Pool(name: $0.name) }, groups: groups)
    auto.budget = 1
    auto.consolidateAfter = SimDuration(nanoseconds: Int64(after) * Self.second)
    let sketches = naive.jobs.map {
      JobSketch(arrival: $0.arrival, duration: $0.length, gpus: Int32($0.gpus), tenant: $0.tenant)
    }
    var given = EngineTests.input(
      Array(repeating: .gpu(naive.gpusPerNode), count: total),
      sketches,
      tenants: naive.clusters.count + 1,
      seed: seed
    )
    given.jobs.priority = naive.jobs.map { Int32($0.priority) }
    if naive.jobs.contains(where: { $0.interval != nil }) {
      for job in naive.jobs {
        guard let interval = job.interval else {
          given.jobs.checkpoint.append(0)
          continue
        }
        let plan = CheckpointPlan(
          interval: SimDuration(nanoseconds: interval),
          write: SimDuration(nanoseconds: job.write),
          restart: SimDuration(nanoseconds: naive.restart)
        )
        if !given.jobs.checkpointPlans.contains(plan) { given.jobs.checkpointPlans.append(plan) }
        given.jobs.checkpoint.append(UInt8(given.jobs.checkpointPlans.firstIndex(of: plan)! + 1))
      }
    }
    given.tenancy = spec
    given.autoNodes = auto
    given.queue =
      naive.byPriority
      ? .ordered(.priority, headOfLineBlocking: false) : .fifo(headOfLineBlocking: false)
    given.horizon = SimTime(nanoseconds: end * Self.second)
    given.bucket = SimDuration(nanoseconds: end * Self.second)
    return given
  }
}
