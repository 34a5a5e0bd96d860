import Engine
import Testing

@testable import Scenario

/// What the engine refuses when a run is prepared names the place in the file.
@Suite struct RefusalPlaceTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var text: String
    /// `line:column: key` that is to blame.
    var place: String
    var part: String
    var testDescription: String { name }
  }

  private static let clouds =
    "    - {name: c, count: 4, gpu: h100-80gb-sxm, gpusPerNode: 8, cpu: 96, memory: 1TiB, site: cloud, auto: {price: 60}}\n"

  /// The batch class of the sample on the sample's pools and `c`, a cloud, with
  /// these lines at the end, of which the first is line 15, and these keys in
  /// the class, which make that 16.
  private static func refused(
    _ name: String,
    _ lines: String,
    keys: String = "",
    workers: String = "",
    at place: String,
    _ part: String
  ) -> Case {
    var text = Sample.withoutService.replacing("    - {name: b,", with: clouds + "    - {name: b,")
    if !keys.isEmpty {
      text = text.replacing("      arrivals:", with: "      \(keys)\n      arrivals:")
    }
    text = text.replacing("memory: 64GiB}", with: "memory: 64GiB\(workers)}")
    return Case(name: name, text: text + lines, place: place, part: part)
  }

  private static let fifo = "queue: {order: fifo, headOfLineBlocking: false}"
  private static let image = "image: {size: 20GB}"
  private static let registry = "storage: {registry: {bandwidth: 1GB/s}}\n"

  static let cases = [
    refused(
      "burst with preemption",
      "policy:\n  queue: {order: priority, headOfLineBlocking: false}\n  preemption: {victims: kueue}\n  burst: {rules: {after: 5m}}\n",
      at: "18:10: policy.burst",
      "priorities do not preempt"
    ),
    refused(
      "burst with virtual clusters",
      "policy: {\(fifo), burst: {rules: {after: 5m}}}\ntenancy: {clusters: {name: v, tenants: default}}\n",
      at: "15:66: policy.burst",
      "virtual clusters do not leave"
    ),
    refused(
      "burst with the cluster-autoscaler",
      "policy:\n  \(fifo)\n  autoNodes: {provisioner: clusterAutoscaler}\n  burst: {rules: {after: 5m}}\n",
      at: "18:10: policy.burst",
      "knows no sites"
    ),
    refused(
      "images with preemption",
      "policy: {queue: {order: priority, headOfLineBlocking: false}, preemption: {victims: kueue}}\n"
        + registry,
      keys: image,
      at: "17:10: storage",
      "priorities do not preempt where runs fetch"
    ),
    refused(
      "images with wiping",
      "policy: {\(fifo), sharing: {wipe: 30s}}\n" + registry,
      keys: image,
      at: "17:10: storage",
      "memory is not wiped"
    ),
    refused(
      "gangs on one node among nodes that come and go",
      "policy: {\(fifo), autoNodes: {consolidate: whenEmpty}}\n",
      workers: ", workers: 2, placement: oneNode",
      at: "15:70: policy.autoNodes",
      "gangs with placement"
    ),
  ]

  @Test(arguments: cases)
  func message(_ test: Case) throws {
    let scenario = try Sample.load(test.text)
    #expect { try scenario.check() } throws: { error in
      guard case SimulationError.invalidInput(let text) = error else { return false }
      return text.hasPrefix("sample.yaml:\(test.place): ") && text.contains(test.part)
    }
    #expect {
      try Simulation.run(scenario.input(placement: scenario.placements[0], replication: 0))
    } throws: {
      "\($0)".hasPrefix("sample.yaml:\(test.place): ")
    }
  }

  @Test("jobs that the limits of a node pool can never serve are told before the run", arguments: [4, 8])
  func limits(gpus: Int) throws {
    let text = Sample.withoutService.replacing(
      "count: 4,",
      with: "count: 4, auto: {limits: {gpus: \(gpus)}},"
    )
    let scenario = try Sample.load(text + "policy: {\(Self.fifo)}\n")
    // A job of 8 GPUs, which a limit of 8 allows.
    if gpus == 8 { return try scenario.check() }
    #expect { try scenario.check() } throws: {
      "\($0)".hasPrefix("sample.yaml:9:3: workload: no node of the fleet can ever hold")
        && "\($0)".contains("within the limits of its node pools")
    }
  }

  @Test("every part has a place in every scenario, in the file or in an override")
  func places() throws {
    let plain = try Sample.load()
    let stated = try plain.input(placement: plain.placements[0], replication: 0)
    for part in InputPart.allCases {
      let text = stated.places.located("no", about: part)
      #expect(text.hasPrefix("sample.yaml:") && text.hasSuffix(": no"), "\(part): \(text)")
    }
    let scenario = try ScenarioLoader.load(
      text: Sample.text,
      label: "sample.yaml",
      overrides: ["policy.queue.order=fifo"],
      environment: [:]
    )
    let input = try scenario.input(placement: scenario.placements[0], replication: 0)
    #expect(
      input.places.located("no", about: .queue) == "--set policy.queue.order=fifo: policy.queue: no"
    )
    #expect(input.places.located("no", about: .fleet) == "sample.yaml:5:3: fleet: no")
  }
}
