import Testing

@testable import Scenario

/// Whatever happens to a file, it loads or fails with diagnostics that point
/// into it: nothing traps.
struct DamageTests {
  /// Breaks the text at a few places: words lost, doubled, swapped or taken
  /// from elsewhere.
  private func damaged(_ text: String, using generator: inout SplitMix) -> String {
    var words: [String] = []
    for character in text {
      let isWord = character.isLetter || character.isNumber || "./%-".contains(character)
      if isWord, let last = words.last?.last, last.isLetter || last.isNumber || "./%-".contains(last) {
        words[words.count - 1].append(character)
      } else {
        words.append(String(character))
      }
    }
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let a = Int.random(in: words.indices, using: &generator)
      let b = Int.random(in: words.indices, using: &generator)
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: words.remove(at: a)
      case 1: words.insert(words[a], at: a)
      case 2: words.swapAt(a, b)
      case 3: words[a] = words[b]
      default:
        words[a] = ["-1", "null", "[]", "{}", "''", "1e9", "nan"].randomElement(using: &generator) ?? ""
      }
    }
    return words.joined()
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func loadsOrSaysWhy(seed: UInt64) {
    var generator = SplitMix(state: seed)
    for round in 0..<40 {
      let whole = round % 2 == 0 ? Sample.text : ResolvedTests.unusual
      let text = damaged(whole, using: &generator)
      do {
        let scenario = try ScenarioLoader.load(text: text, label: "bad.yaml", environment: [:])
        #expect(scenario.study != nil || !scenario.placements.isEmpty, "seed \(seed):\n\(text)")
        let again = try ScenarioLoader.load(text: scenario.resolvedYAML, label: "r.yaml", environment: [:])
        #expect(again.resolvedYAML == scenario.resolvedYAML, "seed \(seed):\n\(text)")
      } catch let error as ScenarioError {
        #expect(!error.diagnostics.isEmpty)
        for diagnostic in error.diagnostics {
          #expect(diagnostic.file == "bad.yaml", "seed \(seed): \(diagnostic)\n\(text)")
          #expect(diagnostic.line > 0 && diagnostic.column > 0, "seed \(seed): \(diagnostic)\n\(text)")
        }
      } catch {
        Issue.record("seed \(seed): \(error)\n\(text)")
      }
    }
  }
}
