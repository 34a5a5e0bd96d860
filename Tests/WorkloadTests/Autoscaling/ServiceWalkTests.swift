import SimulationKernel
import Testing

@testable import Workload

@Suite("Replicas that follow a rate through an autoscaler")
struct ServiceWalkTests {
  private func steps(
    _ autoscaler: Autoscaler,
    _ requests: RateCurve,
    limits: ClosedRange<Int>,
    coldStart: Int64 = 0,
    seconds: Int64
  ) -> [String] {
    let walk = ServiceWalk(requests: requests, limits: limits, coldStart: .seconds(coldStart))
    return walk.steps(of: autoscaler, until: .seconds(seconds)).map { "\(Int($0.time.seconds)) \($0.wanted)" }
  }

  @Test("HPA waits for the first ready replica, then sees those that start as 0")
  func horizontalPod() {
    // 60: 100/s on the one ready replica, at most 5. 75: 5 x (100 / 5 / 10).
    // From then on the ratio over all replicas is 1.
    let found = steps(
      .horizontalPod(HorizontalPodAutoscaler(target: 10)),
      .constant(100),
      limits: 1...50,
      coldStart: 60,
      seconds: 1200
    )
    #expect(found == ["0 1", "60 5", "75 10"])
  }

  @Test("KEDA: to zero and back")
  func keda() {
    // The mean of a minute is 0 from 660 on; 2 was recommended last at 615, and
    // the last active poll was at 630.
    let rate = RateCurve.steps([
      RatePoint(seconds: 0, rate: 20), RatePoint(seconds: 600, rate: 0), RatePoint(seconds: 1800, rate: 20),
    ])
    let found = steps(.keda(KEDAScaler(target: 10)), rate, limits: 0...10, seconds: 2400)
    #expect(found == ["0 0", "0 2", "915 1", "960 0", "1830 1", "1845 2"])
  }

  @Test("Knative: to zero, and out of it in panic")
  func knative() {
    // 102: 140 requests in the panic window of 6 s are 4 replicas of 7/s.
    let found = steps(
      .knative(KnativeAutoscaler(measure: .requests, target: 10)),
      .steps([RatePoint(seconds: 100, rate: 70)]),
      limits: 0...100,
      seconds: 600
    )
    #expect(found == ["0 1", "30 0", "102 4", "104 7", "106 10"])
  }

  @Test("Knative counts requests in flight by the service time")
  func concurrency() {
    let spec = KnativeAutoscaler(measure: .concurrency(serviceTime: 10), target: 100)
    #expect(steps(.knative(spec), .constant(70), limits: 1...100, seconds: 600) == ["0 1", "0 10"])
  }

  @Test("stretches: last in, first out, one row for each unbroken stretch")
  func stretches() throws {
    var service = ServiceSpec(
      requestRate: .steps([RatePoint(seconds: 0, rate: 20), RatePoint(seconds: 600, rate: 0)]),
      requestsPerReplicaPerSecond: 20,
      minReplicas: 0,
      maxReplicas: 10,
      evaluationInterval: .seconds(60)
    )
    service.autoscaler = .keda(KEDAScaler(target: 10))
    service.coldStart = ColdStart()
    let jobs = try Synthesiser.makeJobs(
      SynthesisSpec(
        horizon: .seconds(3600),
        classes: [
          JobClassSpec(
            name: "chat",
            kind: .service(service),
            demand: [DemandOption(gpuCount: 1, cpuMilli: 1000, memoryMiB: 1024)],
            busyFraction: .constant(1)
          )
        ]
      ),
      fleetMilliGPU: 8000,
      seed: 1
    )
    #expect(jobs.kind == [.service, .service])
    #expect(jobs.arrival == [.zero, .zero])
    #expect(jobs.duration == [.seconds(960), .seconds(915)])
    #expect(jobs.services.count == 1)
    #expect(jobs.services[0].coldStart == .seconds(690))
    #expect(jobs.services[0].capacityPerReplica == 20)
  }

  @Test("cold start: pull x (1 - cached) + weights + initialisation")
  func coldStart() {
    var start = ColdStart()
    #expect(start.total == .seconds(690))
    start.cached = 0.75
    #expect(start.total == .seconds(285))
    start.cached = 1
    #expect(start.total == .seconds(150))
  }
}
