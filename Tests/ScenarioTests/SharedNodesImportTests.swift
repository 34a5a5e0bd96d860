import TestSupport
import Testing

@testable import Scenario

/// Nodes whose GPUs are shared or cut, and what else `kubectl get` prints.
struct SharedNodesImportTests {
  private static func node(
    _ name: String,
    labels: String = #""nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3""#,
    gpus: String = #""nvidia.com/gpu": "8""#,
    more: String = ""
  ) -> String {
    """
    {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "\(name)", "labels": {\(labels)}},
     "spec": {\(more)}, "status": {"allocatable": {"cpu": "96", "memory": "1Ti", \(gpus)}}}
    """
  }

  private static func load(_ text: String) throws -> LoadedScenario {
    let folder = try ScratchFolder()
    let file = try folder.write(text, as: "nodes.json")
    let sample = Sample.withoutService
    let start = sample.firstRange(of: "  nodes:\n")!.lowerBound
    let end = sample.firstRange(of: "workload:")!.lowerBound
    return try Sample.load(
      sample.replacingCharacters(in: start..<end, with: "  from: {kubernetes: '\(file)'}\n")
    )
  }

  private static func list(_ nodes: String...) -> String {
    "{\"items\": [\(nodes.joined(separator: ",\n"))]}"
  }

  private static func failure(_ text: String) -> String {
    do {
      _ = try load(text)
      return "loads"
    } catch { return "\(error)" }
  }

  @Test(
    arguments: [
      // Renamed replicas of time-slicing.
      (
        #""nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "nvidia.com/gpu.replicas": "4""#,
        #""nvidia.com/gpu": "0", "nvidia.com/gpu.shared": "32""#, "4 replicas of each GPU"
      ),
      // MIG, strategy mixed: profiles are resources of their own.
      (
        #""nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "nvidia.com/gpu.count": "8""#,
        #""nvidia.com/gpu": "0", "nvidia.com/mig-1g.10gb": "28", "nvidia.com/mig-3g.40gb": "8""#,
        "MIG instances"
      ),
      // MIG, strategy single: instances are shown as GPUs.
      (
        #""nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3-MIG-1g.10gb", "nvidia.com/gpu.count": "56""#,
        #""nvidia.com/gpu": "56""#, "7 MIG instances of 1g.10gb on each GPU"
      ),
      // The same, each instance shared by four.
      (
        #""nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3-MIG-3g.40gb-SHARED", "nvidia.com/gpu.replicas": "4""#,
        #""nvidia.com/gpu": "64""#, "2 MIG instances of 3g.40gb on each GPU"
      ),
    ]
  )
  func `GPUs are counted, whatever the device plugin makes of them`(
    labels: String,
    gpus: String,
    note: String
  ) throws {
    let loaded = try Self.load(Self.list(Self.node("one", labels: labels, gpus: gpus)))
    #expect(loaded.nodes.nodes[0].gpuCount == 8)
    #expect(loaded.nodes.gpuModels == ["h100-80gb-sxm"])
    #expect(
      loaded.notes.contains { $0.contains(note) && $0.contains("state policy.sharing") },
      "\(loaded.notes)"
    )
  }

  @Test(
    arguments: [
      (
        #""nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3-MIG-1g.10gb""#, #""nvidia.com/gpu": "50""#,
        "counts MIG instances of 1g.10gb, and not as many as fill GPUs of a known model; found 50 of NVIDIA-H100-80GB"
      ),
      (
        #""nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3-MIG-9g.10gb""#, #""nvidia.com/gpu": "8""#,
        "counts MIG instances of 9g.10gb"
      ),
      (
        #""nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3""#, #""nvidia.com/mig-1g.10gb": "7""#,
        "no label nvidia.com/gpu.count says how many there are"
      ),
      (
        #""nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "nvidia.com/gpu.replicas": "3""#,
        #""nvidia.com/gpu": "8""#, "is not a multiple of the replicas"
      ),
      (#""nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3""#, #""nvidia.com/gpu": "7.5""#, "found '7.5'"),
      (#""nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3""#, #""nvidia.com/gpu": "-8""#, "found '-8'"),
      (#""a": "b""#, #""nvidia.com/gpu.shared": "8""#, "GPUs of an unknown model"),
    ]
  )
  func `what cannot be counted is refused at its place`(labels: String, gpus: String, what: String) {
    let text = Self.failure(Self.list(Self.node("one", labels: labels, gpus: gpus)))
    #expect(text.contains(what) && text.contains("nodes.json:"), "\(text)")
  }

  @Test func `a list without its wrapping is read, and other kinds are listed`() throws {
    #expect(
      try Self.load("[\(Self.node("one")), \(Self.node("two"))]").nodes.nodes.map(\.name) == ["one", "two"]
    )
    let mixed = try Self.load(Self.list(Self.node("one"), #"{"kind": "Pod", "metadata": {"name": "p"}}"#))
    #expect(mixed.nodes.nodes.count == 1)
    #expect(mixed.notes.contains { $0.contains("kind Pod") })
  }

  @Test func `labels that are each node's own do not part equal nodes`() throws {
    func labels(_ number: Int) -> String {
      #""nvidia.com/gpu.product": "NVIDIA-H100-80GB-HBM3", "alpha.eksctl.io/instance-id": "i-\#(number)", "#
        + #""rke.cattle.io/machine": "m\#(number)", "internal_addr": "10.0.0.\#(number)""#
    }
    let loaded = try Self.load(
      Self.list(Self.node("a", labels: labels(1)), Self.node("b", labels: labels(2)))
    )
    #expect(loaded.notes.contains { $0.hasSuffix("2 nodes in 1 pools of equal nodes") })
  }

  @Test func `a model that the catalogue does not know is defined in the scenario`() throws {
    let text = Self.list(Self.node("one", labels: #""nvidia.com/gpu.product": "NVIDIA-A10G-SHARED""#))
    #expect(
      Self.failure(text).contains("found 'NVIDIA-A10G'") && Self.failure(text).contains("under gpus: [{name:")
    )
    let folder = try ScratchFolder()
    let file = try folder.write(text, as: "nodes.json")
    let loaded = try Sample.load(
      """
      version: 1
      name: sample
      gpus: [{name: NVIDIA-A10G, memory: 24GiB}]
      fleet: {from: {kubernetes: '\(file)'}}
      workload:
        classes:
          - name: a
            demand: {gpus: 1, cpu: 1, memory: 1GiB}
            arrivals: {poisson: {rate: 1/h}}
            duration: {exponential: {mean: 1h}}
      horizon: 1d

      """
    )
    #expect(loaded.nodes.gpuModels == ["NVIDIA-A10G"])
  }

  @Test func `a cluster without a node that takes work is told as one`() {
    let text = Self.failure(Self.list(Self.node("one", more: #""unschedulable": true"#)))
    #expect(text.contains("has no node that takes work: unschedulable or not ready are one"), "\(text)")
  }
}
