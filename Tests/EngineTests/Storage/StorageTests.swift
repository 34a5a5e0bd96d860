import Engine
import Foundation
import Hardware
import Outcome
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Runs that fetch images and data; times are worked by hand.
@Suite struct StorageTests {
  private let second: Int64 = 1_000_000_000

  private func run(
    _ nodes: [NodeSketch],
    _ jobs: [JobSketch],
    classes: [Int] = [],
    _ storage: StorageSpec,
    _ change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> RunOutcome {
    try Simulation.run(
      input(nodes, jobs).with {
        $0.jobs.classes = ["a", "b", "c"]
        if !classes.isEmpty { $0.jobs.jobClass = classes.map { JobClassID(rawValue: UInt16($0)) } }
        $0.queue = .fifo(headOfLineBlocking: false)
        $0.storage = storage
        change(&$0)
      }
    )
  }

  private func job(_ gpus: Int32, at arrival: Int64, for duration: Int64) -> JobSketch {
    .gpu(gpus, at: arrival * second, for: duration * second)
  }

  private func image(_ name: String, _ bytes: Int64) -> StorageSpec.ClassTerms {
    var terms = StorageSpec.ClassTerms()
    terms.image = StorageSpec.Image(name: name, bytes: bytes)
    return terms
  }

  private func registry(_ rate: Int64, perNode: Int64? = nil) -> StorageSpec {
    var storage = StorageSpec()
    storage.registry = StorageSpec.Link(name: "registry", bytesPerSecond: rate, perFlow: perNode)
    storage.classes["a"] = image("a", 20_200_000_000)
    return storage
  }

  /// The published image: pulled in 5 to 6 minutes, unpacked in 3 to 4.
  @Test func `an image of 20.2 GB at 60 MB a second is there after 336 s, unpacked 202 s later`() throws {
    var storage = registry(1_000_000_000, perNode: 60_000_000)
    storage.unpackBytesPerSecond = 100_000_000
    let outcome = try run(
      [.gpu(2)],
      [job(1, at: 0, for: 100), job(1, at: 5, for: 100), job(1, at: 900, for: 7)],
      storage
    )
    // 336 and two thirds of a second, rounded up to a nanosecond.
    let pulled = 336 * second + 666_666_667
    let ready = pulled + 202 * second
    // The second run waits for the same pull, the third finds the image.
    #expect(outcome.jobs.endNanoseconds == [ready + 100 * second, ready + 100 * second, 907 * second])
    #expect(outcome.ledger[.overhead] == Int128(2 * ready - 5 * second) * 1000)
    let totals = try #require(outcome.storage)
    #expect((totals.pulls, totals.hits, totals.evictions) == (1, 1, 0))
    #expect(totals.pulledBytes == 20_200_000_000)
    #expect(totals.setupNanoseconds == Int128(2 * ready - 5 * second))
  }

  @Test func `n nodes that pull at once take n times as long where the registry is the bottleneck`() throws {
    for count in 1...8 {
      let outcome = try run(
        Array(repeating: .gpu(1), count: count),
        (0..<count).map { _ in job(1, at: 0, for: 100) },
        registry(202_000_000)
      )
      let end = Int64(100 * count + 100) * second
      #expect(outcome.jobs.endNanoseconds.allSatisfy { $0 == end })
    }
  }

  @Test func `a node pulls one image after the other, and a gang waits for all its nodes`() throws {
    var storage = registry(202_000_000)
    storage.classes["b"] = image("b", 2_020_000_000)
    let serial = try run(
      [.gpu(2)],
      [job(1, at: 0, for: 1), job(1, at: 0, for: 1)],
      classes: [0, 1],
      storage
    )
    #expect(serial.jobs.endNanoseconds == [101 * second, 111 * second])
    // Both nodes of the gang pull at once; the first has the image already for its second run.
    let gang = JobSketch(arrival: 1, duration: 5 * second, gpus: 1, workers: 2)
    let together = try run([.gpu(1), .gpu(1)], [job(1, at: 0, for: 50), gang], storage)
    #expect(together.jobs.endNanoseconds == [150 * second, 150 * second + 100 * second + 5 * second])
  }

  @Test func `a full cache drops what was used least recently, and nothing that is in use`() throws {
    var storage = registry(1_000_000_000)
    storage.classes = ["a": image("a", 10), "b": image("b", 10), "c": image("c", 10)]
    storage.cacheBytes = 20
    let times: [Int64] = [0, 10, 20, 30, 40, 50]
    let outcome = try run(
      [.gpu(1)],
      times.map { job(1, at: $0, for: 1) },
      // The third pull drops b, since a was used again; then b drops c.
      classes: [0, 1, 0, 2, 0, 1],
      storage
    )
    let totals = try #require(outcome.storage)
    #expect((totals.pulls, totals.hits, totals.evictions) == (4, 2, 2))
  }

  @Test func `a node that goes forgets its images, one that is repaired does not`() throws {
    func pulls(_ action: FleetChange.Action, _ back: FleetChange.Action) throws -> Int64 {
      try run([.gpu(1)], [job(1, at: 0, for: 10), job(1, at: 1_000, for: 10)], registry(202_000_000)) {
        $0.fleetChanges = [FleetChange(at: 300 * second, action, 0), FleetChange(at: 400 * second, back, 0)]
      }.storage!.pulls
    }
    #expect(try pulls(.fail, .repair) == 1)
    #expect(try pulls(.leave, .join) == 2)
  }

  @Test func `a run that is cut short while it fetches has only overhead, and the pull goes on`() throws {
    let outcome = try run([.gpu(1)], [job(1, at: 0, for: 10)], registry(202_000_000)) {
      $0.fleetChanges = [FleetChange(at: 40 * second, .interrupt, 0)]
    }
    #expect(outcome.jobs.endNanoseconds == [110 * second])
    #expect(outcome.ledger[.overhead] == Int128(100 * second) * 1000)
    #expect(outcome.ledger[.lost] == 0)
    #expect(outcome.storage?.pulls == 1)
  }

  @Test func `runs read their data after the image, and share the tier`() throws {
    var storage = registry(202_000_000)
    storage.tiers = [StorageSpec.Link(name: "hot", bytesPerSecond: 10_000_000_000, perFlow: 5_000_000_000)]
    storage.classes["a"]!.readBytes = 130_000_000_000
    storage.classes["b"] = StorageSpec.ClassTerms()
    storage.classes["b"]!.readBytes = 130_000_000_000
    let one = try run([.gpu(4)], [job(1, at: 0, for: 10)], storage)
    #expect(one.jobs.endNanoseconds == [(100 + 26 + 10) * second])
    // Two get 5 GB a second each, four half of that.
    let two = try run([.gpu(4)], (0..<2).map { _ in job(1, at: 0, for: 10) }, classes: [1, 1], storage)
    #expect(two.jobs.endNanoseconds == [36 * second, 36 * second])
    let four = try run(
      [.gpu(4)],
      (0..<4).map { _ in job(1, at: 0, for: 10) },
      classes: [1, 1, 1, 1],
      storage
    )
    #expect(four.jobs.endNanoseconds.allSatisfy { $0 == 62 * second })
  }

  /// M/G/1-PS: a flow of mean size s takes s / (1 - load) on average, whatever
  /// the distribution.
  @Test func `reads at random times take as long as under processor sharing`() throws {
    #if DEBUG
      let count = 1_500
    #else
      let count = 15_000
    #endif
    let values = try (1...24).map { replication -> Double in
      var draws = SplitMix(seed: UInt64(replication))
      var storage = StorageSpec()
      storage.tiers = [StorageSpec.Link(name: "hot", bytesPerSecond: 1_000)]
      // Half of the runs read 500 bytes, half 1,500: a second's worth in the mean.
      for (name, size) in [("a", Int64(500)), ("b", 1_500)] {
        storage.classes[name] = StorageSpec.ClassTerms()
        storage.classes[name]!.readBytes = size
      }
      var time = 0.0
      var jobs: [JobSketch] = []
      var classes: [Int] = []
      for _ in 0..<count {
        time -= 2 * log(Double.random(in: Double.leastNonzeroMagnitude..<1, using: &draws))
        jobs.append(.gpu(1, at: Int64(time * 1e9), for: 1))
        classes.append(Int.random(in: 0...1, using: &draws))
      }
      let outcome = try run(Array(repeating: .gpu(8), count: 20), jobs, classes: classes, storage) {
        $0.verify = false
      }
      return Double(outcome.storage!.setupNanoseconds) / 1e9 / Double(count)
    }
    let interval = try #require(ConfidenceInterval(of: values, level: 0.999))
    #expect(interval.contains(2), "\(interval)")
    #expect(interval.halfWidth < 0.5)
  }

  @Test func `what cannot be fetched is refused`() throws {
    func refusal(_ change: (inout SimulationInput) -> Void) -> String {
      do {
        _ = try run([.gpu(1)], [job(1, at: 0, for: 1)], registry(1), change)
        return ""
      } catch { return "\(error)" }
    }
    #expect(refusal { $0.queue = .backfill(Backfill(.easy)) }.contains("keep their places"))
    #expect(refusal { $0.storage!.registry = nil }.contains("no registry"))
    #expect(refusal { $0.storage!.classes["a"]!.readBytes = 1 }.contains("tier"))
    #expect(refusal { $0.jobs.timeLimit = [.seconds(5)] }.contains("time limit"))
    #expect(refusal { $0.storage!.preloaded = ["b"] }.contains("'b'"))
    #expect(refusal { $0.storage!.classes["a"]!.checkpointBytes = 1 }.contains("tier"))
  }
}
