import Engine
import Foundation
import TestSupport
import Testing
import Workload

@testable import Scenario

/// `policy.sharing.layoutWithNode`: layouts of nodes that come and go.
struct LayoutWithNodeTests {
  /// A node of two H100 that is always there, and three that come and go.
  private static func text(_ sharing: String, auto: String = ", auto: {}", node: String = "") -> String {
    """
    version: 1
    name: layouts
    horizon: 2h
    fleet:
      nodes:
        - {name: base, count: 1, gpu: h100-80gb-sxm, gpusPerNode: 2, cpu: 96, memory: 1TiB}
        - {name: more, count: 3, gpu: h100-80gb-sxm, gpusPerNode: 2, cpu: 96, memory: 1TiB\(auto)\(node)}
    workload:
      classes:
        - name: all
          demand: [{mig: 1g.10gb, cpu: 1, memory: 1GiB}, {mig: 3g.40gb, cpu: 1, memory: 1GiB}]
          arrivals: {poisson: {rate: 60/h}}
          duration: 30m
    policy: {placement: best-fit, queue: {order: fifo, headOfLineBlocking: false}, sharing: {mode: mig\(sharing)}}

    """
  }

  private static let layouts =
    ", layouts: [{gpus: 1, instances: {1g.10gb: 7}}, {instances: {3g.40gb: 2}}]"

  private static func input(_ text: String) throws -> SimulationInput {
    let scenario = try Sample.load(text)
    return try scenario.input(placement: scenario.placements[0], replication: 0)
  }

  @Test("GPUs that are always there are cut as stated, and the others may have any of the layouts")
  func fromLayouts() throws {
    var input = try Self.input(Self.text(Self.layouts + ", layoutWithNode: true"))
    #expect(input.mig.cuts[0] == [.layout(0), .whole])
    #expect(input.mig.cuts[1...] == Array(repeating: [.chosen, .chosen], count: 3)[...])
    #expect(
      input.mig.layouts.map { $0.map(\.profile) } == [
        Array(repeating: "1g.10gb", count: 7), ["3g.40gb", "3g.40gb"],
      ]
    )
    input.verify = true
    let outcome = try Simulation.run(input)
    #expect(outcome.autoNodes[0].launched > 0)
    #expect(Set(outcome.jobs.instance.compactMap { $0?.profile }) == ["1g.10gb", "3g.40gb"])
  }

  @Test("a mig-parted file offers the layouts of all its configurations, unless a label names one")
  func fromFile() throws {
    let folder = try ScratchFolder()
    let file = try folder.write(
      """
      version: v1
      mig-configs:
        all-small: [{devices: all, mig-enabled: true, mig-devices: {1g.10gb: 7}}]
        halves:
          - {devices: [0], mig-enabled: true, mig-devices: {3g.40gb: 2}}
          - {devices: [1], mig-enabled: false}
      """,
      as: "mig.yaml"
    )
    let sharing = ", config: \(file), layoutWithNode: true"
    let chosen = try Self.input(Self.text(sharing + ", selected: halves"))
    #expect(chosen.mig.cuts[0].count == 2 && chosen.mig.cuts[0][1] == .whole)
    #expect(chosen.mig.cuts[1] == [.chosen, .chosen])
    #expect(Set(chosen.mig.layouts.map(\.count)) == [7, 2])
    let labelled = try Self.input(
      Self.text(sharing, node: ", labels: {nvidia.com/mig.config: all-small}")
    )
    #expect(!labelled.mig.cuts.joined().contains(.chosen))
    #expect(labelled.mig.cuts[3][0] == labelled.mig.cuts[3][1])
  }

  @Test(
    arguments: [
      (", layoutWithNode: true", ", auto: {}", "needs layouts to choose from"),
      (layouts + ", layoutWithNode: true", "", "no pool of GPUs with MIG comes and goes"),
      (layouts + ", layoutWithNode: true, relayout: {}", ", auto: {}", "it has no relayout"),
      (
        ", layouts: [{instances: {4g.40gb: 2}}], layoutWithNode: true", ", auto: {}",
        "cannot hold this layout"
      ),
      (
        ", layouts: [{instances: {1g.20gb: 1}}, {instances: {2g.10gb: 1}}], layoutWithNode: true",
        ", auto: {}",
        "unknown MIG profile"
      ),
      (
        ", layouts: [{instances: {}}], layoutWithNode: true", ", auto: {}",
        "none of the layouts is one of a"
      ),
      (
        ", layouts: [{gpus: 3, instances: {1g.10gb: 7}}], layoutWithNode: true", ", auto: {}",
        "more GPUs than the fleet has"
      ),
      (
        ", strategy: single, layouts: [{instances: {1g.10gb: 7}}], layoutWithNode: true", ", auto: {}",
        "gives nodes different layouts"
      ),
      (", layouts: [{instances: {1g.10gb: 7}}], relayout: {}", ", auto: {}", "are not laid out anew"),
    ]
  )
  func refused(sharing: String, auto: String, what: String) {
    let message = Sample.failure(Self.text(sharing, auto: auto))
    #expect(message.contains(what), "\(message)")
  }

  @Test("policies that do not know what a node was launched for refuse to choose layouts")
  func refusedPolicies() {
    func message(_ policy: String) -> String {
      Sample.failure(
        Self.text(Self.layouts + ", layoutWithNode: true").replacing(
          "policy: {",
          with: "policy: {autoNodes: {\(policy)}, "
        )
      )
    }
    #expect(message("consolidate: whenEmptyOrUnderutilized").contains("nodes go when they are empty"))
    #expect(message("provisioner: clusterAutoscaler").contains("takes all nodes of a group for alike"))
    #expect(message("sees: gpus").contains("sees whole GPUs"))
  }
}
