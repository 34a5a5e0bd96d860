import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Sizes and times at the ends of their ranges.
@Suite struct ExtremeInputTests {
  private static let latest = SimTime.latest.nanoseconds

  @Test func `ends beyond the latest instant never come`() throws {
    let jobs = [
      JobSketch.gpu(1, at: 0, for: Self.latest), .gpu(1, at: Self.latest - 10, for: 10),
      .gpu(1, at: Self.latest - 10, for: 11), .gpu(1, at: Self.latest, for: 1),
    ]
    for kind in JobKind.allCases {
      let outcome = try Simulation.run(
        input([.gpu(4)], jobs).with { $0.jobs.kind = Array(repeating: kind, count: 4) }
      )
      #expect(outcome.jobs.state == [.completed, .completed, .running, .running])
      #expect(outcome.jobs.endNanoseconds == [Self.latest, Self.latest, -1, -1])
      #expect(outcome.end == .latest)
      #expect(outcome.ledger.allocated == Int128(1000) * Int128(Self.latest + 20))
      #expect(outcome.ledger.capacity == 4000 * Int128(Self.latest))
    }
  }

  @Test func `a job that could end in time but starts too late runs on`() throws {
    let jobs = [
      JobSketch.gpu(1, at: 0, for: Self.latest - 5), .gpu(1, at: 1, for: 6), .gpu(1, at: 2, for: 3),
    ]
    let outcome = try Simulation.run(input([.gpu(1)], jobs).with { $0.horizon = .latest })
    #expect(outcome.jobs.state == [.completed, .running, .waiting])
  }

  @Test(arguments: PlacementRegistry.names)
  func `a run without jobs is all idle`(policy: String) throws {
    let idle = input([.gpu(2)], [], policy: policy)
    let outcome = try Simulation.run(idle)
    #expect(outcome.end == .zero)
    #expect(outcome.ledger.capacity == 0)
    let hour = try Simulation.run(idle.with { $0.horizon = SimTime(nanoseconds: 3_600) })
    #expect(hour.ledger[.freePlaceable] == 2000 * 3_600)
    #expect(hour.ledger.capacity == 2000 * 3_600)
    #expect(hour.snapshot.freeMilliGPU == 2000)
    #expect(hour.snapshot.largestJobOnOneNode == 2)
  }

  @Test(arguments: PlacementRegistry.names)
  func `a fleet without GPUs runs jobs without GPUs`(policy: String) throws {
    let jobs = (0..<20).map { JobSketch(arrival: $0, duration: 10, cpu: 30_000, gpus: 0) }
    let outcome = try Simulation.run(input([NodeSketch(), NodeSketch()], jobs, policy: policy))
    #expect(outcome.jobs.state.allSatisfy { $0 == .completed })
    #expect(outcome.jobs.cause.contains(.cpu))
    #expect(outcome.ledger.capacity == 0)
    #expect(throws: SimulationError.self) {
      try Simulation.run(input([NodeSketch()], [.gpu(1, at: 0, for: 1)], policy: policy))
    }
  }

  @Test(arguments: PlacementRegistry.names)
  func `nodes with 16 GPUs fill to the last one`(policy: String) throws {
    let jobs =
      [JobSketch.gpu(16, at: 0, for: 5)] + (0..<32).map { _ in JobSketch.part(500, at: 10, for: 5) }
      + (0..<16).map { _ in JobSketch.gpu(1, at: 20, for: 5) } + [
        .gpu(9, at: 30, for: 5), .gpu(7, at: 30, for: 5),
      ]
    let outcome = try Simulation.run(input([.gpu(16)], jobs, policy: policy))
    for j in jobs.indices { #expect(outcome.jobs.startNanoseconds[j] == jobs[j].arrival, "job \(j)") }
    #expect(outcome.jobs.gpuMask[0] == .max)
    #expect(Set(outcome.jobs.gpuMask[33..<49]).count == 16)
    #expect(outcome.jobs.gpuMask[49] | outcome.jobs.gpuMask[50] == .max)
    #expect(outcome.ledger.allocated == 16_000 * 20)
  }

  @Test func `each of 64 GPU models takes the jobs that name it`() throws {
    let nodes = (0..<64).map { NodeSketch.gpu(1, model: "m\($0)") }
    let jobs =
      (0..<64).map { JobSketch(arrival: 0, duration: 5, models: "m\(63 - $0)") }
      + [JobSketch(arrival: 1, duration: 5, models: "m63|m62")]
    let outcome = try Simulation.run(input(nodes, jobs))
    for j in 0..<64 { #expect(outcome.jobs.node[j].rawValue == Int32(63 - j)) }
    #expect(outcome.jobs.cause[64] == .capacity)
    #expect(outcome.ledgerByModel.count == 64)
    #expect(outcome.ledgerByModel.allSatisfy { $0.allocated >= 5000 })
  }

  @Test func `changes that change nothing leave the run as it is`() throws {
    let plain = input(
      [.gpu(1), .gpu(1)],
      [.gpu(1, at: 0, for: 9), .gpu(1, at: 1, for: 9), .gpu(1, at: 2, for: 9)]
    )
    let noisy = plain.with {
      $0.fleetChanges = [FleetChange(at: 3, .repair, 0, 1), FleetChange(at: 4, .join)]
    }
    let (a, b) = (try Simulation.run(plain), try Simulation.run(noisy))
    #expect(a.jobs == b.jobs)
    #expect(a.ledger == b.ledger)
    #expect(b.eventCount == a.eventCount + 3)
  }

  @Test func `a node that leaves and joins again is there in between only`() throws {
    let outcome = try Simulation.run(
      input([.gpu(1)], [.gpu(1, at: 0, for: 5)]).with {
        $0.fleetChanges = [
          FleetChange(at: 10, .leave, 0), FleetChange(at: 30, .join, 0), FleetChange(at: 40, .leave, 0),
        ]
        $0.horizon = SimTime(nanoseconds: 100)
      }
    )
    #expect(outcome.ledger.capacity == 1000 * 20)
    #expect(outcome.jobs.state == [.completed])
  }

  private final class Watcher: RunObserver {
    var reports: [(events: Int64, share: Double)] = []
    var patience: Int
    init(patience: Int) { self.patience = patience }
    func progress(simulated: SimTime, events: Int64, fractionDone: Double) {
      reports.append((events, fractionDone))
    }
    var isCancelled: Bool { reports.count > patience }
  }

  @Test func `an observer sees progress and can cancel`() throws {
    let jobs = (0..<90_000).map { JobSketch.gpu(1, at: Int64($0) * 10, for: 5) }
    let long = input([.gpu(1)], jobs).with { $0.verify = false }
    let patient = Watcher(patience: .max)
    #expect(try Simulation.run(long, observer: patient) == Simulation.run(long))
    #expect(patient.reports.map(\.events) == [65_536, 131_072, 196_608, 262_144])
    #expect(
      zip(patient.reports, patient.reports.dropFirst()).allSatisfy { $0.share < $1.share && $1.share <= 1 }
    )
    let impatient = Watcher(patience: 1)
    #expect(throws: SimulationError.cancelled) { try Simulation.run(long, observer: impatient) }
    #expect(impatient.reports.count == 2)
  }
}
