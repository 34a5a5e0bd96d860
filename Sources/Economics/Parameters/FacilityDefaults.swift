extension CostParameters {
  /// Rent, power and carbon.
  static let facility: [Row] = [
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
