import Engine
import Hardware
import SimulationKernel
import TestSupport
import Testing
import Workload

/// Ten small runs whose events are pinned: a change of the order of events,
/// of a decision or of the fingerprint shows here, and belongs in the change
/// log. Debug and release builds must agree on them.
@Suite struct PinnedRunTests {
  struct Pin: Sendable {
    var policy: String
    var tieBreak: TieBreak
    var queue: QueueSpec
    var events: Int64
    var fingerprint: UInt64
  }

  static let pins: [Pin] = [
    Pin(
      policy: "first-fit",
      tieBreak: .name,
      queue: .fifo(headOfLineBlocking: true),
      events: 341,
      fingerprint: 0x2390_EE69_20BA_1F66
    ),
    Pin(
      policy: "best-fit",
      tieBreak: .name,
      queue: .fifo(headOfLineBlocking: false),
      events: 386,
      fingerprint: 0xAC0E_DF41_E87F_BBE9
    ),
    Pin(
      policy: "worst-fit",
      tieBreak: .seededRank,
      queue: .none,
      events: 309,
      fingerprint: 0xEBED_D945_6AA6_4990
    ),
    Pin(
      policy: "random",
      tieBreak: .random,
      queue: .fifo(headOfLineBlocking: true),
      events: 356,
      fingerprint: 0xE503_8E6C_9C7A_9415
    ),
    Pin(
      policy: "best-fit-percent",
      tieBreak: .seededRank,
      queue: .fifo(headOfLineBlocking: true),
      events: 353,
      fingerprint: 0xEAAC_1CC1_EE1F_C3CB
    ),
    Pin(
      policy: "gpu-clustering",
      tieBreak: .name,
      queue: .fifo(headOfLineBlocking: false),
      events: 393,
      fingerprint: 0x5DC5_BA9A_31B8_C0F6
    ),
    Pin(
      policy: "gpu-packing",
      tieBreak: .random,
      queue: .none,
      events: 313,
      fingerprint: 0x245C_CB20_14C6_25E1
    ),
    Pin(
      policy: "fgd",
      tieBreak: .name,
      queue: .fifo(headOfLineBlocking: false),
      events: 380,
      fingerprint: 0x6BD7_2F3D_D498_A749
    ),
    Pin(
      policy: "least-allocated",
      tieBreak: .random,
      queue: .fifo(headOfLineBlocking: true),
      events: 342,
      fingerprint: 0x86FE_5841_34DF_B5BF
    ),
    Pin(
      policy: "balanced-allocation",
      tieBreak: .seededRank,
      queue: .fifo(headOfLineBlocking: false),
      events: 389,
      fingerprint: 0x242B_8DE1_794E_9FC2
    ),
  ]

  /// Made with plain arithmetic, so that no library's way to draw matters.
  private func scenario(_ number: Int) -> SimulationInput {
    var draws = SplitMix(seed: UInt64(number))
    func below(_ n: UInt64) -> Int64 { Int64(draws.next() % n) }
    let nodes = (0..<6).map { NodeSketch(cpu: 16_000, gpus: [1, 2, 4][$0 % 3], model: $0 < 3 ? "A" : "B") }
    var arrival: Int64 = 0
    let jobs = (0..<120).map { i in
      arrival += below(4)
      return JobSketch(
        arrival: arrival,
        duration: 1 + below(40),
        cpu: Int32(500 * below(8)),
        gpus: i % 9 == 0 ? 2 : i % 7 == 0 ? 0 : 1,
        milli: i % 9 == 0 || i % 2 == 0 ? 1000 : Int32(100 + 100 * below(8)),
        models: ["", "A", "B", "A|B"][Int(below(4))],
        kind: i % 11 == 0 ? .service : .batch
      )
    }
    let pin = Self.pins[number]
    return input(nodes, jobs, policy: pin.policy, seed: UInt64(number)).with {
      $0.placement.tieBreak = pin.tieBreak
      $0.queue = pin.queue
      $0.fleetChanges = [
        FleetChange(at: 40, .fail, 2), FleetChange(at: 60, .repair, 2), FleetChange(at: 90, .maintain, 4, 5),
        FleetChange(at: 100, .repair, 4), FleetChange(at: 130, .leave, 0),
      ]
    }
  }

  @Test(arguments: pins.indices)
  func `events and fingerprint are the pinned ones`(number: Int) throws {
    let pin = Self.pins[number]
    let outcome = try Simulation.run(scenario(number))
    #expect(outcome.eventCount == pin.events)
    #expect(outcome.fingerprint == pin.fingerprint, "0x\(String(outcome.fingerprint, radix: 16))")
    #expect(outcome.interruptedAttempts.count > 0)
  }
}
