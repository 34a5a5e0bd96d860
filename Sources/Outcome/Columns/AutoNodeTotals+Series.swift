extension AutoNodeTotals {
  /// Nodes that exist, and what is paid for an hour, over time: `nodes:NAME` and
  /// `cost_rate:NAME`. A price is rounded to millionths of a dollar.
  public var series: [Series] {
    let price = Int128((pricePerHour * 1e6).rounded())
    return [
      Series(name: "nodes:\(name)", tenant: "", gpuModel: "", unit: "node_ns", values: byBucket),
      Series(
        name: "cost_rate:\(name)",
        tenant: "",
        gpuModel: "",
        unit: "microUSD_per_h_ns",
        values: (committedByBucket ?? byBucket).map { $0 * price }
      ),
    ]
  }
}
