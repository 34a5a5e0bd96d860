/// How many jobs of a class may be off their GPUs at a time because they were
/// stopped, as a Kubernetes PodDisruptionBudget states it (`maxUnavailable`), or how
/// many must run (`minAvailable`).
public enum DisruptionBudget: Hashable, Sendable {
  case jobs(Int32)
  /// Thousandths of the jobs of the class that run or were stopped, rounded
  /// up to whole jobs.
  case share(thousandths: Int32)
  /// So many jobs must run.
  case running(Int32)
  /// The same in thousandths of the jobs of the class that run or were stopped,
  /// rounded up to whole jobs.
  case runningShare(thousandths: Int32)

  /// Jobs that may be unavailable among so many.
  public func limit(of jobs: Int) -> Int {
    switch self {
    case .jobs(let count): Int(count)
    case .share(let thousandths): Self.part(thousandths, of: jobs)
    case .running(let count): max(0, jobs - Int(count))
    case .runningShare(let thousandths): jobs - Self.part(thousandths, of: jobs)
    }
  }

  private static func part(_ thousandths: Int32, of jobs: Int) -> Int {
    (jobs * Int(thousandths) + 999) / 1000
  }

  /// `2`, or `12.5%`; behind `min ` what must run.
  public var text: String {
    func percent(_ thousandths: Int32) -> String {
      let rest = thousandths % 10
      return "\(thousandths / 10)" + (rest == 0 ? "" : ".\(rest)") + "%"
    }
    return switch self {
    case .jobs(let count): String(count)
    case .share(let thousandths): percent(thousandths)
    case .running(let count): "min \(count)"
    case .runningShare(let thousandths): "min \(percent(thousandths))"
    }
  }

  /// What ``text`` wrote: a whole number, or percent with at most one decimal, perhaps
  /// behind `min `; nil: neither.
  public init?(_ text: String) {
    if text.hasPrefix("min ") {
      switch DisruptionBudget(String(text.dropFirst(4))) {
      case .jobs(let count)?: self = .running(count)
      case .share(let thousandths)?: self = .runningShare(thousandths: thousandths)
      default: return nil
      }
      return
    }
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
