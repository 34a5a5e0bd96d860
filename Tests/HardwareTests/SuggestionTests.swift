import Hardware
import Testing

@Suite("Suggestions")
struct SuggestionTests {
  @Test(
    "the nearest names come first, whatever the case",
    arguments: [
      ("h10", ["h100"]),
      ("H200", ["h200", "h100"]),
      ("lr0s", ["l40s"]),
      ("l40", ["l40", "l4", "l40s"]),
      ("h010", ["h100"]),
      ("", []),
      ("zebra", []),
    ]
  )
  func nearest(name: String, expected: [String]) {
    let found = Suggestion.nearest(to: name, among: ["a100", "h100", "h200", "l4", "l40", "l40s"])
    #expect(found.starts(with: expected))
    #expect(found.isEmpty == expected.isEmpty)
  }

  @Test("a hint reads as a sentence")
  func hint() {
    #expect(Suggestion.hint(for: "horizn", among: ["seed", "horizon"]) == "did you mean `horizon`?")
    #expect(Suggestion.hint(for: "ab", among: ["abc", "abd"]) == "did you mean `abc` or `abd`?")
    #expect(Suggestion.hint(for: "xyz", among: ["abc"]) == nil)
  }

  @Test("an exact candidate ranks before longer ones that begin with it")
  func exactFirst() {
    #expect(Suggestion.nearest(to: "l40", among: ["l40s", "l40"]).first == "l40")
  }
}
