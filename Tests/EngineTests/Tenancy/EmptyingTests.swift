import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Busy machines of the host that are emptied for a cluster; times are seconds,
/// worked by hand.
@Suite struct EmptyingTests {
  private static let second: Int64 = 1_000_000_000

  private struct Job {
    var tenant = 1
    var gpus: Int32 = 2
    var at: Int64 = 0
    var length: Int64
    var priority: Int32 = 0
    var workers: Int32 = 1
    var kind = JobKind.batch
    /// Seconds between checkpoints and to write one.
    var saves: (every: Int64, write: Int64)?
    var isProtected = false
  }

  /// `host` machines of 2 GPUs; tenant 0 has a private cluster of as many
  /// places, tenant 1 runs on the host.
  private func run(
    host: Int,
    until end: Int64 = 10_000,
    _ jobs: [Job],
    _ rule: AutoNodes.Source.Eviction = .any,
    _ adjust: (inout AutoNodes, inout AutoNodes.Source) -> Void = { _, _ in }
  ) throws -> RunOutcome {
    var spec = Tenancy(clusters: [Tenancy.Cluster(name: "team", tenants: ["tenant-0"])])
    (spec.clusters[0].nodes, spec.clusters[0].groups) = (.private, ["team-mounted"])
    spec.clusters[0].ownNodes = Array(host..<2 * host)
    var group = AutoNodes.Group(
      name: "team-mounted",
      nodes: host..<2 * host,
      pool: 0,
      join: .constant(30),
      gpuStack: .constant(180)
    )
    var source = AutoNodes.Source(nodes: 0..<host)
    source.evict = rule
    var auto = AutoNodes(pools: [AutoNodes.Pool(name: "p")], groups: [])
    auto.budget = 1
    adjust(&auto, &source)
    group.source = source
    auto.groups = [group]
    let jobs = jobs.sorted { $0.at < $1.at }
    var given = input(
      Array(repeating: .gpu(2), count: 2 * host),
      jobs.map {
        JobSketch(
          arrival: $0.at * Self.second,
          duration: $0.length * Self.second,
          gpus: $0.gpus,
          tenant: $0.tenant,
          kind: $0.kind,
          workers: $0.workers
        )
      },
      tenants: 2
    )
    given.jobs.priority = jobs.map(\.priority)
    if jobs.contains(where: { $0.saves != nil }) {
      for job in jobs {
        guard let saves = job.saves else {
          given.jobs.checkpoint.append(0)
          continue
        }
        given.jobs.checkpointPlans.append(
          CheckpointPlan(
            interval: SimDuration(nanoseconds: saves.every * Self.second),
            write: SimDuration(nanoseconds: saves.write * Self.second),
            restart: .zero
          )
        )
        given.jobs.checkpoint.append(UInt8(given.jobs.checkpointPlans.count))
      }
    }
    if jobs.contains(where: \.isProtected) { given.jobs.isProtected = jobs.map(\.isProtected) }
    given.tenancy = spec
    given.autoNodes = auto
    given.queue = .fifo(headOfLineBlocking: false)
    given.horizon = SimTime(nanoseconds: end * Self.second)
    given.bucket = SimDuration(nanoseconds: end * Self.second)
    return try Simulation.run(given)
  }

  private func starts(_ outcome: RunOutcome) -> [Int64] {
    outcome.jobs.startNanoseconds.map { $0 < 0 ? -1 : $0 / Self.second }
  }

  @Test func `by default only idle machines are taken`() throws {
    let outcome = try run(
      host: 1,
      until: 2_000,
      [Job(length: 5_000), Job(tenant: 0, at: 100, length: 50)],
      .never
    )
    #expect(starts(outcome) == [0, -1])
    #expect(outcome.clusters[0].drained == 0)
  }

