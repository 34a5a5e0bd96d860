import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Jobs that want other tenants kept away.
@Suite struct IsolationTests {
  private func run(_ isolation: IsolationLevel, _ sharing: SharingMode) throws -> RunOutcome {
    var job = JobSketch.part(125, at: 0, for: 10)
    job.device = DeviceDemand(memoryMiB: 8192, isolation: isolation)
    let given = input([.gpu(2, model: "h100-80gb-sxm")], [job, job]).with {
      $0.sharing = sharing
      $0.mig.createTime = .zero
    }
    return try Simulation.run(given)
  }

  @Test(
    arguments: zip(
      [IsolationLevel.none, .mig, .gpu, .none, .mig, .gpu],
      [
        (SharingMode.mig, false), (.mig, false), (.mig, true), (.fractions, false), (.fractions, true),
        (.fractions, true),
      ]
    )
  )
  func `isolation that a part cannot give costs a whole GPU`(
    _ isolation: IsolationLevel,
    _ mode: (sharing: SharingMode, isWhole: Bool)
  ) throws {
    let outcome = try run(isolation, mode.sharing)
    #expect(outcome.jobs.startNanoseconds == [0, 0])
    #expect((outcome.jobs.gpuMask[0] != outcome.jobs.gpuMask[1]) == mode.isWhole)
    #expect(outcome.ledger.allocated == (mode.isWhole ? 20_000 : 2500))
  }

  @Test func `a node of one's own is refused`() {
    #expect(throws: SimulationError.self) { try run(.node, .mig) }
  }
}
