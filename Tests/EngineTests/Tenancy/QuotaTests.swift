import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Quotas are looked at when pods are created; worked by hand.
@Suite struct QuotaTests {
  private func run(
    _ jobs: [JobSketch],
    tenants: Int = 1,
    gpus: Int = 8,
    _ adjust: (inout Tenancy) -> Void,
    _ change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    var spec = Tenancy(
      clusters: (0..<tenants).map { Tenancy.Cluster(name: "c\($0)", tenants: ["tenant-\($0)"]) }
    )
    adjust(&spec)
    return try Simulation.run(
      input([NodeSketch(cpu: 64_000, memory: 256_000, gpus: gpus)], jobs, tenants: tenants).with {
        $0.queue = .fifo(headOfLineBlocking: false)
        $0.tenancy = spec
        change(&$0)
      }
    )
  }

  @Test func `what exceeds the quota waits outside the queue until a pod of the cluster ends`() throws {
    let outcome = try run(
      [.gpu(2, at: 0, for: 10), .gpu(2, at: 1, for: 10), .gpu(1, at: 2, for: 10), .gpu(1, at: 3, for: 10)]
    ) { $0.clusters[0].quota.milliGPU = 3_000 }
    // 2 + 1 fit at once; the pair comes in when the first has ended, and the last when the single has.
    #expect(outcome.jobs.startNanoseconds == [0, 10, 2, 12])
    #expect(outcome.jobs.cause == [.none, .quota, .none, .quota])
    #expect(outcome.clusters[0].mostMilliGPU == 3_000)
  }

  @Test func `pods that wait for a node count as well as those that run`() throws {
    // One GPU: job 0 runs and job 1 waits in the queue; both count.
    let jobs = [JobSketch.gpu(1, at: 0, for: 10), .gpu(1, at: 1, for: 10), .gpu(1, at: 2, for: 10)]
    let outcome = try run(jobs, gpus: 1) { $0.clusters[0].quota.pods = 2 }
    #expect(outcome.jobs.startNanoseconds == [0, 10, 20])
    let waits = try #require(outcome.waits.rows(of: 2).first)
    #expect(outcome.waits.cause[waits] == .capacity || outcome.waits.cause[waits] == .quota)
    let byCause = Dictionary(
      outcome.waits.rows(of: 2).map { (outcome.waits.cause[$0], outcome.waits.nanoseconds[$0]) },
      uniquingKeysWith: +
    )
    #expect(byCause == [.quota: 8, .capacity: 10])
  }

  /// Quota is no share of the cluster: others go on.
  @Test func `a quota holds for its own tenants only`() throws {
    let jobs = (0..<4).map { JobSketch(arrival: 0, duration: 10, gpus: 1, tenant: $0 % 2) }
    let outcome = try run(jobs, tenants: 2) { $0.clusters[0].quota.milliGPU = 1_000 }
    #expect(outcome.jobs.startNanoseconds == [0, 0, 10, 0])
  }

  @Test func `tenants of one cluster share its quota`() throws {
    let jobs = (0..<2).map { JobSketch(arrival: 0, duration: 10, gpus: 1, tenant: $0) }
    let outcome = try run(jobs, tenants: 2) {
      $0.clusters = [Tenancy.Cluster(name: "both", tenants: ["tenant-0", "tenant-1"])]
      $0.clusters[0].quota.milliGPU = 1_000
    }
    #expect(outcome.jobs.startNanoseconds == [0, 10])
  }

  @Test func `vCluster's default quota holds 20 pods, 10 CPU and 20 GiB, and no GPUs`() throws {
    let pods = (0..<25).map { _ in
      JobSketch(arrival: 0, duration: 10, cpu: 100, memory: 128, gpus: 0, milli: 0)
    }
    let byPods = try run(pods) { $0.clusters[0].quota = .vCluster }
    #expect(byPods.jobs.startNanoseconds.count { $0 == 0 } == 20)
    let cores = (0..<12).map { _ in
      JobSketch(arrival: 0, duration: 10, cpu: 1_000, memory: 128, gpus: 0, milli: 0)
    }
    #expect(try run(cores) { $0.clusters[0].quota = .vCluster }.jobs.startNanoseconds.count { $0 == 0 } == 10)
    let memory = (0..<7).map { _ in
      JobSketch(arrival: 0, duration: 10, cpu: 100, memory: 4_096, gpus: 0, milli: 0)
    }
    #expect(try run(memory) { $0.clusters[0].quota = .vCluster }.jobs.startNanoseconds.count { $0 == 0 } == 5)
    let gpus = (0..<8).map { _ in JobSketch(arrival: 0, duration: 10, cpu: 100, memory: 128, gpus: 1) }
    #expect(try run(gpus) { $0.clusters[0].quota = .vCluster }.jobs.startNanoseconds.count { $0 == 0 } == 8)
  }

  @Test func `each worker of a gang is a pod`() throws {
    let gang = JobSketch(arrival: 0, duration: 10, gpus: 1, workers: 3)
    let outcome = try run([gang, .gpu(1, at: 0, for: 10), .gpu(1, at: 0, for: 10)]) {
      $0.clusters[0].quota.pods = 4
    }
    #expect(outcome.jobs.startNanoseconds == [0, 0, 10])
  }

