import Engine
import TestSupport
import Testing

@testable import Scenario

/// The flags of a cluster-autoscaler wherever they stand.
struct AutoscalerFlagsTests {
  private static func read(_ text: String) throws -> (spec: ClusterAutoscaler, notes: [String]) {
    let folder = try ScratchFolder()
    let file = try folder.write(text, as: "ca.yaml")
    let sample = Sample.withoutService.replacing("count: 4,", with: "count: 4, auto: {},")
    let loaded = try Sample.load(
      sample
        + "policy: {queue: {order: fifo, headOfLineBlocking: false}, autoNodes: {from: {clusterAutoscaler: '\(file)'}}}\n"
    )
    let auto = try #require(loaded.input(placement: loaded.placements[0], replication: 0).autoNodes)
    return (try #require(auto.clusterAutoscaler), loaded.notes)
  }

  private static func deployment(_ containers: String) -> String {
    "kind: Deployment\nspec: {template: {spec: {containers: [\(containers)]}}}\n"
  }

  @Test(
    arguments: [
      deployment("{name: ca, command: [sh, -c, './cluster-autoscaler --expander=price --v=4']}"),
      deployment(
        "{name: proxy, args: [--expander=random]}, {name: cluster-autoscaler, args: [--expander, price, --v=4]}"
      ),
      "kind: List\nitems:\n  - \(deployment("{name: ca, args: [--expander=price]}").replacing("\n", with: "\n    "))\n",
      "kind: ServiceAccount\n---\n" + deployment("{image: cluster-autoscaler, args: [--expander=price]}"),
      "autoDiscovery: {clusterName: a}\nextraArgs: {expander: price, v: 4}\n",
      "# of the unit\n./cluster-autoscaler \n  --expander=price\n  -logtostderr\n",
    ]
  )
  func `are found`(text: String) throws {
    #expect(try Self.read(text).spec.expanders == [.price])
  }

  @Test func `what else stands there is listed`() throws {
    let text =
      "kind: ServiceAccount\n---\n"
      + Self.deployment(
        "{name: proxy, args: [--a]}, {name: cluster-autoscaler, args: [--expander=price, -v=2, --b]}"
      )
    let note = try #require(try Self.read(text).notes.first { $0.contains("not modelled") })
    #expect(note.hasSuffix("not modelled: --b, -v, container proxy, kind ServiceAccount"), "\(note)")
  }

  @Test(arguments: [("False", false), ("0", false), ("t", true), ("true", true)])
  func `truth is written as Go reads it`(text: String, isOn: Bool) throws {
    #expect(try Self.read("- --scale_down_enabled=\(text)\n").spec.scalesDown == isOn)
  }

  @Test func `what is neither is refused`() {
    #expect(throws: ScenarioError.self) { try Self.read("- --scale-down-enabled=maybe\n") }
  }
}
