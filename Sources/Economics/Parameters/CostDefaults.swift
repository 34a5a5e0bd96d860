import Hardware

extension CostParameters {
  /// The shipped parameters for nodes of a GPU; nil for a GPU without a
  /// purchase price.
  public static func builtin(for gpu: GPUModel) -> CostParameters? {
    guard let node = nodes.first(where: { $0.gpus.contains(gpu.id) }) else { return nil }
    let general = capital + finance + running + facility
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

  private static let facility: [Row] = [
    (
      .rent,
      CostParameter(
        "facility.colo_rent",
        120,
        184.06,
        217.3,
        "USD/kW-month",
        .primary,
        "CBRE: US primary markets end of 2024; global Q1 2025; 120 in 2018"
      )
    ),
    (
      .electricity,
      CostParameter(
        "facility.electricity_us",
        0.05,
        0.09,
        0.14,
        "USD/kWh",
        .secondary,
        "IEA: US wholesale 0.048 in H1 2025; retail about 0.12 in 2022"
      )
    ),
    (
      .pue,
      CostParameter(
        "facility.pue",
        1.1,
        1.3,
        1.56,
        "ratio",
        .primary,
        "Uptime survey 2025: 1.54 on average; hyperscale 1.09 to 1.20"
      )
    ),
    (
      .loadShare,
      CostParameter(
        "power.gpu_load_fraction_training",
        0.8,
        0.93,
        1,
        "share of the power limit",
        .secondary,
        "650 of 700 W sustained"
      )
    ),
    (
      .idleShare,
      CostParameter(
        "power.gpu_idle_fraction",
        0.1,
        0.12,
        0.2,
        "share of the power limit",
        .primary,
        "vendor captures: H100 68.6 of 700 W, L40S 65.6 of 350 W, B200 195.7 of 1000 W"
      )
    ),
    (
      .hostPower,
      CostParameter(
        "power.host_overhead_per_node",
        400,
        1500,
        4600,
        "W/node",
        .secondary,
        "400 to 600 W on one page; 10.2 kW less 8 x 700 W at most"
      )
    ),
    (
      .carbonIntensity,
      CostParameter(
        "carbon.grid_us_average",
        270,
        385,
        430,
        "gCO2e/kWh",
        .primary,
        "NERC factors 322 to 426; cloud regions of 2024 79 to 576"
      )
    ),
    (
      .embodiedCarbon,
      CostParameter("carbon.embodied_per_hgx_node", 1000, 2500, 5000, "kgCO2e/node", .estimate, "estimate")
    ),
  ]
}
