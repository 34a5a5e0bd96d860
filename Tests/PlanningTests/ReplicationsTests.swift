import Engine
import Hardware
import Outcome
import SimulationKernel
import Synchronization
import Testing
import Workload

@testable import Planning

@Suite("Replications")
struct ReplicationsTests {
  /// Sixteen jobs on two GPUs; the seed shifts their lengths.
  @Sendable private static func input(_ number: Int) throws -> SimulationInput {
    var fleet = Fleet()
    let model = fleet.intern(gpuModel: "H100")
    fleet.nodes = (0..<2).map {
      NodeSpec(name: "n\($0)", cpuMilli: 32_000, memoryMiB: 65_536, gpuCount: 1, gpuModel: model)
    }
    var jobs = JobTable()
    jobs.tenants = ["a"]
    jobs.classes = ["c"]
    jobs.shapes = [JobShape(cpuMilli: 1000, memoryMiB: 1024, gpuCount: 1, milliGPUPerDevice: 1000)]
    for job in 0..<16 {
      jobs.arrival.append(SimTime(nanoseconds: Int64(job) * 60_000_000_000))
      jobs.duration.append(.seconds(Int64(100 + (job * 37 + number * 11) % 97)))
      jobs.shape.append(ShapeID(rawValue: 0))
      jobs.tenant.append(TenantID(rawValue: 0))
      jobs.jobClass.append(JobClassID(rawValue: 0))
      jobs.priority.append(0)
      jobs.busyMilli.append(900)
      jobs.kind.append(.batch)
    }
    var input = SimulationInput(
      fleet: fleet,
      jobs: jobs,
      seed: UInt64(number),
      placement: PlacementSpec(scores: [ScoreSpec(policy: "first-fit")])
    )
    input.replication = number
    return input
  }

  @Test("outcomes and metrics do not depend on the number of threads")
  func threads() throws {
    let alone = try Replications.run(count: 9, threads: 1, make: Self.input)
    let together = try Replications.run(count: 9, threads: 4, make: Self.input)
    #expect(alone.map(\.outcome) == together.map(\.outcome))
    #expect(alone.map(\.metrics) == together.map(\.metrics))
    #expect(alone.map(\.outcome.replication) == Array(0..<9))
    #expect(Set(alone.map(\.outcome.fingerprint)).count > 1)
  }

  @Test(
    "the error of the first failing replication is thrown, whatever the threads",
    arguments: [1, 2, 4, 16]
  )
  func firstError(threads: Int) {
    struct Broken: Error, Equatable { var number: Int }
    for _ in 0..<20 {
      #expect(throws: Broken(number: 3)) {
        try Replications.run(count: 32, threads: threads) { number in
          if number == 3 || number % 5 == 4 { throw Broken(number: number) }
          return try Self.input(number)
        }
      }
    }
  }

  @Test("cancelling stops all")
  func cancelled() {
    let board = ProgressBoard(replications: 4, isCancelled: { true })
    #expect(throws: SimulationError.cancelled) {
      try Replications.run(count: 4, threads: 2, board: board, make: Self.input)
    }
  }

  @Test("the board adds up the replications")
  func board() throws {
    let last = Mutex<RunProgress?>(nil)
    let board = ProgressBoard(replications: 5, report: { progress in last.withLock { $0 = progress } })
    let records = try Replications.run(count: 5, threads: 1, board: board, make: Self.input)
    let progress = try #require(last.withLock { $0 })
    #expect(progress.fractionDone == 1)
    #expect(progress.replicationsDone == 5)
    #expect(progress.events == records.map(\.outcome.eventCount).reduce(0, +))
  }

  @Test("work is done in parallel, and gathered in order")
  func order() throws {
    let squares = try ParallelMap.map(count: 1000, threads: 8) { $0 * $0 }
    #expect(squares == (0..<1000).map { $0 * $0 })
    let none = try ParallelMap.map(count: 0, threads: 8) { $0 }
    #expect(none.isEmpty)
  }
}
