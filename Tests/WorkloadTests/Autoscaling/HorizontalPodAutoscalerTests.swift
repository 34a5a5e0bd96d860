import SimulationKernel
import Testing
import Workload

@Suite("HorizontalPodAutoscaler")
struct HorizontalPodAutoscalerTests {
  private let spec = HorizontalPodAutoscaler(target: 60)

  @Test("ceil(current x metric / target), within the tolerance unchanged")
  func formula() {
    #expect(spec.recommended(current: 4, metric: 90) == 6)
    #expect(spec.recommended(current: 10, metric: 60 * 1.05) == 10)
    #expect(spec.recommended(current: 10, metric: 60 * 1.11) == 12)
    #expect(spec.recommended(current: 10, metric: 60 * 0.95) == 10)
    #expect(spec.recommended(current: 10, metric: 0) == 0)
  }

  @Test("replicas that are not ready count 0 on the way up and are left out on the way down")
  func readiness() {
    #expect(spec.recommended(current: 4, ready: 4, metric: 90) == 6)
    // 2 of 4 serve 150 each: 300 in all, 75 a replica, 1.25 times the target.
    #expect(spec.recommended(current: 4, ready: 2, metric: 150) == 5)
    // 2 of 4 serve 90 each: 45 a replica with the zeros, which reverses the rise.
    #expect(spec.recommended(current: 4, ready: 2, metric: 90) == 4)
    #expect(spec.recommended(current: 4, ready: 2, metric: 30) == 1)
    #expect(spec.recommended(current: 4, ready: 0, metric: 0) == nil)
  }

  @Test("a total is divided by the target")
  func total() {
    #expect(spec.recommended(current: 4, total: 360) == 6)
    #expect(spec.recommended(current: 4, total: 250) == 4)
    #expect(spec.recommended(current: 0, total: 61) == 2)
  }

  /// The counts that a controller wants every 15 s for a constant
  /// recommendation.
  private func counts(
    from start: Int,
    recommended: Int,
    times: Int,
    _ change: (inout HorizontalPodAutoscaler) -> Void = { _ in }
  ) -> [Int] {
    var spec = spec
    change(&spec)
    var state = HorizontalPodAutoscalerState(spec)
    var current = start
    return (0..<times).map { tick in
      current = state.decide(
        recommended: recommended,
        current: current,
        limits: 1...1000,
        now: .zero + .seconds(Int64(tick) * 15)
      )
      return current
    }
  }

  @Test("up: the larger of +100 % and +4 every 15 s")
  func up() {
    #expect(counts(from: 1, recommended: 100, times: 6) == [5, 10, 20, 40, 80, 100])
  }

  @Test("down: 10 % a period, the change rounded up")
  func down() {
    let found = counts(from: 80, recommended: 10, times: 3) { spec in
      spec.downWindow = .zero
      spec.down = ScalingPolicies([.init(.percent(10), period: .seconds(15))])
    }
    #expect(found == [72, 64, 57])
    #expect(counts(from: 80, recommended: 10, times: 1) { $0.downWindow = .zero } == [10])
  }

  @Test("a policy counts the changes of its whole period")
  func period() {
    let found = counts(from: 10, recommended: 100, times: 6) { spec in
      spec.up = ScalingPolicies([.init(.pods(4), period: .seconds(60))])
    }
    #expect(found == [14, 14, 14, 14, 18, 18])
  }

  @Test("the smallest change, and none")
  func selection() {
    let least = counts(from: 1, recommended: 100, times: 3) { $0.up.selection = .min }
    #expect(least == [2, 4, 8])
    #expect(counts(from: 1, recommended: 100, times: 2) { $0.up.selection = .disabled } == [1, 1])
  }

  @Test("a fall goes to the largest recommendation of 300 s")
  func stabilisation() {
    var state = HorizontalPodAutoscalerState(spec)
    var current = 10
    var changes: [Int64: Int] = [:]
    for second in stride(from: Int64(0), through: 330, by: 15) {
      let recommended = second == 0 ? 10 : second <= 15 ? 7 : 5
      let wanted = state.decide(
        recommended: recommended,
        current: current,
        limits: 1...100,
        now: .zero + .seconds(second)
      )
      if wanted != current { changes[second] = wanted }
      current = wanted
    }
    #expect(changes == [300: 7, 315: 5])
  }
}
