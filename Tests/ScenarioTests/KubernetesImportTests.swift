import Foundation
import TestSupport
import Testing

@testable import Scenario

/// A running cluster's nodes as the starting fleet.
struct KubernetesImportTests {
  /// A node as `kubectl get nodes -o json` prints it, much shortened.
  private static func node(
    _ name: String,
    product: String? = "NVIDIA-H100-80GB-HBM3",
    gpus: String = "8",
    memory: String = "2061584Mi",
    labels: String = "",
    spec: String = "",
    ready: String = "True",
    allocatable: String = ""
  ) -> String {
    let model = product.map { #""nvidia.com/gpu.product": "\#($0)","# } ?? ""
    return """
      {
        "apiVersion": "v1", "kind": "Node",
        "metadata": {
          "name": "\(name)", "uid": "1", "resourceVersion": "7",
          "labels": {
            "kubernetes.io/hostname": "\(name)",
            "node.kubernetes.io/instance-type": "p5.48xlarge",
            "node-role.kubernetes.io/worker": "",
            \(model)\(labels)
            "topology.kubernetes.io/zone": "us-east-1a"
          }
        },
        "spec": {"podCIDR": "10.0.0.0/24"\(spec)},
        "status": {
          "allocatable": {
            "cpu": "191450m",
            "memory": "\(memory)",
            "ephemeral-storage": "27356033509",
            "hugepages-2Mi": "0",\(allocatable)
            "nvidia.com/gpu": "\(gpus)",
            "pods": "110"
          },
          "conditions": [{"type": "Ready", "status": "\(ready)"}]
        }
      }
      """
  }

  private static func list(_ nodes: String...) -> String {
    "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [\n\(nodes.joined(separator: ",\n"))\n]}\n"
  }

  private static func load(_ text: String, _ more: String = "", _ overrides: String...) throws
    -> LoadedScenario
  {
    let folder = try ScratchFolder()
    let file = try folder.write(text, as: "nodes.json")
    return try ScenarioLoader.load(
      text: fleet(file, more),
      label: "sample.yaml",
      overrides: overrides,
      environment: [:]
    )
  }

  private static func fleet(_ file: String, _ more: String) -> String {
    let text = Sample.withoutService
    let start = text.firstRange(of: "  nodes:\n")!.lowerBound
    let end = text.firstRange(of: "workload:")!.lowerBound
    return text.replacingCharacters(in: start..<end, with: "  from: {kubernetes: '\(file)'\(more)}\n")
  }

  private static func failure(_ text: String, _ more: String = "") -> String {
    do {
      _ = try load(text, more)
      return "loads"
    } catch { return "\(error)" }
  }

  @Test func `equal nodes become a pool with their own names, and what is not modelled is listed`() throws {
    let loaded = try Self.load(
      Self.list(
        Self.node("gpu-b"),
        Self.node("gpu-a"),
        Self.node("tainted", spec: #", "taints": [{"key": "team", "value": "ml", "effect": "NoSchedule"}]"#),
        Self.node("cordoned", spec: #", "unschedulable": true"#),
        Self.node("broken", ready: "Unknown")
      )
    )
    let nodes = loaded.nodes.nodes
    #expect(nodes.map(\.name) == ["gpu-b", "gpu-a", "tainted"])
    #expect(nodes.map(\.cpuMilli) == [191_450, 191_450, 191_450])
    #expect(nodes.map(\.memoryMiB) == [2_061_584, 2_061_584, 2_061_584])
    #expect(nodes.map(\.gpuCount) == [8, 8, 8])
    #expect(loaded.nodes.gpuModels == ["h100-80gb-sxm"])
    #expect(nodes[2].taints.map(\.key) == ["team"])
    #expect(nodes[0].labels.contains { $0.key == "topology.kubernetes.io/zone" && $0.value == "us-east-1a" })
    #expect(loaded.notes.contains { $0.hasSuffix("3 nodes in 2 pools of equal nodes") })
    #expect(loaded.notes.contains { $0.hasSuffix("left out, unschedulable or not ready: cordoned, broken") })
    let unmodelled = try #require(loaded.notes.first { $0.contains("not modelled") })
    #expect(unmodelled.contains("status.allocatable.ephemeral-storage, status.allocatable.pods"))
    #expect(!unmodelled.contains("hugepages"))
    // The resolved scenario needs no other file.
    let again = try Sample.load(loaded.resolvedYAML)
    #expect(again.nodes == loaded.nodes)
    #expect(loaded.resolvedYAML.contains("# ") && loaded.resolvedYAML.contains("not modelled"))
  }

  @Test func `replicas of time-slicing and MIG in the product name do not change what a node has`() throws {
    let loaded = try Self.load(
      Self.list(
        Self.node(
          "shared",
          product: "NVIDIA-A100-SXM4-80GB-SHARED",
          gpus: "80",
          labels: #""nvidia.com/gpu.replicas": "10","#
        )
      )
    )
    #expect(loaded.nodes.nodes[0].gpuCount == 8)
    #expect(loaded.nodes.gpuModels == ["a100-80gb-sxm"])
    #expect(loaded.notes.contains { $0.contains("10 replicas of each GPU (state policy.sharing)") })
  }

  @Test func `pools can be added, and imported ones overridden`() throws {
    let folder = try ScratchFolder()
    let file = try folder.write(Self.list(Self.node("one")), as: "nodes.json")
    let other = try folder.write(Self.list(Self.node("two"), Self.node("three")), as: "other.json")
    let text = Self.fleet(file, "").replacing(
      "workload:",
      with: "  nodes: [{name: more, count: 2, cpu: 8, memory: 64GiB}]\nworkload:"
    )
    let loaded = try Sample.load(text)
    #expect(loaded.nodes.nodes.map(\.name) == ["one", "more-0", "more-1"])
    let changed = try Sample.load(text, "fleet.nodes.0.cpu=100", "fleet.from.kubernetes=\(other)")
    #expect(changed.nodes.nodes.map(\.name) == ["two", "three", "more-0", "more-1"])
    #expect(changed.nodes.nodes[0].cpuMilli == 100_000)
  }

  @Test func `what is wrong is said at its place in the file`() throws {
    let memory = Self.failure(Self.list(Self.node("one", memory: "12 Gb")))
    #expect(memory.contains("nodes.json:18:"), "\(memory)")
    #expect(
      memory.contains("items[0].status.allocatable.memory: is not a quantity; found '12 Gb'"),
      "\(memory)"
    )
    let model = Self.failure(Self.list(Self.node("one", product: nil)))
    #expect(model.contains("has no label nvidia.com/gpu.product; say fleet.from.gpu"), "\(model)")
    let unknown = Self.failure(Self.list(Self.node("one", product: "NVIDIA-H900")))
    #expect(unknown.contains("nodes.json:10:") && unknown.contains("unknown GPU model"), "\(unknown)")
    #expect(Self.failure("{}").contains("holds no nodes; make it with kubectl"))
    #expect(Self.failure("{").contains("nodes.json:"))
    let twice = Self.failure(Self.list(Self.node("one"), Self.node("one")))
    #expect(twice.contains("duplicated node; found 'one'"), "\(twice)")
    #expect(Sample.failure(Self.fleet("no-such.json", "")).contains("no such file; found 'no-such.json'"))
    let key = Sample.failure(Self.fleet("x.json", ", gpus: h100"))
    #expect(key.contains("unknown key; found 'gpus'; accepted: kubernetes, gpu"), "\(key)")
  }

  @Test func `the model of nodes without the label can be stated`() throws {
    let loaded = try Self.load(Self.list(Self.node("one", product: nil)), ", gpu: h200-141gb-sxm")
    #expect(loaded.nodes.gpuModels == ["h200-141gb-sxm"])
  }

  @Test(
    arguments: [
      ("100m", 100, nil), ("2", 2_000, 0), ("1.5", 1_500, nil), ("1e3", 1_000_000, 0), ("2k", 2_000_000, 0),
      ("1Ki", 1_024_000, 0), ("3Gi", nil, 3_072), ("1M", nil, 0), ("1.5Gi", nil, 1_536),
      ("128974848", nil, 123),
      ("129e6", nil, 123), ("1048576000m", nil, 1), ("1E", nil, 953_674_316_406),
    ] as [(String, Int64?, Int64?)]
  )
  func `quantities are read as Kubernetes reads them`(text: String, milli: Int64?, mebibytes: Int64?) throws {
    let quantity = try #require(Quantity(text))
    if let milli { #expect(quantity.milli == milli) }
    if let mebibytes { #expect(quantity.mebibytes == mebibytes) }
  }

  @Test(arguments: ["", "12 Gi", "1GB", "a", "1.2.3", "0x10"])
  func `what is no quantity is none`(text: String) { #expect(Quantity(text) == nil) }

  @Test func `lengths of time are read as Go reads them`() {
    #expect(GoDuration.nanoseconds("1h30m") == 5_400_000_000_000)
    #expect(GoDuration.nanoseconds("10m0s") == 600_000_000_000)
    #expect(GoDuration.nanoseconds("0") == 0)
    #expect(GoDuration.nanoseconds("1.5h") == 5_400_000_000_000)
    #expect(GoDuration.nanoseconds("10") == nil && GoDuration.nanoseconds("1d") == nil)
    #expect(GoDuration.text(5_400_000_000_000) == "90m")
  }
}
