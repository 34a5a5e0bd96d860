import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Checkpoints that share the bandwidth of a tier; times are worked by hand.
@Suite struct CheckpointWriteTests {
  private let second: Int64 = 1_000_000_000

  /// Jobs of class "a" save after each `interval` s, those of "b" read.
  private func run(
    nodes: [NodeSketch] = [.gpu(8)],
    _ jobs: [JobSketch],
    classes: [Int] = [],
    bytes: Int64,
    interval: Int64,
    restart: Int64 = 0,
    rate: Int64,
    perRun: Int64? = nil,
    reads: Int64 = 0,
    _ change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    try Simulation.run(
      input(nodes, jobs).with {
        $0.jobs.classes = ["a", "b"]
        if !classes.isEmpty { $0.jobs.jobClass = classes.map { JobClassID(rawValue: UInt16($0)) } }
        $0.queue = .fifo(headOfLineBlocking: false)
        var storage = StorageSpec()
        storage.tiers = [.init(name: "hot", bytesPerSecond: rate, perFlow: perRun)]
        storage.classes["a"] = StorageSpec.ClassTerms()
        storage.classes["a"]!.checkpointBytes = bytes
        storage.classes["b"] = StorageSpec.ClassTerms()
        storage.classes["b"]!.readBytes = reads
        $0.storage = storage
        $0.jobs.checkpointPlans = [
          CheckpointPlan(
            interval: SimDuration(nanoseconds: interval * second),
            write: .zero,
            restart: SimDuration(nanoseconds: restart * second)
          )
        ]
        $0.jobs.checkpoint = $0.jobs.jobClass.map { $0.rawValue == 0 ? 1 : 0 }
        change(&$0)
      }
    )
  }

  private func job(at arrival: Int64, for duration: Int64) -> JobSketch {
    .gpu(1, at: arrival * second, for: duration * second)
  }

  /// Llama 3 405B (The Llama 3 Herd of Models, 3.3): up to 4 GB for each of
  /// 16,384 GPUs, to a store that sustains 2 TB/s and peaks at 7.
  @Test func `Llama 3's checkpoint of 65.5 TB stops it for 33 s, at the peak for 9`() throws {
    for (rate, span) in [
      (Int64(2_000_000_000_000), Int64(32_768_000_000)), (7_000_000_000_000, 9_362_285_715),
    ] {
      let bytes: Int64 = 16_384 * 4_000_000_000
      let outcome = try run([job(at: 0, for: 7_200)], bytes: bytes, interval: 1_800, rate: rate)
      #expect(outcome.jobs.endNanoseconds == [7_200 * second + 3 * span])
      #expect(outcome.ledger[.overhead] == Int128(3 * span) * 1000)
      let writes = try #require(outcome.storage?.writes)
      #expect(writes.count == 3)
      #expect(writes.bytes == Int128(3 * bytes))
      #expect(writes.nanoseconds == Int128(3 * span))
      #expect(writes.aloneNanoseconds == Int128(3 * span))
    }
  }

  @Test func `n jobs that save at once take n times as long, and those that save apart do not`() throws {
    for count in Int64(1)...8 {
      let jobs = (0..<count).map { _ in job(at: 0, for: 250) }
      let outcome = try run(jobs, bytes: 1_000, interval: 100, rate: 100)
      // Work 100 s, write, work 100 s, write, work 50 s.
      #expect(outcome.jobs.endNanoseconds.allSatisfy { $0 == (250 + 20 * count) * second })
    }
    let apart = try run(
      [job(at: 0, for: 250), job(at: 50, for: 250)],
      bytes: 1_000,
      interval: 100,
      rate: 100
    )
    #expect(apart.jobs.endNanoseconds == [270 * second, 320 * second])
  }

  @Test func `a write shares the tier with reads`() throws {
    // The write begins at 100; the read at 105, when 500 bytes are left: both go at 50 bytes a second. The
    // write ends at 115, and the read, of which 500 bytes are left, at 120.
    let outcome = try run(
      [job(at: 0, for: 150), job(at: 105, for: 7)],
      classes: [0, 1],
      bytes: 1_000,
      interval: 100,
      rate: 100,
      reads: 1_000
    )
    #expect(outcome.jobs.endNanoseconds == [165 * second, 127 * second])
    let writes = try #require(outcome.storage?.writes)
    #expect(writes.nanoseconds == Int128(15 * second))
    #expect(writes.aloneNanoseconds == Int128(10 * second))
  }

