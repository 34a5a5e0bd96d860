import Engine
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Room that is kept free; times are worked by hand from Karpenter's clocks.
@Suite struct NodeBufferTests {
  private func run(
    _ jobs: [JobSketch],
    nodes: Int = 6,
    buffer: [AutoNodes.Placeholder],
    end: Double = 3_600
  ) throws -> RunOutcome {
    try AutoNodesRun(groups: [(Array(repeating: .gpu(2), count: nodes), { _ in })], end: end)(jobs) {
      $0.autoNodes!.buffer = buffer
    }
  }

  private func job(_ gpus: Int32, at arrival: Double, for duration: Double) -> JobSketch {
    AutoNodesRun.job(gpus, at: arrival, for: duration)
  }

  @Test func `room is there before the first job, which then does not wait`() throws {
    let outcome = try run([job(2, at: 1_000, for: 100)], buffer: [.init(gpus: 2)])
    #expect(outcome.startSeconds == [1_000])
    // One node from 1 s on; another for the room that the job took, looked for
    // within ten seconds; then one of the two is empty and goes.
    #expect(outcome.autoNodes[0].launched == 2)
    #expect(outcome.autoNodes[0].removed == 1)
    #expect(outcome.autoNodes[0].most == 2)
  }

  @Test func `free room on busy nodes counts`() throws {
    let outcome = try run([job(1, at: 1_000, for: 10_000)], buffer: [.init(gpus: 1)])
    #expect(outcome.autoNodes[0].launched == 1)
    #expect(outcome.autoNodes[0].removed == 0)
  }

  @Test func `jobs that wait are served before room is kept`() throws {
    let outcome = try run(
      [job(2, at: 0, for: 10_000), job(2, at: 0, for: 10_000)],
      nodes: 2,
      buffer: [.init(gpus: 2, count: 3)]
    )
    #expect(outcome.startSeconds == [301, 301])
    #expect(outcome.autoNodes[0].launched == 2)
  }

  @Test func `several are kept, and empty nodes beyond them go`() throws {
    let outcome = try run(
      (0..<4).map { job(2, at: 1_000 + Double($0), for: 500) },
      buffer: [.init(gpus: 1, count: 4)],
      end: 10_000
    )
    // Two nodes hold four placeholders of one GPU; four more came for the jobs'
    // room, as far as there are nodes.
    #expect(outcome.startSeconds[0] == 1_000 && outcome.startSeconds[1] == 1_001)
    #expect(outcome.autoNodes[0].most == 6)
    #expect(outcome.autoNodes[0].launched - outcome.autoNodes[0].removed == 2)
  }

  @Test func `what cannot be kept free is refused`() {
    func refusal(_ change: @escaping (inout AutoNodes) -> Void) -> String {
      do {
        _ = try AutoNodesRun(groups: [([.gpu(2)], { _ in })])([]) { change(&$0.autoNodes!) }
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal { $0.buffer = [.init(gpus: 0)] }.contains("some GPUs, CPU or memory"))
    #expect(
      refusal {
        $0.buffer = [.init(gpus: 1)]
        $0.consolidatesUnderused = true
      }.contains("empty nodes only")
    )
    #expect(
      refusal {
        $0.buffer = [.init(gpus: 1)]
        $0.use(ClusterAutoscaler())
      }.contains("empty nodes only")
    )
  }
}