  @Test func `the work stops after its grace, and the machine then moves as an idle one does`() throws {
    let outcome = try run(host: 1, [Job(length: 3_000), Job(tenant: 0, at: 100, length: 50)])
    // Looked at a second after the arrival, stopped 30 s later, up 900 s after that. The machine is empty at
    // 1081, seen at 1090, gone at 1105 + 30 + 870, and the host's job starts over.
    #expect(starts(outcome) == [2_005, 1_031])
    #expect(outcome.jobs.interruptions == [1, 0])
    let team = outcome.clusters[0]
    #expect((team.drained, team.evicted) == (1, 1))
    #expect(team.evictionLostMilliNanoseconds == Int128(131 * Self.second) * 2_000)
    #expect(outcome.ledger[.lost] == Int128(131 * Self.second) * 2_000)
    #expect(outcome.ledger.capacity == Int128(10_000 * Self.second) * 2_000)
    // Emptied it is capacity that is held; then it changes, there and back.
    #expect(outcome.ledger[.changing] == Int128((900 + 30 + 870) * Self.second) * 2_000)
    let causes = outcome.waits.rows(of: 1).map { outcome.waits.cause[$0] }
    #expect(causes.last == .mounting)
  }

  @Test func `metrics tell the machines, the runs and what these lost, where machines may be emptied`() throws
  {
    let jobs = [Job(length: 3_000), Job(tenant: 0, at: 100, length: 50)]
    func metrics(_ rule: AutoNodes.Source.Eviction) throws -> [String: Double] {
      let sketches = jobs.map { JobSketch(arrival: $0.at, duration: $0.length, gpus: 2, tenant: $0.tenant) }
      let all = OutcomeMetrics.compute(
        outcome: try run(host: 1, jobs, rule),
        jobs: table(sketches, tenants: 2),
        fleet: fleet([.gpu(2), .gpu(2)])
      )
      return Dictionary(
        all.filter { $0.scope == "cluster:team" }.map { ($0.name, $0.value) },
        uniquingKeysWith: { first, _ in first }
      )
    }
    let emptied = try metrics(.any)
    #expect(emptied["tenancy.drained"] == 1)
    #expect(emptied["tenancy.evicted"] == 1)
    #expect(abs((emptied["tenancy.evicted_lost"] ?? 0) - 262.0 / 3600) < 1e-9)
    #expect(try metrics(.never)["tenancy.drained"] == nil)
  }

  @Test func `a checkpoint that can be written in the grace is, and nothing is lost`() throws {
    let saved = try run(
      host: 1,
      [Job(length: 3_000, saves: (600, 20)), Job(tenant: 0, at: 100, length: 50)]
    )
    #expect(saved.clusters[0].evictionLostMilliNanoseconds == 0)
    // 131 s are done of 3,000.
    #expect(saved.jobs.endNanoseconds[0] / Self.second == 2_005 + 3_000 - 131 + 4 * 20)
    let late = try run(
      host: 1,
      [Job(length: 3_000, saves: (600, 40)), Job(tenant: 0, at: 100, length: 50)]
    )
    #expect(late.clusters[0].evictionLostMilliNanoseconds == Int128(131 * Self.second) * 2_000)
  }

  @Test func `only work of lower priority than the job is stopped where the rule says so`() throws {
    let jobs = [Job(length: 5_000, priority: 3), Job(tenant: 0, at: 100, length: 50, priority: 3)]
    let equal = try run(host: 1, until: 3_000, jobs, .lowerPriority)
    #expect(starts(equal) == [0, -1])
    var above = jobs
    above[1].priority = 4
    #expect(starts(try run(host: 1, above, .lowerPriority))[1] == 1_031)
  }

  @Test func `the lowest priority goes first, then the least work, then the fewest pods, then the first`()
    throws
  {
    func victim(_ jobs: [Job]) throws -> [Int] {
      let outcome = try run(
        host: jobs.filter { $0.gpus == 2 }.count,
        jobs + [Job(tenant: 0, at: 500, length: 50)]
      )
      return outcome.jobs.interruptions.indices.filter { outcome.jobs.interruptions[$0] > 0 }
    }
    // First-fit: in the order of arrival from the first machine on.
    let long: Int64 = 5_000
    #expect(try victim([Job(length: long, priority: 1), Job(at: 1, length: long)]) == [1])
    #expect(try victim([Job(length: long), Job(at: 200, length: long)]) == [1])
    #expect(try victim([Job(length: long), Job(length: long)]) == [0])
    // The first ends of itself before it would be stopped: it loses nothing.
    #expect(try victim([Job(length: 520), Job(at: 400, length: long)]) == [])
  }

