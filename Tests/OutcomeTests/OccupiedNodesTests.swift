import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

@Suite("Nodes that hold jobs")
struct OccupiedNodesTests {
  /// Random runs, gangs and cut runs on four nodes of two groups; times in ns.
  private func outcome(_ random: inout SplitMix) -> (RunOutcome, JobTable) {
    var (outcome, jobs) = (RunOutcome(), JobTable())
    outcome.measuredFrom = SimTime(nanoseconds: 20)
    outcome.end = SimTime(nanoseconds: 120)
    jobs.shapes = [JobShape(cpuMilli: 1, memoryMiB: 1, gpuCount: 1, milliGPUPerDevice: 500, models: .any)]
    for job in 0..<12 {
      let start = Int64.random(in: 0...110, using: &random)
      let end = start + Int64.random(in: 1...40, using: &random)
      jobs.arrival.append(.zero)
      jobs.shape.append(ShapeID(rawValue: 0))
      jobs.tenant.append(TenantID(rawValue: UInt16(job % 2)))
      let isOpen = end > 120
      outcome.jobs.state.append(isOpen ? .running : .completed)
      outcome.jobs.startNanoseconds.append(start)
      outcome.jobs.endNanoseconds.append(isOpen ? -1 : end)
      outcome.jobs.node.append(NodeID(rawValue: Int32.random(in: 0...3, using: &random)))
      outcome.jobs.firstPiece.append(Int32(outcome.pieces.count))
      let pieces = job % 4 == 0 ? 2 : 0
      for piece in 0..<pieces {
        outcome.pieces.append(GangPiece(node: Int32(piece * 2), gpuMask: 1, workers: 1))
      }
      outcome.jobs.pieceCount.append(Int32(pieces))
      if job % 3 == 0 {
        outcome.interruptedAttempts.append(
          InterruptedAttempt(
            job: JobID(rawValue: Int32(job)),
            startNanoseconds: start / 2,
            endNanoseconds: start,
            node: NodeID(rawValue: 1),
            gpuMask: 1
          )
        )
      }
    }
    return (outcome, jobs)
  }

  @Test("at every nanosecond as many as counting says")
  func counted() {
    var random = SplitMix(seed: 31)
    for _ in 0..<200 {
      let (outcome, jobs) = outcome(&random)
      let groupOf = [0, 0, 1, -1]
      let found = OccupiedNodes.of(outcome, jobs, groupOf: groupOf, groups: 2)
      for group in 0..<2 {
        var expected: [Int] = []
        for time in Int64(20)..<120 {
          var nodes: Set<Int32> = []
          outcome.forEachStay(jobs) { if $0.start <= time, time < $0.end { nodes.insert($0.node) } }
          expected.append(nodes.count { groupOf[Int($0)] == group })
        }
        let counts = zip(found[group].counts, found[group].lengths).flatMap {
          Array(repeating: $0, count: Int($1))
        }
        #expect(counts == expected)
        #expect(found[group].window == 100)
        for (place, share) in found[group].shares.enumerated() {
          #expect(abs(share - Double(expected.count { $0 > place }) / 100) < 1e-12)
        }
        #expect(found[group].shares.count == expected.max())
      }
    }
  }
}
