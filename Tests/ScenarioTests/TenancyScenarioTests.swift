import Engine
import Foundation
import TestSupport
import Testing
import Workload

@testable import Scenario

/// `tenancy` in scenarios, and vcluster.yaml files that they name.
struct TenancyScenarioTests {
  private func load(_ tenancy: String, fleet: String = "", policy: String = "") throws -> (
    scenario: LoadedScenario, input: SimulationInput
  ) {
    let text = Sample.withoutService.replacing("    - {name: b,", with: fleet + "    - {name: b,")
    let scenario = try Sample.load(
      text + "tenancy: {\(tenancy)}\npolicy: {queue: {headOfLineBlocking: false}\(policy)}\n"
    )
    var input = try scenario.input(placement: scenario.placements[0], replication: 0)
    input.verify = true
    return (scenario, input)
  }

  private func cluster(_ tenancy: String, policy: String = "") throws -> Tenancy.Cluster {
    try #require(try load("clusters: \(tenancy)", policy: policy).input.tenancy?.clusters.first)
  }

  @Test("vCluster's quota brings its limit range, and the other way round")
  func presets() throws {
    let quota = try cluster(
      "{name: train, tenants: default, quota: {preset: vcluster, cpu: 900, memory: 9TiB, gpus: 64}}",
      policy: ", impossibleJobs: reject"
    )
    #expect((quota.quota.limitCPUMilli, quota.quota.limitMemoryMiB) == (20_000, 40 << 10))
    #expect((quota.quota.pods, quota.quota.cpuMilli, quota.quota.milliGPU) == (20, 900_000, 64_000))
    #expect(quota.limits == .vCluster)
    let limits = try cluster(
      "{name: train, tenants: default, limitRange: vcluster, quota: {preset: none}}",
      policy: ", impossibleJobs: reject"
    )
    #expect(limits.quota.isEmpty)
    let off = try cluster(
      "{name: train, tenants: default, quota: {preset: vcluster, cpu: 900, memory: 9TiB, cpuLimit: 900, "
        + "memoryLimit: 9TiB}, limitRange: none}"
    )
    #expect(off.limits == PodLimitRange())
    #expect((off.quota.pods, off.quota.limitCPUMilli) == (20, 900_000))
  }

  @Test("limits are stated by jobs, quotas and limit ranges")
  func limits() throws {
    let stated = try cluster(
      "{name: train, tenants: default, quota: {cpuLimit: 900, memoryLimit: 9TiB}, "
        + "limitRange: {preset: vcluster, defaultCPULimit: 96, defaultMemoryLimit: 1TiB}}"
    )
    #expect((stated.quota.limitCPUMilli, stated.quota.limitMemoryMiB) == (900_000, 9 << 20))
    #expect((stated.limits.defaultCPUMilli, stated.limits.defaultCPULimitMilli) == (100, 96_000))
    #expect((stated.limits.defaultMemoryMiB, stated.limits.defaultMemoryLimitMiB) == (128, 1 << 20))
    let filled = try cluster(
      "{name: train, tenants: default, limitRange: {maxCPU: 80, defaultMemoryLimit: 1TiB}}"
    )
    #expect((filled.limits.defaultCPUMilli, filled.limits.defaultCPULimitMilli) == (80_000, 80_000))
    #expect((filled.limits.defaultMemoryMiB, filled.limits.mostMemoryMiB) == (1 << 20, nil))
    let text = Sample.withoutService.replacing("cpu: 8, memory", with: "cpu: 8, cpuLimit: 16, memory")
    let scenario = try Sample.load(text)
    let jobs = try scenario.input(placement: scenario.placements[0], replication: 0).jobs
    #expect(Set(jobs.shapes.map { jobs.podLimits(of: $0) }) == [.none, PodLimits(cpuMilli: 16_000)])
  }