  @Test func `as many pods lose as much: the machine with fewer is emptied`() throws {
    // Two of one GPU on the first machine, one of two on the second, from the same instant.
    let jobs = [Job(gpus: 1, length: 5_000), Job(gpus: 1, length: 5_000), Job(length: 5_000)]
    let outcome = try run(host: 2, jobs + [Job(tenant: 0, at: 500, length: 50)])
    #expect(outcome.jobs.interruptions == [0, 0, 1, 0])
  }

  @Test func `the host keeps its floor, of idle machines too`() throws {
    let jobs = [Job(length: 5_000), Job(tenant: 0, at: 100, length: 50)]
    let floor = try run(host: 1, until: 3_000, jobs) { $1.keep = 1 }
    #expect(starts(floor) == [0, -1])
    let idle = try run(host: 1, until: 3_000, [Job(tenant: 0, at: 100, length: 50)]) { $1.keep = 1 }
    #expect(starts(idle) == [-1])
    let spare = try run(host: 2, jobs + [Job(length: 5_000)]) { $1.keep = 1 }
    #expect(starts(spare).last == 1_031)
  }

  @Test func `so many machines are emptied at a time`() throws {
    let busy = (0..<3).map { _ in Job(length: 9_000) }
    let asking = (0..<2).map { _ in Job(tenant: 0, at: 100, length: 50) }
    // The second after the first is empty, at 131.
    #expect(starts(try run(host: 3, busy + asking)).suffix(2).sorted() == [1_031, 1_061])
    let both = try run(host: 3, busy + asking) { $1.evictAtOnce = 2 }
    #expect(starts(both).suffix(2) == [1_031, 1_031])
  }

  @Test func `nothing is emptied for a gang that would not fit then either`() throws {
    let busy = (0..<2).map { _ in Job(length: 9_000) }
    let gang = Job(tenant: 0, at: 100, length: 50, workers: 2)
    let fits = try run(host: 2, busy + [gang]) { $1.evictAtOnce = 2 }
    #expect(starts(fits)[2] == 1_031)
    let kept = try run(host: 2, until: 4_000, busy + [gang]) { ($1.keep, $1.evictAtOnce) = (1, 2) }
    #expect(kept.clusters[0].drained == 0)
    #expect(starts(kept)[2] == -1)
  }

  @Test func `a gang comes machine by machine where one is emptied at a time`() throws {
    let busy = (0..<2).map { _ in Job(length: 9_000) }
    let outcome = try run(host: 2, busy + [Job(tenant: 0, at: 100, length: 50, workers: 2)])
    #expect(outcome.clusters[0].drained == 2)
    #expect(starts(outcome)[2] == 1_061)
  }

  @Test func `protected classes and jobs stay`() throws {
    let jobs = [Job(length: 5_000, isProtected: true), Job(tenant: 0, at: 100, length: 50)]
    #expect(try run(host: 1, until: 3_000, jobs).clusters[0].drained == 0)
    let byClass = try run(host: 1, until: 3_000, [Job(length: 5_000), Job(tenant: 0, at: 100, length: 50)]) {
      auto,
      _ in auto.doNotDisrupt = ["class"]
    }
    #expect(byClass.clusters[0].drained == 0)
  }

  @Test func `a gang on two machines stops whole, and a replica waits until its time`() throws {
    let gang = Job(length: 5_000, workers: 2)
    let outcome = try run(host: 2, [gang, Job(tenant: 0, at: 100, length: 50)])
    #expect(outcome.jobs.interruptions == [1, 0])
    #expect(outcome.clusters[0].evictionLostMilliNanoseconds == Int128(131 * Self.second) * 4_000)
    let replica = try run(host: 1, [Job(length: 1_500, kind: .service), Job(tenant: 0, at: 100, length: 50)])
    #expect(replica.jobs.state == [.withdrawn, .completed])
    #expect(replica.clusters[0].evicted == 1)
    #expect(replica.clusters[0].evictionLostMilliNanoseconds == 0)
  }

  @Test func `what cannot be is refused`() {
    let job = [Job(tenant: 0, length: 50)]
    #expect(throws: SimulationError.self) { try run(host: 1, job) { $1.keep = 2 } }
    #expect(throws: SimulationError.self) { try run(host: 1, job) { $1.evictAtOnce = 0 } }
  }
}
