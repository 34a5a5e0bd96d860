import Results

/// The one block that differs between two executions of the same run.
public enum WallText {
  /// One line a fact: wall time and host, where it was stored.
  public static func text(_ runs: [RunFigures], path: String?) -> String {
    var lines: [String] = []
    if let wall = runs.first?.wall {
      let seconds = NumberText.grouped(runs.compactMap(\.wall?.seconds).reduce(0, +), decimals: 2)
      let threads = wall.threads == 1 ? "1 thread" : "\(wall.threads) threads"
      lines.append("Wall time \(seconds) s on \(wall.host), \(threads), started \(wall.startedAt)")
    }
    let ids = runs.compactMap(\.id)
    if let path, let low = ids.first, let high = ids.last {
      lines.append("Stored as \(low == high ? "run \(low)" : "runs \(low) to \(high)") in \(path)")
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