  @Test("what may be done to the host's work for mounted machines")
  func eviction() throws {
    let mount = "mount: {from: a, most: 2, evict: lowerPriority, evictAtOnce: 2, keep: 1}"
    let (_, input) = try load("clusters: {name: train, tenants: default, nodes: private, \(mount)}")
    let source = try #require(input.autoNodes?.groups[0].source)
    #expect((source.evict, source.evictAtOnce, source.keep) == (.lowerPriority, 2, 1))
    _ = try Simulation.run(input)
    let (_, plain) = try load(
      "clusters: {name: train, tenants: default, nodes: private, mount: {from: a, most: 2}}"
    )
    #expect(plain.autoNodes?.groups[0].source?.evict == .never)
  }

  @Test("a virtual cluster costs the platform's placeholder, a namespace nothing")
  func controlPlane() throws {
    #expect(try cluster("{name: train, tenants: default}").controlPlanePerYear == 900)
    #expect(try cluster("{name: train, tenants: default, kind: namespace}").controlPlanePerYear == 0)
    #expect(try cluster("{name: train, tenants: default, controlPlane: 1200}").controlPlanePerYear == 1200)
  }

  @Test("machines that move get places beside the fleet, and loads stay shares of the machines")
  func mount() throws {
    let (scenario, input) = try load(
      "clusters: {name: train, tenants: default, nodes: private, mount: {from: a, most: 2}}"
    )
    #expect(scenario.nodes.nodes.count == 18)
    #expect(input.fleet.nodes[16].name == "train-mounted-0")
    #expect(input.autoNodes?.groups.map(\.name) == ["train-mounted"])
    let outcome = try Simulation.run(input)
    #expect(outcome.ledger.capacity == Int128(86_400_000_000_000) * 32_000)
    #expect(outcome.autoNodes[0].launched > 0)
  }

  @Test("a job that its cluster would never take is left out where that is asked for")
  func rejects() throws {
    let text =
      Sample.withoutService
      + "tenancy: {clusters: {name: train, tenants: default, quota: {gpus: 4}}}\npolicy: {impossibleJobs: reject}\n"
    let scenario = try Sample.load(text)
    let outcome = try Simulation.run(try scenario.input(placement: scenario.placements[0], replication: 0))
    #expect(outcome.jobs.state.contains(.rejected) && outcome.jobs.state.contains(.completed))
  }

  // MARK: - vcluster.yaml

  private static let file = """
    controlPlane:
      ingress: {enabled: true}
    policies:
      resourceQuota:
        enabled: true
        quota:
          requests.cpu: "640"
          requests.memory: 8Ti
          limits.cpu: "960"
          limits.memory: 12Ti
          requests.nvidia.com/gpu: 16
          count/pods: 50
          services.loadbalancers: 1
      limitRange:
        enabled: true
        default: {cpu: "96", memory: 1Ti}
    sync:
      fromHost:
        nodes:
          enabled: true
          selector: {labels: {pool: gold}}
    sleep:
      auto:
        afterInactivity: 1h30m
        schedule: "0 20 * * 1-5"
        wakeup: {schedule: "0 7 * * 1-5"}
        timezone: Europe/Berlin
        exclude: {selector: {labels: {keep: awake}}}
    """

  private func read(_ text: String) throws -> (input: SimulationInput, notes: [String]) {
    let folder = try ScratchFolder()
    let path = try folder.write(text, as: "vcluster.yaml")
    let gold =
      "    - {name: gold, count: 2, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 96, memory: 1TiB, labels: {pool: gold}}\n"
    let (scenario, input) = try load("clusters: {name: train, tenants: default, from: \(path)}", fleet: gold)
    return (input, scenario.notes)
  }

