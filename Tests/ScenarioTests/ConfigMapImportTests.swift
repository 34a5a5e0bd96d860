import TestSupport
import Testing

@testable import Scenario

/// Files of the GPU operator as clusters hold them: in ConfigMaps, beside other
/// objects, with anchors.
struct ConfigMapImportTests {
  private static let head = """
    version: 1
    name: sample
    horizon: 1d
    fleet: {nodes: [{name: a, count: 1, gpu: a100-40gb-sxm, gpusPerNode: 8, cpu: 96, memory: 1TiB}]}
    workload:
      classes:
        - name: serve
          demand: {DEMAND, cpu: 1, memory: 2GiB}
          arrivals: {poisson: {rate: 1/h}}
          duration: {exponential: {mean: 1h}}

    """

  private static let parted = """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: custom-mig-config}
    data:
      config.yaml: |
        version: v1
        mig-configs:
          all-disabled:
            - devices: all
              mig-enabled: false
          custom:
            - devices: all
              mig-enabled: true
              mig-devices:
                "1g.5gb": 7

    """

  private static let sliced = """
    kind: ConfigMap
    data:
      any: |-
        version: v1
        sharing:
          timeSlicing: &sliced
            resources: [{name: nvidia.com/gpu, replicas: 4}]

    """

  private static func load(_ text: String, _ sharing: String, _ demand: String) throws -> LoadedScenario {
    let folder = try ScratchFolder()
    let file = try folder.write(text, as: "map.yaml")
    return try Sample.load(
      head.replacing("DEMAND", with: demand)
        + "policy: {queue: {order: fifo, headOfLineBlocking: false}, sharing: {\(sharing.replacing("FILE", with: file))}}\n"
    )
  }

  private static func failure(_ text: String, _ sharing: String, _ demand: String) -> String {
    do {
      _ = try load(text, sharing, demand)
      return "loads"
    } catch { return "\(error)" }
  }

  private static let mig = "mode: mig, config: FILE, selected: custom"
  private static let slices = "mode: timeSlicing, from: FILE"
  private static let part = "gpuMemory: 4GiB, gpuFill: 20%, kernels: small"

  @Test func `mig-parted files are read from a ConfigMap`() throws {
    _ = try Self.load(Self.parted, Self.mig, "mig: 1g.5gb")
    let wrong = Self.failure(
      Self.parted.replacing("mig-enabled: true", with: "migenabled: true"),
      Self.mig,
      "mig: 1g.5gb"
    )
    #expect(wrong.contains("map.yaml:13:11: data.config.yaml.mig-configs.custom[0]: unknown key"), "\(wrong)")
    let two = Self.failure(Self.parted + "  other: |\n    version: v1\n", Self.mig, "mig: 1g.5gb")
    #expect(two.contains("several entries; found config.yaml, other; keep one of them"), "\(two)")
    let version = Self.failure(
      Self.parted.replacing("version: v1", with: "version: v2"),
      Self.mig,
      "mig: 1g.5gb"
    )
    #expect(
      version.contains("data.config.yaml.version: is not a mig-parted file of version v1"),
      "\(version)"
    )
  }

  @Test func `objects beside the ConfigMap do not matter, and two ConfigMaps do`() throws {
    let node = "---\nkind: Node\nmetadata: {labels: {nvidia.com/device-plugin.config: any}}\n"
    _ = try Self.load(Self.sliced + node, Self.slices, Self.part)
    let two = Self.failure(Self.sliced + "---\n" + Self.sliced, Self.slices, Self.part)
    #expect(two.contains("map.yaml:9:1: holds several documents; found 2; keep one of them"), "\(two)")
  }
}
