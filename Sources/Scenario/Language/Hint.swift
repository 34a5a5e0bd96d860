/// Hints that name what was probably meant.
enum Hint {
  /// `did you mean 'x'?`, or nothing when no word is near.
  static func didYouMean(_ text: String, among words: [String]) -> String {
    guard let nearest = nearest(to: text, among: words) else { return "" }
    return "did you mean '\(nearest)'?"
  }

  static func nearest(to text: String, among words: [String]) -> String? {
    func distance(_ a: [Character], _ b: [Character]) -> Int {
      var row = Array(0...b.count)
      for i in a.indices {
        var diagonal = row[0]
        row[0] = i + 1
        for j in b.indices {
          let cost = a[i] == b[j] ? diagonal : diagonal + 1
          diagonal = row[j + 1]
          row[j + 1] = min(cost, row[j] + 1, row[j + 1] + 1)
        }
      }
      return row[b.count]
    }
    let wanted = Array(text.lowercased())
    let ranked = words.map { ($0, distance(wanted, Array($0.lowercased()))) }.min { $0.1 < $1.1 }
    guard let ranked, ranked.1 <= max(1, wanted.count / 3) else { return nil }
    return ranked.0
  }
}
