import SimulationKernel
import Testing

@Suite("Random streams")
struct RandomStreamTests {
  /// A known answer: four counter words, two key words, four result words.
  struct KnownAnswer: CustomStringConvertible {
    let counter: [UInt64]
    let key: [UInt64]
    let result: [UInt64]
    var description: String { String(result[0], radix: 16) }
  }

  /// The three "philox 4x32 10" rows of the authors' kat_vectors file.
  static let knownAnswers = [
    KnownAnswer(
      counter: [0, 0, 0, 0],
      key: [0, 0],
      result: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
    ),
    KnownAnswer(
      counter: [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff],
      key: [0xffff_ffff, 0xffff_ffff],
      result: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    ),
    KnownAnswer(
      counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
      key: [0xa409_3822, 0x299f_31d0],
      result: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    ),
  ]

  @Test("Philox4x32-10 gives the published answers", arguments: knownAnswers)
  func philoxKnownAnswers(answer: KnownAnswer) {
    func word(_ words: [UInt64], _ index: Int) -> UInt64 { words[index] | words[index + 1] << 32 }
    let block = Philox.block(
      counter: (word(answer.counter, 0), word(answer.counter, 2)),
      key: word(answer.key, 0)
    )
    #expect(block.low == word(answer.result, 0))
    #expect(block.high == word(answer.result, 2))
  }

  @Test("stream names hash by FNV-1a")
  func streamNameHash() {
    // Published test values of the FNV-1a 64-bit hash.
    #expect(StreamName("").hash == 0xcbf2_9ce4_8422_2325)
    #expect(StreamName("a").hash == 0xaf63_dc4c_8601_ec8c)
    #expect(StreamName("foobar").hash == 0x8594_4171_f739_67e8)
  }

  @Test("a draw is a function of seed, stream, entity and number alone")
  func drawsAreAFunction() {
    let stream = RandomStream(seed: 5, stream: "arrivals", entity: 9)
    var walked = stream
    let sequence = (0..<101).map { _ in walked.nextBits() }
    #expect(walked.nextDraw == 101)
    for draw in [100, 0, 57, 58, 3] {
      #expect(stream.bits(UInt64(draw)) == sequence[draw])
    }
    var other = RandomStream(seed: 5, stream: "failures", entity: 9)
    for _ in 0..<1_000 { _ = other.nextBits() }
    #expect(RandomStream(seed: 5, stream: "arrivals", entity: 9).bits(57) == sequence[57])
  }

  @Test("seeds, streams, entities and draws all give different numbers")
  func streamsDiffer() {
    var seen: Set<UInt64> = []
    for seed in UInt64(0)..<10 {
      for name in ["arrivals", "durations", "failures"] {
        for entity in UInt64(0)..<10 {
          let stream = RandomStream(seed: seed, stream: StreamName(name), entity: entity)
          for draw in UInt64(0)..<10 { seen.insert(stream.bits(draw)) }
        }
      }
    }
    #expect(seen.count == 3_000)
  }

  @Test("uniforms never reach 0 or 1 and fill the interval evenly")
  func uniforms() {
    var stream = RandomStream(seed: 1, stream: "uniform")
    var cells = [Int](repeating: 0, count: 100)
    let draws = 200_000
    for _ in 0..<draws {
      let u = stream.nextUniform()
      #expect(u > 0 && u < 1)
      cells[Int(u * 100)] += 1
    }
    let expected = Double(draws) / 100
    let chiSquare = cells.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
    // 1e-4 and 1 - 1e-4 quantiles of chi-square with 99 degrees of freedom.
    #expect(chiSquare > 53.1 && chiSquare < 160.1)
  }

  @Test("bounded integers cover their range evenly", arguments: [1, 2, 3, 10, 1 << 63 + 1] as [UInt64])
  func boundedIntegers(bound: UInt64) {
    var stream = RandomStream(seed: 2, stream: "below", entity: bound)
    var thirds = [0, 0, 0]
    for _ in 0..<30_000 {
      let value = stream.nextBelow(bound)
      #expect(value < bound)
      thirds[Int(bound.dividingFullWidth(value.multipliedFullWidth(by: 3)).quotient)] += 1
    }
    if bound % 3 == 0 || bound > 1 << 60 {
      for third in thirds { #expect(abs(third - 10_000) < 400) }
    } else {
      #expect(thirds[0] > 0)
    }
  }
}
