/// What `--vary KEY=V1,V2,...` asks for: the same scenario once with each value.
enum VariedKeys {
  /// The overrides of each arm: every combination of the values, the first
  /// key's changing slowest; one without overrides where nothing is varied.
  static func combinations(_ words: [String]) throws -> [[String]] {
    var keys: Set<String> = []
    return try words.reduce([[]]) { arms, word in
      let (key, values) = try parts(of: word)
      guard keys.insert(key).inserted else { throw InputError("--vary \(word): '\(key)' is varied already") }
      return arms.flatMap { arm in values.map { arm + ["\(key)=\($0)"] } }
    }
  }

  private static func parts(of word: String) throws -> (key: String, values: [String]) {
    guard let equals = word.firstIndex(of: "="), equals != word.startIndex else {
      throw InputError("--vary \(word): is no list of values; accepted: key.path=value,value,...")
    }
    let values = split(word[word.index(after: equals)...])
    guard values.allSatisfy({ !$0.isEmpty }) else {
      throw InputError("--vary \(word): has an empty value; 'null' stands for a key that is not set")
    }
    return (String(word[..<equals]), values)
  }

  /// Splits at commas outside brackets, braces and quotes: values are YAML.
  private static func split(_ text: Substring) -> [String] {
    var values = [""]
    var depth = 0
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil }
      } else {
        switch character {
        case "'", "\"": quote = character
        case "[", "{": depth += 1
        case "]", "}": depth -= 1
        case "," where depth == 0:
          values.append("")
          continue
        default: break
        }
      }
      values[values.count - 1].append(character)
    }
    return values
  }
}
