extension PriceRow {
  /// RunPod, its secure cloud. It has no spot offer of its own.
  static let runpod: [PriceRow] = [
    shipped(
      "runpod",
      "1x_A100-80GB_SECURE",
      "A100-80GB-PCIe",
      1,
      "US",
      1.39,
      .catalogue,
      note: "no spot offer"
    )
  ]
}
