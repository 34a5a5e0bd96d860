import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Machines that move between the host and virtual clusters; times are seconds,
/// worked by hand.
@Suite struct MountingTests {
  private static let second: Int64 = 1_000_000_000

  /// `host` machines of 2 GPUs; tenant 0 has a private cluster of up to `most`
  /// of them, tenant 1 runs on the host.
  private func run(
    host: Int,
    most: Int,
    until end: Int64,
    seed: UInt64 = 1,
    _ jobs: [(tenant: Int, gpus: Int32, at: Int64, length: Int64)],
    _ adjust: (inout AutoNodes) -> Void = { _ in }
  ) throws -> RunOutcome {
    var spec = Tenancy(clusters: [Tenancy.Cluster(name: "team", tenants: ["tenant-0"])])
    (spec.clusters[0].nodes, spec.clusters[0].groups) = (.private, ["team-mounted"])
    spec.clusters[0].ownNodes = Array(host..<host + most)
    var group = AutoNodes.Group(
      name: "team-mounted",
      nodes: host..<host + most,
      pool: 0,
      join: .constant(30),
      gpuStack: .constant(180)
    )
    group.source = AutoNodes.Source(
      nodes: 0..<host,
      drain: .constant(30),
      wipe: .constant(60),
      provision: .constant(600)
    )
    var auto = AutoNodes(pools: [AutoNodes.Pool(name: "p")], groups: [group])
    auto.budget = 1
    adjust(&auto)
    var given = input(
      Array(repeating: .gpu(2), count: host + most),
      jobs.map {
        JobSketch(
          arrival: $0.at * Self.second,
          duration: $0.length * Self.second,
          gpus: $0.gpus,
          tenant: $0.tenant
        )
      },
      tenants: 2,
      seed: seed
    )
    given.tenancy = spec
    given.autoNodes = auto
    given.queue = .fifo(headOfLineBlocking: false)
    given.horizon = SimTime(nanoseconds: end * Self.second)
    given.bucket = SimDuration(nanoseconds: end * Self.second)
    return try Simulation.run(given)
  }

  private func starts(_ outcome: RunOutcome) -> [Int64] {
    outcome.jobs.startNanoseconds.map { $0 / Self.second }
  }

  @Test func `a machine is drained, wiped, provisioned, joins and gets its stack before the job starts`()
    throws
  {
    let outcome = try run(host: 3, most: 2, until: 4_000, [(0, 2, 0, 100)])
    // Looked at a second after the arrival; 30 + 60 + 600 + 30 + 180 s later.
    #expect(starts(outcome) == [901])
    let waits = outcome.waits.rows(of: 0).map { (outcome.waits.cause[$0], outcome.waits.nanoseconds[$0]) }
    // Until then it would fit on the host, where it may not be.
    #expect(waits.map(\.0) == [.nodeConstraint, .mounting])
    #expect(waits.map { $0.1 / Self.second } == [1, 900])
    // Empty at 1001, seen at 1010, validated at 1025, gone at 1055, back 870 s later.
    #expect(outcome.ledger.capacity == Int128(4_000 * Self.second) * 6_000)
    let changing = Int128(900 + 30 + 870) * Int128(Self.second) * 2_000
    #expect(outcome.ledger[.changing] == changing)
  }

  @Test func `jobs of the host get the machine back, and never the ones on loan`() throws {
    let outcome = try run(
      host: 1,
      most: 1,
      until: 4_000,
      [(0, 1, 0, 100), (1, 1, 10, 50)]
    )
    // The only machine is on loan until 1055 + 870.
    #expect(starts(outcome) == [901, 1925])
    #expect(outcome.ledger.capacity == Int128(4_000 * Self.second) * 2_000)
  }

  @Test func `a machine on which something runs is not taken`() throws {
    let outcome = try run(host: 1, most: 1, until: 4_000, [(1, 1, 0, 500), (0, 1, 10, 100)])
    // Free at 500: looked at again then, at most 10 s after the last time.
    #expect(starts(outcome)[1] >= 1_400 && starts(outcome)[1] <= 1_411)
  }

  /// The verifier counts machines at every event.
  @Test(arguments: 0..<60)
  func `machines are conserved under random work`(_ seed: UInt64) throws {
    var random = SplitMix(seed: seed)
    let host = Int.random(in: 1...5, using: &random)
    let most = Int.random(in: 1...host, using: &random)
    let jobs = (0..<40).map { _ in
      (
        tenant: Int.random(in: 0...1, using: &random), gpus: Int32.random(in: 1...2, using: &random),
        at: Int64.random(in: 0...20_000, using: &random), length: Int64.random(in: 1...3_000, using: &random)
      )
    }.sorted { $0.at < $1.at }
    let outcome = try run(host: host, most: most, until: 40_000, seed: seed, jobs)
    #expect(outcome.ledger.capacity == Int128(40_000 * Self.second) * Int128(host * 2_000), "seed \(seed)")
    for job in jobs.indices where outcome.jobs.node[job].rawValue >= 0 {
      #expect((outcome.jobs.node[job].rawValue >= host) == (jobs[job].tenant == 0), "seed \(seed)")
    }
  }
}
