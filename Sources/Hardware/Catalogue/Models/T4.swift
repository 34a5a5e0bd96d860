extension GPUModel {
  /// NVIDIA T4, 2018: Turing for inference.
  static let t4: [GPUModel] = [
    GPUModel(
      id: "t4",
      name: "T4",
      aliases: ["t4-16gb", "Tesla-T4"],
      architecture: "Turing",
      launchYear: .datasheet(2018),
      formFactor: "PCIe",
      memoryType: "GDDR6",
      memoryGB: .datasheet(16),
      usableMemoryMiB: .datasheet(15_360),
      memoryBandwidthGBs: .page(320),
      halfTFLOPS: .page(65),
      hasBF16: .datasheet(false),
      fp32TFLOPS: .page(8.1),
      tdpWatts: .page(70),
      nvlinkGBs: .datasheet(0),
      pcieGeneration: .datasheet(3),
      smCount: .datasheet(40),
      maximumMIGInstances: .datasheet(0),
      hasECC: .datasheet(true),
      note: "FP16 only, no BF16"
    )
  ]
}
