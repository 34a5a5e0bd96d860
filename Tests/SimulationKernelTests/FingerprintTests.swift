import SimulationKernel
import Testing

@Suite("Fingerprint")
struct FingerprintTests {
  private func fingerprint(of words: [UInt64]) -> UInt64 {
    var fingerprint = Fingerprint()
    for word in words { fingerprint.fold(word) }
    return fingerprint.value
  }

  @Test("every order of the same words has its own value")
  func orderSensitive() {
    var values: Set<UInt64> = []
    let words: [UInt64] = [0, 1, 2, 3, 1 << 63]
    func permute(_ head: [UInt64], _ tail: [UInt64]) {
      if tail.isEmpty { values.insert(fingerprint(of: head)) }
      for index in tail.indices {
        var rest = tail
        let word = rest.remove(at: index)
        permute(head + [word], rest)
      }
    }
    permute([], words)
    #expect(values.count == 120)
  }

  @Test("one changed bit, a missing word and an extra zero all show")
  func sensitiveToEveryBit() {
    let words = (0..<20).map { UInt64($0) &* 0x1234_5678_9abc_def1 }
    var values: Set<UInt64> = [fingerprint(of: words), fingerprint(of: words + [0])]
    values.insert(fingerprint(of: Array(words.dropLast())))
    for index in words.indices {
      for bit in 0..<64 {
        var changed = words
        changed[index] ^= 1 << UInt64(bit)
        values.insert(fingerprint(of: changed))
      }
    }
    #expect(values.count == 3 + 20 * 64)
  }

  @Test("the text is sixteen hexadecimal digits")
  func text() {
    #expect(Fingerprint().description == "9e3779b97f4a7c15")
    var fingerprint = Fingerprint()
    // Folding the state itself gives zero, whose text keeps its zeros.
    fingerprint.fold(fingerprint.value)
    #expect(fingerprint.description == "0000000000000000")
  }
}
