import Testing

@testable import Scenario

/// Units and numbers.
struct ValueTests {
  private func value(_ text: String, _ kind: ValueKind) -> ScalarValue? { try? kind.parse(text) }

  private static let time = ValueKind.duration(positive: false)
  private static let share = ValueKind.fraction(positive: false, maximum: 1)

  @Test func times() {
    let cases: [(String, Int64?)] = [
      ("0s", 0), ("1ns", 1), ("250ms", 250_000_000), ("90s", 90_000_000_000), ("0.1s", 100_000_000),
      ("15m", 900_000_000_000), ("15min", 900_000_000_000), ("1.5h", 5_400_000_000_000),
      ("2 w", 1_209_600_000_000_000), ("1e3s", 1_000_000_000_000), ("1.5e-3s", 1_500_000),
      ("0.5ns", 0), ("1.5ns", 2), ("2.5ns", 2), (".5s", 500_000_000), ("+1s", 1_000_000_000),
      ("36y", nil), ("1", nil), ("s", nil), ("", nil), ("-1s", nil), ("1e40s", nil), ("1.2.3s", nil),
      ("0x10s", nil), ("1ee3s", nil), ("١s", nil), ("nan", nil), ("1 2s", nil),
    ]
    for (text, expected) in cases {
      #expect(value(text, Self.time) == expected.map { .nanoseconds($0) }, "\(text)")
    }
  }

  @Test func memory() {
    let cases: [(String, Int64?)] = [
      ("80GiB", 81_920), ("80Gi", 81_920), ("512MiB", 512), ("1TiB", 1_048_576), ("1024KiB", 1),
      ("0MiB", 0), ("1.5GiB", 1_536), ("80GB", 76_294), ("1023TiB", 1_072_693_248), ("1024TiB", nil),
      ("80G", nil), ("80", nil), ("80gib", nil), ("1e30GiB", nil),
    ]
    for (text, expected) in cases {
      #expect(value(text, .memory) == expected.map { .mebibytes($0) }, "\(text)")
    }
  }

  @Test func ratesSharesCoresAndGPUs() {
    #expect(value("2/s", .rate(positive: true)) == .perSecond(2))
    #expect(value("30 / h", .rate(positive: true)) == .perSecond(30.0 / 3600))
    #expect(value("0/h", .rate(positive: false)) == .perSecond(0))
    #expect(value("0/h", .rate(positive: true)) == nil)
    #expect(value("30h", .rate(positive: true)) == nil)
    #expect(value("70%", Self.share) == .fraction(0.7))
    #expect(value("0.7", Self.share) == .fraction(0.7))
    #expect(value("100%", Self.share) == .fraction(1))
    #expect(value("100.0001%", Self.share) == nil)
    #expect(value("1.01", Self.share) == nil)
    #expect(value("12", .cpu) == .milliCPU(12_000))
    #expect(value("500m", .cpu) == .milliCPU(500))
    #expect(value("0.5", .cpu) == .milliCPU(500))
    #expect(value("0.0001", .cpu) == nil)
    #expect(value("16", .gpus) == .milliGPU(16_000))
    #expect(value("17", .gpus) == nil)
    #expect(value("0.001", .gpus) == .milliGPU(1))
    #expect(value("1.5", .gpus) == nil)
  }

  @Test func words() {
    #expect(value("true", .boolean) == .boolean(true))
    #expect(value("True", .boolean) == nil)
    #expect(value("a.b_c-1", .name) == .text("a.b_c-1"))
    #expect(value("ä", .name) == nil)
    #expect(value(String(repeating: "a", count: 129), .name) == nil)
  }

  /// A time printed in any unit means the same nanoseconds: all arithmetic on
  /// the way is exact.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func timesAreExact(seed: UInt64) {
    var generator = SplitMix(state: seed)
    for _ in 0..<500 {
      let nanoseconds =
        Int64.random(in: 0...Units.longestNanoseconds, using: &generator)
        >> Int64.random(in: 0...50, using: &generator)
      let seconds = nanoseconds / 1_000_000_000
      let rest = String(nanoseconds % 1_000_000_000 + 1_000_000_000).dropFirst()
      let thousandths = String(nanoseconds % 1000 + 1000).dropFirst()
      for text in ["\(nanoseconds)ns", "\(seconds).\(rest)s", "\(nanoseconds / 1000).\(thousandths)us"] {
        #expect(value(text, Self.time) == .nanoseconds(nanoseconds), "seed \(seed): \(text)")
      }
    }
  }

  /// No text makes the reader trap, and what it takes it can print and take again.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func anyTextIsAnswered(seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    let letters = Array("0123456789.eE+-%/ mGiBhsw")
    let kinds: [ValueKind] = [
      Self.time, .memory, .rate(positive: true), Self.share, .cpu, .gpus, .integer(0...100),
      .number(minimum: 0, exclusive: true, maximum: 1e9), .name, .boolean,
    ]
    for _ in 0..<2_000 {
      let length = Int.random(in: 0...12, using: &generator)
      let text = String((0..<length).map { _ in letters.randomElement(using: &generator) ?? "0" })
      for kind in kinds {
        guard let meaning = value(text, kind) else { continue }
        var diagnostics = DiagnosticList()
        let quoted = ResolvedText.printed(meaning, text: text)
        let node = try #require(YAMLReader.read("k: \(quoted)", file: "", into: &diagnostics)?["k"])
        guard case .scalar(let again) = node.content else {
          Issue.record("seed \(seed): \(quoted) is no scalar")
          continue
        }
        #expect(value(again, kind) == meaning, "seed \(seed): \(text)")
      }
    }
  }

  /// Whatever the text, its quoted form reads back as it was.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func quotingKeepsTexts(seed: UInt64) throws {
    var generator = SplitMix(state: seed)
    let pieces = [
      "a", "null", "~", ": ", " #", "\"", "\\", "\n", "\t", "'", "-", "ä", "\u{85}", "\u{7F}", "0", "[", "}",
      "\r", " ", "%", "true",
    ]
    for _ in 0..<300 {
      let count = Int.random(in: 0...5, using: &generator)
      let text = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      var diagnostics = DiagnosticList()
      let node = YAMLReader.read("k: \(ResolvedText.quoted(text))", file: "", into: &diagnostics)?["k"]
      guard case .scalar(let again)? = node?.content else {
        Issue.record("seed \(seed): \(ResolvedText.quoted(text)) is no scalar")
        continue
      }
      #expect(
        again.unicodeScalars.elementsEqual(text.unicodeScalars),
        "seed \(seed): \(ResolvedText.quoted(text))"
      )
    }
  }
}
