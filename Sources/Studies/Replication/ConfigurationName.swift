import Hardware

/// Checks the parts of a configuration's name.
struct ConfigurationName {
  /// The whole name.
  let name: String
  /// The study's name.
  let study: String

  /// The name does not have the form.
  func malformed(form: String, example: String) -> StudyError {
    StudyError("'\(name)' is no configuration of \(study): accepted is \(form), such as \(example)")
  }

  /// The value of a part, by its text.
  func part<Value>(_ what: String, _ text: String, among known: [(name: String, value: Value)]) throws
    -> Value
  {
    if let found = known.first(where: { $0.name == text }) { return found.value }
    let names = known.map(\.name)
    let near = Suggestion.nearest(to: text, among: names).first.map { "; did you mean \($0)?" } ?? ""
    throw StudyError(
      "configuration '\(name)' of \(study): unknown \(what) '\(text)'; known: "
        + names.joined(separator: ", ") + near
    )
  }

  /// Two parts that do not go together, or one that is not there yet.
  func refused(_ why: String) -> StudyError {
    StudyError("configuration '\(name)' of \(study): \(why)")
  }
}
