/// How many jobs of a class may be off their GPUs at a time because they were
/// stopped, as a Kubernetes PodDisruptionBudget states it (`maxUnavailable`).
public enum DisruptionBudget: Hashable, Sendable {
  case jobs(Int32)
  /// Thousandths of the jobs of the class that run or were stopped, rounded
  /// up to whole jobs.
  case share(thousandths: Int32)

  /// Jobs that may be unavailable among so many.
  public func limit(of jobs: Int) -> Int {
    switch self {
    case .jobs(let count): Int(count)
    case .share(let thousandths): (jobs * Int(thousandths) + 999) / 1000
    }
  }

  /// `2`, or `12.5%`.
  public var text: String {
    switch self {
    case .jobs(let count): return String(count)
    case .share(let thousandths):
      let rest = thousandths % 10
      return "\(thousandths / 10)" + (rest == 0 ? "" : ".\(rest)") + "%"
    }
  }

  /// What ``text`` wrote: a whole number, or percent with at most one decimal;
  /// nil: neither.
  public init?(_ text: String) {
    guard text.last == "%" else {
      guard let count = Int32(text), count >= 0, text.first != "+" else { return nil }
      self = .jobs(count)
      return
    }
    let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isWholeNumber) }),
      parts.count == 1 || parts[1].count == 1, let whole = Int32(parts[0]), whole <= 100
    else { return nil }
    let thousandths = whole * 10 + (parts.count == 2 ? Int32(parts[1]) ?? 0 : 0)
    guard thousandths <= 1000 else { return nil }
    self = .share(thousandths: thousandths)
  }
}
