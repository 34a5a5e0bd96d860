/// "Did you mean": the names nearest to a mistyped one.
public enum Suggestion {
  /// Up to `limit` candidates that resemble `name`, nearest first; equal
  /// distances keep the order of the candidates.
  ///
  /// A candidate resembles the name when their edit distance, ignoring case,
  /// is at most a third of the longer one's length (at least 1), or when one
  /// begins with the other.
  ///
  /// - Complexity: O(candidates x length squared).
  public static func nearest(
    to name: String,
    among candidates: some Sequence<String>,
    limit: Int = 3
  ) -> [String] {
    let wanted = Array(name.lowercased().unicodeScalars)
    guard !wanted.isEmpty else { return [] }
    var ranked: [(distance: Int, name: String)] = []
    for candidate in candidates {
      let letters = Array(candidate.lowercased().unicodeScalars)
      guard !letters.isEmpty else { continue }
      let distance = editDistance(wanted, letters)
      let near = distance <= max(1, max(wanted.count, letters.count) / 3)
      guard near || letters.starts(with: wanted) || wanted.starts(with: letters) else { continue }
      ranked.append((distance, candidate))
    }
    let order = ranked.indices.sorted { (ranked[$0].distance, $0) < (ranked[$1].distance, $1) }
    return order.prefix(limit).map { ranked[$0].name }
  }

  /// "did you mean `a` or `b`?", or nil when nothing resembles the name.
  public static func hint(for name: String, among candidates: some Sequence<String>) -> String? {
    let names = nearest(to: name, among: candidates).map { "`\($0)`" }
    guard let last = names.last else { return nil }
    let list = names.count == 1 ? last : names.dropLast().joined(separator: ", ") + " or " + last
    return "did you mean \(list)?"
  }

  /// The fewest insertions, deletions, replacements and swaps of neighbours
  /// that turn one text into the other (optimal string alignment: L. Boytsov,
  /// ACM JEA 16, 2011, section 2.2).
  static func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, beforeLast[j - 1] + 1)
        }
        row.append(best)
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
