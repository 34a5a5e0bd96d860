import SimulationKernel
import Testing
import Workload

@Suite("KEDA")
struct KEDATests {
  @Test("ScaledJob: jobs of a poll, by strategy")
  func jobs() {
    typealias Queue = KEDAJobScaling.Queue
    let all: [KEDAJobScaling] = [.default, .custom(deduction: 0, runningShare: 0), .accurate, .eager]
    for strategy in all { #expect(strategy.newJobs(Queue(length: 3, running: 0), maximum: 10) == 3) }
    // Three more messages come while three long jobs run: of six, three wait in
    // the queue. The default counts the running jobs against them.
    let more = Queue(length: 3, running: 3)
    #expect(3 + KEDAJobScaling.default.newJobs(more, maximum: 10) == 3)
    #expect(3 + KEDAJobScaling.eager.newJobs(more, maximum: 10) == 6)
    #expect(3 + KEDAJobScaling.accurate.newJobs(more, maximum: 10) == 6)
    // Eager stops at the maximum.
    #expect(KEDAJobScaling.eager.newJobs(Queue(length: 9, running: 3, pending: 2), maximum: 10) == 5)
    // Accurate: up to the maximum, else less the pending ones.
    #expect(KEDAJobScaling.accurate.newJobs(Queue(length: 5, running: 8), maximum: 10) == 2)
    #expect(KEDAJobScaling.accurate.newJobs(Queue(length: 5, running: 3, pending: 2), maximum: 10) == 3)
    // Custom: 6 - 1 - floor(5 x 0.5).
    let custom = KEDAJobScaling.custom(deduction: 1, runningShare: 0.5)
    #expect(custom.newJobs(Queue(length: 6, running: 5), maximum: 10) == 3)
    // Never below 0; a target takes several messages.
    #expect(KEDAJobScaling.default.newJobs(Queue(length: 1, running: 4), maximum: 10) == 0)
    #expect(KEDAJobScaling.maximumScale(Queue(length: 21, target: 5, running: 0), maximum: 10) == 5)
  }

  @Test("0 to 1 when active, to 0 after the cool-down")
  func activation() {
    var spec = KEDAScaler(target: 10)
    spec.activation = 5
    var state = KEDAScalerState(spec)
    func at(_ second: Int64) -> SimTime { .zero + .seconds(second) }
    #expect(state.poll(rate: 5, current: 0, limits: 0...100, now: at(0)) == 0)
    #expect(state.poll(rate: 5.1, current: 0, limits: 0...100, now: at(30)) == 1)
    #expect(state.poll(rate: 0, current: 3, limits: 0...100, now: at(330)) == 3)
    #expect(state.poll(rate: 0, current: 3, limits: 0...100, now: at(360)) == 0)
    #expect(state.poll(rate: 0, current: 3, limits: 1...100, now: at(390)) == 3)
    #expect(state.poll(rate: 9, current: 0, limits: 2...100, now: at(420)) == 2)
    #expect(state.scale(rate: 90, current: 0, limits: 0...100, now: at(420)) == 0)
    #expect(state.scale(rate: 90, current: 4, limits: 0...100, now: at(420)) == 8)
  }
}
