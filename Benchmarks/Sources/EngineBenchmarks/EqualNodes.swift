import Foundation
import Hardware

extension Fleet {
  /// Equal nodes of eight GPUs, 192 vCPU and 2 TiB.
  static func equalNodes(gpus: Int, model name: String) -> Fleet {
    var fleet = Fleet()
    let model = fleet.intern(gpuModel: name)
    fleet.nodes = (0..<gpus / 8).map { n in
      NodeSpec(
        name: String(format: "node-%05d", n),
        cpuMilli: 192_000,
        memoryMiB: 2_097_152,
        gpuCount: 8,
        gpuModel: model
      )
    }
    return fleet
  }
}
