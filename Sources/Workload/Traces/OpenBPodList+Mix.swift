extension OpenBPodList {
  /// The list's mix of requests, to synthesise jobs like its pods: each
  /// distinct request with the number of pods that make it as weight, in order
  /// of appearance.
  public func demandMix() -> [DemandOption] {
    var shapes = ShapeInterner()
    var specs = TextInterner([""])
    var counts: [Int] = []
    for pod in pods {
      let set = specs.intern(pod.gpuSpec).number
      let id = shapes.intern(
        JobShape(
          cpuMilli: pod.cpuMilli,
          memoryMiB: pod.memoryMiB,
          gpuCount: pod.gpuCount,
          milliGPUPerDevice: pod.milliGPUPerDevice,
          models: ModelSetID(rawValue: Int32(set))
        )
      )
      let index = Int(id.rawValue)
      if index == counts.count { counts.append(0) }
      counts[index] += 1
    }
    return zip(shapes.shapes, counts).map { shape, count in
      DemandOption(
        weight: Double(count),
        gpuCount: Int(shape.gpuCount),
        milliGPUPerDevice: shape.milliGPUPerDevice,
        cpuMilli: shape.cpuMilli,
        memoryMiB: shape.memoryMiB,
        models: specs.texts[Int(shape.models.rawValue)].split(separator: "|").map(String.init)
      )
    }
  }
}
