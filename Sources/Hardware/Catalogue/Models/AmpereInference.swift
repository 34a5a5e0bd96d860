extension GPUModel {
  /// NVIDIA A30 and A10, 2021: Ampere for inference.
  static let ampereInference: [GPUModel] = [
    GPUModel(
      id: "a30",
      name: "A30",
      aliases: ["a30-24gb", "NVIDIA-A30"],
      architecture: "Ampere",
      launchYear: .datasheet(2021),
      formFactor: "PCIe",
      memoryType: "HBM2",
      memoryGB: .datasheet(24),
      usableMemoryMiB: .datasheet(24_576),
      memoryBandwidthGBs: .page(933),
      halfTFLOPS: .datasheet(165),
      hasBF16: .datasheet(true),
      tf32TFLOPS: .page(82),
      fp32TFLOPS: .datasheet(10.3),
      tdpWatts: .datasheet(165),
      nvlinkGBs: .datasheet(200),
      pcieGeneration: .datasheet(4),
      smCount: .datasheet(56),
      maximumMIGInstances: .page(4),
      hasECC: .datasheet(true)
    ),
    GPUModel(
      id: "a10",
      name: "A10",
      aliases: ["a10-24gb", "NVIDIA-A10"],
      architecture: "Ampere",
      launchYear: .datasheet(2021),
      formFactor: "PCIe",
      memoryType: "GDDR6",
      memoryGB: .datasheet(24),
      usableMemoryMiB: .datasheet(23_028),
      memoryBandwidthGBs: .page(600),
      halfTFLOPS: .page(125),
      hasBF16: .datasheet(true),
      tf32TFLOPS: .datasheet(62.5),
      fp32TFLOPS: .datasheet(31.2),
      tdpWatts: .page(150),
      nvlinkGBs: .datasheet(0),
      pcieGeneration: .datasheet(4),
      smCount: .datasheet(72),
      maximumMIGInstances: .datasheet(0),
      hasECC: .datasheet(true)
    ),
  ]
}
