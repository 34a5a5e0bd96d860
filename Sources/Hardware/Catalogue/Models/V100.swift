extension GPUModel {
  /// NVIDIA V100, 2018: Volta, the first tensor cores.
  static let v100: [GPUModel] = [
    GPUModel(
      id: "v100-32gb-sxm",
      name: "V100 32GB SXM2",
      aliases: ["v100", "v100-32gb", "v100m32", "Tesla-V100-SXM2-32GB"],
      architecture: "Volta",
      launchYear: .datasheet(2018),
      formFactor: "SXM2",
      memoryType: "HBM2",
      memoryGB: .datasheet(32),
      usableMemoryMiB: .datasheet(32_768),
      memoryBandwidthGBs: .page(900),
      halfTFLOPS: .page(125),
      hasBF16: .datasheet(false),
      fp32TFLOPS: .page(15.7),
      tdpWatts: .page(300),
      nvlinkGBs: .datasheet(300),
      pcieGeneration: .datasheet(3),
      smCount: .page(80),
      maximumMIGInstances: .datasheet(0),
      hasECC: .datasheet(true),
      note: "FP16 only, no BF16"
    )
  ]
}
