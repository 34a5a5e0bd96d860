/// Rounding of replica counts.
enum ReplicaCount {
  /// Counts above this are taken for no count at all.
  private static let most = 1e15

  /// The least whole number that is not below `ratio`, at least 0. A ratio that
  /// exceeds a whole number by less than a billionth of itself counts as whole:
  /// means of a request rate carry that much rounding error.
  static func roundedUp(_ ratio: Double) -> Int {
    Int(min(max((ratio * (1 - 1e-9)).rounded(.up), 0), most))
  }
}
