/// Why a simulation did not start or did not finish.
public enum SimulationError: Error, Equatable, CustomStringConvertible {
  /// No node of the fleet could ever hold these jobs (the first few, and how
  /// many in all), and what the first asks; and so many others wait for one of
  /// them, and could never start either.
  case impossibleJobs(names: [String], count: Int, asks: String, waiting: Int = 0)
  /// The input contradicts itself.
  case invalidInput(String)
  /// The observer asked to stop.
  case cancelled
  /// `verify` found a broken invariant.
  case invariantBroken(String)

  public var description: String {
    switch self {
    case .impossibleJobs(let names, let count, let asks, let waiting):
      let more = count > names.count ? " and \(count - names.count) more" : ""
      let chains =
        waiting == 0 ? "" : "; \(waiting) other job\(waiting == 1 ? " waits" : "s wait") for them in vain"
      return
        "no node of the fleet can ever hold \(count) of the jobs: \(names.joined(separator: ", "))\(more); "
        + "\(names.first ?? "the first") asks \(asks.contains("workers (") ? "for" : "one node for") \(asks)\(chains); "
        + "impossibleJobs: reject leaves such jobs out"
    case .invalidInput(let what): return what
    case .cancelled: return "cancelled"
    case .invariantBroken(let what): return "invariant broken: \(what)"
    }
  }
}
