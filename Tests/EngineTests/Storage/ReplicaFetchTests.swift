import Engine
import Hardware
import Outcome
import SimulationKernel
import Testing
import Workload

/// Replicas of services that pull their image and read their weights.
@Suite struct ReplicaFetchTests {
  private let second: Int64 = 1_000_000_000

  private func run(
    _ nodes: [NodeSketch],
    _ jobs: [JobSketch],
    _ storage: StorageSpec,
    coldStart: SimDuration = .zero,
    until end: Int64 = 10_000,
    _ change: (inout SimulationInput) -> Void = { _ in }
  ) throws -> (outcome: RunOutcome, attainment: [String: Double]) {
    let input = input(nodes, jobs).with {
      $0.queue = .fifo(headOfLineBlocking: false)
      $0.horizon = SimTime(nanoseconds: end * second)
      $0.storage = storage
      $0.jobs.services = [
        ServiceLoad(
          jobClass: JobClassID(rawValue: 0),
          requests: .constant(1),
          capacityPerReplica: 1,
          coldStart: coldStart
        )
      ]
      change(&$0)
    }
    let outcome = try Simulation.run(input)
    let metrics = OutcomeMetrics.compute(outcome: outcome, jobs: input.jobs, fleet: input.fleet).filter {
      $0.scope == "fleet"
    }
    return (outcome, Dictionary(metrics.map { ($0.name, $0.value) }, uniquingKeysWith: { a, _ in a }))
  }

  private func replica(at arrival: Int64, for duration: Int64) -> JobSketch {
    var sketch = JobSketch.gpu(1, at: arrival * second, for: duration * second)
    sketch.kind = .service
    return sketch
  }

  /// 20.2 GB at 60 MB/s, unpacked at 100 MB/s (BentoML: 5-6 min and 3-4 min);
  /// 130 GB at 5 GB/s (ServerlessLLM: 26 s).
  private func published() -> StorageSpec {
    var storage = StorageSpec()
    storage.registry = .init(name: "registry", bytesPerSecond: 1_000_000_000, perFlow: 60_000_000)
    storage.unpackBytesPerSecond = 100_000_000
    storage.tiers = [.init(name: "hot", bytesPerSecond: 5_000_000_000)]
    var terms = StorageSpec.ClassTerms()
    terms.image = .init(name: "vllm", bytes: 20_200_000_000)
    terms.readBytes = 130_000_000_000
    storage.classes["class"] = terms
    return storage
  }

  @Test
  func `a replica is ready after pull, unpacking, weights and cold start; the next one finds the image`()
    throws
  {
    let (outcome, attainment) = try run(
      [.gpu(2)],
      [replica(at: 0, for: 5_000), replica(at: 2_000, for: 3_000)],
      published(),
      coldStart: .seconds(120)
    )
    let fetch = 336 * second + 666_666_667 + 202 * second + 26 * second
    #expect(outcome.jobs.overheadNanoseconds == [fetch, 26 * second])
    // A replica ends when it is not wanted any more, however long it fetched.
    #expect(outcome.jobs.endNanoseconds == [5_000 * second, 5_000 * second])
    #expect(outcome.ledger[.overhead] == Int128(fetch + 26 * second) * 1000)
    let ready = (5_000 - 684.666666667) + (3_000 - 146)
    #expect(abs(attainment["service.ready_replicas"]! - ready / 10_000) < 1e-9)
    // BentoML: 10 to 11 minutes until the first answer, weights not counted.
    let first = Double(fetch - 26 * second) / 1e9 + 120
    #expect((600...660).contains(first))
  }

  @Test func `a burst of replicas on new nodes shares registry and tier`() throws {
    var storage = published()
    storage.registry!.perFlow = nil
    storage.registry!.bytesPerSecond = 202_000_000
    storage.unpackBytesPerSecond = nil
    for count in 1...6 {
      let (outcome, _) = try run(
        Array(repeating: .gpu(1), count: count),
        (0..<count).map { _ in replica(at: 0, for: 9_000) },
        storage
      )
      // Each pulls 100 s alone, and reads 26 s alone.
      #expect(outcome.jobs.overheadNanoseconds.allSatisfy { $0 == Int64(126 * count) * second })
    }
    // With the image in the machine image only the weights are left.
    storage.preloaded = ["vllm"]
    let (warm, _) = try run([.gpu(1), .gpu(1)], (0..<2).map { _ in replica(at: 0, for: 9_000) }, storage)
    #expect(warm.jobs.overheadNanoseconds == [52 * second, 52 * second])
    #expect(warm.storage?.pulls == 0)
    #expect(warm.storage?.hits == 2)
  }

  @Test func `a replica that ends, or is interrupted, while it fetches was never ready`() throws {
    let (short, none) = try run([.gpu(1)], [replica(at: 0, for: 300)], published())
    #expect(short.jobs.overheadNanoseconds == [300 * second])
    #expect(none["service.ready_replicas"] == 0)
    let (cut, some) = try run([.gpu(1)], [replica(at: 0, for: 2_000)], published()) {
      $0.fleetChanges = [FleetChange(at: 400 * self.second, .interrupt, 0)]
    }
    #expect(cut.interruptedAttempts.map(\.overheadNanoseconds) == [400 * second])
    // It comes back at once and waits for the pull that goes on.
    let fetch = 336 * second + 666_666_667 + 202 * second + 26 * second
    #expect(cut.jobs.overheadNanoseconds == [fetch - 400 * second])
    #expect(cut.ledger[.lost] == 0)
    #expect(abs(some["service.ready_replicas"]! - (2_000 - Double(fetch) / 1e9) / 10_000) < 1e-9)
  }

  /// Users of Karpenter report about 5 minutes on a new GPU node and 1 on an
  /// existing one. t_node + pull (1 - cached) + unpacking + weights + start: 90 +
  /// 100 + 50 + 26 + 34 s, and 26 + 34 s.
  @Test func `a replica on a new node is ready after 5 minutes, on an existing one after 1`() throws {
    var storage = published()
    storage.registry = .init(name: "registry", bytesPerSecond: 100_000_000)
    storage.unpackBytesPerSecond = 200_000_000
    storage.classes["class"]!.image!.bytes = 10_000_000_000
    func ready(_ arrival: Int64, nodesAtStart: Int, preloaded: Bool) throws -> Double {
      storage.preloaded = preloaded ? ["vllm"] : []
      let (outcome, _) = try run([.gpu(1)], [replica(at: arrival, for: 5_000)], storage) {
        var group = AutoNodes.Group(name: "g", nodes: 0..<1, pool: 0, pricePerHour: 1)
        group.atStart = nodesAtStart
        group.launch = .constant(60)
        // A second passes first, in which pods are gathered.
        group.join = .constant(29)
        group.gpuStack = .constant(0)
        $0.autoNodes = AutoNodes(pools: [AutoNodes.Pool(name: "p")], groups: [group])
        $0.autoNodes!.consolidateAfter = nil
      }
      let start = outcome.jobs.startNanoseconds[0] + outcome.jobs.overhead(0)
      return Double(start) / 1e9 - Double(arrival) + 34
    }
    let onNew = try ready(10, nodesAtStart: 0, preloaded: false)
    let onOld = try ready(10, nodesAtStart: 1, preloaded: true)
    #expect(onNew == 300)
    #expect(onOld == 60)
  }
}
