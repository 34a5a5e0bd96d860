import Hardware

/// What a node of some GPU costs and draws.
struct NodeCosts {
  /// Ids of the catalogue.
  var gpus: [String]
  var gpusPerNode: Int
  var price: CostParameter
  var power: CostParameter?
  var leadTime = Self.hopperLeadTime

  /// Its rows; without a published node power, eight GPUs at their limit
  /// and the host of the 8-GPU reference node (10.2 kW less 8 x 700 W).
  func parameters(_ gpu: GPUModel) -> [CostParameters.Row] {
    let limit = (gpu.tdpWatts.value * Double(gpusPerNode) + Self.hostLimitWatts) / 1000
    let power =
      power
      ?? CostParameter(
        "power.node_max",
        limit,
        limit,
        limit,
        "kW",
        .estimate,
        "\(gpusPerNode) GPUs at their power limit and a host of 4.6 kW at most"
      )
    return [(.nodePrice, price), (.nodePower, power), (.leadTime, leadTime)]
  }

  private static let hopperLeadTime = CostParameter(
    "lifecycle.lead_time_hopper",
    6,
    12,
    26,
    "weeks",
    .primary,
    "8 to 12 weeks quoted for Hopper servers in 2026; one seller claims 36 to 52"
  )
  static let blackwellLeadTime = CostParameter(
    "lifecycle.lead_time_blackwell",
    16,
    30,
    52,
    "weeks",
    .primary,
    "4 to 10 months quoted for Blackwell servers in 2026"
  )

  /// W of everything but the GPUs at most.
  static let hostLimitWatts = 4600.0
}

extension CostParameters {
  /// A GPU's price times eight, and the non-GPU parts of a node (32,000,
  /// 60,000 or 110,000 USD, from published bills of materials).
  private static func fromCards(
    _ name: String,
    _ low: Double,
    _ typical: Double,
    _ high: Double,
    _ evidence: Evidence,
    _ source: String
  ) -> CostParameter {
    CostParameter(
      "capex.node_8x_\(name)",
      8 * low + 32_000,
      8 * typical + 60_000,
      8 * high + 110_000,
      "USD/node",
      evidence,
      "8 x \(source) plus the other parts of a node (bill of materials, SemiAnalysis through Epoch)"
    )
  }

  private static func power(_ name: String, _ kilowatts: Double, _ evidence: Evidence) -> CostParameter {
    CostParameter(
      "power.node_\(name)_max",
      kilowatts,
      kilowatts,
      kilowatts,
      "kW",
      evidence,
      "maximum of the vendor's 8-GPU node"
    )
  }

  static let nodes: [NodeCosts] = [
    NodeCosts(
      gpus: ["h100-80gb-sxm"],
      gpusPerNode: 8,
      price: CostParameter(
        "capex.node_hgx_h100_8gpu",
        270_000,
        310_000,
        350_000,
        "USD/node",
        .secondary,
        "bill of materials of 2023 about 270,000; reseller quotation of August 2024 317,000"
      ),
      power: power("hgx_h100", 10.2, .secondary)
    ),
    NodeCosts(
      gpus: ["h200-141gb-sxm"],
      gpusPerNode: 8,
      price: CostParameter(
        "capex.node_hgx_h200_8gpu",
        300_000,
        350_000,
        420_000,
        "USD/node",
        .estimate,
        "scaled from the H100 node by the difference of the GPUs"
      ),
      power: power("hgx_h100", 10.2, .estimate)
    ),
    NodeCosts(
      gpus: ["b200-180gb-sxm"],
      gpusPerNode: 8,
      price: CostParameter(
        "capex.node_hgx_b200_8gpu",
        400_000,
        480_000,
        550_000,
        "USD/node",
        .estimate,
        "estimate from the GPU's price"
      ),
      power: power("hgx_b200", 14.3, .estimate),
      leadTime: NodeCosts.blackwellLeadTime
    ),
    NodeCosts(
      gpus: ["a100-80gb-sxm"],
      gpusPerNode: 8,
      price: fromCards("a100_80gb", 8000, 12_000, 17_000, .estimate, "used and new market prices"),
      power: power("hgx_a100", 6.5, .estimate)
    ),
    NodeCosts(
      gpus: ["h100-80gb-pcie", "h100-94gb-nvl"],
      gpusPerNode: 8,
      price: fromCards("h100", 25_000, 30_000, 40_000, .secondary, "25,000 to 40,000 by form factor"),
      power: nil
    ),
    NodeCosts(
      gpus: ["l40s"],
      gpusPerNode: 8,
      price: fromCards("l40s", 7000, 8500, 11_000, .estimate, "an estimate"),
      power: nil
    ),
    NodeCosts(
      gpus: ["rtx4090"],
      gpusPerNode: 8,
      price: fromCards("rtx4090", 1600, 2000, 2800, .estimate, "list price 1599, street prices above"),
      power: nil
    ),
  ]
}