  @Test func `a run that is cut short falls back to what was written, and leaves the tier to others`() throws
  {
    // At 105 it has worked for 100 s and is half done with writing: all of it is lost.
    // Then 30 s of restart, and 150 s of work with one write of 10 s.
    let outcome = try run(
      [job(at: 0, for: 150)],
      bytes: 1_000,
      interval: 100,
      restart: 30,
      rate: 100
    ) { $0.fleetChanges = [FleetChange(at: 105 * self.second, .interrupt, 0)] }
    let attempt = try #require(outcome.interruptedAttempts.first)
    #expect(attempt.keptNanoseconds == 0)
    #expect(attempt.overheadNanoseconds == 5 * second)
    let end: Int64 = 105 + 30 + 150 + 10
    #expect(outcome.jobs.endNanoseconds == [end * second])
    #expect(outcome.ledger[.lost] == Int128(100 * second) * 1000)
    let overhead: Int64 = 5 + 30 + 10
    #expect(outcome.ledger[.overhead] == Int128(overhead * second) * 1000)
    // A second later the checkpoint is there.
    let saved = try run(
      [job(at: 0, for: 150)],
      bytes: 1_000,
      interval: 100,
      restart: 30,
      rate: 100
    ) { $0.fleetChanges = [FleetChange(at: 111 * self.second, .interrupt, 0)] }
    #expect(saved.interruptedAttempts.first?.keptNanoseconds == 100 * second)
    #expect(saved.jobs.endNanoseconds == [(111 + 30 + 50) * second])
    // Another that writes meanwhile has the tier to itself from then on.
    let two = try run(
      nodes: [.gpu(1), .gpu(1)],
      [job(at: 0, for: 150), job(at: 0, for: 150)],
      bytes: 1_000,
      interval: 100,
      rate: 100
    ) { $0.fleetChanges = [FleetChange(at: 104 * self.second, .fail, 0)] }
    // 4 s at half the rate, then 8 at the whole.
    #expect(two.jobs.endNanoseconds[1] == (112 + 50) * second)
  }

  @Test func `in the background a job works on, and waits only when the next checkpoint is due before`()
    throws
  {
    func save(_ bytes: Int64, _ change: @escaping (inout SimulationInput) -> Void = { _ in }) throws
      -> RunOutcome
    {
      try run([job(at: 0, for: 350)], bytes: bytes, interval: 100, restart: 30, rate: 100) {
        $0.storage!.classes["a"]!.writesInBackground = true
        change(&$0)
      }
    }
    // Writes of 60 s are done before the next; of 130 s each holds up the next by 30, then the last not
    // at all: work to 100, 200, wait to 230, work to 330, wait to 360, work to 410.
    let quick = try save(6_000)
    #expect(quick.jobs.endNanoseconds == [350 * second])
    #expect(quick.ledger[.overhead] == 0)
    let slow = try save(13_000)
    #expect(slow.jobs.endNanoseconds == [410 * second])
    #expect(slow.ledger[.overhead] == Int128(60 * second) * 1000)
    // At 220 the first is being written still, so that all work is lost; at 240 the second is on its way.
    for (instant, kept, waited) in [(Int64(220), Int64(0), Int64(20)), (240, 100, 30)] {
      let cut = try save(13_000) {
        $0.fleetChanges = [FleetChange(at: instant * 1_000_000_000, .interrupt, 0)]
      }
      let attempt = try #require(cut.interruptedAttempts.first)
      #expect(attempt.keptNanoseconds == kept * second)
      #expect(attempt.overheadNanoseconds == waited * second)
    }
  }

  @Test func `a job that fails of itself after 130 s of work falls back to its checkpoint`() throws {
    let outcome = try run([job(at: 0, for: 200)], bytes: 1_000, interval: 100, restart: 7, rate: 100) {
      $0.jobs.retry = [1]
      $0.jobs.retryRules = [RetryRule(most: 3)]
      $0.jobs.failures = JobLists([[Int32(FailureShare.whole / 20 * 13)]])
    }
    let attempt = try #require(outcome.interruptedAttempts.first)
    #expect(attempt.endNanoseconds == 140 * second)
    #expect(attempt.keptNanoseconds == 100 * second)
    #expect(attempt.overheadNanoseconds == 10 * second)
    #expect(outcome.jobs.endNanoseconds == [(140 + 7 + 100) * second])
  }

  @Test func `a run that still writes at the horizon has what it spent on that as overhead`() throws {
    let outcome = try run([job(at: 0, for: 500)], bytes: 1_000, interval: 100, rate: 100) {
      $0.horizon = SimTime(nanoseconds: 216 * self.second)
    }
    #expect(outcome.ledger[.overhead] == Int128(16 * second) * 1000)
  }
}
