extension PriceRow {
  /// Nebius.
  static let nebius: [PriceRow] = [
    shipped("nebius", "gpu-b200-sxm_8gpu-160vcpu-1792gb", "B200", 8, "us-central1", 44.0, .catalogue),
    shipped(
      "nebius",
      "gpu-h100-sxm_1gpu-16vcpu-200gb",
      "H100-SXM",
      1,
      "eu-north1",
      2.95,
      spot: 1.25,
      .catalogue
    ),
    shipped(
      "nebius",
      "gpu-h100-sxm_8gpu-128vcpu-1600gb",
      "H100-SXM",
      8,
      "eu-north1",
      23.6,
      spot: 10.0,
      .catalogue
    ),
    shipped(
      "nebius",
      "gpu-h200-sxm_1gpu-16vcpu-200gb",
      "H200-SXM",
      1,
      "eu-north1",
      3.5,
      spot: 1.45,
      .catalogue
    ),
    shipped(
      "nebius",
      "gpu-h200-sxm_8gpu-128vcpu-1600gb",
      "H200-SXM",
      8,
      "eu-north1",
      28.0,
      spot: 11.6,
      .catalogue
    ),
    shipped("nebius", "gpu-l40s-a_1gpu-8vcpu-32gb", "L40S", 1, "eu-north1", 1.5484, .catalogue),
    shipped("nebius", "gpu-l40s-d_4gpu-128vcpu-768gb", "L40S", 4, "eu-north1", 9.1376, .catalogue),
  ]
}