  private func failure(_ text: String) throws -> String {
    let folder = try ScratchFolder()
    let path = try folder.write(text, as: "vcluster.yaml")
    let error = #expect(throws: ScenarioError.self) {
      try self.load("clusters: {name: train, tenants: default, from: \(path)}")
    }
    return (error?.description ?? "").replacing(path, with: "vcluster.yaml")
  }

  @Test("quota, limit range, sleep and node selector are read, and the rest is listed with its lines")
  func vCluster() throws {
    let (input, notes) = try read(Self.file)
    let cluster = try #require(input.tenancy?.clusters.first)
    #expect(cluster.quota.cpuMilli == 640_000)
    #expect(cluster.quota.memoryMiB == 8_388_608)
    #expect((cluster.quota.milliGPU, cluster.quota.pods) == (16_000, 50))
    #expect((cluster.quota.limitCPUMilli, cluster.quota.limitMemoryMiB) == (960_000, 12 << 20))
    #expect((cluster.limits.defaultCPUMilli, cluster.limits.defaultCPULimitMilli) == (100, 96_000))
    #expect((cluster.limits.defaultMemoryMiB, cluster.limits.defaultMemoryLimitMiB) == (128, 1 << 20))
    #expect(cluster.allowedNodes == [4, 5])
    let sleep = try #require(cluster.sleep)
    #expect(sleep.afterInactivity?.nanoseconds == 5_400_000_000_000)
    // In winter an hour ahead of the run's clock.
    #expect(sleep.sleepAt?.next(after: 0) == 68_400_000_000_000)
    #expect(sleep.wakeAt?.next(after: 0) == 21_600_000_000_000)
    let note = try #require(notes.last)
    #expect(
      note.hasSuffix(
        "controlPlane (line 1), policies.resourceQuota.quota.services.loadbalancers (line 13), sleep.auto.exclude (line 28)"
      )
    )
    _ = try Simulation.run(input)
  }

  @Test("static and dynamic pools of private nodes mean pools of the fleet")
  func privateNodes() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(
      """
      privateNodes:
        enabled: true
        autoNodes:
          - provider: bare-metal
            static:
              - name: a
                quantity: 3
            dynamic:
              - name: spare
                nodeTypeSelector:
                  - {property: vcluster.com/node-type, operator: In, values: [cloud]}
                limits: {nodes: 2}
      """,
      as: "vcluster.yaml"
    )
    let cloud =
      "    - {name: cloud, count: 5, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 96, memory: 1TiB, auto: {}}\n"
    let (scenario, input) = try load("clusters: {name: train, tenants: default, from: \(path)}", fleet: cloud)
    let cluster = try #require(input.tenancy?.clusters.first)
    #expect(cluster.nodes == .private)
    #expect(cluster.ownNodes == [0, 1, 2, 4, 5])
    #expect(cluster.groups == ["cloud"])
    #expect(scenario.notes.last?.hasSuffix("privateNodes.autoNodes[0].provider (line 4)") ?? false)
  }

  @Test("what is wrong in the file is told at its own line")
  func faults() throws {
    #expect(
      try failure("sleep:\n  auto:\n    schedule: \"0 99 * * *\"\n").contains(
        "vcluster.yaml:3:15: sleep.auto.schedule: the hour is wrong; found '99'"
      )
    )
    #expect(
      try failure("sleep:\n  auto: {afterInactivity: soon}\n").contains(
        "vcluster.yaml:2:27: sleep.auto.afterInactivity: is not a length of time; found 'soon'"
      )
    )
    #expect(
      try failure(
        "privateNodes: {enabled: true, autoNodes: {static: [{name: a, quantity: 1}]}}\nsleep: {auto: {afterInactivity: 1h}}\n"
      ).contains(
        "vcluster.yaml:2:8: sleep: sleep works on nodes of the host"
      )
    )
    #expect(
      try failure("policies: {resourceQuota: {enabled: true, quota: {requests.cpu: many}}}\n").contains(
        "policies.resourceQuota.quota.requests.cpu: is not a quantity; found 'many'"
      )
    )
    #expect(
      try failure("sleep: {auto: {afterInactivity: 1h, timezone: Europe/Berln}}\n").contains(
        "sleep.auto.timezone: is neither an offset nor a time zone; found 'Europe/Berln'"
      )
    )
    #expect(
      try failure("privateNodes: {enabled: true, autoNodes: {static: [{name: c, quantity: 1}]}}\n").contains(
        "vcluster.yaml:1:52: privateNodes.autoNodes.static[0]: unknown pool of nodes; found 'c'"
      )
    )
    #expect(
      try failure("policies:\n  resourceQuota: {enabled: true}\n").contains("the cluster would never take")
    )
  }
}
