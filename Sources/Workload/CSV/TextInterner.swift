/// Gives each different text of a column a number, in order of appearance.
///
/// Fields are looked up by their bytes, so that a text seen before costs no
/// string. Open addressing with linear probing; at most half full.
struct TextInterner {
  /// The texts by number.
  private(set) var texts: [String] = []
  /// The bytes of all texts, one after the other.
  private var storage: [UInt8] = []
  /// Where the text of a number ends in ``storage``.
  private var ends: [Int] = []
  /// A text's number, or -1; a power of two of them.
  private var slots = [Int32](repeating: -1, count: 16)
  /// The hash of each text.
  private var hashes: [UInt64] = []
  /// The number given last: neighbouring rows often agree.
  private var last = -1

  /// Numbers the given texts from 0.
  init(_ texts: [String] = []) {
    for text in texts { _ = insert(Array(text.utf8)[...], text: text) }
  }

  /// The number of a text, and whether it is new.
  mutating func intern(_ text: String) -> (number: Int, isNew: Bool) {
    insert(Array(text.utf8)[...], text: text)
  }

  /// The number of the text in a field of the reader's current row.
  mutating func intern(
    _ field: Int,
    of reader: CSVReader
  ) throws(TraceError) -> (number: Int, isNew: Bool) {
    let raw = reader.bytes[reader.fields[field].range]
    if last >= 0, matches(last, raw) { return (last, false) }
    let hash = Self.hash(raw)
    if let known = find(raw, hash) {
      last = known
      return (known, false)
    }
    return insert(raw, text: try reader.text(field))
  }

  /// The text in a field of the reader's current row, shared with its equals.
  mutating func text(_ field: Int, of reader: CSVReader) throws(TraceError) -> String {
    let (number, _) = try intern(field, of: reader)
    return texts[number]
  }

  private mutating func insert(_ raw: ArraySlice<UInt8>, text: String) -> (number: Int, isNew: Bool) {
    let hash = Self.hash(raw)
    if let known = find(raw, hash) { return (known, false) }
    let number = texts.count
    texts.append(text)
    storage += raw
    ends.append(storage.count)
    hashes.append(hash)
    if texts.count * 2 > slots.count { grow() } else { place(number) }
    last = number
    return (number, true)
  }

  private func find(_ raw: ArraySlice<UInt8>, _ hash: UInt64) -> Int? {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let number = Int(slots[slot])
      if hashes[number] == hash, matches(number, raw) { return number }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private func matches(_ number: Int, _ raw: ArraySlice<UInt8>) -> Bool {
    let start = number == 0 ? 0 : ends[number - 1]
    guard ends[number] - start == raw.count else { return false }
    for offset in 0..<raw.count where storage[start + offset] != raw[raw.startIndex + offset] { return false }
    return true
  }

  private mutating func place(_ number: Int) {
    var slot = Int(truncatingIfNeeded: hashes[number]) & (slots.count - 1)
    while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = Int32(number)
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 4)
    for number in texts.indices { place(number) }
  }

  /// FNV-1a (see ``SimulationKernel/StreamName``), its high half folded down
  /// because the slots use the low bits.
  private static func hash(_ raw: ArraySlice<UInt8>) -> UInt64 {
    var hash: UInt64 = 14_695_981_039_346_656_037
    for byte in raw { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    return hash ^ (hash >> 32)
  }
}
