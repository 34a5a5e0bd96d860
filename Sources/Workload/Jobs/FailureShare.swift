/// When an attempt of a job fails: the share of the work that was left at the
/// attempt's start and is done by then.
///
/// Kept in billionths, so that a share means the same work on every machine.
public enum FailureShare {
  /// The whole of the work.
  public static let whole: Int32 = 1_000_000_000

  /// The nearest share in billionths, kept within 0 and 1.
  public static func billionths(_ share: Double) -> Int32 {
    Int32((min(max(share, 0), 1) * Double(whole)).rounded())
  }

  /// The part of `work` (ns) that a share means, rounded down.
  public static func part(_ share: Int32, of work: Int64) -> Int64 {
    Int64(Int128(work) * Int128(share) / Int128(whole))
  }
}
