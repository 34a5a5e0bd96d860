import Hardware

/// What a GPU alone costs, without the node around it.
public enum CardPrice {
  /// nil: not known.
  ///
  /// Sources: market ranges on specification pages and in a pricing analysis
  /// of 2026 (H100: 25,000 to 30,000 new, up to 40,000 by form factor; H200
  /// about 35,000, B200 about 40,000); the others are estimates.
  public static func of(_ gpu: GPUModel) -> CostParameter? {
    func price(_ low: Double, _ typical: Double, _ high: Double, _ evidence: Evidence) -> CostParameter {
      CostParameter("capex.gpu", low, typical, high, "USD/GPU", evidence, "market ranges of 2026")
    }
    switch gpu.id {
    case "a100-80gb-sxm": return price(8000, 12_000, 17_000, .estimate)
    case "h100-80gb-sxm": return price(25_000, 30_000, 40_000, .secondary)
    case "h200-141gb-sxm": return price(30_000, 35_000, 45_000, .secondary)
    case "b200-180gb-sxm": return price(30_000, 40_000, 50_000, .secondary)
    case "l40s": return price(7000, 8500, 11_000, .estimate)
    case "rtx4090": return price(1600, 2000, 2800, .estimate)
    default: return nil
    }
  }
}
