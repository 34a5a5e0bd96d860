import SimulationKernel
import Testing

@Suite("Simulated time")
struct SimTimeTests {
  @Test("seconds round to the nearest nanosecond and refuse what the key cannot hold")
  func conversion() {
    #expect(SimTime(seconds: 1.5)?.nanoseconds == 1_500_000_000)
    #expect(SimTime(seconds: 0.4e-9)?.nanoseconds == 0)
    #expect(SimTime(seconds: -1) == nil)
    #expect(SimTime(seconds: .infinity) == nil)
    #expect(SimTime(seconds: 2e9) == nil)
    #expect(SimTime(seconds: 36.0 * 365 * 86_400) != nil)
  }
}
