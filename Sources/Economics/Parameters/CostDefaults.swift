import Hardware

extension CostParameters {
  /// The shipped parameters for nodes of a GPU; nil for a GPU without a
  /// purchase price.
  public static func builtin(for gpu: GPUModel) -> CostParameters? {
    guard let node = nodes.first(where: { $0.gpus.contains(gpu.id) }) else { return nil }
    let general = capital + finance + running + facility + forRuns
    let all = node.parameters(gpu) + general
    return CostParameters(
      CostRole.allCases.map { role in all.first { $0.role == role }!.parameter },
      gpusPerNode: node.gpusPerNode
    )
  }

  /// GPUs of which the program knows a purchase price.
  public static var pricedGPUs: [String] { nodes.flatMap(\.gpus) }

  typealias Row = (role: CostRole, parameter: CostParameter)

  private static let capital: [Row] = [
    (
      .networkPerNode,
      CostParameter(
        "capex.network_per_node_ib400",
        27_500,
        65_000,
        85_000,
        "USD/node",
        .secondary,
        "reseller sheet of August 2024, 400G InfiniBand, one to three switch tiers"
      )
    ),
    (
      .sparesShare,
      CostParameter(
        "capex.spares_fraction",
        0.01,
        0.03,
        0.05,
        "share of the nodes",
        .primary,
        "Delta study: 5 % more nodes keep 99.9 % of the jobs available"
      )
    ),
    (
      .installShare,
      CostParameter(
        "capex.install_and_commissioning",
        0.02,
        0.05,
        0.1,
        "share of the hardware",
        .estimate,
        "estimate"
      )
    ),
  ]

  private static let finance: [Row] = [
    (
      .life,
      CostParameter(
        "finance.useful_life",
        3,
        5,
        6,
        "years",
        .primary,
        "filings: Amazon 5, Meta 5.5, Alphabet 6, Microsoft 2 to 6, CoreWeave 6, Lambda 5, Nebius 4"
      )
    ),
    (
      .residual36,
      CostParameter(
        "finance.residual_value_36m",
        0.1,
        0.25,
        0.35,
        "share of the purchase",
        .secondary,
        "one lease analyst: 25 to 35 % after 36 months"
      )
    ),
    (
      .residual60,
      CostParameter(
        "finance.residual_value_60m",
        0,
        0.08,
        0.15,
        "share of the purchase",
        .estimate,
        "estimate"
      )
    ),
    (
      .costOfCapital,
      CostParameter(
        "finance.wacc",
        0.07,
        0.1,
        0.14,
        "a year",
        .primary,
        "CoreWeave filings of 2025: debt at 7 to 15 % effective"
      )
    ),
    (
      .costGrowth,
      CostParameter(
        "finance.inflation_opex",
        0,
        0.03,
        0.05,
        "a year",
        .secondary,
        "escalator of data-centre leases in a unit model"
      )
    ),
    (
      .cloudPriceDecline,
      CostParameter(
        "finance.cloud_price_decline",
        0,
        0.15,
        0.3,
        "a year",
        .primary,
        "AWS cut H100 by 44 % in June 2025; the range is a judgement"
      )
    ),
  ]

  private static let running: [Row] = [
    (
      .insurance,
      CostParameter(
        "finance.insurance",
        0.002,
        0.005,
        0.01,
        "share of the hardware a year",
        .estimate,
        "estimate"
      )
    ),
    (
      .maintenance,
      CostParameter(
        "ops.hardware_maintenance",
        0.03,
        0.05,
        0.1,
        "share of the hardware a year",
        .estimate,
        "estimate; vendor support contracts"
      )
    ),
    (
      .vendorSoftware,
      CostParameter(
        "ops.software_nvaie",
        0,
        0,
        4500,
        "USD/GPU-year",
        .primary,
        "NVIDIA AI Enterprise list price 4500, where it is bought"
      )
    ),
    (
      .orchestrationSoftware,
      CostParameter("ops.orchestration_software", 0, 500, 2000, "USD/GPU-year", .estimate, "estimate")
    ),
    (
      .postCost,
      CostParameter(
        "ops.staff_cost",
        150_000,
        200_000,
        260_000,
        "USD/post-year",
        .secondary,
        "an analysis of April 2026: half a post costs 75,000 to 100,000"
      )
    ),
    (
      .nodesPerPost,
      CostParameter(
        "ops.nodes_per_fte_large",
        50,
        75,
        100,
        "nodes/post",
        .secondary,
        "one post for 50 to 100 GPU servers at enterprise scale"
      )
    ),
    (
      .minimumPosts,
      CostParameter(
        "ops.min_fte",
        0.5,
        1,
        2,
        "posts",
        .secondary,
        "half a post at least for a single server"
      )
    ),
    (
      .availability,
      CostParameter(
        "rel.node_availability",
        0.97,
        0.99,
        0.995,
        "share of the time",
        .secondary,
        "estimate beside the Delta study"
      )
    ),
  ]
}
