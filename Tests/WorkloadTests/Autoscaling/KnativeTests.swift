import SimulationKernel
import Testing
import Workload

@Suite("Knative pod autoscaler")
struct KnativeTests {
  private let spec = KnativeAutoscaler(measure: .concurrency(serviceTime: 1), target: 100)

  @Test("ceil(mean / target) within what one decision may change")
  func formula() {
    #expect(spec.replicas(for: 700) == 10)
    #expect(spec.replicas(for: 701) == 11)
    #expect(spec.replicas(for: 0) == 0)
    #expect(spec.panicWindow == .seconds(6))
    // At least half of 10 remains; no more than 1,000 times 1.
    #expect(spec.clampedReplicas(for: 70, ready: 10) == 5)
    #expect(spec.clampedReplicas(for: 0, ready: 1) == 0)
    #expect(spec.clampedReplicas(for: 1e9, ready: 0) == 1000)
  }

  @Test("panic: at twice the ready replicas, never down, until a stable window has passed")
  func panic() {
    #expect(spec.panics(mean: 700, ready: 5))
    #expect(!spec.panics(mean: 700, ready: 6))
    var state = KnativeAutoscalerState(spec)
    var current = 5
    func decide(_ second: Int64, stable: Double, panic: Double, ready: Int) -> Int {
      current = state.decide(
        stable: stable,
        panic: panic,
        ready: ready,
        current: current,
        limits: 0...100,
        now: .zero + .seconds(second)
      )
      return current
    }
    #expect(decide(0, stable: 350, panic: 350, ready: 5) == 5)
    #expect(state.panicTime == nil)
    #expect(decide(2, stable: 360, panic: 700, ready: 5) == 10)
    #expect(state.panicTime == .zero + .seconds(2))
    // The surge is over, the count stays.
    #expect(decide(4, stable: 400, panic: 70, ready: 10) == 10)
    #expect(decide(62, stable: 350, panic: 70, ready: 10) == 10)
    // More than 60 s after the condition held last.
    #expect(decide(64, stable: 350, panic: 70, ready: 10) == 5)
    #expect(state.panicTime == nil)
  }

  @Test("the last replica stays for the grace period")
  func grace() {
    var state = KnativeAutoscalerState(spec)
    func decide(_ second: Int64, _ mean: Double, current: Int) -> Int {
      state.decide(
        stable: mean,
        panic: mean,
        ready: current,
        current: current,
        limits: 0...100,
        now: .zero + .seconds(second)
      )
    }
    #expect(decide(0, 0, current: 1) == 1)
    #expect(decide(28, 0, current: 1) == 1)
    #expect(decide(30, 0, current: 1) == 0)
    #expect(decide(32, 1, current: 0) == 1)
    #expect(decide(34, 0, current: 1) == 1)
  }
}
