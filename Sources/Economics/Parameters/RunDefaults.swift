extension CostParameters {
  /// What only the pricing of a run reads: tax, storage, and the clouds' terms.
  static let forRuns: [Row] = [
    (
      .taxRate,
      CostParameter("finance.tax_rate", 0, 0.25, 0.3, "share of the profit", .estimate, "estimate")
    ),
    (
      .storagePrice,
      CostParameter(
        "capex.storage_per_usable_tb",
        100,
        250,
        600,
        "USD/TB",
        .estimate,
        "estimate for parallel storage on NVMe"
      )
    ),
    (
      .oneYearDiscount,
      CostParameter(
        "cloud.discount_1yr",
        0.25,
        0.35,
        0.45,
        "share off on demand",
        .secondary,
        "generic plans: AWS compute 30 to 45 %, Google Cloud flexible 28 %"
      )
    ),
    (
      .objectStorage,
      CostParameter(
        "cloud.storage_object_hot",
        0.018,
        0.023,
        0.0255,
        "USD/GB-month",
        .secondary,
        "Azure 0.018, Google Cloud 0.020, AWS 0.023, OCI 0.0255"
      )
    ),
    (
      .supportShare,
      CostParameter(
        "cloud.support_fraction",
        0.03,
        0.07,
        0.1,
        "share of the rent",
        .estimate,
        "support plans go from 10 to 3 % with the spend"
      )
    ),
    (
      .interruptions,
      CostParameter(
        "cloud.spot_interruptions",
        0.0001,
        0.001,
        0.05,
        "per job-hour",
        .estimate,
        "estimate; no rate is published for GPU instances"
      )
    ),
    (
      .checkpointInterval,
      CostParameter("training.checkpoint_interval", 0.25, 1, 4, "hours", .estimate, "estimate")
    ),
    (
      .restartTime,
      CostParameter("training.restart_time", 0.05, 0.1, 0.5, "hours", .estimate, "estimate")
    ),
    (
      .buildCost,
      CostParameter(
        "facility.build_cost",
        10_000,
        12_000,
        17_250,
        "USD/kW",
        .secondary,
        "10 to 13 million USD a MW in a unit model of CoreWeave; 15 to 17.25 all in"
      )
    ),
    (
      .buildingLife,
      CostParameter("facility.building_life", 15, 20, 30, "years", .estimate, "estimate")
    ),
  ]
}
