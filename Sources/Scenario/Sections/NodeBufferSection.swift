import Engine

/// `policy.autoNodes.buffer`: room that is kept free.
enum NodeBufferSection {
  static let inPolicy = Field(
    "buffer",
    .list(.section(section), minimum: 0, single: true),
    .standard("[]"),
    "Room that is kept free beside what runs, so that jobs start without waiting for a node: nodes are launched as if "
      + "these pods waited too. With `consolidate` `whenEmpty` or `never`.",
    example: "{gpus: 8, count: 2}"
  )

  static let section = Section(
    title: "NodeBuffer",
    doc: "Pods that never come, for which room is kept, as in a CapacityBuffer of Karpenter.",
    fields: [
      Field("gpus", .value(.integer(0...16)), .standard("0"), "Whole GPUs of each.", example: "8"),
      Field("cpu", .value(.cpu), .standard("0"), "Cores of each.", example: "16"),
      Field("memory", .value(.memory), .standard("0MiB"), "Host memory of each.", example: "64GiB"),
      Field("count", .value(.integer(1...100_000)), .standard("1"), "How many.", example: "2"),
    ],
    rules: []
  )

  /// false: something is wrong.
  static func read(
    _ policy: Decoded,
    into result: inout AutoNodes,
    _ diagnostics: inout DiagnosticList
  ) -> Bool {
    guard let list = policy["buffer"] else { return false }
    for node in list.elements {
      guard node.isSound, let gpus = node["gpus"], let cpu = node["cpu"],
        let memory = node["memory"],
        let count = node["count"]
      else { return false }
      result.buffer.append(
        AutoNodes.Placeholder(
          gpus: Int32(gpus.integer),
          cpuMilli: cpu.milliCPU,
          memoryMiB: memory.mebibytes,
          count: Int(count.integer)
        )
      )
    }
    guard !result.buffer.isEmpty else { return true }
    if result.consolidatesUnderused || policy["provisioner"]?.text == "clusterAutoscaler" {
      diagnostics.add(
        list.origin,
        list.keyPath,
        "room is kept free by Karpenter's provisioner that takes away empty nodes only",
        hint: "say consolidate: whenEmpty, and leave provisioner out"
      )
      return false
    }
    if result.buffer.contains(where: { $0.gpus == 0 && $0.cpuMilli == 0 && $0.memoryMiB == 0 }) {
      diagnostics.add(
        list.origin,
        list.keyPath,
        "keeps room for nothing",
        hint: "for example {gpus: 8}"
      )
      return false
    }
    return true
  }
}
