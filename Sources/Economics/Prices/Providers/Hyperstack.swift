extension PriceRow {
  /// Hyperstack.
  static let hyperstack: [PriceRow] = [
    shipped("hyperstack", "n3-A100x1", "A100-80GB-PCIe", 1, "CANADA-1", 1.35, .catalogue),
    shipped("hyperstack", "n3-A100x2", "A100-80GB-PCIe", 2, "CANADA-1", 2.7, .catalogue),
    shipped("hyperstack", "n3-A100x4", "A100-80GB-PCIe", 4, "CANADA-1", 5.4, .catalogue),
    shipped("hyperstack", "n3-A100x8", "A100-80GB-PCIe", 8, "CANADA-1", 10.8, .catalogue),
    shipped("hyperstack", "n3-H100x1", "H100-PCIe", 1, "CANADA-1", 1.9, .catalogue),
    shipped("hyperstack", "n3-H100x2", "H100-PCIe", 2, "CANADA-1", 3.8, .catalogue),
    shipped("hyperstack", "n3-H100x4", "H100-PCIe", 4, "CANADA-1", 7.6, .catalogue),
    shipped("hyperstack", "n3-H100x8", "H100-PCIe", 8, "CANADA-1", 15.2, .catalogue),
    shipped(
      "hyperstack",
      "n3-H100x8-NVLink",
      "H100-PCIe",
      8,
      "CANADA-1",
      15.6,
      .catalogue,
      note: "with NVLink bridges"
    ),
    shipped("hyperstack", "n3-H100-SXM5x8", "H100-SXM", 8, "CANADA-1", 19.2, .catalogue),
    shipped("hyperstack", "n3-L40x1", "L40", 1, "CANADA-1", 1.0, .catalogue),
  ]
}
