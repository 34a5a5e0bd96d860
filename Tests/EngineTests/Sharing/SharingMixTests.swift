import Engine
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Cut and shared GPUs together with everything else that a run may have:
/// every combination is refused or runs to its end with balanced books.
@Suite struct SharingMixTests {
  #if DEBUG
    private static let seedsPerBatch: UInt64 = 40
  #else
    private static let seedsPerBatch: UInt64 = 400
  #endif
  private static let boards = ["h100-80gb-sxm", "a100-40gb-sxm", "a30", "l40s"]

  /// The features of ``FeatureMixTests`` on boards that can be cut.
  private static func input(seed: UInt64) -> SimulationInput {
    var draws = SplitMix(seed: seed &* 0x9E37_79B9 &+ 11)
    var result = FeatureMixTests.input(seed: seed)
    let old = result.fleet.gpuModels
    let names = Dictionary(uniqueKeysWithValues: zip(old, boards.shuffled(using: &draws)))
    result.fleet.gpuModels = old.map { names[$0] ?? $0 }
    result.jobs.modelSets = result.jobs.modelSets.map { set in
      set.split(separator: "|").map { names[String($0)] ?? String($0) }.joined(separator: "|")
    }
    for position in result.jobs.constraints.indices {
      let preferred = result.jobs.constraints[position].preferredModels
      result.jobs.constraints[position].preferredModels = preferred.map { names[$0] ?? $0 }
    }
    result.placement = PlacementSpec(
      scores: [
        ScoreSpec(policy: ["first-fit", "best-fit", "worst-fit", "fgd"].randomElement(using: &draws)!)
      ],
      tieBreak: .name
    )
    result.tracksFragmentation = false
    result.rejectsImpossibleJobs = true
    // Parts of a GPU by memory.
    for shape in result.jobs.shapes.indices
    where result.jobs.shapes[shape].gpuCount == 1 && Bool.random(using: &draws) {
      result.jobs.shapes[shape].device = result.jobs.deviceDemand(
        DeviceDemand(
          memoryMiB: Int32.random(in: 1...30_000, using: &draws),
          fillMilli: Int32.random(in: 1...1000, using: &draws),
          kernels: KernelClass.allCases.randomElement(using: &draws)!,
          isolation: Int.random(in: 0..<5, using: &draws) == 0 ? .gpu : .none
        )
      )
    }
    if Bool.random(using: &draws) {
      // So that not nearly all are refused for one and the same reason.
      for shape in result.jobs.shapes.indices { result.jobs.shapes[shape].workers = 1 }
      for shape in result.jobs.shapes.indices { result.jobs.shapes[shape].wish = .anywhere }
      for shape in result.jobs.shapes.indices { result.jobs.shapes[shape].relaxation = 0 }
      result.preemption = nil
      result.gangs = .placement
    }
    switch Int.random(in: 0..<4, using: &draws) {
    case 0:
      result.sharing = .timeSlicing
      result.contention = .timeSlicing(replicas: Int32.random(in: 1...10, using: &draws))
    case 1:
      result.sharing = .mps
      result.contention = .mps(replicas: Int32.random(in: 1...10, using: &draws))
    default:
      result.sharing = .mig
      result.mig = MIGSpec(
        instances: MIGInstanceRule.allCases.randomElement(using: &draws)!,
        createTime: SimDuration(nanoseconds: Int64.random(in: 0...3, using: &draws))
      )
    }
    return result
  }

  @Test(arguments: 0..<8)
  func `what is not refused runs to its end and balances`(batch: UInt64) throws {
    var ran = 0
    for offset in 0..<Self.seedsPerBatch {
      let seed = 330_000_000 + batch * 1_000_000 + offset
      let input = Self.input(seed: seed)
      let label: Comment = "seed \(seed), \(input.sharing), \(input.queue)"
      do {
        let outcome = try Simulation.run(input)
        ran += 1
        var leaves = LedgerTotals()
        for node in outcome.nodes { leaves += node.ledger }
        #expect(leaves == outcome.ledger, label)
        #expect(leaves.milliGPUNanoseconds.allSatisfy { $0 >= 0 }, label)
        for j in 0..<input.jobs.count {
          let waited = outcome.waits.total(of: j)
          #expect(waited >= 0 && waited <= outcome.end.nanoseconds, label)
        }
      } catch SimulationError.invalidInput {
        continue
      } catch {
        Issue.record("\(error), \(label)")
      }
    }
    #expect(ran > 2)
  }
}