  @Test func `a job that waits for its retry has no pods`() throws {
    let outcome = try run(
      [.gpu(1, at: 0, for: 10), .gpu(1, at: 1, for: 10)],
      {
        $0.clusters[0].quota.milliGPU = 1_000
      }
    ) {
      $0.jobs.failures = JobLists([[Int32(FailureShare.whole / 2)], []])
      $0.jobs.retryRules = [
        RetryRule(most: 3, delay: SimDuration(nanoseconds: 2), longestDelay: SimDuration(nanoseconds: 2))
      ]
      $0.jobs.retry = [1, 0]
    }
    // It fails at 5; the other takes the room from 5 to 15, when it comes in again.
    #expect(outcome.jobs.startNanoseconds == [15, 5])
  }

  @Test func `a controller that backs off leaves room unused`() throws {
    let outcome = try run([.gpu(1, at: 0, for: 10), .gpu(1, at: 1, for: 10)]) {
      $0.clusters[0].quota.milliGPU = 1_000
      $0.quotaRetry = SimDuration(nanoseconds: 4)
    }
    #expect(outcome.jobs.startNanoseconds == [0, 14])
  }

  @Test func `a replica whose time passes outside is withdrawn`() throws {
    let replica = JobSketch(arrival: 1, duration: 5, gpus: 1, kind: .service)
    let outcome = try run([.gpu(1, at: 0, for: 10), replica]) { $0.clusters[0].quota.milliGPU = 1_000 }
    #expect(outcome.jobs.state == [.completed, .withdrawn])
    #expect(outcome.jobs.cause[1] == .quota)
  }

  @Test func `a job beyond the whole quota is told at once, or rejected with the cause`() throws {
    let jobs = [JobSketch.gpu(4, at: 0, for: 10)]
    let error = #expect(throws: SimulationError.self) {
      try run(jobs) { $0.clusters[0].quota.milliGPU = 3_000 }
    }
    #expect(error?.description.contains("asks 4 GPUs of a quota of 3") ?? false)
    let outcome = try run(jobs, { $0.clusters[0].quota.milliGPU = 3_000 }) { $0.rejectsImpossibleJobs = true }
    #expect(outcome.jobs.state == [.rejected])
    #expect(outcome.jobs.cause == [.quota])
  }

  @Test func `a limit range refuses a pod above its maximum`() throws {
    let error = #expect(throws: SimulationError.self) {
      try run([JobSketch(arrival: 0, duration: 1, cpu: 9_000, gpus: 1)]) {
        $0.clusters[0].limits.mostCPUMilli = 8_000
      }
    }
    #expect(error?.description.contains("asks 9.0 vCPU a pod; its limit range allows 8.0") ?? false)
  }

  @Test func `defaults fill what pods leave out, and models are those of the project`() {
    var spec = Tenancy(clusters: [Tenancy.Cluster(name: "c", tenants: ["tenant-0"])])
    spec.clusters[0].limits = .vCluster
    spec.clusters[0].gpuModels = ["A"]
    var given = input([.gpu(8), .gpu(8, model: "B")], [JobSketch(gpus: 1), JobSketch(cpu: 4_000, gpus: 1)])
    spec.bind(&given.fleet, &given.jobs)
    let shapes = given.jobs.shape.map { given.jobs.shapes[Int($0.rawValue)] }
    #expect(shapes.map(\.cpuMilli) == [100, 4_000])
    #expect(shapes.map(\.memoryMiB) == [128, 128])
    #expect(shapes.allSatisfy { given.jobs.modelNames($0.models) == ["A"] })
  }

  @Test func `dedicated nodes keep others off, and private ones even those that tolerate everything`() throws
  {
    for nodes in [Tenancy.Nodes.dedicated, .private] {
      var spec = Tenancy(clusters: [Tenancy.Cluster(name: "c", tenants: ["tenant-0"])])
      (spec.clusters[0].nodes, spec.clusters[0].ownNodes) = (nodes, [1])
      var given = input(
        [.gpu(1), .gpu(1)],
        [
          JobSketch(duration: 10, gpus: 1, tenant: 1), JobSketch(duration: 10, gpus: 1, tenant: 1),
          JobSketch(duration: 10, gpus: 1, tenant: 0), JobSketch(duration: 10, gpus: 1, tenant: 0),
        ],
        tenants: 2
      )
      var tolerant = JobConstraints()
      tolerant.tolerations = [Toleration(key: nil, value: nil)]
      given.jobs.constraints.append(tolerant)
      var shape = given.jobs.shapes[0]
      shape.constraints = ConstraintsID(rawValue: 1)
      given.jobs.shapes.append(shape)
      given.jobs.shape[1] = ShapeID(rawValue: Int32(given.jobs.shapes.count - 1))
      given.tenancy = spec
      given.queue = .fifo(headOfLineBlocking: false)
      let outcome = try Simulation.run(given)
      let places = outcome.jobs.node.map(\.rawValue)
      #expect(places == (nodes == .private ? [0, 0, 1, 1] : [0, 1, 1, 1]))
    }
  }
}
