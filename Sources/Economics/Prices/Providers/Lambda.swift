extension PriceRow {
  /// Lambda.
  static let lambda: [PriceRow] = [
    shipped("lambda", "gpu_1x_b200_sxm6", "B200", 1, "us-east-1", 6.99, .catalogue),
    shipped("lambda", "gpu_2x_b200_sxm6", "B200", 2, "us-east-1", 13.78, .catalogue),
    shipped("lambda", "gpu_8x_b200_sxm6", "B200", 8, "us-east-1", 53.52, .catalogue),
    shipped("lambda", "gpu_1x_gh200", "GH200", 1, "us-east-1", 2.29, .catalogue),
    shipped("lambda", "gpu_8x_h100_sxm5", "H100-SXM", 8, "us-east-1", 31.92, .catalogue),
    shipped("lambda", "gpu_8x_v100_n", "V100", 8, "us-east-1", 6.32, .catalogue),
  ]
}
