import Hardware

/// Hints that name what was probably meant.
enum Hint {
  /// `did you mean 'x'?`, or nothing when no word is near.
  static func didYouMean(_ text: String, among words: some Sequence<String>) -> String {
    let names = Suggestion.nearest(to: text, among: words).map { "'\($0)'" }
    guard let last = names.last else { return "" }
    let list = names.count == 1 ? last : names.dropLast().joined(separator: ", ") + " or " + last
    return "did you mean \(list)?"
  }
}
