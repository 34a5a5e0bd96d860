extension PriceRow {
  /// Google Cloud: the sum of the host and the accelerators in it, except where
  /// a note says that the host is missing.
  static let gcp: [PriceRow] = [
    shipped("gcp", "a2-ultragpu-1g", "A100-80GB-SXM", 1, "us-east5", 5.5238, spot: 1.6475, .catalogue),
    shipped(
      "gcp",
      "a2-ultragpu-8g",
      "A100-80GB-SXM",
      8,
      "asia-southeast1",
      49.6198,
      spot: 19.5743,
      .catalogue
    ),
    shipped(
      "gcp",
      "a2-ultragpu-8g",
      "A100-80GB-SXM",
      8,
      "us-central1",
      23.5666,
      spot: 20.1102,
      .catalogue,
      note: "SUSPECT: on demand is hardly above spot at the source, probably another product"
    ),
    shipped("gcp", "a2-ultragpu-8g", "A100-80GB-SXM", 8, "us-east5", 44.1906, spot: 13.1802, .catalogue),
    shipped(
      "gcp",
      "a4-highgpu-8g",
      "B200",
      8,
      "us-central1",
      90.216,
      spot: 32.6064,
      .catalogue,
      note: "without host"
    ),
    shipped(
      "gcp",
      "a3-edgegpu-8g/a3-highgpu-8g",
      "H100-SXM",
      8,
      "asia-south1",
      91.3457,
      spot: 20.8928,
      .catalogue
    ),
    shipped(
      "gcp",
      "a3-edgegpu-8g/a3-highgpu-8g",
      "H100-SXM",
      8,
      "europe-west3",
      103.6423,
      spot: 23.7059,
      .catalogue
    ),
    shipped(
      "gcp",
      "a3-edgegpu-8g/a3-highgpu-8g",
      "H100-SXM",
      8,
      "us-central1",
      43.0662,
      spot: 26.8301,
      .catalogue,
      note: "SUSPECT: less than half of the other regions, probably a commitment price"
    ),
    shipped(
      "gcp",
      "a3-edgegpu-8g/a3-highgpu-8g",
      "H100-SXM",
      8,
      "us-east4",
      87.8325,
      spot: 20.0445,
      .catalogue
    ),
    shipped(
      "gcp",
      "a3-edgegpu-8g/a3-highgpu-8g",
      "H100-SXM",
      8,
      "us-east5",
      98.9257,
      spot: 21.5911,
      .catalogue
    ),
    shipped("gcp", "a3-highgpu-1g", "H100-SXM", 1, "us-east4", 10.9791, spot: 2.5056, .catalogue),
    shipped("gcp", "a3-highgpu-2g", "H100-SXM", 2, "us-east4", 21.9581, spot: 5.0111, .catalogue),
    shipped("gcp", "g2", "L4", 1, "us-central1", 0.56004, spot: 0.2231, .catalogue, note: "without host"),
  ]
}
