import Engine
import TestSupport
import Testing

@testable import Scenario

/// A resolved scenario is a scenario: it gives the same runs.
struct ResolvedTests {
  static let unusual = """
    version: 1
    name: unusual
    description: "quotes \\" and a tab \\t, a # and a: colon"
    question: null
    seed: 9000000000000000000
    replications: 3
    horizon: 1.5w
    warmup: 36h
    bucket: 1h
    gpus: [{name: x200, memory: 96Gi}]
    fleet:
      nodes:
        - {name: "007", count: 3, gpu: x200, gpusPerNode: 16, cpu: 0.5e2, memory: 1.5TiB}
        - {name: l40s, count: 11, gpu: L40S, gpusPerNode: 2, cpu: 64000m, memory: 500GB}
    workload:
      load: 0.75
      classes:
        - name: "1"
          tenants: [a, {name: b, weight: 0.5}]
          priority: -3
          demand:
            - {gpus: 0.125, cpu: 1, memory: 1GiB, models: [x200, l40s]}
            - {gpus: 2, cpu: 1, memory: 1GiB, models: l40s, weight: 2}
          arrivals: {bursty: {states: [{rate: 10/h, mean: 1h}, {rate: 0/s, mean: 90m}]}}
          duration: {hyperexponential: [{weight: 9, mean: 10m}, {weight: 1, mean: 5h}]}
          shortest: 1s
          busy: {uniform: {from: 0.2, to: 0.9}}
        - name: second
          demand: {gpus: 1, cpu: 1, memory: 512MiB}
          arrivals: {count: {jobs: 100, over: 1d}}
          duration: {quantiles: [{probability: 0, value: 1m}, {probability: 0.5, value: 10m}, {probability: 1, value: 1h}]}
          longest: 2h
        - name: third
          demand: {cpu: 1, memory: 512MiB}
          arrivals: {deterministic: {every: 1h}}
          duration: 250ms
        - name: fourth
          demand: {gpus: 1, cpu: 1, memory: 1GiB}
          service:
            requests: {points: [{at: 0s, rate: 1/s}, {at: 1d, rate: 20/s}]}
            perReplica: 2/s
            maxReplicas: 8
    policy:
      placement:
        - best-fit
        - scores:
            - {name: requested-to-capacity-ratio, weight: 3, resources: [{name: nvidia.com/gpu, weight: 5}, cpu],
               shape: [{utilization: 0, score: 0}, {utilization: 100, score: 10}]}
            - balanced-allocation
      tieBreak: seededRank
      queue: {headOfLineBlocking: false}
      sharing: wholeGPU
      impossibleJobs: reject
    fragmentation: {mix: [{gpus: 1, cpu: 4, memory: 32GiB}, {gpus: 4, cpu: 4, memory: 32GiB, models: l40s, count: 3}]}
    fleetChanges:
      - {at: 2d, action: repair, nodes: 'l40s[2-4]'}
      - {at: 1d, action: fail, nodes: ['l40s[2-4]', 007-1]}
    """ + "\n"

  private func expectSame(_ a: LoadedScenario, _ b: LoadedScenario) throws {
    #expect(a.resolvedYAML == b.resolvedYAML)
    #expect(a.name == b.name)
    #expect(a.description == b.description)
    #expect(a.question == b.question)
    #expect(a.seed == b.seed)
    #expect(a.replications == b.replications)
    #expect(a.placements == b.placements)
    #expect(a.study == b.study)
    #expect(a.notes == b.notes)
    guard a.study == nil else { return }
    for replication in [0, 2] {
      let x = try a.input(placement: a.placements[0], replication: replication)
      let y = try b.input(placement: b.placements[0], replication: replication)
      #expect(x.jobs == y.jobs)
      #expect(x.fleet == y.fleet)
      #expect(x.seed == y.seed)
      #expect(x.replication == y.replication)
      #expect(x.queue == y.queue)
      #expect(x.sharing == y.sharing)
      #expect(x.horizon == y.horizon)
      #expect(x.measuredFrom == y.measuredFrom)
      #expect(x.bucket == y.bucket)
      #expect(x.mix == y.mix)
      #expect(x.fleetChanges == y.fleetChanges)
      #expect(x.rejectsImpossibleJobs == y.rejectsImpossibleJobs)
    }
  }

  @Test(arguments: [Sample.text, unusual])
  func roundTrip(_ text: String) throws {
    let first = try ScenarioLoader.load(text: text, label: "a.yaml", environment: [:])
    let again = try ScenarioLoader.load(text: first.resolvedYAML, label: "b.yaml", environment: [:])
    try expectSame(first, again)
  }

  @Test(arguments: ShippedScenarioTests.files)
  func shippedRoundTrip(_ file: String) throws {
    if try ShippedScenarioTests.needsData(file), !DataFolder.has("openb/openb_pod_list_default.csv") {
      return
    }
    let first = try ShippedScenarioTests.load(file)
    let again = try ScenarioLoader.load(
      text: first.resolvedYAML,
      label: "elsewhere/b.yaml",
      environment: ["HEADROOM_DATA": DataFolder.root.path]
    )
    try expectSame(first, again)
  }

  @Test func everyDefaultIsExplicit() throws {
    try Golden.expect(
      try Sample.load().resolvedYAML,
      equals: "Tests/ScenarioTests/Goldens/resolved-sample.yaml"
    )
    try Golden.expect(
      try Sample.load(Self.unusual).resolvedYAML,
      equals: "Tests/ScenarioTests/Goldens/resolved-unusual.yaml"
    )
  }

  @Test func builtAsWritten() throws {
    let scenario = try Sample.load(Self.unusual)
    let input = try scenario.input(placement: scenario.placements[1], replication: 1)
    #expect(scenario.seed == 9_000_000_000_000_000_000)
    #expect(input.seed == 9_000_000_000_000_000_001)
    #expect(input.fleet.nodes.count == 14)
    #expect(input.fleet.nodes[0].name == "007-0")
    #expect(input.fleet.nodes[3].name == "l40s-00")
    #expect(input.fleet.nodes[0].cpuMilli == 50_000)
    #expect(input.fleet.nodes[0].memoryMiB == 1_572_864)
    #expect(input.fleet.nodes[3].memoryMiB == 476_837)
    #expect(input.fleet.gpuModels == ["x200", "l40s"])
    #expect(input.placement.label == "requested-to-capacity-ratio+balanced-allocation")
    #expect(input.placement.tieBreak == .seededRank)
    #expect(input.placement.scores[0].weight == 3)
    #expect(input.placement.scores[0].resources.map(\.resource) == ["nvidia.com/gpu", "cpu"])
    #expect(input.placement.scores[0].resources.map(\.weight) == [5, 1])
    #expect(input.queue == .fifo(headOfLineBlocking: false))
    #expect(input.sharing == .wholeGPU)
    #expect(input.rejectsImpossibleJobs)
    #expect(input.horizon?.nanoseconds == 907_200_000_000_000)
    #expect(input.measuredFrom.nanoseconds == 129_600_000_000_000)
    #expect(input.fleetChanges.map(\.action) == [.fail, .repair])
    #expect(input.fleetChanges[0].nodes.map(\.rawValue) == [5, 6, 7, 1])
    #expect(input.mix?.entries.map(\.count) == [3, 1])
    let models = input.mix.map { input.jobs.modelNames($0.entries[0].shape.models) }
    #expect(models == ["l40s"])
  }
}
