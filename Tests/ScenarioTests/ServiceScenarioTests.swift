import Engine
import SimulationKernel
import TestSupport
import Testing
import Workload

@testable import Scenario

/// Services with autoscalers, cold starts and request traces.
struct ServiceScenarioTests {
  private func service(_ keys: String, requests: String = "100/s") throws -> ServiceSpec {
    let text = Sample.changing("maxReplicas: 20", to: "maxReplicas: 20, \(keys)")
      .replacing("requests: 100/s", with: "requests: \(requests)")
    let scenario = try Sample.load(text)
    guard case .synthesis(let spec, _, _, _) = scenario.work,
      case .service(let service) = spec.classes[1].kind
    else { throw Missing() }
    return service
  }

  private struct Missing: Error {}

  @Test("a word takes the defaults that its section states", arguments: ["hpa", "keda", "knative"])
  func words(_ kind: String) throws {
    let word = try service("autoscaler: \(kind)")
    #expect(word.autoscaler != nil)
    #expect(word == (try service("autoscaler: {\(kind): {}}")))
    #expect(word.coldStart == ColdStart())
    #expect(word == (try service("autoscaler: \(kind), coldStart: {}")))
  }

  @Test("targets: 70 % of a replica's capacity, or as stated")
  func targets() throws {
    let hpa = try service("autoscaler: hpa").autoscaler
    #expect(hpa == .horizontalPod(HorizontalPodAutoscaler(target: 7)))
    var slow = HorizontalPodAutoscaler(target: 5)
    slow.downWindow = .seconds(600)
    slow.down = ScalingPolicies([.init(.percent(10), period: .seconds(60))])
    let stated = "{target: 5/s, scaleDown: {window: 10m, policies: {percent: 10, period: 1m}}}"
    #expect(try service("autoscaler: {hpa: \(stated)}").autoscaler == .horizontalPod(slow))
    let knative = try service("autoscaler: {knative: {metric: concurrency, serviceTime: 2s}}").autoscaler
    let expected = KnativeAutoscaler(measure: .concurrency(serviceTime: 2), target: 100)
    #expect(knative == .knative(expected))
  }

  @Test("requests of a trace")
  func trace() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("arrival_s,prompt_tokens,output_tokens\n1,10,1\n2,10,1\n70,10,1\n")
    let found = try service("", requests: "{trace: {format: azure-llm, file: \(path), times: 30}}")
    let points = [(0.0, 1.0), (60, 0.5), (120, 0)].map { RatePoint(seconds: $0, rate: $1) }
    #expect(found.requestRate == .steps(points))
    #expect(found.autoscaler == nil && found.coldStart == nil)
  }

  @Test("a run counts the requests only of services that ask for it")
  func counted() throws {
    func services(_ text: String) throws -> [ServiceLoad] {
      let scenario = try Sample.load(text)
      return try scenario.input(placement: scenario.placements[0], replication: 0).jobs.services
    }
    #expect(try services(Sample.text).isEmpty)
    let found = try services(
      Sample.changing("maxReplicas: 20", to: "maxReplicas: 20, coldStart: {cached: 100%}")
    )
    #expect(found.map(\.coldStart) == [.seconds(150)])
    #expect(found.map(\.capacityPerReplica) == [10])
  }

  @Test("the resolved scenario states every default and gives the same service")
  func resolved() throws {
    let text = Sample.changing(
      "maxReplicas: 20",
      to: "maxReplicas: 20, minReplicas: 0, autoscaler: {keda: {}}"
    )
    let first = try Sample.load(text)
    let second = try Sample.load(first.resolvedYAML)
    #expect(first.resolvedYAML == second.resolvedYAML)
    #expect(first.resolvedYAML.contains("cooldown"))
    let placement = first.placements[0]
    let jobs = try first.input(placement: placement, replication: 0).jobs
    #expect(try second.input(placement: placement, replication: 0).jobs == jobs)
  }

  @Test("an image and weights that replicas fetch take the place of their part of the cold start")
  func fetched() throws {
    let storage =
      "storage: {registry: {bandwidth: 1GB/s, perNode: 100MB/s}, unpack: 200MB/s, "
      + "tiers: {name: hot, bandwidth: 5GB/s}}\n"
    func service(_ keys: String, _ own: String = "") throws -> ServiceSpec {
      let text =
        Sample.changing("maxReplicas: 20", to: "maxReplicas: 20\(own)")
        .replacing("demand: {gpus: 0.25", with: "\(keys)\n      demand: {gpus: 0.25") + storage
        + "policy: {queue: {order: fifo, headOfLineBlocking: false}}\n"
      let scenario = try Sample.load(text)
      // Every default that is used is stated, and no other.
      let again = try Sample.load(scenario.resolvedYAML)
      #expect(again.resolvedYAML == scenario.resolvedYAML)
      guard case .synthesis(let spec, _, _, _) = scenario.work,
        case .synthesis(let same, _, _, _) = again.work,
        case .service(let service) = spec.classes[1].kind
      else { throw Missing() }
      #expect(spec == same)
      return service
    }
    let both = try service("image: {size: 10GB}\n      read: {size: 130GB, from: hot}")
    #expect(both.coldStart?.total == .seconds(120))
    // 10 GB at 100 MB/s, unpacked at 200 MB/s; 130 GB at 5 GB/s.
    #expect(both.assumedFetch == .seconds(100 + 50 + 26))
    let image = try service("image: {size: 10GB}", ", coldStart: {weights: 40s, initialisation: 5s}")
    #expect(image.coldStart?.total == .seconds(45))
    #expect(image.assumedFetch == .seconds(150))
    let read = try service("read: {size: 130GB, from: hot}", ", autoscaler: hpa, coldStart: {cached: 50%}")
    #expect(read.coldStart?.total == .seconds(270 + 120))
    #expect(read.assumedFetch == .seconds(26))
  }

  @Test("an autoscaler that does not see the run takes a replica for ready when it has fetched alone")
  func assumed() throws {
    var service = ServiceSpec(
      requestRate: .constant(60),
      requestsPerReplicaPerSecond: 10,
      minReplicas: 1,
      maxReplicas: 20,
      evaluationInterval: .seconds(60)
    )
    service.autoscaler = .horizontalPod(HorizontalPodAutoscaler(target: 7))
    service.coldStart = try self.service("coldStart: {cached: 100%, weights: 0s, initialisation: 176s}")
      .coldStart
    var other = service
    other.coldStart = try self.service("coldStart: {cached: 100%, weights: 0s, initialisation: 0s}").coldStart
    other.assumedFetch = .seconds(176)
    func wanted(_ service: ServiceSpec) throws -> JobTable {
      let spec = SynthesisSpec(
        horizon: .seconds(3_600),
        classes: [
          JobClassSpec(
            name: "a",
            kind: .service(service),
            demand: [DemandOption(gpuCount: 1, cpuMilli: 0, memoryMiB: 0)],
            busyFraction: .constant(1)
          )
        ]
      )
      var jobs = try Synthesiser.makeJobs(spec, fleetMilliGPU: 1_000_000, seed: 1)
      jobs.services = []
      return jobs
    }
    #expect(try wanted(service) == wanted(other))
    other.assumedFetch = .zero
    #expect(try wanted(service) != wanted(other))
  }
}
