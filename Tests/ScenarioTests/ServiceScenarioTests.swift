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
}
